/* feature.h: guest. What the engine sees besides the driver's edges: one counter for each case x
 * route x depth bucket, for each captured case x route, for the number of steps, for each gate passed in
 * a planted target, for each kind of turbulence, and for each of these within another. */
#ifndef GUEST_FEATURE_H
#define GUEST_FEATURE_H

#include <stdint.h>

#define CGOFUZZ_FEATURE_SLOTS 128 /* more cases than that share counters */
#define CGOFUZZ_FEATURE_DEPTHS 8 /* 0 1 2 3 4.. 8.. 16.. 32.. */
#define CGOFUZZ_FEATURE_GATES 224
#define CGOFUZZ_FEATURE_CAPTURED (CGOFUZZ_FEATURE_SLOTS * 3 * CGOFUZZ_FEATURE_DEPTHS)
#define CGOFUZZ_FEATURE_STEPS (CGOFUZZ_FEATURE_CAPTURED + CGOFUZZ_FEATURE_SLOTS * 3)
#define CGOFUZZ_FEATURE_GATE (CGOFUZZ_FEATURE_STEPS + 16)
#define CGOFUZZ_FEATURE_TURBULENCE \
	(CGOFUZZ_FEATURE_GATE + CGOFUZZ_FEATURE_GATES) /* kind x choice */
#define CGOFUZZ_FEATURE_PAIR (CGOFUZZ_FEATURE_TURBULENCE + 64 * 8) /* kind within kind, hashed */
#define CGOFUZZ_FEATURES (CGOFUZZ_FEATURE_PAIR + 512)

/* Counts feature id (below CGOFUZZ_FEATURES). One per engine: feature_ENGINE.c. */
void cgofuzz_feature(unsigned id);
/* on: what is done from here on is not told to the engine, nor the driver's edges where they count by it (AFL++'s
 * stability): how often a thing is repeated depends on what the process did before. */
void cgofuzz_feature_pause(int on);
/* This process has grown too large: another one is to do the next plan. Returns if the engine sees to it later, or
 * cannot. Between plans only. */
void cgofuzz_engine_renew(void);
/* For target code: gate id (modulo CGOFUZZ_FEATURE_GATES) was passed. */
void cgofuzz_gate(unsigned id);

static inline unsigned cgofuzz_depth_bucket(uint32_t depth)
{
	if (depth < 4)
		return depth;
	return depth < 8 ? 4 : depth < 16 ? 5 : depth < 32 ? 6 : 7;
}

static inline unsigned cgofuzz_step_feature(uint32_t slot, uint32_t route, uint32_t depth)
{
	return ((slot % CGOFUZZ_FEATURE_SLOTS) * 3 + route) * CGOFUZZ_FEATURE_DEPTHS +
		cgofuzz_depth_bucket(depth);
}

static inline unsigned cgofuzz_captured_feature(uint32_t slot, uint32_t route)
{
	return CGOFUZZ_FEATURE_CAPTURED + (slot % CGOFUZZ_FEATURE_SLOTS) * 3 + route;
}

/* kind: enum cgofuzz_turbulence_kind; outer: what it happens in, + 1, or 0. */
static inline unsigned cgofuzz_turbulence_feature(uint32_t kind, uint32_t choice)
{
	return CGOFUZZ_FEATURE_TURBULENCE + (kind % 64) * 8 + (choice < 8 ? choice : 7);
}

static inline unsigned cgofuzz_turbulence_pair(uint32_t outer, uint32_t kind)
{
	return CGOFUZZ_FEATURE_PAIR + (outer * 37 + kind) % 512;
}

#endif
