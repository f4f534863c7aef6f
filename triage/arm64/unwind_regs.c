/* unwind_regs.c: triage, arm64. Register numbers and the layout of runtime frames.
 * DWARF numbers: "DWARF for the Arm 64-bit Architecture", section 4.1. */
#include "triage/unwind_arch.h"

#include <stddef.h>

enum { X29 = 29, X30 = 30, SP = 31 };

static const char *const names[] = {
	"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",	 "x7",	"x8",  "x9",	 "x10", "x11",
	"x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",	 "x22", "x23",
	"x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",	"pc",  "pstate",
};

/* runtime/cgo/asm_arm64.s, crosscall2. */
static const struct reg_at crosscall[] = {
	{ 19, 32 },   { 20, 40 },   { 21, 48 },	     { 22, 56 },     { 23, 64 },
	{ 24, 72 },   { 25, 80 },   { 26, 88 },	     { 27, 96 },     { 28, 104 },
	{ X29, 176 }, { X30, 184 }, { REG_PC, 184 }, { REG_END, 0 },
};

/* struct rt_sigframe: siginfo 128, ucontext to mcontext 176, fault address 8. */
#define AT(n) \
	{ \
		n, 312 + 8 * (n) \
	}
static const struct reg_at signal_frame[] = {
	AT(0),	AT(1),	AT(2),	AT(3),	AT(4),	AT(5),		 AT(6),		 AT(7),	 AT(8),
	AT(9),	AT(10), AT(11), AT(12), AT(13), AT(14),		 AT(15),	 AT(16), AT(17),
	AT(18), AT(19), AT(20), AT(21), AT(22), AT(23),		 AT(24),	 AT(25), AT(26),
	AT(27), AT(28), AT(29), AT(30), AT(31), { REG_PC, 568 }, { REG_END, 0 },
};

const struct unwind_arch unwind_arm64 = {
	.sp = SP,
	.fp = X29,
	.lr = X30,
	.wire_pc = 32,
	.wire = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
		  17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, -1 },
	.names = names,
	.wire_count = sizeof(names) / sizeof(names[0]),
	.saves = { { 0, 8 } },
	.saves_count = 1,
	.switch_fp = 24,
	.switch_fp_min = 0,
	.callback_args = 8,
	.crosscall_min = 192,
	.crosscall = crosscall,
	.crosscall_size = 192,
	.signal = signal_frame,
	.go_fp = 8,
	.go_fp_low = 1,
	.pushed_lr = 16,
};
