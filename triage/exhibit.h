/* exhibit.h: triage. Which deliberate fault a record shows: the truth that labels the bundles of planted targets. */
#ifndef TRIAGE_EXHIBIT_H
#define TRIAGE_EXHIBIT_H

#include "emit/batch.h"
#include "guest/wire.h"

/*
 * The slot of the exhibit; batch->count if none of them did it, or if it cannot be told which. In targets without
 * turbulence it is the case that failed. In turbulence a fault is seen when the step ends, by which time other cases
 * have crossed: there it is who acted (live.acted), of several the one that is to be seen as this kind of fault.
 */
uint32_t exhibit_slot(const struct batch *b, const struct cgofuzz_recorder *r);

#endif
