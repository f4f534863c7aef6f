/* abi.c: abi. AAPCS64: its registers and its entry in the table of ABIs. */
#include "abi/arm64/classify.h"

static const struct abi_register registers[] = {
	{ "x0", ABI_GENERAL, 0 }, { "x1", ABI_GENERAL, 1 }, { "x2", ABI_GENERAL, 2 },
	{ "x3", ABI_GENERAL, 3 }, { "x4", ABI_GENERAL, 4 }, { "x5", ABI_GENERAL, 5 },
	{ "x6", ABI_GENERAL, 6 }, { "x7", ABI_GENERAL, 7 }, { "x8", ABI_GENERAL, ARM64_X8 },
	{ "v0", ABI_VECTOR, 0 },  { "v1", ABI_VECTOR, 1 },  { "v2", ABI_VECTOR, 2 },
	{ "v3", ABI_VECTOR, 3 },  { "v4", ABI_VECTOR, 4 },  { "v5", ABI_VECTOR, 5 },
	{ "v6", ABI_VECTOR, 6 },  { "v7", ABI_VECTOR, 7 },
};

const struct abi abi_arm64 = {
	.id = ABI_ARM64,
	.arch = "arm64",
	.document = "AAPCS64",
	.vector_align = 16,
	.address_back = ABI_NO_REGISTER, /* 6.9: x8 need not be preserved */
	.long_double_bits = 128, /* IEEE 754 binary128, 5.1 */
	.counts_unnamed = true, /* 10.1.8: "without exception for zero-sized or anonymous bit-fields" */
	.registers = registers,
	.register_count = sizeof(registers) / sizeof(*registers),
	.argument_registers = { [ABI_GENERAL] = ARM64_REGISTERS, [ABI_VECTOR] = ARM64_REGISTERS },
	.argument = arm64_argument,
	.result = arm64_result,
};
