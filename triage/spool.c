/* spool.c: triage. Counts of what was seen, kept executables, and the quarantine. */
#include "triage/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "triage/bundle.h"
#include "triage/text.h"

uint64_t spool_count(const struct spool *s, uint64_t key)
{
	for (uint32_t i = 0; i < s->used; i++)
		if (s->entry[i].key == key)
			return s->entry[i].count;
	return 0;
}

static void entry_set(struct spool *s, uint64_t key, uint64_t add)
{
	for (uint32_t i = 0; i < s->used; i++)
		if (s->entry[i].key == key) {
			s->entry[i].count += add;
			return;
		}
	if (s->used == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->entry = xrealloc(s->entry, s->cap * sizeof(*s->entry));
	}
	s->entry[s->used++] = (struct spool_entry){ key, add };
}

void spool_add(struct spool *s, uint64_t key)
{
	entry_set(s, key, 1);
	s->dirty = true;
}

/* A line that is none is dropped: the counts are a brake and a statistic, no evidence. */
static void counts_parse(struct spool *s, const char *p)
{
	while (*p) {
		char *end;
		uint64_t key = strtoull(p, &end, 16);

		if (end != p && *end == '\t')
			entry_set(s, key, strtoull(end + 1, &end, 10));
		p = strchr(p, '\n');
		if (!p)
			return;
		p++;
	}
}

int spool_open(struct spool *s, const char *campaign_dir, struct err *e)
{
	char *dir = xasprintf("%s/spool", campaign_dir);
	char *lock = xasprintf("%s/.lock", dir);
	struct buf text = BUF_INIT;
	int rc = -1;

	memset(s, 0, sizeof(*s));
	s->lock = -1;
	s->path = xasprintf("%s/.counts", dir);
	if (dir_make(dir, e) == 0 && (s->lock = file_lock_wait(lock, e)) >= 0)
		rc = file_exists(s->path) ? file_read(s->path, 64 << 20, &text, e) : 0;
	if (rc == 0)
		counts_parse(s, text.ptr);
	else
		spool_close(s, -1, e);
	buf_release(&text);
	free(lock);
	free(dir);
	return rc;
}

int spool_close(struct spool *s, int rc, struct err *e)
{
	struct buf text = BUF_INIT;

	if (rc == 0 && s->dirty) {
		for (uint32_t i = 0; i < s->used; i++)
			buf_addf(&text, "%016" PRIx64 "\t%" PRIu64 "\n", s->entry[i].key,
				 s->entry[i].count);
		rc = file_publish(s->path, text.ptr, text.len, e);
	}
	if (s->lock >= 0)
		file_unlock(s->lock);
	buf_release(&text);
	free(s->entry);
	free(s->path);
	memset(s, 0, sizeof(*s));
	s->lock = -1;
	return rc;
}

static int keep_copy(const char *from_dir, const char *to_dir, const char *name, struct err *e)
{
	char *from = xasprintf("%s/%s", from_dir, name);
	char *to = xasprintf("%s/%s", to_dir, name);
	int rc = file_exists(from) ? file_copy(from, to, e) : 0;

	free(from);
	free(to);
	return rc;
}

/* The executable of an engine that came to the campaign after the first fault of this build. */
static int keep_late(const char *from_dir, const char *to_dir, const char *name, struct err *e)
{
	char *to = xasprintf("%s/%s", to_dir, name);
	char *path = xasprintf("%s/.%s.%ld.tmp", to_dir, name, (long)getpid());
	char *from = xasprintf("%s/%s", from_dir, name);
	int rc = 0, fd;

	if (!file_exists(to) && file_exists(from)) {
		rc = file_copy(from, path, e);
		fd = rc == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		if (rc == 0 && (fd < 0 || fsync(fd) < 0 || rename(path, to) < 0))
			rc = err_errno(e, EXIT_ENVIRON, "could not make %s", to);
		if (fd >= 0)
			close(fd);
		if (rc < 0)
			unlink(path);
	}
	free(from);
	free(path);
	free(to);
	return rc;
}

int builds_keep(const char *campaign_dir, const struct build *build, struct err *e)
{
	static const char *const files[] = { "fuzz-afl",    "fuzz-libfuzzer", "fuzz-plain", "cases",
					     "unbuildable", "lane",	      "callee.c",   "c0.go" };
	char *dir, *temp;
	int rc;

	if (!build)
		return 0;
	dir = xasprintf("%s/builds/%s", campaign_dir, build->id);
	temp = xasprintf("%s/builds/.%s.%ld.tmp", campaign_dir, build->id, (long)getpid());
	rc = 0;
	if (dir_exists(dir)) {
		for (size_t i = 0; rc == 0 && i < 3; i++)
			rc = keep_late(build->dir, dir, files[i], e);
	} else {
		rc = dir_remove(temp, e) < 0 || dir_make(temp, e) < 0 ? -1 : 0;
		for (size_t i = 0; rc == 0 && i < sizeof(files) / sizeof(files[0]); i++)
			rc = keep_copy(build->dir, temp, files[i], e);
		if (rc == 0)
			rc = dir_publish(temp, dir, e) < 0 ? -1 : 0;
		if (rc < 0) {
			struct err ignored;

			dir_remove(temp, &ignored);
		}
	}
	free(dir);
	free(temp);
	return rc;
}

/* The first free name of NAME, NAME.1, NAME.2, ... */
static char *quarantine_place(const char *dir, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *to = xasprintf("%s/%s", dir, name);

	for (unsigned i = 1; file_exists(to) || dir_exists(to); i++) {
		free(to);
		to = xasprintf("%s/%s.%u", dir, name, i);
	}
	return to;
}

int quarantine_move(const char *campaign_dir, const char *path, const char *reason, struct err *e)
{
	char *dir = xasprintf("%s/quarantine", campaign_dir);
	char *to = NULL, *note = NULL;
	struct buf text = BUF_INIT;
	int rc = -1;

	if (dir_make(dir, e) < 0)
		goto out;
	to = quarantine_place(dir, path);
	note = xasprintf("%s.reason", to);
	text_escape_lines(&text, reason, strlen(reason));
	buf_addch(&text, '\n');
	/* The reason first: what is found in the quarantine always has one. */
	if (file_publish(note, text.ptr, text.len, e) < 0)
		goto out;
	rc = rename(path, to);
	if (rc < 0 && errno == EXDEV && file_exists(path)) { /* a recorder in /dev/shm */
		rc = file_copy(path, to, e);
		if (rc == 0)
			unlink(path);
	} else if (rc < 0) {
		err_errno(e, EXIT_ENVIRON, "could not move %s to %s", path, to);
	}
out:
	buf_release(&text);
	free(dir);
	free(to);
	free(note);
	return rc;
}
