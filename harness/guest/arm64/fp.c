/* fp.c: guest, arm64. FPCR and FPSR. Bits: Arm ARM (DDI 0487), C5.2.8 FPCR, C5.2.10 FPSR. */
#include "guest/fp.h"

#define FPCR_FLUSH (1u << 24)
#define FPCR_ROUND_AT 22
#define FPCR_TRAPS 0xf00u /* IOE DZE OFE UFE; not IXE */
#define FPSR_FLAGS 0x9fu

const uint64_t cgofuzz_fp_default = 0;

static uint64_t turb_fpsr(void)
{
	uint64_t fpsr;

	__asm__ volatile("mrs %0, fpsr" : "=r"(fpsr)::"memory");
	return fpsr;
}

uint64_t cgofuzz_fp_control(void)
{
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr)::"memory");
	return fpcr;
}

void cgofuzz_fp_set_control(uint64_t control)
{
	__asm__ volatile("msr fpcr, %0\n\tisb" ::"r"(control) : "memory");
}

uint64_t cgofuzz_fp_in_mode(uint64_t control, enum cgofuzz_fp_mode mode)
{
	static const uint8_t round[] = { 0, 2, 1, 3 }; /* nearest, down, up, zero */

	if (mode <= CGOFUZZ_FP_ZERO)
		return (control & ~((uint64_t)3 << FPCR_ROUND_AT)) |
			(uint64_t)round[mode] << FPCR_ROUND_AT;
	return control | (mode == CGOFUZZ_FP_FLUSH ? FPCR_FLUSH : FPCR_TRAPS);
}

uint32_t cgofuzz_fp_flags(void)
{
	return (uint32_t)turb_fpsr() & 0x1f; /* without bit 7, denormal operand */
}

void cgofuzz_fp_clear_flags(void)
{
	__asm__ volatile("msr fpsr, %0" ::"r"(turb_fpsr() & ~(uint64_t)FPSR_FLAGS) : "memory");
}

double cgofuzz_fp_add(double x, double y)
{
	__asm__ volatile("fadd %d0, %d0, %d1" : "+w"(x) : "w"(y) : "memory");
	return x;
}

double cgofuzz_fp_mul(double x, double y)
{
	__asm__ volatile("fmul %d0, %d0, %d1" : "+w"(x) : "w"(y) : "memory");
	return x;
}

double cgofuzz_fp_div(double x, double y)
{
	__asm__ volatile("fdiv %d0, %d0, %d1" : "+w"(x) : "w"(y) : "memory");
	return x;
}
