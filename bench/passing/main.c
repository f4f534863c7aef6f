/* main.c: bench, the guest of the part `passing`. Calls every case and names the ones that differ. */
#include "table.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct passing_state passing_state;
static unsigned char memory[1 << 20] __attribute__((aligned(256)));

static const unsigned char *place(const struct passing_check *c)
{
	const unsigned char *p = NULL;

	switch (c->where) {
	case PASSING_GENERAL:
		p = (const unsigned char *)&passing_state.general[c->number];
		break;
	case PASSING_VECTOR:
		p = passing_state.vector[c->number];
		break;
	case PASSING_X87:
		p = passing_state.x87[c->number];
		break;
	default:
		p = passing_state.stack + c->slot;
	}
	if (c->byref) {
		const unsigned char *to;

		memcpy(&to, p, sizeof(to));
		if ((uintptr_t)to < 4096) /* no pointer is there */
			return NULL;
		p = to;
	}
	return p + c->byte;
}

static sigjmp_buf wild;

static void on_fault(int signal)
{
	(void)signal;
	siglongjmp(wild, 1);
}

static int is_right(const struct passing_check *c)
{
	const unsigned char *p = place(c), *value = c->value + c->offset_bits / 8;
	unsigned bit = c->offset_bits % 8;

	if (!p || sigsetjmp(wild, 1)) /* what should be a pointer is none */
		return 0;
	if (!c->bits)
		return !memcmp(p, value, c->size);
	for (unsigned i = 0; i < c->bits; i++)
		if ((p[(c->bit + i) / 8] >> (c->bit + i) % 8 & 1) !=
		    (value[(bit + i) / 8] >> (bit + i) % 8 & 1))
			return 0;
	return 1;
}

/* Number of the first check that fails; -1: none does. */
static int first_wrong(const struct passing_check *c, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!is_right(&c[i]))
			return (int)i;
	return -1;
}

/* Room above the call, so that the dump of the stack stays on it. */
static __attribute__((noinline)) void call(const struct passing_case *c)
{
	unsigned char room[2 * PASSING_STACK_BYTES];

	__asm__ volatile("" : : "r"(room) : "memory");
	memset(&passing_state, 0, sizeof(passing_state));
	c->call();
	__asm__ volatile("" : : "r"(room) : "memory");
}

int main(void)
{
	const struct passing_check *check = passing_checks;
	int wrong;

	signal(SIGSEGV, on_fault);
	signal(SIGBUS, on_fault);
	for (uint32_t i = 0; i < passing_case_count; i++) {
		const struct passing_case *c = &passing_cases[i];

		call(c);
		wrong = first_wrong(check, c->arg_checks);
		if (wrong >= 0)
			printf("args %u %d\n", c->number, wrong);
		check += c->arg_checks;
		if (c->result) {
			memset(&passing_state, 0, sizeof(passing_state));
			memset(memory, 0, 4096);
			passing_capture(c->result, memory, c->x87);
			wrong = first_wrong(check, c->result_checks);
			if (wrong >= 0)
				printf("result %u %d\n", c->number, wrong);
		}
		check += c->result_checks;
	}
	printf("done\n");
	return 0;
}
