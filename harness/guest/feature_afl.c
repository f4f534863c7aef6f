/* feature_afl.c: guest. Features as edges of AFL++: their guards stand among the compiler's, so that
 * afl-compiler-rt numbers them and the map stays as small as it can be. */
#include "guest/feature.h"

void __sanitizer_cov_trace_pc_guard(uint32_t *guard);

static __attribute__((section("__sancov_guards"), used)) uint32_t guards[CGOFUZZ_FEATURES];

void cgofuzz_feature(unsigned id)
{
	__sanitizer_cov_trace_pc_guard(&guards[id]);
}

void cgofuzz_gate(unsigned id)
{
	cgofuzz_feature(CGOFUZZ_FEATURE_GATE + id % CGOFUZZ_FEATURE_GATES);
}
