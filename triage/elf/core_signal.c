/* core_signal.c: triage/elf, in the child. A program that handles signals has died in its handler, Go's by an abort()
 * of its own: what failed is in the frame that the kernel has put on the handler's stack. Layouts: Linux
 * arch/x86/include/asm/sigframe.h, arch/arm64/kernel/signal.c; QEMU 7.2's linux-user/aarch64/signal.c. */
#include <elf.h>
#include <string.h>

#include "triage/elf/core.h"

#define REACH (64 << 10) /* of a handler's stack */

/* Where each is, from the beginning of siginfo. */
struct layout {
	int fault_addr; /* the kernel says it twice: so one is known */
	int regs, count; /* of uint64_t */
	int8_t order[CORE_REGS]; /* in regs, of each that a record has */
};

static const struct layout amd64 = {
	/* siginfo lies behind the ucontext, of 304 bytes, whose mcontext is at 40 */
	.fault_addr = -304 + 40 + 8 * 22,
	.regs = -304 + 40,
	.count = 23,
	.order = { 13, 11, 14, 12, 9, 8, 10, 15, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17 },
};
static const struct layout arm64 = {
	/* and before it: 128 bytes, then 176 of the ucontext before the mcontext */
	.fault_addr = 128 + 176,
	.regs = 128 + 176 + 8,
	.count = 34,
	.order = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
		   17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33 },
};

struct info {
	uint32_t signo, zero, code, pad;
	uint64_t addr;
};

static bool is_frame(const struct core *c, const struct layout *l, uint64_t at, struct info *info)
{
	static const uint32_t of_faults = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 11;

	if (core_peek(c, at, info, sizeof(*info)) != sizeof(*info))
		return false;
	return info->signo < 32 && (of_faults >> info->signo & 1) && !info->zero && !info->pad &&
		(int32_t)info->code > 0 && core_word(c, at + (int64_t)l->fault_addr) == info->addr;
}

/* The outermost is the first that failed. */
void core_first_signal(struct core *c)
{
	const struct layout *l = c->machine == EM_X86_64 ? &amd64 : &arm64;
	struct core_thread *t = &c->threads[0];
	uint64_t sp = t->regs[c->machine == EM_X86_64 ? 7 : 31] & ~UINT64_C(7), found = 0;
	uint64_t regs[CORE_REGS];
	struct info info, first = { 0 };

	for (uint64_t at = sp; at < sp + REACH; at += 8)
		if (is_frame(c, l, at, &info)) {
			found = at;
			first = info;
		}
	if (!found ||
	    core_peek(c, found + (int64_t)l->regs, regs, 8 * (size_t)l->count) != 8 * (size_t)l->count)
		return;
	for (int i = 0; i < l->count && i < CORE_REGS; i++)
		t->regs[i] = i < (c->machine == EM_X86_64 ? 18 : 34) ? regs[l->order[i]] : 0;
	t->signo = first.signo;
	c->has_info = 1;
	c->si_code = first.code;
	c->addr = first.addr;
}
