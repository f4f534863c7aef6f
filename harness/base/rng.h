/* rng.h: base. A seeded generator: same seed, same sequence, on every machine. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng { /* xoshiro256**, seeded by splitmix64 (Blackman and Vigna) */
	uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* 0 .. n-1, n > 0, unbiased */
void rng_fill(struct rng *r, void *p, size_t len);
uint64_t rng_entropy(void); /* from the system: for a seed that is then printed */

#endif
