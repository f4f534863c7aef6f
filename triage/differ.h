/* differ.h: triage. The same plan in several lanes side by side, and the first step that differs. */
#ifndef TRIAGE_DIFFER_H
#define TRIAGE_DIFFER_H

#include "lane/show.h"
#include "triage/bundle.h"

enum differ_how {
#define DIFFER(id, words) DIFFER_##id,
#include "triage/differ.def"
#undef DIFFER
	DIFFER_HOWS
};

/* What two runs of a plan have shown, compared. */
struct difference {
	enum differ_how how;
	uint32_t step;
	uint64_t expected, got; /* digests then */
	bool capped; /* one of them left out effects before that: that may be why */
};
/* Of two that differ. */
void difference_of(struct difference *d, const struct shown *expected, const struct shown *got);

enum differ_end {
	DIFFER_EQUAL,
	DIFFER_FOUND, /* lane `at` differs from the first */
	DIFFER_FAULT, /* a lane saw a fault, `at`: a matter for that lane alone */
	DIFFER_GONE, /* a guest died or hung, `at`; it has been started again */
	DIFFER_CAPPED, /* it differs, but effects were left out before */
	DIFFER_UNSTEADY, /* a lane differs from itself */
};

/* Guests of one batch, one for each lane. */
struct differ {
	struct show *shows;
	struct shown *shown;
	uint32_t *faults; /* that each guest has had since it was started */
	struct show_spec *specs;
	uint32_t count;
	uint64_t muted[CGOFUZZ_MAX_SLOTS / 64]; /* what not every lane can do alike */
};
/* Starts all. specs are borrowed. -1: one does not start. */
int differ_open(struct differ *d, struct show_spec *specs, uint32_t count, struct err *e);
/* Runs a plan everywhere. -1: a guest does not start again. Of an end other than EQUAL: at. */
int differ_plan(struct differ *d, const uint8_t *plan, uint32_t len, enum differ_end *end,
		uint32_t *at, struct err *e);
/* The same for a plan of which lane `at` was seen to differ from the first: alone in a fresh guest each time, `tries`
 * times. FOUND: every time, the same. d->shown[0] and [at] are the last; EQUAL: never. */
int differ_confirm(struct differ *d, const uint8_t *plan, uint32_t len, uint32_t at, int tries,
		   enum differ_end *end, struct err *e);
void differ_close(struct differ *d);

/* A recorder (malloc'd) as of the first lane's guest, with the difference as its fault. slots: of the batch. */
struct cgofuzz_recorder *differ_record(const struct differ *d, const uint8_t *plan, uint32_t len,
				       uint32_t at, uint32_t slots);
/* A recorder without a fault, as if the plan had run in that lane. */
struct cgofuzz_recorder *recorder_make(const struct show_spec *spec, const uint8_t *plan,
				       uint32_t len);
/* The fault alone. */
void differ_fault(struct cgofuzz_fault *f, const struct difference *d, const uint8_t *plan,
		  uint32_t len, uint32_t slots);

#endif
