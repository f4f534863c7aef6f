/* leak.h: guest. What repeating a step leaves behind. */
#ifndef GUEST_LEAK_H
#define GUEST_LEAK_H

#include "guest/turbulence_run.h"

/* Repetitions from which on it is worth looking: the first half is not looked at. */
#define CGOFUZZ_LEAK_TIMES 8u

extern uint32_t cgofuzz_leak_looking; /* a repetition within another is not looked at */

enum cgofuzz_left_kind {
	CGOFUZZ_LEFT_THREADS,
	CGOFUZZ_LEFT_GOROUTINES,
	CGOFUZZ_LEFT_HANDLES,
	CGOFUZZ_LEFT_BYTES,
	CGOFUZZ_LEFTS
};
struct cgofuzz_left {
	uint64_t count[CGOFUZZ_LEFTS]; /* there are now; handles: of Go, since begin; bytes: C's, in use */
};

/* begin: Go counts handles from here on. */
struct cgofuzz_left cgofuzz_left_now(int begin);

/* The kind of which so many repetitions left at least one each; CGOFUZZ_LEFTS: none. */
enum cgofuzz_left_kind cgofuzz_left_by(const struct cgofuzz_left *before,
				       const struct cgofuzz_left *now, uint32_t times);

/* The body was done `times` times since `before`. If that left as much behind as a leak would, it is done again
 * until it is clear whether each time leaves more: fault LEAK. The digest stays. */
void cgofuzz_leak_look(const struct cgofuzz_turb *turb, const struct cgofuzz_left *before,
		       uint32_t times);

#endif
