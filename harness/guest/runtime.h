/* runtime.h: guest. What the runtime's own C files share. Not for generated code (that is table.h),
 * not for the host (wire.h). */
#ifndef GUEST_RUNTIME_H
#define GUEST_RUNTIME_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/table.h"
#include "guest/wire.h"

/* What happens once in a process, or now and then, is no coverage: engines would call the target unstable. */
#ifdef __clang__
#define CGOFUZZ_ONCE __attribute__((no_sanitize("coverage"), noinline))
#else
#define CGOFUZZ_ONCE __attribute__((noinline))
#endif

/* The recorder, mapped from CGOFUZZ_DIR or private, and its live part. Set once, by
 * cgofuzz_recorder_open; the process ends with a word on stderr if there is none to be had. */
extern struct cgofuzz_recorder *cgofuzz_rec;
extern struct cgofuzz_live *cgofuzz_live;
extern int cgofuzz_dir_fd; /* of CGOFUZZ_DIR, -1 without */

void cgofuzz_recorder_open(void);
void cgofuzz_orphan_dies(void); /* orphan.c: this process, when its parent does */
/* A plan begins: it is stored whole (calm: without its turbulence), the last one moves to `earlier`. Ends:
 * a fault that was survived becomes a pending file, or text. */
void cgofuzz_plan_begin(const uint8_t *plan, uint32_t len, int calm);
void cgofuzz_plan_end(void);

/*
 * A fault is opened (place, step and time are filled in; live.stop is set), described by the caller,
 * and closed (the registers and the stacks are copied, unless 8 like it are on file). NULL: this plan
 * has a fault already, or none runs. Async-signal-safe, both.
 */
struct cgofuzz_fault *cgofuzz_fault_open(enum cgofuzz_fault_kind kind, enum cgofuzz_seer by,
					 uint32_t slot, uint32_t direction);
/* regs: filled by the caller in f->regs, or f->regs.valid is 0 and they are taken here. */
void cgofuzz_fault_close(struct cgofuzz_fault *f);
/* Counts a fault by its cheap key. Wanted: fewer than 8 of the key were counted, `more` included. */
void cgofuzz_fault_count(const struct cgofuzz_fault *f);
int cgofuzz_fault_wanted(const struct cgofuzz_fault *f, uint32_t more);
void cgofuzz_fault_reset(void); /* the next fault is a plan's first again */
void cgofuzz_fault_print(const struct cgofuzz_fault *f);

/* leaf.c: tables, and room for every case's result; then C -> Go, of the slot, at live.level: the
 * caller's half around the generated `drive`. */
void cgofuzz_leaf_init(uint64_t pool);
void cgofuzz_drive(uint32_t slot);

/* handler.c: the alternate stack before Go starts, the handlers once it is up. */
void cgofuzz_handler_stack(void);
void cgofuzz_handler_install(void);
/* To whoever was there before: Go, for SEGV BUS FPE. */
void cgofuzz_handler_chain(int signo, siginfo_t *info, void *context);

/* stack_c.c: enum cgofuzz_other_stack, of this thread. Async-signal-safe. */
uint32_t cgofuzz_on_other_stack(void);

/* snapshot.c */
void cgofuzz_snapshot_init(void); /* modules; the end of the main thread's stack */
int cgofuzz_snapshot_has_g(void); /* is this thread known to Go; 0 before the probe */
void cgofuzz_snapshot_probe(void); /* in C called from Go: where this thread keeps its g */
void cgofuzz_snapshot(struct cgofuzz_fault *f); /* fills memory and modules from f->regs */
/* Reads own memory that may not be there: bytes read before the first hole. */
size_t cgofuzz_peek(void *to, uint64_t from, size_t size);

/* guard_alloc.c: `size` bytes (up to 64 KiB) whose end touches a page that cannot be read, on the
 * next of 16 places in turn; NULL if too big. Contents are as the user before left them. */
void *cgofuzz_guard_alloc(size_t size);
void cgofuzz_guard_init(void);

/* leaf.c: the loops of the leaf oracle for those who call seldom. good: 1 if every leaf is right. */
#define CGOFUZZ_BLOCK_SLACK 32u /* bytes behind a block that fill may write and good may read */
void cgofuzz_view_fill(const struct cgofuzz_view *v, void *block, uint64_t seed);
int cgofuzz_view_good(const struct cgofuzz_view *v, const void *block, uint64_t seed);
/* Records the first leaf that is wrong; live.direction says whose call it was. */
void cgofuzz_leaf_fault(const struct cgofuzz_view *v, const void *block, uint64_t seed,
			uint32_t slot, uint32_t is_result);
/* A callee's result, made from the seed, or harmless after a fault; to be copied at once. */
void *cgofuzz_result(const struct cgofuzz_view *v, uint64_t seed);
void *cgofuzz_harmless(uint32_t slot);

/* layout.c: 1 if every C compiler and the classifier agree on the slot's layout; else the fault is
 * recorded. Bit-fields are known from then on. */
int cgofuzz_layout_agrees(uint32_t slot);

/* control.c: the case of the slot once to and once fro with C on both sides. */
void cgofuzz_control(uint32_t slot);

/* One decoded step of a run of Go -> C steps; Go's half lays it out by hand. */
struct cgofuzz_run_step {
	uint32_t slot;
	uint32_t depth; /* from bit 8 on: live.capture */
	uint32_t seed, step;
};
#define CGOFUZZ_RUN_CAPTURE 0x100u
_Static_assert(sizeof(struct cgofuzz_run_step) == 16, "go/runtime.go: runStep");

/* What C's half hands over to Go's: the steps of a run, and back: the digest after each, if live.noting. */
struct cgofuzz_run {
	struct cgofuzz_run_step steps[CGOFUZZ_PLAN_MAX_STEPS];
	uint64_t digest[CGOFUZZ_PLAN_MAX_STEPS];
};

/* Exported by Go (go/entry.go.in). layout: 1 if both halves agree on a slot; else the fault is
 * recorded. run: steps [first, first + count) of `steps` handed over at the start. */
int cgofuzz_go_start(void *live, void *steps, void *cases);
int cgofuzz_go_layout(unsigned slot);
void cgofuzz_go_run(unsigned first, unsigned count);
/* Called by Go. words: fault.c, enum go_word; text: 512 bytes, 0-terminated, or NULL. */
void cgofuzz_seen_by_go(unsigned long long *words, char *text);

#endif
