/* feature_afl.c: guest. Features as edges of AFL++: their guards stand among the compiler's, so that
 * afl-compiler-rt numbers them and the map stays as small as it can be. Once is enough: counts would
 * only fill the queue with plans that do the same more often. */
#include "guest/afl_server.h"
#include "guest/feature.h"

extern uint8_t *__afl_area_ptr; /* afl-compiler-rt.o */

static __attribute__((section("__sancov_guards"), used)) uint32_t guards[CGOFUZZ_FEATURES];

void cgofuzz_feature(unsigned id)
{
	__afl_area_ptr[guards[id]] = 1;
}

void cgofuzz_feature_pause(int on)
{
	static uint8_t nowhere[1 << 20]; /* more than the guards there are: their numbers are places in it */
	static uint8_t *map;

	if (on) {
		map = __afl_area_ptr;
		__afl_area_ptr = nowhere;
	} else {
		__afl_area_ptr = map;
	}
}

void cgofuzz_gate(unsigned id)
{
	cgofuzz_feature(CGOFUZZ_FEATURE_GATE + id % CGOFUZZ_FEATURE_GATES);
}

void cgofuzz_engine_renew(void)
{
	cgofuzz_afl_renew();
}
