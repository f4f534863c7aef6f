/* regs.c: guest, amd64. Registers of a signal's context. */
#include <string.h>

#include "regs.h"

void cgofuzz_regs_of(struct cgofuzz_regs *to, const ucontext_t *from)
{
	static const int order[18] = { REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI,
				       REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
				       REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP, REG_EFL };
	const struct _libc_fpstate *fp = from->uc_mcontext.fpregs;

	for (unsigned i = 0; i < 18; i++)
		to->gpr[i] = (uint64_t)from->uc_mcontext.gregs[order[i]];
	if (fp) {
		memcpy(to->fpr, fp->_xmm, sizeof(fp->_xmm));
		to->fpcr = fp->mxcsr;
		to->fpsr = fp->cwd;
	}
	to->thread_pointer = cgofuzz_thread_pointer();
	to->valid = 1;
}
