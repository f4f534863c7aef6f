/* body_table.h: guest. A batch's float-heavy bodies, for generated code and for turb_body.c. */
#ifndef GUEST_BODY_TABLE_H
#define GUEST_BODY_TABLE_H

#include <stdint.h>

#define CGOFUZZ_BODY_INPUTS 16
#define CGOFUZZ_BODY_OUTPUTS 40
#define CGOFUZZ_CONTRACTED 8 /* results of cgofuzz_contracted() */

/* Computes out from in, calls middle(arg) in between. */
struct cgofuzz_body {
	void (*run)(const double *in, double *out, void (*middle)(void *), void *arg);
	uint32_t outputs, live; /* the first `live` outputs were computed before the call */
	uint32_t needs_avx;
	uint32_t exact; /* 0: compiled so that results may differ in the last bits (-Ofast) */
};

/* NULL and none if the batch has no bodies; a count of 0 if this lane cannot have them. */
extern const struct cgofuzz_body cgofuzz_bodies[] __attribute__((weak));
extern const uint32_t cgofuzz_body_count __attribute__((weak));
void cgofuzz_contracted(const double *in, double *out) __attribute__((weak));

/* turb_body.c: x * y + z in an object of its own. */
double cgofuzz_mul_add(double x, double y, double z);

#endif
