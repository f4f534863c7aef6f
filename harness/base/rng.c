/* rng.c: base. xoshiro256** 1.0 seeded by splitmix64 (Blackman and Vigna, prng.di.unimi.it). */
#include "base/rng.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

void rng_seed(struct rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) { /* splitmix64 never gives four zeros in a row */
		uint64_t z = seed += 0x9e3779b97f4a7c15u;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		r->s[i] = z ^ (z >> 31);
	}
}

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t rng_next(struct rng *r)
{
	uint64_t *s = r->s;
	uint64_t result = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	uint64_t reject, x;

	BUG_ON(n == 0);
	reject = -n % n; /* 2^64 mod n: the lowest values that would come up once too often */
	do {
		x = rng_next(r);
	} while (x < reject);
	return x % n;
}

void rng_fill(struct rng *r, void *p, size_t len)
{
	unsigned char *out = p;

	while (len) {
		uint64_t x = rng_next(r);

		for (int i = 0; i < 8 && len; i++, len--) {
			*out++ = (unsigned char)x;
			x >>= 8;
		}
	}
}

uint64_t rng_entropy(void)
{
	struct timespec now;
	uint64_t x;

	if (getrandom(&x, sizeof(x), 0) == (ssize_t)sizeof(x))
		return x;
	clock_gettime(CLOCK_REALTIME, &now); /* no getrandom: a seed need only differ */
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + (uint64_t)getpid();
}
