/* core_notes.c: triage/elf, in the child. Notes of a core: threads, registers, signal, auxiliary vector. Layouts:
 * Linux include/linux/elfcore.h, arch/x86/include/asm/user_64.h, arch/arm64/include/uapi/asm/ptrace.h; QEMU 7.2's
 * linux-user/elfload.c writes the same, but neither NT_SIGINFO nor NT_ARM_TLS. */
#include <elf.h>
#include <string.h>

#include "triage/elf/core.h"

enum { PRSTATUS_SIGNAL = 12, PRSTATUS_PID = 32, PRSTATUS_REGS = 112 };
enum { AMD64_FS_BASE = 21, AMD64_USER_REGS = 27, ARM64_USER_REGS = 34 };
enum { SIGINFO_CODE = 8, SIGINFO_ADDRESS = 16, SIGINFO_MIN = 24 };

/* rax rbx rcx rdx rsi rdi rbp rsp r8..r15 rip eflags, as places in user_regs_struct. */
static const uint8_t amd64_order[] = { 10, 5, 11, 12, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16, 18 };

static void take_thread(struct core *c, const char *desc, size_t size)
{
	size_t count = c->machine == EM_X86_64 ? AMD64_USER_REGS : ARM64_USER_REGS;
	struct core_thread *t = &c->threads[c->told];
	uint64_t regs[ARM64_USER_REGS];
	uint16_t signo;

	if (size < PRSTATUS_REGS + 8 * count)
		return;
	c->thread_count++;
	if (c->told == CORE_THREADS)
		return;
	c->told++;
	memcpy(&signo, desc + PRSTATUS_SIGNAL, sizeof(signo));
	memcpy(&t->tid, desc + PRSTATUS_PID, sizeof(t->tid));
	memcpy(regs, desc + PRSTATUS_REGS, 8 * count);
	t->signo = signo;
	if (c->machine == EM_X86_64) {
		for (size_t i = 0; i < sizeof(amd64_order); i++)
			t->regs[i] = regs[amd64_order[i]];
		t->tp = regs[AMD64_FS_BASE];
	} else {
		memcpy(t->regs, regs, sizeof(t->regs));
	}
}

void core_note(struct core *c, uint32_t type, const char *desc, size_t size)
{
	switch (type) {
	case NT_PRSTATUS:
		take_thread(c, desc, size);
		break;
	case NT_ARM_TLS: /* of the thread before */
		if (c->machine == EM_AARCH64 && c->told && size >= 8)
			memcpy(&c->threads[c->told - 1].tp, desc, 8);
		break;
	case NT_SIGINFO: /* the first is that of the one that died */
		if (c->has_info || size < SIGINFO_MIN)
			break;
		c->has_info = 1;
		memcpy(&c->si_code, desc + SIGINFO_CODE, sizeof(c->si_code));
		memcpy(&c->addr, desc + SIGINFO_ADDRESS, sizeof(c->addr));
		break;
	case NT_AUXV:
		c->auxv_count = 0;
		for (; size >= 16 && c->auxv_count < CORE_AUXV; desc += 16, size -= 16)
			memcpy(c->auxv[c->auxv_count++], desc, 16);
		break;
	}
}
