/* fp.c: guest, amd64. MXCSR and the x87 control word. Bits: Intel SDM volume 1, 10.2.3 (MXCSR), 8.1.5 (x87). */
#include "guest/fp.h"
#include "frame.h"

#define MXCSR_FLUSH 0x8040u /* FTZ and DAZ */
#define MXCSR_ROUND_AT 13
#define MXCSR_MASKS 0x1f80u
#define MXCSR_DENORMAL 0x100u /* the mask of an exception that arm64 traps with the flush bits */
#define MXCSR_FLAGS 0x3fu

const uint64_t cgofuzz_fp_default = (uint64_t)0x37f << 32 | 0x1f80;

static uint32_t turb_mxcsr(void)
{
	uint32_t mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr)::"memory");
	return mxcsr;
}

static void turb_set_mxcsr(uint32_t mxcsr)
{
	__asm__ volatile("ldmxcsr %0" ::"m"(mxcsr) : "memory");
}

uint64_t cgofuzz_fp_control(void)
{
	uint16_t x87;

	__asm__ volatile("fnstcw %0" : "=m"(x87)::"memory");
	return (uint64_t)x87 << 32 | (turb_mxcsr() & MXCSR_CONTROL);
}

/* Flags of what trapped or not would raise an exception as soon as it is unmasked: they go. */
void cgofuzz_fp_set_control(uint64_t control)
{
	uint16_t x87 = (uint16_t)(control >> 32);

	turb_set_mxcsr((uint32_t)control & MXCSR_CONTROL);
	__asm__ volatile("fldcw %0" ::"m"(x87) : "memory");
}

uint64_t cgofuzz_fp_in_mode(uint64_t control, enum cgofuzz_fp_mode mode)
{
	static const uint8_t round[] = { 0, 1, 2, 3 }; /* nearest, down, up, zero */

	if (mode <= CGOFUZZ_FP_ZERO)
		return (control & ~((uint64_t)3 << MXCSR_ROUND_AT)) |
			(uint64_t)round[mode] << MXCSR_ROUND_AT;
	if (mode == CGOFUZZ_FP_FLUSH)
		return control | MXCSR_FLUSH;
	return control & ~(uint64_t)(MXCSR_MASKS & ~MXCSR_DENORMAL & ~0x1000u); /* not inexact */
}

uint32_t cgofuzz_fp_flags(void)
{
	uint32_t m = turb_mxcsr();

	return (m & 1) | (m >> 1 & 0x1e); /* without bit 1, denormal operand */
}

void cgofuzz_fp_clear_flags(void)
{
	turb_set_mxcsr(turb_mxcsr() & ~MXCSR_FLAGS);
}

double cgofuzz_fp_add(double x, double y)
{
	__asm__ volatile("addsd %1, %0" : "+x"(x) : "x"(y) : "memory");
	return x;
}

double cgofuzz_fp_mul(double x, double y)
{
	__asm__ volatile("mulsd %1, %0" : "+x"(x) : "x"(y) : "memory");
	return x;
}

double cgofuzz_fp_div(double x, double y)
{
	__asm__ volatile("divsd %1, %0" : "+x"(x) : "x"(y) : "memory");
	return x;
}
