/* turb_body.c: guest. Turbulence of the family fp: float-heavy bodies of the batch (emit/body.c), in C and in Go, with
 * a call to the other side in the middle. */
#include <stddef.h>

#include "guest/body_table.h"
#include "guest/fp.h"
#include "guest/turb_memory.h"
#include "guest/turbulence_run.h"

/* Shared with Go (go/turb_body.go: bodyRun), C memory. */
struct turb_run {
	double in[CGOFUZZ_BODY_INPUTS], c[CGOFUZZ_BODY_OUTPUTS], go[CGOFUZZ_BODY_OUTPUTS];
	double contracted[CGOFUZZ_CONTRACTED];
	uint64_t diverged[3]; /* C's: float-to-int, the bits of a NaN, is char signed */
	uint32_t outputs, live, exact, first, end, pad;
};

struct cgofuzz_body_now cgofuzz_body_now;

__attribute__((weak)) double cgofuzz_mul_add(double x, double y, double z)
{
	volatile double product = x * y;

	return product + z;
}

static uint64_t turb_mix(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* Numbers whose arithmetic stays in range; of one seed in four some that are zero, huge, tiny or none. */
static void turb_inputs(double *in, uint32_t seed)
{
	static const uint64_t special[] = {
		0, 1ull << 63,	       0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000,
		1, 0x7fefffffffffffff, 0x0010000000000000
	};
	uint64_t state = seed;

	for (int i = 0; i < CGOFUZZ_BODY_INPUTS; i++) {
		uint64_t x = turb_mix(&state), exponent = 1023 - 3 + (x >> 52 & 7);

		if (seed % 4 == 3 && i % 3 == 0)
			in[i] = cgofuzz_fp_of_bits(special[x >> 60 & 7]);
		else
			in[i] = cgofuzz_fp_of_bits((x & 0x800fffffffffffff) | exponent << 52);
	}
}

/* What only rows of divergence.def allow to differ. volatile: at run time, not as a compiler folds it. */
static void turb_diverge(struct turb_run *r)
{
	volatile double big = 0x1p70, zero = 0;
	volatile char byte = (char)0x80;

	if (r->in[0] < 0)
		big = -big;
	r->diverged[0] = (uint64_t)(int64_t)big;
	r->diverged[1] = cgofuzz_fp_bits(zero / zero);
	r->diverged[2] = byte < 0;
	if (cgofuzz_contracted)
		cgofuzz_contracted(r->in, r->contracted);
}

void *cgofuzz_turb_body_begin(uint32_t number, uint32_t seed)
{
	const struct cgofuzz_body *b = &cgofuzz_bodies[number];
	struct turb_run *r = cgofuzz_turb_new(sizeof(*r), 0);

	if (!r)
		return NULL;
	*r = (struct turb_run){ .outputs = b->outputs, .live = b->live, .exact = b->exact };
	turb_inputs(r->in, seed);
	turb_diverge(r);
	return r;
}

static void turb_middle(void *arg)
{
	static int number; /* + 1 */
	unsigned none[CGOFUZZ_TURB_PARAMS] = { 0 };
	const struct turb_run *r = arg;

	if (!number)
		number = 1 + cgofuzz_go_turbulence_find((char *)(uintptr_t) "float-middle");
	if (r->first != r->end)
		cgofuzz_go_turbulence(number - 1, none, r->first, r->end);
}

/* Go's twin ran before, so what is to live is known. */
void cgofuzz_turb_body_run(void *run, uint32_t number, uint32_t first, uint32_t end)
{
	struct turb_run *r = run;
	const struct cgofuzz_body_now outer = cgofuzz_body_now;

	r->first = first;
	r->end = end;
	cgofuzz_body_now = (struct cgofuzz_body_now){ r->go, __builtin_frame_address(0), r->live };
	cgofuzz_bodies[number].run(r->in, r->c, turb_middle, r);
	cgofuzz_body_now = outer;
}

void cgofuzz_turb_diverged(uint32_t what)
{
	if (what < CGOFUZZ_DIVERGENCES)
		cgofuzz_rec->diverged[what]++;
}

static int turb_avx(void)
{
#ifdef __x86_64__
	return __builtin_cpu_supports("avx") != 0;
#else
	return 1;
#endif
}

void cgofuzz_turb_FLOAT_BODY(const struct cgofuzz_turb *turb)
{
	uint32_t number = turb->t->value[0];
	int here = &cgofuzz_body_count && number < cgofuzz_body_count;

	if (&cgofuzz_body_count && !cgofuzz_body_count)
		cgofuzz_live->capped++; /* other lanes may have them */
	if (here && cgofuzz_bodies[number].needs_avx && !turb_avx()) {
		cgofuzz_live->capped++; /* other lanes may do it */
		here = 0;
	}
	/* Where traps are on or numbers are flushed, misuse is under way, and bodies would see it. */
	if (here && !cgofuzz_fp_across)
		cgofuzz_turb_in_go(turb);
	else
		cgofuzz_body(turb);
}
