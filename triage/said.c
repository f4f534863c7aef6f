/* said.c: triage. Go's runtime says why it gives up, on standard error alone (runtime/panic.go, throw and fatal). */
#include "triage/said.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/text.h"

#define SAID_BYTES ((size_t)1 << 20)
#define WORDS_MAX 100

void said_fatal(const struct bundle *b, struct buf *out)
{
	static const char begin[] = "fatal error: ";
	const char *last = NULL;
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	char *path;

	if (!b->dir)
		return;
	path = xasprintf("%s/stderr.txt", b->dir);
	/* Bytes behind a NUL are nobody's words. */
	if (file_exists(path) && file_read(path, SAID_BYTES, &text, &ignored) == 0)
		for (const char *at = text.ptr; (at = strstr(at, begin)); at += strlen(begin))
			if (at == text.ptr || at[-1] == '\n')
				last = at;
	if (last) {
		size_t len = strcspn(last, "\r\n");

		buf_addstr(out, ": ");
		text_escape(out, last, len < WORDS_MAX ? len : WORDS_MAX);
	}
	buf_release(&text);
	free(path);
}
