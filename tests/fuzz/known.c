/* known.c: tests. Fuzz driver: any bytes as a file of known issues; a bad line is named. */
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
	for (const struct known_issue *i = k.first; i; i = i->next) {
		BUG_ON(!strchr(i->signature, '|') || !*i->guilty || !*i->lanes || !*i->link ||
		       !*i->note);
		known_find(&k, i->signature, "go", "amd64-gcc12-gcc12-O1-wO0-go1.26.8");
	}
	known_release(&k);
	return 0;
}
