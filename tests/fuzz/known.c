/* known.c: tests. Fuzz driver: any bytes as a file of known issues; what is wrong is named with its line. */
#include <stdint.h>
#include <string.h>

#include "triage/known.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct known_issues k;
	struct err e = ERR_INIT;

	if (known_parse(&k, (const char *)data, size, "known", &e) < 0) {
		BUG_ON(e.status != EXIT_USAGE || strncmp(e.msg, "known:", 6) != 0);
		return 0;
	}
	for (unsigned i = 0; i < k.count; i++) {
		const struct known_issue *issue;
		struct known_case c = { .signature = k.issues[i].signature,
					.guilty = "go",
					.lanes = "amd64-gcc12-gcc12-O1-wO0-go1.26.8",
					.today = "2026-11-22" };

		BUG_ON(!strchr(c.signature, '|') || !*k.issues[i].link || !k.issues[i].line);
		BUG_ON((known_find(&k, &c, &issue) == KNOWN_NOT) != !issue);
	}
	known_release(&k);
	return 0;
}
