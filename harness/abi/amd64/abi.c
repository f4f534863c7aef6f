/* abi.c: abi. System V AMD64: its registers and its entry in the table of ABIs. */
#include "abi/amd64/classify.h"

/* Arguments in their order (psABI 3.2.3), then rax, which only results use. */
static const struct abi_register registers[] = {
	{ "rdi", ABI_GENERAL, AMD64_RDI },
	{ "rsi", ABI_GENERAL, 1 },
	{ "rdx", ABI_GENERAL, AMD64_RDX },
	{ "rcx", ABI_GENERAL, 3 },
	{ "r8", ABI_GENERAL, 4 },
	{ "r9", ABI_GENERAL, 5 },
	{ "rax", ABI_GENERAL, AMD64_RAX },
	{ "xmm0", ABI_VECTOR, 0 },
	{ "xmm1", ABI_VECTOR, 1 },
	{ "xmm2", ABI_VECTOR, 2 },
	{ "xmm3", ABI_VECTOR, 3 },
	{ "xmm4", ABI_VECTOR, 4 },
	{ "xmm5", ABI_VECTOR, 5 },
	{ "xmm6", ABI_VECTOR, 6 },
	{ "xmm7", ABI_VECTOR, 7 },
	{ "st0", ABI_X87, 0 },
	{ "st1", ABI_X87, 1 },
};

const struct abi abi_amd64 = {
	.id = ABI_AMD64,
	.arch = "amd64",
	.document = "PSABI",
	.vector_align = 32,
	.address_back = AMD64_RAX, /* 3.2.3: "on return %rax will contain the address" */
	.long_double_bits = 80, /* x87, 3.1.2 */
	.counts_unnamed = false, /* 3.1.2: "unnamed bit-fields' types do not affect the alignment" */
	.registers = registers,
	.register_count = sizeof(registers) / sizeof(*registers),
	.argument_registers = { [ABI_GENERAL] = AMD64_GENERAL, [ABI_VECTOR] = AMD64_VECTOR },
	.argument = amd64_argument,
	.result = amd64_result,
};
