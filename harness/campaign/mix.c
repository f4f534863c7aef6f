/* mix.c: campaign. What the cases of a batch are drawn from, as people write it. */
#include "campaign/mix.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define MIX_MOST 1000

static int wrong(const char *text, struct err *e)
{
	return err_set(
		e, EXIT_USAGE,
		"--mix '%s' is no ratio: write CORPUS:NEIGHBOURS:FRESH, numbers up to %d and not all 0, as in 2:1:1",
		text, MIX_MOST);
}

int mix_parse(uint32_t mix[MIX_COUNT], const char *text, enum population population, struct err *e)
{
	const char *p;
	uint32_t sum = 0;

	if (!text)
		text = population == POPULATION_PLAIN ? "0:0:1" : "2:1:1";
	p = text;
	for (int i = 0; i < MIX_COUNT; i++) {
		char *end;
		unsigned long n;

		if (!isdigit((unsigned char)*p))
			return wrong(text, e);
		n = strtoul(p, &end, 10);
		if (n > MIX_MOST || *end != (i + 1 < MIX_COUNT ? ':' : '\0'))
			return wrong(text, e);
		sum += mix[i] = (uint32_t)n;
		p = end + 1;
	}
	return sum ? 0 : wrong(text, e);
}

void mix_print(const uint32_t mix[MIX_COUNT], char out[40])
{
	snprintf(out, 40, "%u:%u:%u", mix[MIX_CORPUS], mix[MIX_NEIGHBOURS], mix[MIX_FRESH]);
}

int population_parse(enum population *population, const char *text, struct err *e)
{
	struct buf list = BUF_INIT;

	for (int i = 0; i < POPULATION_COUNT; i++) {
		if (strcmp(text, population_names[i]) == 0) {
			*population = (enum population)i;
			buf_release(&list);
			return 0;
		}
		buf_addf(&list, "%s%s", i ? ", " : "", population_names[i]);
	}
	err_set(e, EXIT_USAGE, "unknown population '%s'; valid: %s", text, list.ptr);
	buf_release(&list);
	return -1;
}
