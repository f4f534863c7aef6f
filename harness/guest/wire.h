/* wire.h: guest, shared with the host. The recorder: one memory-mapped file a guest and its
 * supervisor share. Fixed layout, little endian, the same on both architectures. */
#ifndef GUEST_WIRE_H
#define GUEST_WIRE_H

#include <stdint.h>

#include "guest/abi_table.h"
#include "guest/plan.h"

#define CGOFUZZ_WIRE_MAGIC "cgofuzzR"
#define CGOFUZZ_WIRE_VERSION 11

/* The environment variable that names the recorder's directory: it holds "recorder", made by the
 * supervisor (cgofuzz_recorder below, zero but for magic, version, size, build_id) and "pending/",
 * where the guest puts copies: "pending/PID-N.tmp", then renamed to "pending/PID-N.rec".
 * Without the variable the guest keeps the recorder in private memory and prints faults as text. */
#define CGOFUZZ_DIR_ENV "CGOFUZZ_DIR"
/* "1": rows MISUSE of turbulence.def are done. A guest notes it in its recorder, so that a replay does it too. */
#define CGOFUZZ_MISUSE_ENV "CGOFUZZ_MISUSE"

enum cgofuzz_fault_kind {
#define FAULT(id, name, oracle, survivable, about) CGOFUZZ_FAULT_##id,
#include "guest/fault.def"
#undef FAULT
	CGOFUZZ_FAULT_KINDS
};

enum cgofuzz_arch { CGOFUZZ_ARCH_AMD64 = 1, CGOFUZZ_ARCH_ARM64 = 2 };

/* state: where the guest is. A recorder that is found RUNNING or FATAL when a guest starts, or when
 * the engine has ended, belongs to a process that died. */
enum cgofuzz_state {
	CGOFUZZ_IDLE = 0, /* between plans, or nobody home */
	CGOFUZZ_RUNNING = 1, /* inside a plan */
	CGOFUZZ_FATAL = 2, /* a fault was recorded that ends the process; handlers are being chained */
};

/* stopping: written by the supervisor before it ends a guest, so that the death is no fault. */
enum cgofuzz_stopping {
	CGOFUZZ_GO_ON = 0,
	CGOFUZZ_STOPPING = 1, /* whoever dies now was told to: collect nothing */
	CGOFUZZ_HANGING = 2, /* the next SIGSEGV to the thread means: record HANG here */
};

/* What may differ, and why. */
enum cgofuzz_divergence {
#define DIVERGENCE(id, name, source) CGOFUZZ_DIVERGENCE_##id,
#include "guest/divergence.def"
#undef DIVERGENCE
	CGOFUZZ_DIVERGENCES
};

/* Who saw a fault. */
enum cgofuzz_seer {
#define SEER(id, name) CGOFUZZ_BY_##id,
#include "guest/seer.def"
#undef SEER
	CGOFUZZ_SEERS
};

/* Which kind of stack. */
enum cgofuzz_stack_of {
	CGOFUZZ_OF_NONE,
#define STACK(id, name, overflow, about) CGOFUZZ_OF_##id,
#include "guest/stack.def"
#undef STACK
	CGOFUZZ_STACKS
};

enum cgofuzz_direction { CGOFUZZ_GO_TO_C = 0, CGOFUZZ_C_TO_GO = 1, CGOFUZZ_C_TO_C = 2 };

#define CGOFUZZ_MAX_SLOTS 512
#define CGOFUZZ_EARLIER 8 /* plans that ran before, in the same process */
#define CGOFUZZ_MAX_REGS 34
#define CGOFUZZ_MAX_MEM 9
#define CGOFUZZ_MAX_MODULES 16
#define CGOFUZZ_DATA_BYTES (384 * 1024)
#define CGOFUZZ_MAX_BOUNDS 4
#define CGOFUZZ_MARKS 32 /* kinds and sizes of stacks that are told apart */

