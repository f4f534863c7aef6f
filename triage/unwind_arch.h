/* unwind_arch.h: triage. What differs by architecture when a stack is unwound: data, no code. */
#ifndef TRIAGE_UNWIND_ARCH_H
#define TRIAGE_UNWIND_ARCH_H

#include <stdint.h>

#include "triage/image.h"

#define UNWIND_REGS IMAGE_REGS

struct reg_at { /* register kept at an offset from some base */
	int16_t reg; /* DWARF number, REG_PC or REG_END */
	int16_t at;
};
#define REG_PC (-2)
#define REG_END (-1)

struct unwind_arch {
	int sp, fp, lr; /* DWARF numbers; lr -1: none */
	int wire_pc; /* index into cgofuzz_regs.gpr */
	int8_t wire[UNWIND_REGS]; /* DWARF number -> index into cgofuzz_regs.gpr, -1: none */
	const char *const *names; /* [CGOFUZZ_MAX_REGS], in the order of cgofuzz_regs.gpr */
	int wire_count;
	/* asmcgocall: where g and the depth of its stack pointer below g.stack.hi are kept, from sp
	 * (the slots changed between Go 1.22 and 1.25: all pairs are tried, each is checked). */
	int16_t saves[4][2];
	int saves_count;
	/* asmcgocall's caller's frame pointer, below the CFA; needs a frame of that size at least. */
	int switch_fp, switch_fp_min;
	int callback_args; /* cgocallback: (fn, frame, ctxt) from sp */
	/* crosscall2: once its frame is at least this size, what it keeps, from sp. */
	int crosscall_min;
	const struct reg_at *crosscall;
	int crosscall_size; /* 0: pc and sp by CFI; else sp grows by this and pc is in the list */
	/* A signal frame: registers from sp. */
	const struct reg_at *signal;
	/* A Go frame's saved frame pointer, from the CFA; plus -framesize if go_fp_low. */
	int go_fp, go_fp_low;
	int pushed_lr; /* sigpanic, asyncPreempt: size of the frame preparePanic makes; 0: none */
};

extern const struct unwind_arch unwind_amd64, unwind_arm64;
const struct unwind_arch *unwind_arch_of(int arch); /* enum cgofuzz_arch; NULL if unknown */

#endif
