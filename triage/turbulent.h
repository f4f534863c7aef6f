/* turbulent.h: triage. Faults that a step of turbulence saw, or that happened around one. */
#ifndef TRIAGE_TURBULENT_H
#define TRIAGE_TURBULENT_H

#include <stdbool.h>

#include "base/buf.h"
#include "guest/wire.h"

/* Did the step itself see it, or the checks around its crossings: no leaf, no register, no stack says more than
 * the step's name and words. */
bool turbulent_kind(uint32_t kind);
/* Of those: a step's own outcome, known by the step; what is seen around crossings is so in any step. */
bool turbulent_of_step(uint32_t kind);
/* Name of the innermost step of turbulence under way, as in plans; "-": none. */
const char *turbulent_name(const struct cgofuzz_fault *f);
/* Appends the signature's tail, "levels|a-word-of-a-frame-changed": the step and its words without numbers. */
void turbulent_sign(const struct cgofuzz_fault *f, struct buf *sig, struct buf *title);
/* Appends "turbulence: in levels; around it depth, memory" as a line, nothing if there is none. */
void turbulent_describe(const struct cgofuzz_fault *f, struct buf *out);

/* Letters alone, words joined by '-': numbers and addresses differ from run to run. */
void turbulent_words(const char *text, struct buf *out);

#endif