/* Where a plan is right now. Written by both halves at every crossing: plain stores, no calls. */
struct cgofuzz_live {
	uint64_t heartbeat; /* +1 at each inward crossing, ever growing */
	uint64_t crossings; /* passages with a checked prototype: a call and its return count 1 each */
	uint64_t seed; /* level seed of the crossing under way */
	uint64_t pool; /* base of the pointer pool */
	uint32_t stop; /* 1: a fault was seen: no further nesting or checks, unwind, end the plan; 2: the
			  bench wants crossings without checks */
	uint32_t slot; /* case of the step */
	uint32_t level; /* nesting level of the crossing under way, 0 outermost */
	uint32_t depth; /* level at which to stop */
	uint32_t step; /* index into the plan */
	uint32_t route; /* first crossing's direction, enum cgofuzz_direction */
	uint32_t step_seed;
	uint32_t direction; /* of the innermost crossing under way */
	uint32_t capture; /* what trampolines look at: bits of enum cgofuzz_look */
	uint32_t control; /* enum cgofuzz_control_kind */
	uint64_t digest; /* of all that the plan has shown so far, see cgofuzz_note() */
	uint32_t inner; /* steps that the innermost callee is to do: first << 16 | behind the last; 0: none */
	uint32_t base; /* levels of crossings that wait while their innermost callee does other steps */
	uint32_t capped; /* effects left out because the plan wanted more than it may have */
	uint32_t turbulence; /* families at work around the crossing: bit of enum cgofuzz_family */
	uint32_t turbulence_kind; /* of the innermost step of turbulence under way, + 1; 0: none */
	uint32_t noting; /* 1: steps that were done are noted: the digest, and trail[] */
	uint64_t acted; /* exhibits of targets/turbulent that did so in this plan: bit (slot % 64) */
};

/* The plan's digest when a step had been done for the first time. */
struct cgofuzz_done {
	uint64_t digest;
	uint32_t step;
	uint32_t capped; /* effects left out so far: what fits on a stack is not the same everywhere */
};

enum cgofuzz_look {
	CGOFUZZ_LOOK_CAPTURE = 1, /* arguments and results */
	CGOFUZZ_LOOK_STATE = 2, /* the thread's signal mask and alternate stack: guest/state.h */
};

/* Is C on another stack than the thread's, and who made the thread? */
enum cgofuzz_other_stack { CGOFUZZ_OWN_STACK, CGOFUZZ_OTHER_OF_C, CGOFUZZ_OTHER_OF_GO };

/* STATE: what differs. */
enum cgofuzz_state_part { CGOFUZZ_STATE_SAME, CGOFUZZ_STATE_MASK, CGOFUZZ_STATE_ALT_STACK };

/* Who calls whom in a crossing without Go. */
enum cgofuzz_control_kind {
	CGOFUZZ_CONTROL_NONE,
	CGOFUZZ_CONTROL_DIRECT, /* what stands for cgo's wrapper calls the callee */
	CGOFUZZ_CONTROL_REVERSE, /* the other way round: it is called */
};

/* Whose layout it is. */
enum cgofuzz_side {
	CGOFUZZ_SIDE_CALLEE, /* the callees' compiler */
	CGOFUZZ_SIDE_WRAPPER, /* the wrappers' */
	CGOFUZZ_SIDE_GO,
	CGOFUZZ_SIDE_DOCUMENT, /* harness/abi: of the guest's architecture */
	CGOFUZZ_SIDE_AMD64, /* of another, where the documents must agree: what it says there */
	CGOFUZZ_SIDE_ARM64,
	CGOFUZZ_SIDES
};

/* In place of a leaf: the size or the alignment of argument `arg`, or of the result. */
#define CGOFUZZ_LAYOUT_SIZE UINT32_MAX
#define CGOFUZZ_LAYOUT_ALIGN (UINT32_MAX - 1)

/* In place of a leaf of the result: errno, where Go takes it. */
#define CGOFUZZ_LEAF_ERRNO (UINT32_MAX - 2)

