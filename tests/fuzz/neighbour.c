/* neighbour.c: tests. Fuzz driver: neighbours of any two cases are cases within the limits, or none. */
#include <string.h>

#include "model/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte seeds; half of the rest is one recipe, half the other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_case base, other, next, again; /* their memory is used again and again */
	size_t half = size / 2;
	struct err e = ERR_INIT;
	struct rng rng;

	rng_seed(&rng, size ? data[0] : 0);
	case_decode_lean(&base, data, half, POPULATION_WHOLE);
	case_decode_lean(&other, data + half, size - half, POPULATION_MIXED);
	if (case_mutate(&next, &base, &other, &rng) < 0)
		return 0;
	if (case_spell(&next, &e) < 0 ||
	    case_parse_lean(&again, next.text, strlen(next.text), "<text>", &e) < 0 ||
	    case_spell(&again, &e) < 0)
		BUG("a neighbour is no case: %s", e.msg);
	if (strcmp(next.text, again.text) != 0)
		BUG("another case came back:\n%s\n%s", next.text, again.text);
	return 0;
}
