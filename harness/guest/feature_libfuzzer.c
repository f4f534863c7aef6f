/* feature_libfuzzer.c: guest. Features as libFuzzer's extra counters (llvm 14,
 * FuzzerExtraCountersLinux.cpp: it clears them before and reads them after every input). Once is enough: counts would only
 * fill the corpus with plans that do the same more often. */
#include <unistd.h>

#include "guest/feature.h"

static __attribute__((section("__libfuzzer_extra_counters"), used, aligned(64)))
uint8_t counters[CGOFUZZ_FEATURES];

void cgofuzz_feature(unsigned id)
{
	counters[id] = 1;
}

void cgofuzz_feature_pause(int on)
{
	(void)on; /* once is enough for it, see above */
}

void cgofuzz_gate(unsigned id)
{
	cgofuzz_feature(CGOFUZZ_FEATURE_GATE + id % CGOFUZZ_FEATURE_GATES);
}

/* The engine ends with its process; the supervisor starts it again, with the corpus it has. */
void cgofuzz_engine_renew(void)
{
	_exit(0);
}
