/* regs.h: guest, amd64. Registers as struct cgofuzz_regs holds them. */
#ifndef GUEST_ARCH_REGS_H
#define GUEST_ARCH_REGS_H

#include <ucontext.h>

#include "guest/wire.h"

/* Indices into gpr: wire.h's order. */
enum { REG_AMD64_RSP = 7, REG_AMD64_RIP = 16, REG_AMD64_EFLAGS = 17 };

void cgofuzz_regs_of(struct cgofuzz_regs *to, const ucontext_t *from);

static inline uint64_t cgofuzz_regs_pc(const struct cgofuzz_regs *r)
{
	return r->gpr[REG_AMD64_RIP];
}

static inline uint64_t cgofuzz_regs_sp(const struct cgofuzz_regs *r)
{
	return r->gpr[REG_AMD64_RSP];
}

static inline uint64_t cgofuzz_thread_pointer(void)
{
	uint64_t tp;

	__asm__("movq %%fs:0, %0" : "=r"(tp));
	return tp;
}

#endif
