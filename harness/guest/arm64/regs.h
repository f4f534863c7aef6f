/* regs.h: guest, arm64. Registers as struct cgofuzz_regs holds them. */
#ifndef GUEST_ARCH_REGS_H
#define GUEST_ARCH_REGS_H

#include <ucontext.h>

#include "guest/wire.h"

/* Indices into gpr: wire.h's order. */
enum { REG_ARM64_SP = 31, REG_ARM64_PC = 32, REG_ARM64_PSTATE = 33 };

void cgofuzz_regs_of(struct cgofuzz_regs *to, const ucontext_t *from);

static inline uint64_t cgofuzz_regs_pc(const struct cgofuzz_regs *r)
{
	return r->gpr[REG_ARM64_PC];
}

static inline uint64_t cgofuzz_regs_sp(const struct cgofuzz_regs *r)
{
	return r->gpr[REG_ARM64_SP];
}

static inline uint64_t cgofuzz_thread_pointer(void)
{
	uint64_t tp;

	__asm__("mrs %0, tpidr_el0" : "=r"(tp));
	return tp;
}

#endif
