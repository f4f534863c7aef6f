/* regs.c: guest, arm64. Registers of a signal's context. */
#include <asm/sigcontext.h>
#include <string.h>

#include "regs.h"

/* The kernel's records in uc_mcontext.__reserved (Linux, arch/arm64/include/uapi/asm/sigcontext.h). */
static void fp_of(struct cgofuzz_regs *to, const ucontext_t *from)
{
	const unsigned char *at = (const unsigned char *)from->uc_mcontext.__reserved;
	const unsigned char *end = at + sizeof(from->uc_mcontext.__reserved);
	struct fpsimd_context fp;

	while (at + sizeof(struct _aarch64_ctx) <= end) {
		struct _aarch64_ctx head;

		memcpy(&head, at, sizeof(head));
		if (head.magic == FPSIMD_MAGIC && at + sizeof(fp) <= end) {
			memcpy(&fp, at, sizeof(fp));
			memcpy(to->fpr, fp.vregs, sizeof(to->fpr));
			to->fpcr = fp.fpcr;
			to->fpsr = fp.fpsr;
			return;
		}
		if (!head.magic || head.size < sizeof(head))
			return;
		at += head.size;
	}
}

void cgofuzz_regs_of(struct cgofuzz_regs *to, const ucontext_t *from)
{
	for (unsigned i = 0; i < 31; i++)
		to->gpr[i] = from->uc_mcontext.regs[i];
	to->gpr[REG_ARM64_SP] = from->uc_mcontext.sp;
	to->gpr[REG_ARM64_PC] = from->uc_mcontext.pc;
	to->gpr[REG_ARM64_PSTATE] = from->uc_mcontext.pstate;
	fp_of(to, from);
	to->thread_pointer = cgofuzz_thread_pointer();
	to->valid = 1;
}
