/* turb_heap.c: guest. C memory that tells when it is used after it was freed, or freed twice. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "guest/turb_memory.h"
#include "guest/turbulence_run.h"

#define TURB_IN_USE 0xa110ca7ed0b10c4bu
#define TURB_FREED 0xf4eedb10cf4eedb1u
#define TURB_POISON 0xdb
#define TURB_WAITING 32u /* freed blocks whose place is not used again yet */

struct turb_block {
	uint64_t state, bytes;
};

void *cgofuzz_turb_newest;

static struct turb_block *waiting[TURB_WAITING];
static unsigned next_waiting;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

uint64_t cgofuzz_turb_differs(const void *memory, uint64_t bytes, uint64_t seed)
{
	const uint8_t *at = memory;
	uint64_t i = 0, word;

	for (; i + 8 <= bytes; i += 8) {
		memcpy(&word, at + i, 8);
		if (word != cgofuzz_turb_word(seed, i >> 3))
			break;
	}
	for (; i < bytes; i++)
		if (at[i] != cgofuzz_turb_byte(seed, i))
			return 1 + i;
	return 0;
}

void cgofuzz_turb_fill(void *memory, uint64_t bytes, uint64_t seed)
{
	uint8_t *at = memory;
	uint64_t i = 0, word;

	for (; i + 8 <= bytes; i += 8) {
		word = cgofuzz_turb_word(seed, i >> 3);
		memcpy(at + i, &word, 8);
	}
	for (; i < bytes; i++)
		at[i] = cgofuzz_turb_byte(seed, i);
}

void *cgofuzz_turb_new(size_t bytes, uint64_t seed)
{
	struct turb_block *b = malloc(sizeof(*b) + bytes);

	if (!b)
		return NULL;
	*b = (struct turb_block){ TURB_IN_USE, bytes };
	cgofuzz_turb_fill(b + 1, bytes, seed);
	cgofuzz_turb_newest = b + 1;
	return b + 1;
}

/* Is the poison of a freed block whole? */
static void turb_leave(struct turb_block *b)
{
	const uint8_t *at = (const uint8_t *)(b + 1);

	for (uint64_t i = 0; i < b->bytes; i++)
		if (at[i] != TURB_POISON) {
			cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, TURB_POISON, at[i],
					   "C memory was written after it was freed");
			break;
		}
	free(b);
}

void cgofuzz_turb_free(void *block)
{
	struct turb_block *b = block, *oldest = NULL;
	uint64_t state;

	if (!block)
		return;
	b--;
	pthread_mutex_lock(&lock);
	state = b->state;
	if (state == TURB_IN_USE) {
		b->state = TURB_FREED;
		memset(b + 1, TURB_POISON, b->bytes);
		oldest = waiting[next_waiting % TURB_WAITING];
		waiting[next_waiting++ % TURB_WAITING] = b;
	}
	pthread_mutex_unlock(&lock);
	if (state != TURB_IN_USE)
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, TURB_IN_USE, state,
				   state == TURB_FREED ? "C memory was freed twice"
						       : "what was freed is no C memory of ours");
	if (oldest)
		turb_leave(oldest);
}

void cgofuzz_turb_free_all(void)
{
	for (unsigned i = 0; i < TURB_WAITING; i++) {
		struct turb_block *b;

		pthread_mutex_lock(&lock);
		b = waiting[i];
		waiting[i] = NULL;
		pthread_mutex_unlock(&lock);
		if (b)
			turb_leave(b);
	}
}
