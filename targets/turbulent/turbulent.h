/* turbulent.h: targets/turbulent. The gate that all exhibits share. */
#ifndef TURBULENT_TURBULENT_H
#define TURBULENT_TURBULENT_H

#include <stdint.h>

#include "guest/hook.h"
#include "guest/turbulence_run.h"

/*
 * Is the gate open: the innermost crossing of a step, with at least one crossing's seed in two saying so (bit 3),
 * directly within turbulence of this kind? Depends on the plan alone, so that a replayed plan does the same
 * again. Tells the engine when all but the seed is right.
 */
int turbulent_open(enum cgofuzz_turbulence_kind kind);
/* All are, or the one of a lane with the setting TURBULENT_ARMED=SLOT: the other cases are sound then. */
int turbulent_armed(uint32_t slot);

#endif
