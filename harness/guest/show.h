/* show.h: guest, shared with the host. What `fuzz-plain --show` says of plans: one after the other over its
 * standard input and output, as long as there are any.
 *
 *   guest: struct cgofuzz_hello                              once
 *   host:  struct cgofuzz_ask, then its plan                 for each plan
 *   guest: struct cgofuzz_shown, then trail_len trail[]      after each
 */
#ifndef GUEST_SHOW_H
#define GUEST_SHOW_H

#include "guest/wire.h"

enum cgofuzz_wanted {
	CGOFUZZ_WANT_DIGEST, /* the plan once */
	CGOFUZZ_WANT_COST, /* again and again, beside a loop of plain C */
	CGOFUZZ_WANT_BARE, /* the same with nothing filled and nothing checked: the crossings alone */
};

struct cgofuzz_hello {
	char magic[8]; /* CGOFUZZ_SHOW_MAGIC */
	/* What each case can do, equal where lanes can do the same: 0: it was not built, or its layout is
	 * wrong; else bits of enum cgofuzz_can. */
	uint8_t slot[CGOFUZZ_MAX_SLOTS];
};
#define CGOFUZZ_SHOW_MAGIC "cgofuzzS"
enum cgofuzz_can { CGOFUZZ_CAN_RUN = 1, CGOFUZZ_CAN_GO = 2, CGOFUZZ_CAN_CONTROL = 4 };
#define CGOFUZZ_CAN_CALLS 3 /* enum cgofuzz_calls, shifted by it */
#define CGOFUZZ_CAN_ROUTE 6 /* enum cgofuzz_direction of its own route */

struct cgofuzz_ask {
	uint32_t len; /* of the plan, up to CGOFUZZ_PLAN_MAX_BYTES */
	uint32_t wanted; /* enum cgofuzz_wanted */
};

struct cgofuzz_shown {
	uint64_t digest;
	uint32_t fault; /* enum cgofuzz_fault_kind; the guest goes on */
	uint32_t capped; /* effects left out, live.capped */
	uint32_t trail_len, pad;
	/* cost: CPU time of the plan and of one turn of the loop, in picoseconds, both at their best */
	uint64_t plan_ps, turn_ps;
};

/* driver.c. Starts the guest, looks at every case. */
void cgofuzz_show_hello(struct cgofuzz_hello *hello);
/* driver.c. The plan's crossings, each on its route, with nothing filled and nothing checked (live.stop 2). */
void cgofuzz_bare(const uint8_t *plan, uint32_t len);
int cgofuzz_show(void); /* show.c: an exit status */

#endif
