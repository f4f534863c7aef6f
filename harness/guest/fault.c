/* fault.c: guest. One fault of a plan: opened, described by whoever saw it, closed; and its words. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "guest/runtime.h"
#include "regs.h"

#define PRESIG_KEEP 8
#define PRESIG_KEYS (sizeof(cgofuzz_rec->presig) / sizeof(cgofuzz_rec->presig[0]))

/* Words that Go's half hands over (go/runtime.go, leafFault and others). */
enum go_word {
	WORD_KIND,
	WORD_DIRECTION,
	WORD_LEAF,
	WORD_IS_RESULT,
	WORD_LEAF_KIND,
	WORD_ARG,
	WORD_EXPECTED,
	WORD_GOT,
	WORD_SLOT,
	WORD_EXPECTED_HIGH,
	WORD_GOT_HIGH
};

static atomic_flag taken = ATOMIC_FLAG_INIT;

void cgofuzz_fault_reset(void)
{
	atomic_flag_clear(&taken);
}

struct cgofuzz_fault *cgofuzz_fault_open(enum cgofuzz_fault_kind kind, enum cgofuzz_seer by,
					 uint32_t slot, uint32_t direction)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;
	struct cgofuzz_fault *f = &r->fault;
	struct timespec now = { 0, 0 };

	if (r->state != CGOFUZZ_RUNNING || r->live.stop == 2 || atomic_flag_test_and_set(&taken))
		return NULL;
	r->live.stop = 1;
	f->kind = kind;
	f->seen_by = by;
	f->direction = direction;
	f->slot = slot;
	f->step = r->live.step;
	f->level = r->live.level;
	f->route = r->live.route;
	f->was_captured = r->live.capture & CGOFUZZ_LOOK_CAPTURE;
	f->control = r->live.control;
	f->turbulence = r->live.turbulence;
	f->turbulence_kind = r->live.turbulence_kind;
	f->other_stack = cgofuzz_on_other_stack();
	f->depth = r->live.depth;
	f->step_seed = r->live.step_seed;
	clock_gettime(CLOCK_REALTIME, &now);
	f->time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	return f;
}

/* Equal faults should have equal keys; addresses are those of the program, which is not PIE. */
static uint64_t fault_key(const struct cgofuzz_fault *f)
{
	uint64_t words[] = { f->kind,
			     f->slot,
			     f->direction,
			     f->leaf,
			     f->is_result,
			     f->reg,
			     f->turbulence_kind,
			     (uint64_t)f->signo,
			     f->kind == CGOFUZZ_FAULT_SIGNAL ? cgofuzz_regs_pc(&f->regs) : 0 };
	uint64_t key = 0xcbf29ce484222325u;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		key = (key ^ words[i]) * 0x9e3779b97f4a7c15u;
		key ^= key >> 29;
	}
	return key ? key : 1;
}

/* NULL: a kind more than the table has room for; all of these are counted as one, in lumped. */
static uint64_t *presig_count(const struct cgofuzz_fault *f)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;
	uint64_t key = fault_key(f);
	uint32_t i;

	for (i = 0; i < r->presig_used && i < PRESIG_KEYS; i++)
		if (r->presig[i].key == key)
			return &r->presig[i].count;
	if (i == PRESIG_KEYS)
		return NULL;
	r->presig[i].key = key;
	r->presig[i].count = 0;
	r->presig_used = i + 1;
	return &r->presig[i].count;
}

void cgofuzz_fault_count(const struct cgofuzz_fault *f)
{
	uint64_t *count;

	if (!f)
		return;
	cgofuzz_rec->faults++;
	count = presig_count(f);
	if (count)
		++*count;
	else
		cgofuzz_rec->lumped++;
}

int cgofuzz_fault_wanted(const struct cgofuzz_fault *f, uint32_t more)
{
	const uint64_t *count = presig_count(f);

	return (count ? *count : cgofuzz_rec->lumped) + more <= PRESIG_KEEP;
}

