/* standalone_check.c: emit. What a reproducer needs to see a damaged register: a few lines of assembly around
 * one call, and the C that compares. One call at a time: what is kept is static. */
#include <string.h>

#include "emit/standalone.h"

/* rbx, rbp, r12-r15 are the callee's to keep, as are the control bits of MXCSR and of the x87 unit (System V
 * AMD64 psABI 3.2.1). The return address is kept aside, so that stacked arguments stay in place. */
static const char amd64[] =
	"\t.macro EACH instruction, mirrored, at\n"
	"\t.set slot, 0\n"
	"\t.irp register, rbx, rbp, r12, r13, r14, r15\n"
	"\t.if \\mirrored\n\t\\instruction \\at + slot(%rip), %\\register\n"
	"\t.else\n\t\\instruction %\\register, \\at + slot(%rip)\n\t.endif\n"
	"\t.set slot, slot + 8\n\t.endr\n\t.endm\n\n"
	"\t.text\n\t.globl ENTRY\n\t.type ENTRY, @function\nENTRY:\n"
	"\tEACH mov, 0, own\n"
	"\tpop back(%rip)\n"
	"\tmov %rsp, kept(%rip)\n"
	"\tmov %rsp, at_entry(%rip)\n"
	"\tand $-16, %rsp\n"
	"\tmov %rsp, before(%rip)\n"
	"\tstmxcsr before + 8(%rip)\n"
	"\tfnstcw before + 16(%rip)\n"
	"\tEACH mov, 1, canaries\n"
	"\tcall TARGET\n"
	"\tEACH mov, 0, found\n"
	"\tmov %rsp, after(%rip)\n"
	"\tstmxcsr after + 8(%rip)\n"
	"\tfnstcw after + 16(%rip)\n"
	"\tmov kept(%rip), %rsp\n"
	"\tpushf\n"
	"\tpop after + 24(%rip)\n"
	"\tcld\n"
	"\tldmxcsr before + 8(%rip)\n"
	"\tfldcw before + 16(%rip)\n"
	"\tEACH mov, 1, own\n"
	"\tpush back(%rip)\n"
	"\tret\n\n"
	"\t.local own, back, kept\n\t.comm own, 48, 8\n\t.comm back, 8, 8\n\t.comm kept, 8, 8\n"
	"\t.section .note.GNU-stack, \"\", @progbits\n";

/* x19-x29 and the low halves of v8-v15 are the callee's to keep (AAPCS64 6.1.1, 6.1.2), FPCR too. */
static const char arm64[] =
	"\t.macro AT register, symbol\n\tadrp \\register, \\symbol\n"
	"\tadd \\register, \\register, :lo12:\\symbol\n\t.endm\n"
	"\t.macro EACH instruction, symbol\n\tAT x9, \\symbol\n"
	"\t\\instruction\\()p x19, x20, [x9]\n\t\\instruction\\()p x21, x22, [x9, #16]\n"
	"\t\\instruction\\()p x23, x24, [x9, #32]\n\t\\instruction\\()p x25, x26, [x9, #48]\n"
	"\t\\instruction\\()p x27, x28, [x9, #64]\n\t\\instruction\\()r x29, [x9, #80]\n"
	"\t\\instruction\\()p d8, d9, [x9, #88]\n\t\\instruction\\()p d10, d11, [x9, #104]\n"
	"\t\\instruction\\()p d12, d13, [x9, #120]\n\t\\instruction\\()p d14, d15, [x9, #136]\n"
	"\t.endm\n\n"
	"\t.text\n\t.globl ENTRY\n\t.type ENTRY, %function\nENTRY:\n"
	"\tEACH st, own\n"
	"\tAT x9, kept\n\tmov x10, sp\n\tstp x10, x30, [x9]\n"
	"\tAT x9, at_entry\n\tstr x10, [x9]\n"
	"\tand x10, x10, #-16\n\tmov sp, x10\n"
	"\tAT x9, before\n\tstr x10, [x9]\n\tmrs x10, fpcr\n\tstr x10, [x9, #8]\n"
	"\tEACH ld, canaries\n"
	"\tbl TARGET\n"
	"\tEACH st, found\n"
	"\tAT x9, after\n\tmov x10, sp\n\tstr x10, [x9]\n\tmrs x10, fpcr\n\tstr x10, [x9, #8]\n"
	"\tAT x9, before\n\tldr x10, [x9, #8]\n\tmsr fpcr, x10\n"
	"\tAT x9, kept\n\tldp x10, x30, [x9]\n\tmov sp, x10\n"
	"\tmov x11, x30\n\tEACH ld, own\n\tmov x30, x11\n"
	"\tret\n\n"
	"\t.local own, kept\n\t.comm own, 152, 8\n\t.comm kept, 16, 8\n"
	"\t.section .note.GNU-stack, \"\", %progbits\n";

static bool is_arm64(const struct standalone *s)
{
	return !strcmp(s->how->arch, "arm64");
}

void standalone_check_s(const struct standalone *s, const char *entry, const char *target)
{
	buf_addf(s->out,
		 "/* check.S: %s. Calls %s with known values in the registers that it has to keep. */\n"
		 "#define ENTRY %s\n#define TARGET %s\n\n%s",
		 s->how->arch, target, entry, target, is_arm64(s) ? arm64 : amd64);
}

void standalone_check_c(const struct standalone *s)
{
	static const char *const names[][19] = {
		{ "rbx", "rbp", "r12", "r13", "r14", "r15" },
		{ "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "d8",
		  "d9", "d10", "d11", "d12", "d13", "d14", "d15" },
	};
	bool arm = is_arm64(s);
	int count = arm ? 19 : 6;

	buf_addf(s->out,
		 "/* Filled by check.S. */\nunsigned long long at_entry, before[4], after[4], found[%d];\n"
		 "unsigned long long canaries[%d] = {\n",
		 count, count);
	for (int i = 0; i < count; i++)
		buf_addf(s->out, "\t0x%02x5aa5c33c5aa5%02xULL,\n", 0xc0 + i, 0x10 + i);
	buf_addstr(s->out,
		   "};\n\nvoid check_registers(void)\n{\n\tstatic const char *const names[] = { ");
	for (int i = 0; i < count; i++)
		buf_addf(s->out, "%s\"%s\"", i ? ", " : "", names[arm][i]);
	buf_addf(s->out,
		 " };\n\n\tfor (int i = 0; i < %d; i++)\n"
		 "\t\tcompare(names[i], 8, canaries[i], found[i]);\n"
		 "\tcompare(\"stack pointer at entry, modulo 16\", 8, 0, at_entry %% 16);\n"
		 "\tcompare(\"%s\", 8, before[0], after[0]);\n",
		 count, arm ? "sp" : "rsp");
	buf_addstr(s->out,
		   arm ? "\tcompare(\"fpcr\", 8, before[1], after[1]);\n"
		       : "\tcompare(\"mxcsr\", 8, before[1] & 0xffc0, after[1] & 0xffc0);\n"
			 "\tcompare(\"x87\", 8, before[2], after[2]);\n"
			 "\tcompare(\"direction flag\", 8, 0, after[3] >> 10 & 1);\n");
	buf_addstr(s->out, "}\n\n");
}