/* Argument and result registers between caller and callee. amd64: rdi rsi rdx rcx r8 r9 rax, xmm0..7,
 * st0 st1; arm64: x0..x8, v0..v7. */
struct cgofuzz_captured {
	uint64_t general[10];
	uint64_t vector[8][2];
	uint64_t x87[2][2];
};

/* Integer registers: amd64 rax rbx rcx rdx rsi rdi rbp rsp r8..r15 rip eflags (18);
 * arm64 x0..x30 sp pc pstate (34). */
struct cgofuzz_regs {
	uint64_t gpr[CGOFUZZ_MAX_REGS];
	uint64_t fpr[32][2]; /* amd64 xmm0..15; arm64 v0..v31; low half first */
	uint32_t fpcr, fpsr; /* amd64: mxcsr and x87 control word; arm64: fpcr, fpsr */
	uint64_t thread_pointer; /* amd64 fs:0, arm64 tpidr_el0 */
	uint64_t sigreturn_pc; /* return address of the handler: the sigreturn trampoline; 0: no signal */
	uint32_t valid; /* 1 once filled */
	uint32_t pad;
};

/* A copied piece of guest memory: bytes [addr, addr + size) at data[at]. */
struct cgofuzz_mem {
	uint64_t addr;
	uint32_t size;
	uint32_t at;
	uint32_t what; /* enum cgofuzz_mem_kind */
	uint32_t pad;
};
enum cgofuzz_mem_kind {
	CGOFUZZ_MEM_SP,
	CGOFUZZ_MEM_GOROUTINE,
	CGOFUZZ_MEM_G0,
	CGOFUZZ_MEM_STRUCT,
	CGOFUZZ_MEM_SHADOW,
	CGOFUZZ_MEM_FAULT, /* around fault_addr */
	CGOFUZZ_MEM_KINDS
};

/* A stack that the thread has: low is the lowest address that may be used, or what Go takes for it. */
struct cgofuzz_bounds {
	uint64_t low, high; /* low 0: there is none, or it is not known */
	uint32_t of; /* enum cgofuzz_stack_of */
	uint32_t pad;
};
/* Where each lies in cgofuzz_fault.bounds. */
enum { CGOFUZZ_BOUNDS_C, CGOFUZZ_BOUNDS_ALTERNATE, CGOFUZZ_BOUNDS_G0, CGOFUZZ_BOUNDS_GOROUTINE };

/* How much of a stack was ever used, and by whom: one for each kind and size. */
struct cgofuzz_mark {
	uint32_t of; /* enum cgofuzz_stack_of; NONE: this and all behind it are unused */
	uint32_t step; /* that had it, index into the plan */
	uint64_t size; /* bytes it may use */
	uint64_t used; /* at most */
	uint64_t grown; /* a goroutine's: what Go had given it then; else 0 */
	uint32_t turbulence_kind; /* of the step, + 1 */
	uint32_t slot; /* the last case that was crossed */
	uint32_t misuse;
	uint32_t plan_len;
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
};

struct cgofuzz_module {
	uint64_t bias, low, high;
	char path[232];
};