void cgofuzz_fault_close(struct cgofuzz_fault *f)
{
	static ucontext_t here; /* one fault at a time */

	if (!f->regs.valid) { /* this frame stays until the stack is copied */
		getcontext(&here);
		cgofuzz_regs_of(&f->regs, &here);
	}
	cgofuzz_fault_count(f);
	if (cgofuzz_fault_wanted(f, 0))
		cgofuzz_snapshot(f);
}

/* A panic that Go's half recovered: a fault of its own, or the end of one that the handler saw first
 * (a nil dereference), which then was survived. */
static void panic_seen(const unsigned long long *w, const char *text)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;
	struct cgofuzz_fault *f = cgofuzz_fault_open(CGOFUZZ_FAULT_PANIC, CGOFUZZ_BY_GO,
						     (uint32_t)w[WORD_SLOT],
						     (uint32_t)w[WORD_DIRECTION]);
	struct cgofuzz_fault *about = f;

	if (!f && r->state == CGOFUZZ_FATAL && r->fault.seen_by == CGOFUZZ_BY_HANDLER) {
		r->state = CGOFUZZ_RUNNING;
		about = &r->fault;
	}
	if (about && text)
		memcpy(about->text, text, sizeof(about->text) - 1);
	if (f)
		cgofuzz_fault_close(f);
}

void cgofuzz_seen_by_go(unsigned long long *w, char *text)
{
	struct cgofuzz_fault *f;

	if (w[WORD_KIND] == CGOFUZZ_FAULT_NONE) {
		cgofuzz_snapshot_probe();
		return;
	}
	if (w[WORD_KIND] == CGOFUZZ_FAULT_PANIC) {
		panic_seen(w, text);
		return;
	}
	f = cgofuzz_fault_open((enum cgofuzz_fault_kind)w[WORD_KIND], CGOFUZZ_BY_GO,
			       (uint32_t)w[WORD_SLOT], (uint32_t)w[WORD_DIRECTION]);
	if (!f)
		return;
	f->leaf = (uint32_t)w[WORD_LEAF];
	f->is_result = (uint32_t)w[WORD_IS_RESULT];
	f->leaf_kind = (uint32_t)w[WORD_LEAF_KIND];
	f->arg = (uint32_t)w[WORD_ARG];
	f->expected = w[WORD_EXPECTED];
	f->got = w[WORD_GOT];
	f->expected_high = w[WORD_EXPECTED_HIGH];
	f->got_high = w[WORD_GOT_HIGH];
	f->sides = CGOFUZZ_SIDE_CALLEE | CGOFUZZ_SIDE_GO << 8; /* of a layout */
	if (text)
		memcpy(f->text, text, sizeof(f->text) - 1);
	cgofuzz_fault_close(f);
}

void cgofuzz_fault_print(const struct cgofuzz_fault *f)
{
	static const char *const names[] = {
#define FAULT(id, name, oracle, survivable, about) name,
#include "guest/fault.def"
#undef FAULT
	};
	static const char *const seers[] = {
#define SEER(id, name) name,
#include "guest/seer.def"
#undef SEER
	};

	static const char *const ways[] = { "go->c", "c->go", "c->c" };

	fprintf(stderr, "cgofuzz: fault %s slot=%u step=%u level=%u/%u %s seen by %s seed=%u",
		names[f->kind], f->slot, f->step, f->level, f->depth, ways[f->direction],
		seers[f->seen_by], f->step_seed);
	if (f->kind == CGOFUZZ_FAULT_LEAF || f->kind == CGOFUZZ_FAULT_LAYOUT ||
	    f->kind == CGOFUZZ_FAULT_CAPTURE)
		fprintf(stderr, " %s leaf %d of arg %u", f->is_result ? "result" : "argument",
			(int)f->leaf, f->arg);
	if (f->signo)
		fprintf(stderr, " signal %d code %d address 0x%" PRIx64 " pc 0x%" PRIx64, f->signo,
			f->si_code, f->fault_addr, cgofuzz_regs_pc(&f->regs));
	else
		fprintf(stderr, " reg %u expected 0x%" PRIx64 " got 0x%" PRIx64, f->reg,
			f->expected, f->got);
	fprintf(stderr, "%s%s\n", f->text[0] ? ": " : "", f->text);
}
