/* stacks.h: campaign. How much of each kind of stack plans have used, by lane, kind and size: from recorders, kept in
 * stacks.json, printed by `stacks`. */
#ifndef CAMPAIGN_STACKS_H
#define CAMPAIGN_STACKS_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "emit/batch.h"
#include "lane/lane.h"

/* The most that was ever used of one kind and size of stack in one lane, and what used it. */
struct stack_use {
	char *lane, *by, *c, *plan; /* kind of the step; case and plan as text */
	enum cgofuzz_stack_of of;
	uint64_t size, used; /* bytes */
	uint64_t grown; /* of a goroutine's stack: what Go had given it; else 0 */
	uint32_t step; /* of the plan */
	bool misuse;
};

struct stack_uses {
	struct stack_use *uses; /* by lane, kind, size */
	uint32_t count;
	bool changed; /* since stacks_write() or stacks_read() */
};

/* How much is to be left, or it is worth a warning: bytes, and hundredths of the stack. */
struct headroom {
	uint64_t bytes;
	unsigned percent;
};
/* What a callback into Go takes at its bottom (docs/turbulence.md, Small stacks): with less left, one that needs a
 * little more than those that were run does not fit. */
#define HEADROOM_BYTES 2048

extern const char *const stack_names[CGOFUZZ_STACKS]; /* [NONE]: "" */

/* Adds what guests of the lane have marked in their recorder; b: the batch they ran. Any bytes may be there. */
void stacks_take(struct stack_uses *s, const char *lane, const struct cgofuzz_recorder *r,
		 const struct batch *b);
/* Goroutines' stacks grow until Go's limit and have no headroom to speak of. */
bool stack_is_short(const struct stack_use *u, const struct headroom *h);

uint32_t stacks_short(const struct stack_uses *s); /* how many have less than HEADROOM_BYTES left */

/* DIR/stacks.json, replaced at once but not synced. Nothing to read is no error. */
int stacks_write(struct stack_uses *s, const char *dir, struct err *e);
int stacks_read(struct stack_uses *s, const char *dir, struct err *e);
json_t *stacks_to_json(const struct stack_uses *s, const struct headroom *h);
/* The table for people. plans: below each row the plan, its step marked. */
void stacks_print(const struct stack_uses *s, const struct headroom *h, bool plans, struct buf *out);
void stacks_release(struct stack_uses *s);

#endif
