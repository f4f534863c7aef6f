/* fp.h: guest. The floating-point environment of a thread, one file for each architecture, ARCH/fp.c. Operations
 * are instructions of their own, which no compiler moves or computes beforehand. */
#ifndef GUEST_FP_H
#define GUEST_FP_H

#include <stdint.h>

enum cgofuzz_fp_mode {
	CGOFUZZ_FP_NEAREST,
	CGOFUZZ_FP_DOWN,
	CGOFUZZ_FP_UP,
	CGOFUZZ_FP_ZERO,
	CGOFUZZ_FP_FLUSH, /* denormal operands and results are zero */
	CGOFUZZ_FP_TRAPS, /* exceptions trap; arm64: where the processor has that, QEMU's has not */
	CGOFUZZ_FP_MODES
};

/* Exceptions, IEEE 754-2019 section 7, as bits of the same number everywhere. */
#define CGOFUZZ_FP_INVALID 1u
#define CGOFUZZ_FP_DIVIDE 2u
#define CGOFUZZ_FP_OVERFLOW 4u
#define CGOFUZZ_FP_UNDERFLOW 8u
#define CGOFUZZ_FP_INEXACT 16u

/* Control bits alone: rounding, flushing, traps. amd64: of MXCSR, and << 32 the x87 control word; arm64: FPCR. */
uint64_t cgofuzz_fp_control(void);
void cgofuzz_fp_set_control(uint64_t control);
uint64_t cgofuzz_fp_in_mode(uint64_t control, enum cgofuzz_fp_mode mode);
/* What a process begins with (psABI figure 3.4; Linux arm64: FPCR 0), and what Go's functions expect. */
extern const uint64_t cgofuzz_fp_default;

uint32_t cgofuzz_fp_flags(void); /* exceptions since they were cleared */
void cgofuzz_fp_clear_flags(void);

double cgofuzz_fp_add(double x, double y);
double cgofuzz_fp_mul(double x, double y);
double cgofuzz_fp_div(double x, double y);

static inline uint64_t cgofuzz_fp_bits(double x)
{
	uint64_t bits;

	__builtin_memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static inline double cgofuzz_fp_of_bits(uint64_t bits)
{
	double x;

	__builtin_memcpy(&x, &bits, sizeof(x));
	return x;
}

#endif
