/* known_fault.h: guest tests. Turbulence that shows a known issue of the default lane, which plans of silence leave
 * out. */
#ifndef TESTS_GUEST_KNOWN_FAULT_H
#define TESTS_GUEST_KNOWN_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/turbulence.h"

/* gcc 12 and clang 14 link a constructor into what -Ofast makes a library of, which turns flushing to zero on (GCC
 * PR55522, llvm/llvm-project#57589): a plan with it has that fault. */
static bool has_known_fault(const uint8_t *step)
{
	return step[0] % CGOFUZZ_TURBULENCES == CGOFUZZ_TURB_DLOPEN && step[3] % 2;
}

#endif
