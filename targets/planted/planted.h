/* planted.h: targets/planted. The gate that all exhibits share; for C and for assembly. */
#ifndef PLANTED_PLANTED_H
#define PLANTED_PLANTED_H

#include "guest/hook.h"

/* Steps that call Go first and nest exactly so deep that the exhibit's crossing is the innermost:
 * Go -> C -> Go -> C for damage on the way into C and back, one more for damage on the way into Go.
 * So a fault has one stack shape, with both languages twice in it. */
#define IN_C 2
#define IN_GO 3

#ifndef __ASSEMBLER__
#include <stdint.h>

/* The nibble of the step's seed that opens the gate of a slot; never 0. Go's half repeats it. */
static inline uint32_t planted_key(uint32_t slot)
{
	return 1 + 5 * slot % 15;
}

/*
 * Is the gate open for the crossing under way, at `level`, of a step that nests to `depth`? 0: no;
 * else which of 16 variants to show, 1 + the next nibble of the seed, for exhibits that have some.
 * Depends on the step and on nothing that happened before it, so that a replayed plan does the same
 * again. Tells the engine when all but the nibble is right.
 */
int planted_open(uint32_t level, uint32_t depth);
/* Does a lane's setting PLANTED_DEPTH=any open the gate as well at crossings that lie deeper by a multiple of two? */
int planted_any_depth(void);
/* The same for what the trampoline sees if it looks, and the other half if it does not: a plan shows one
 * of the two. Where every crossing is captured (CGOFUZZ_CAPTURE=1) it shows as well: who is guilty is found
 * out so. */
int planted_open_uncaptured(uint32_t level, uint32_t depth);
/* For what the trampoline alone is to see: only while it looks, which is one step in eight; one bit of the
 * key is enough then. */
int planted_open_captured(uint32_t level, uint32_t depth);
/* And for what a wrapper's compiler does wrong: in the control as well, which has no levels. */
int planted_open_wrapper(uint32_t level, uint32_t depth);
#endif

#endif
