/* feature_plain.c: guest. No engine: nobody looks at features. */
#include "guest/feature.h"

void cgofuzz_feature(unsigned id)
{
	(void)id;
}

void cgofuzz_feature_pause(int on)
{
	(void)on;
}

void cgofuzz_gate(unsigned id)
{
	(void)id;
}

void cgofuzz_engine_renew(void)
{
}
