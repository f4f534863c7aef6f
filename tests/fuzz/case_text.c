/* case_text.c: tests. Fuzz driver: a text is a case that parses back, or a clear error. */
#include <string.h>

#include "model/case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_case c, again;
	struct err e = ERR_INIT;
	int lines = 0;

	if (case_parse(&c, (const char *)data, size, "<fuzz>", &e) < 0) {
		for (const char *p = e.msg; *p; p++)
			lines += *p == '\n';
		if (e.status != EXIT_USAGE || lines != 3 || strncmp(e.msg, "<fuzz>:", 7) != 0)
			BUG("not an error of four lines: %s", e.msg);
		return 0;
	}
	if (case_parse(&again, c.text, strlen(c.text), "<text>", &e) < 0)
		BUG("its own text does not parse: %s", e.msg);
	if (strcmp(c.text, again.text) != 0 || strcmp(c.id, again.id) != 0 ||
	    c.route != again.route || c.type_count != again.type_count)
		BUG("not a fixed point:\n%s\n%s", c.text, again.text);
	case_release(&again);
	case_release(&c);
	return 0;
}
