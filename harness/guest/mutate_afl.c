/* mutate_afl.c: guest, but loaded by afl-fuzz, on the host: AFL_CUSTOM_MUTATOR_LIBRARY. Mutations that know what a plan
 * is, beside afl-fuzz's own (AFLplusplus, docs/custom_mutators.md, 4.04c). */
#include <stdlib.h>

#include "guest/plan_mutate.h"

struct mutator {
	uint64_t state;
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(struct mutator *m, uint8_t *buf, size_t len, uint8_t **out, uint8_t *add,
		       size_t add_len, size_t max);
void afl_custom_deinit(struct mutator *m);

void *afl_custom_init(void *afl, unsigned int seed)
{
	struct mutator *m = calloc(1, sizeof(*m));

	(void)afl;
	if (m)
		m->state = (uint64_t)seed * 0x9e3779b97f4a7c15u | 1;
	return m;
}

/* A length of 0 would be taken for an error. */
size_t afl_custom_fuzz(struct mutator *m, uint8_t *buf, size_t len, uint8_t **out, uint8_t *add,
		       size_t add_len, size_t max)
{
	const uint32_t room = max < sizeof(m->plan) ? (uint32_t)max : sizeof(m->plan);
	const uint32_t given = len < room ? (uint32_t)len : room;
	uint32_t made;

	(void)add;
	(void)add_len;
	memcpy(m->plan, buf, given);
	made = cgofuzz_plan_mutate_more(m->plan, given, room, &m->state);
	*out = m->plan;
	return made ? made : given;
}

void afl_custom_deinit(struct mutator *m)
{
	free(m);
}
