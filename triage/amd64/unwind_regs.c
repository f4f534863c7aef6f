/* unwind_regs.c: triage, amd64. Register numbers and the layout of runtime frames.
 * DWARF numbers: System V AMD64 psABI, figure 3.36. */
#include "triage/unwind_arch.h"

#include <stddef.h>

enum { RAX, RDX, RCX, RBX, RSI, RDI, RBP, RSP, R8, R9, R10, R11, R12, R13, R14, R15 };

static const char *const names[] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi",
				     "rbp", "rsp", "r8",  "r9",	 "r10", "r11",
				     "r12", "r13", "r14", "r15", "rip", "eflags" };

/* runtime/cgo/abi_amd64.h, PUSH_REGS_HOST_TO_ABI0: above three words of arguments. */
static const struct reg_at crosscall[] = {
	{ RBX, 24 }, { R12, 32 }, { R13, 40 },	  { R14, 48 },
	{ R15, 56 }, { RBP, 64 }, { REG_END, 0 },
};

/* struct rt_sigframe after the return address was popped: sp is the ucontext; its mcontext is at 40. */
static const struct reg_at signal_frame[] = {
	{ R8, 40 },   { R9, 48 },   { R10, 56 },  { R11, 64 },	{ R12, 72 },	 { R13, 80 },
	{ R14, 88 },  { R15, 96 },  { RDI, 104 }, { RSI, 112 }, { RBP, 120 },	 { RBX, 128 },
	{ RDX, 136 }, { RAX, 144 }, { RCX, 152 }, { RSP, 160 }, { REG_PC, 168 }, { REG_END, 0 },
};

const struct unwind_arch unwind_amd64 = {
	.sp = RSP,
	.fp = RBP,
	.lr = -1,
	.wire_pc = 16,
	/* wire: rax rbx rcx rdx rsi rdi rbp rsp r8.. */
	.wire = { 0,  3,  2,  1,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, -1,
		  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 },
	.names = names,
	.wire_count = sizeof(names) / sizeof(names[0]),
	.saves = { { 48, 40 }, { 8, 0 }, { 0, 8 } },
	.saves_count = 3,
	.switch_fp = 16,
	.switch_fp_min = 16,
	.callback_args = 0,
	.crosscall_min = 80,
	.crosscall = crosscall,
	.crosscall_size = 0,
	.signal = signal_frame,
	.go_fp = 16,
	.go_fp_low = 0,
	.pushed_lr = 0,
};
