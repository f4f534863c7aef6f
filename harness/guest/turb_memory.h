/* turb_memory.h: guest. What the families memory and fp do in C for Go's half (go/turb_memory.go). */
#ifndef GUEST_TURB_MEMORY_H
#define GUEST_TURB_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Order of the constants in go/turb_memory.go. n, seed: of the memory; first, end: steps of the plan. */
enum cgofuzz_turb_op {
	CGOFUZZ_OP_CONTROL, /* the thread's floating-point control bits */
	CGOFUZZ_OP_CONTROL_GOOD, /* n: those of a thread that is to have the default */
	CGOFUZZ_OP_BORROW, /* memory is there for this call: looked at before and after the steps, written */
	CGOFUZZ_OP_BORROW_INSIDE, /* the same of what the first word of p points to */
	CGOFUZZ_OP_KEEP, /* C keeps the address: its number, 0 if it has no room */
	CGOFUZZ_OP_KEPT, /* p: NULL; looks at memory number first, writes it; the address */
	CGOFUZZ_OP_DROP, /* forgets number first */
	CGOFUZZ_OP_NEW, /* n bytes of C memory with values; the address */
	CGOFUZZ_OP_GOOD, /* looks at memory, writes nothing */
	CGOFUZZ_OP_FREE, /* frees what NEW gave */
	CGOFUZZ_OP_TEXT, /* is p what C.CString makes of the text? 1: yes */
	CGOFUZZ_OP_TEXT_BYTES, /* the same of C.CBytes */
	CGOFUZZ_OP_FREE_TEXT, /* fills n bytes and frees p, C's own */
	CGOFUZZ_OP_HANDLE, /* n: a cgo.Handle, seed: its value; the steps, then Go is asked for the value */
	CGOFUZZ_OP_BODY_BEGIN, /* n: number of a float-heavy body, seed: of its values; what both sides share */
	CGOFUZZ_OP_BODY_RUN, /* p: that; does the body in C */
	CGOFUZZ_OP_DIVERGED, /* n: a row of divergence.def was needed */
	CGOFUZZ_OPS
};

/* Called by Go (go/entry.h.in). */
unsigned long long cgofuzz_turb_in_c(unsigned op, void *p, unsigned long long n,
				     unsigned long long seed, unsigned first, unsigned end);
/* turb_fp.c: a thread was found with these control bits. */
void cgofuzz_turb_fp_thread(uint64_t control);
extern uint32_t cgofuzz_fp_across; /* steps under way that cross in another mode; 0 when a plan begins */

/* turb_body.c */
void *cgofuzz_turb_body_begin(uint32_t number, uint32_t seed);
void cgofuzz_turb_body_run(void *run, uint32_t number, uint32_t first, uint32_t end);
void cgofuzz_turb_diverged(uint32_t what);
/* For exhibits: while a body runs in C, its outputs, how many of them live across its call, and where the frame
 * of its caller is; else NULL. */
struct cgofuzz_body_now {
	const double *outputs;
	const void *frame;
	uint32_t live;
};
extern struct cgofuzz_body_now cgofuzz_body_now;

/* C memory as C programs have it, except that what was freed is filled and looked at again before its place is
 * used: writes to freed memory, and a second free, are seen. Any thread. */
void *cgofuzz_turb_new(size_t bytes, uint64_t seed);
void cgofuzz_turb_free(void *block);
extern void *cgofuzz_turb_newest; /* for exhibits: what cgofuzz_turb_new() or C.CString gave last */
void cgofuzz_turb_free_all(void); /* a plan ends: freed memory is looked at for the last time */

/* Word i and byte i of a memory's values: those of its seed before somebody wrote it, those of ~seed after. */
static inline uint64_t cgofuzz_turb_word(uint64_t seed, uint64_t i)
{
	return (seed ^ i * 0x9e3779b97f4a7c15u) * 0xd1342543de82ef95u;
}

static inline uint8_t cgofuzz_turb_byte(uint64_t seed, uint64_t i)
{
	return (uint8_t)(cgofuzz_turb_word(seed, i >> 3) >> (i & 7) * 8);
}

/* 0: all bytes are as they should be; else 1 + the first that is not. */
uint64_t cgofuzz_turb_differs(const void *memory, uint64_t bytes, uint64_t seed);
void cgofuzz_turb_fill(void *memory, uint64_t bytes, uint64_t seed);

#endif
