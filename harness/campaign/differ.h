/* differ.h: campaign. Plans that an engine of one lane found worth keeping, in all lanes of the same batch: what
 * they show is compared while the campaign runs, in a child, on spare time. And what crossings cost in each lane. */
#ifndef CAMPAIGN_DIFFER_H
#define CAMPAIGN_DIFFER_H

#include "base/job.h"
#include "campaign/prepared.h"
#include "campaign/strlist.h"
#include "guest/wire.h"
#include "triage/differ.h"

struct run;

struct differing {
	struct job job;
	struct prepared *batch; /* that is compared; NULL: none yet */
	uint64_t *seen; /* plans of this batch: hashes of their names, 0: free; open addressing */
	uint32_t seen_count, seen_cap;
	struct strlist plans; /* of this round: paths; a '~' before it: its turbulence is struck out; a '+' before
				 that: it was compared before, and is to be with other values */
	uint32_t round;
	uint64_t muted[CGOFUZZ_MAX_SLOTS / 64]; /* by the engines */
	bool measure; /* costs, in this round */
	bool measured; /* of this batch */
	int64_t began_ms, next_ms;
	char *dir; /* CAMPAIGN/differ: the guests', and what the round leaves */
	/* since the run's start */
	uint64_t compared, differences, incomparable, cliffs;
};

/* Call at each tick while engines run. What goes wrong is told, and never why a run ends. */
void differ_tick(struct run *r, int64_t now_ms);
void differ_release(struct run *r);

/* Beside so many lanes, or in such a batch, guests without an engine are wanted. */
bool differ_wanted(const struct config *c, uint32_t batch_index);
bool cliff_wanted(const struct config *c, uint32_t batch_index);

/* differ_round.c. What the child does; its answer is lines:
 *   count NAME N          for STATUS's compared, incomparable
 *   found NUMBER AT OTHER a recorder DIR/NUMBER.rec, of lane AT beside lane OTHER (-1: beside none)
 *   alone NUMBER AT ENGINE a recorder of lane AT alone, as that engine's program left it */
job_fn differ_round;
/* differ_alone.c. 1: the plan shows a fault in that lane, whose recorder is in the file `to` now; 0: it does not. */
int differ_alone(const struct run *r, uint32_t lane, const uint8_t *plan, uint32_t len,
		 const uint64_t *muted, const char *to, struct err *e);
enum engine differ_engine(const struct config *c); /* whose program it is run by */
/* The first so many cases are the same in all lanes. */
uint32_t differ_common(const struct prepared *p);

/* cliff.c. Costs in every lane. found(): a recorder (freed by the caller) of lane `at` beside `other`, -1: none. */
typedef int cliff_fn(void *ctx, const struct cgofuzz_recorder *r, uint32_t at, int other,
		     struct err *e);
int cliff_measure(const struct run *r, struct show *shows, const uint64_t *muted, cliff_fn *found,
		  void *ctx, struct err *e);

#endif
