/* evidence.h: triage. What settles who is guilty: the plan of a fault once more with every crossing
 * captured, and once more with C on both sides. */
#ifndef TRIAGE_EVIDENCE_H
#define TRIAGE_EVIDENCE_H

#include "lane/build.h"
#include "triage/guilty.h"

/* A program of the fault's lane, of a batch with controls (batch_with_control). All borrowed. */
struct evidence_guest {
	const char *exe;
	enum engine engine; /* ENGINE_COUNT: the plain one */
	const char *build_id;
	const struct lane *lane;
	const struct toolchain *tools;
	bool misuse; /* as the run that found the fault: guest_run */
};

/* Would it say more than is known? Not of faults that no placement explains. */
bool evidence_wanted(const struct cgofuzz_fault *f, const struct guilty_facts *facts);
/* Runs the step that failed, of the plan that found f, captured and C to C, and adds to facts what it shows;
 * where the step alone shows nothing, the whole plan. Three guests at most. */
int evidence_gather(struct guilty_facts *facts, const struct cgofuzz_fault *f, const uint8_t *plan,
		    uint32_t len, const struct evidence_guest *g, struct err *e);

/* The step that failed, alone: a fault of another step would end the plan before it. */
void evidence_step(const struct cgofuzz_fault *f, const uint8_t **plan, uint32_t *len);
/* Every step C to C. */
void evidence_direct(uint8_t *plan, uint32_t len);

#endif
