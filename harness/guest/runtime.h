/* runtime.h: guest. What the runtime's own C files share. Not for generated code (that is table.h),
 * not for the host (wire.h). */
#ifndef GUEST_RUNTIME_H
#define GUEST_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include "guest/table.h"
#include "guest/wire.h"

/* The recorder, mapped from CGOFUZZ_DIR or private, and its live part. Set once, by
 * cgofuzz_recorder_open; the process ends with a word on stderr if there is none to be had. */
extern struct cgofuzz_recorder *cgofuzz_rec;
extern struct cgofuzz_live *cgofuzz_live;
extern int cgofuzz_dir_fd; /* of CGOFUZZ_DIR, -1 without */

void cgofuzz_recorder_open(void);
void cgofuzz_orphan_dies(void); /* orphan.c: this process, when its parent does */
/* A plan begins: it is stored whole, the last one moves to `earlier`. Ends: a fault that was survived
 * becomes a pending file, or text. */
void cgofuzz_plan_begin(const uint8_t *plan, uint32_t len);
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

/* handler.c: the alternate stack before Go starts, the handlers once it is up. */
void cgofuzz_handler_stack(void);
void cgofuzz_handler_install(void);

/* snapshot.c */
void cgofuzz_snapshot_init(void); /* modules; the end of the main thread's stack */
void cgofuzz_snapshot_probe(void); /* in C called from Go: where this thread keeps its g */
void cgofuzz_snapshot(struct cgofuzz_fault *f); /* fills memory, modules, g_off from f->regs */
/* Reads own memory that may not be there: bytes read before the first hole. */
size_t cgofuzz_peek(void *to, uint64_t from, size_t size);

/* guard_alloc.c: `size` bytes (up to 64 KiB) whose end touches a page that cannot be read, on the
 * next of 16 places in turn; NULL if too big. Contents are as the user before left them. */
void *cgofuzz_guard_alloc(size_t size);
void cgofuzz_guard_init(void);

/* One decoded step of a run of Go -> C steps; Go's half lays it out by hand. */
struct cgofuzz_run_step {
	uint32_t slot, depth, seed, step;
};
_Static_assert(sizeof(struct cgofuzz_run_step) == 16, "go/runtime.go: runStep");

/* Exported by Go (go/entry.go.in). layout: 1 if both halves agree on a slot; else the fault is
 * recorded. run: steps [first, first + count) of `steps` handed over at the start. */
int cgofuzz_go_start(void *live, void *steps, void *cases);
int cgofuzz_go_layout(unsigned slot);
void cgofuzz_go_run(unsigned first, unsigned count);
/* Called by Go. words: fault.c, enum go_word; text: 512 bytes, 0-terminated, or NULL. */
void cgofuzz_seen_by_go(unsigned long long *words, char *text);

#endif
