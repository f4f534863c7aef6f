/* mutate_libfuzzer.c: guest. libFuzzer's mutations, and as often those that know what a plan is. */
#include <stdlib.h>

#include "guest/plan_mutate.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

#define TRIES 4 /* what is chosen cannot always be done */

/* Of turbulent plans bytes say little. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	static int turbulent = -1;
	uint64_t state = seed * 0x9e3779b97f4a7c15u | 1;
	uint32_t len = 0;

	if (turbulent < 0) {
		const char *says = getenv("CGOFUZZ_TURBULENCE");

		turbulent = !says || says[0] != '0';
	}
	if (turbulent && seed % 8)
		len = cgofuzz_plan_mutate_more(data, (uint32_t)size, (uint32_t)max_size, &state);
	for (int i = 0; i < TRIES && !len && !turbulent && seed & 1; i++)
		len = cgofuzz_plan_mutate(data, (uint32_t)size, (uint32_t)max_size, 0, &state);
	return len ? len : LLVMFuzzerMutate(data, size, max_size);
}
