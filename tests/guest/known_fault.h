/* known_fault.h: guest tests. Turbulence that shows a known issue of the default lane, which plans of silence leave
 * out. */
#ifndef TESTS_GUEST_KNOWN_FAULT_H
#define TESTS_GUEST_KNOWN_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/turbulence.h"

/* A step of turbulence becomes one that shows none; true: it was another. gcc 12 and clang 14 link a constructor into
 * what -Ofast makes a library of, which turns flushing to zero on (GCC PR55522, llvm/llvm-project#57589). A thread that
 * Go made dies when C calls it from another stack that lies below the thread's (golang/go#62130). */
static bool avoid_known_fault(uint8_t *step)
{
	uint32_t kind = step[0] % CGOFUZZ_TURBULENCES;

	if (kind == CGOFUZZ_TURB_DLOPEN && step[3] % 2)
		step[3] ^= 1;
	else if (kind == CGOFUZZ_TURB_FOREIGN_COROUTINE)
		step[0] = CGOFUZZ_TURB_COROUTINE;
	else
		return false;
	return true;
}

#endif
