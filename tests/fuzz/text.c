/* text.c: tests. Fuzz driver: whatever comes in, what is printed is harmless and names stay apart. */
#include <string.h>

#include "triage/text.h"
#include "triage/token.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_harmless(const struct buf *b, bool lines)
{
	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->ptr[i];

		BUG_ON(c < 0x20 && !(lines && (c == '\n' || c == '\t')));
		BUG_ON(c == 0x7f);
		BUG_ON(c == 0xc2 && (unsigned char)b->ptr[i + 1] < 0xa0); /* C1 controls */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	struct buf out = BUF_INIT;

	text_escape(&out, s, size);
	assert_harmless(&out, false);
	buf_reset(&out);
	text_escape_lines(&out, s, size);
	assert_harmless(&out, true);
	for (int go = 0; go < 2; go++) {
		buf_reset(&out);
		BUG_ON(token_of(&out, s, size, go, NULL) != (out.len > 0));
		BUG_ON(memchr(out.ptr, ' ', out.len) || memchr(out.ptr, '|', out.len));
	}
	buf_release(&out);
	return 0;
}
