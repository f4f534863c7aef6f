/* journal.c: triage/reduce. "KEY 1" or "KEY 0", a line each, below one that says what it is about. */
#include "triage/reduce/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define LINE_LEN (HASH_HEX_LEN + 2) /* without its newline */
#define LIMIT ((size_t)64 << 20)

static void remember(struct journal *j, const char *key, bool yes)
{
	if (j->count == j->cap) {
		j->cap = j->cap ? 2 * j->cap : 256;
		j->lines = xrealloc(j->lines, j->cap * sizeof(*j->lines));
	}
	memcpy(j->lines[j->count].key, key, HASH_HEX_LEN);
	j->lines[j->count].key[HASH_HEX_LEN] = '\0';
	j->lines[j->count++].yes = yes;
}

/* Whole lines, up to the first that is none; *good: so many bytes of the file are. */
static int take(struct journal *j, const struct buf *text, const char *about, const char *path,
		size_t *good, struct err *e)
{
	const char *line;
	size_t at = 0, len;

	*good = 0;
	while ((line = buf_line(text, &at, &len)) && line + len < text->ptr + text->len) {
		if (*good == 0 && (len != strlen(about) || memcmp(line, about, len)))
			return err_set(e, EXIT_USAGE,
				       "%s is of another bundle, or of another version of this "
				       "program: remove it, or choose another --out",
				       path);
		if (*good && (len != LINE_LEN || (line[len - 1] != '0' && line[len - 1] != '1')))
			break;
		if (*good)
			remember(j, line, line[len - 1] == '1');
		*good += len + 1;
	}
	return 0;
}

static int begin(struct journal *j, const char *about, size_t good, struct err *e)
{
	char *line = good ? NULL : xasprintf("%s\n", about);
	int rc = ftruncate(j->fd, (off_t)good);

	if (rc == 0 && line && write(j->fd, line, strlen(line)) != (ssize_t)strlen(line))
		rc = -1;
	free(line);
	return rc < 0 ? err_errno(e, EXIT_ENVIRON, "could not write the journal") : 0;
}

int journal_open(struct journal *j, const char *dir, const char *about, struct err *e)
{
	char *path = xasprintf("%s/journal", dir);
	struct buf text = BUF_INIT;
	size_t good = 0;
	int rc = 0;

	*j = (struct journal){ .fd = -1 };
	if (file_exists(path))
		rc = file_read(path, LIMIT, &text, e);
	if (rc == 0)
		rc = take(j, &text, about, path, &good, e);
	if (rc == 0) {
		j->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		rc = j->fd < 0 ? err_errno(e, EXIT_ENVIRON, "could not write %s", path)
			       : begin(j, about, good, e);
	}
	if (rc < 0)
		journal_close(j);
	buf_release(&text);
	free(path);
	return rc;
}

int journal_find(const struct journal *j, const char *key)
{
	for (uint32_t i = 0; i < j->count; i++)
		if (!memcmp(j->lines[i].key, key, HASH_HEX_LEN))
			return j->lines[i].yes;
	return -1;
}

int journal_add(struct journal *j, const char *key, bool yes, struct err *e)
{
	char line[LINE_LEN + 1];

	remember(j, key, yes);
	memcpy(line, key, HASH_HEX_LEN);
	line[HASH_HEX_LEN] = ' ';
	line[HASH_HEX_LEN + 1] = yes ? '1' : '0';
	line[LINE_LEN] = '\n';
	if (write(j->fd, line, sizeof(line)) == (ssize_t)sizeof(line))
		return 0;
	return err_errno(e, EXIT_ENVIRON, "could not write the journal");
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	free(j->lines);
	*j = (struct journal){ .fd = -1 };
}
