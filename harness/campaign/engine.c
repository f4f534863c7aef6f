/* engine.c: campaign. The engines, and what their files have in common. */
#include "campaign/engine.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"

const struct engine_ops *engine_ops_of(enum engine id)
{
	return id == ENGINE_AFL ? &engine_afl : &engine_libfuzzer;
}

/* Without the terminal's colours and other control characters. */
static void add_plain(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\033' && i + 1 < len && text[i + 1] == '[') {
			for (i += 2; i < len && (text[i] < '@' || text[i] > '~'); i++)
				;
			continue;
		}
		if ((unsigned char)text[i] >= ' ' || text[i] == '\n' || text[i] == '\t')
			buf_addch(out, text[i]);
	}
}

void engine_tail(const char *path, size_t size, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = xmalloc(size + 1);
	off_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	off_t at = end > (off_t)size ? end - (off_t)size : 0;
	ssize_t n = end < 0 ? -1 : pread(fd, text, size, at);

	if (n > 0)
		add_plain(out, text, (size_t)n);
	if (fd >= 0)
		close(fd);
	free(text);
}