struct cgofuzz_fault {
	uint32_t kind; /* enum cgofuzz_fault_kind */
	uint32_t direction; /* of the call, enum cgofuzz_direction */
	uint32_t slot, step, level, route, depth, step_seed;
	/* leaf, layout: which leaf, or CGOFUZZ_LAYOUT_SIZE; is_result 1: of the result. */
	uint32_t leaf, is_result, leaf_kind, arg;
	/* leaf, capture: bits; layout: offsets or sizes (expected: C's, got: Go's); canary: register contents,
	 * FPENV: (x87 << 32 | mxcsr) or fpcr; STATE: signal masks, or address and (high) size of alternate stacks;
	 * EXIT: got is the status. */
	uint64_t expected, got;
	uint64_t expected_high, got_high; /* leaf, capture: bits from the 64th */
	/* leaf, capture: captured 1: the crossing's arguments (and the result, once it is there) were
	 * compared with the document; control: enum cgofuzz_control_kind. */
	uint32_t was_captured, control;
	uint32_t turbulence, turbulence_kind; /* as in cgofuzz_live */
	uint32_t other_stack; /* enum cgofuzz_other_stack */
	struct cgofuzz_piece piece; /* capture: what was looked for, and where */
	uint32_t sides; /* layout: who says expected, and << 8 who says got: enum cgofuzz_side */
	struct cgofuzz_captured captured; /* capture: what was there */
	uint32_t reg; /* canary: DWARF number of the register; STATE: enum cgofuzz_state_part */
	uint32_t seen_by; /* enum cgofuzz_seer */
	int32_t signo, si_code, wait_status; /* wait_status: supervisor's, for DEATH */
	uint32_t data_used; /* of data[] */
	uint64_t fault_addr; /* si_addr of the signal (a macro in signal.h) */
	uint64_t time_ns; /* CLOCK_REALTIME */
	char text[512]; /* panic message, else "" */
	struct cgofuzz_regs regs;
	struct cgofuzz_bounds bounds[CGOFUZZ_MAX_BOUNDS]; /* signal: of the stacks of the thread */
	uint32_t mem_count, module_count;
	struct cgofuzz_mem mem[CGOFUZZ_MAX_MEM];
	struct cgofuzz_module modules[CGOFUZZ_MAX_MODULES];
};

struct cgofuzz_earlier {
	uint32_t len;
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES];
};

struct cgofuzz_recorder {
	char magic[8];
	uint32_t version;
	uint32_t size; /* sizeof(struct cgofuzz_recorder) */
	char build_id[40];
	uint32_t arch;
	/* host to guest */
	volatile uint32_t stopping;
	volatile uint64_t muted[CGOFUZZ_MAX_SLOTS / 64]; /* slots whose steps are skipped from now on */
	volatile uint64_t thinned; /* kinds of turbulence that one plan of eight does from now on, the others their body */
	/* guest to host, growing over all guests that used this file */
	volatile uint64_t executions;
	volatile uint64_t starts; /* guests that reached their first plan */
	volatile uint64_t faults; /* faults recorded, also those not kept as a file */
	volatile uint64_t kept; /* files put in pending/ by guests */
	volatile uint64_t capped; /* plans with live.capped */
	volatile uint64_t diverged[CGOFUZZ_DIVERGENCES]; /* how often each row was needed */
	volatile uint64_t lumped; /* faults whose key found no room in presig: 8 files all together */
	volatile uint64_t soak_due_ns; /* CLOCK_MONOTONIC; not before then: leak.c */
	struct cgofuzz_live live;
	/* this process */
	volatile uint32_t state;
	int32_t pid, tid;
	uint32_t engine_exec; /* plans run by this process */
	uint32_t earlier_next; /* ring: next entry of earlier[] to be written */
	uint32_t presig_used;
	struct {
		uint64_t key;
		uint64_t count;
	} presig[64]; /* faults by cheap key (kind, slot, direction, leaf or pc): 8 files each, rest counted */
	uint32_t plan_len;
	uint32_t misuse; /* 1: steps that documentation forbids are done, CGOFUZZ_MISUSE_ENV */
	uint8_t plan[CGOFUZZ_PLAN_MAX_BYTES]; /* the current plan, whole, before its first step */
	uint32_t trail_len, pad; /* of the current plan; 0 in calm slices */
	struct cgofuzz_done trail[CGOFUZZ_PLAN_MAX_STEPS]; /* its steps, in the order they were done */
	struct cgofuzz_earlier earlier[CGOFUZZ_EARLIER];
	struct cgofuzz_fault fault; /* kind NONE: none yet in this plan */
	uint8_t data[CGOFUZZ_DATA_BYTES];
	struct cgofuzz_mark marks[CGOFUZZ_MARKS]; /* over all guests that used this file; not kept with a fault */
};

_Static_assert(sizeof(struct cgofuzz_live) == 112, "Go's half lays live out by hand");

#endif
