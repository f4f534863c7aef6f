/* planted_memory.c: targets/planted. C that goes where it must not: seen by the signal handlers. */
#include "planted.h"

#include "guest/runtime.h"

/* Volatile, so that the compiler neither knows the values nor drops what is done with them. */
static volatile int *volatile null_pointer;
static void *volatile nowhere = (void *)0x5a5a5a5a000;
static volatile unsigned endless = 1;

void planted_null_read(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C))
		(void)*null_pointer;
}

/* The program counter itself is lost; the caller is found by the link register or the stack. */
void planted_wild_jump(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C))
		nowhere = ((void *(*)(void))nowhere)();
}

__attribute__((noinline)) static unsigned recurse(unsigned n)
{
	volatile unsigned frame[64];

	frame[n % 64] = n;
	return endless ? recurse(n + 1) + frame[n % 64] : n;
}

/* No stack is left for a handler either: it must have one of its own. */
void planted_recursion(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C))
		endless = recurse(0);
}

/* Callees' memory ends at a guard page. */
void planted_heap_overrun(int phase, void *block)
{
	enum { SIZE = 24 };
	volatile char *memory;

	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_C, IN_C)) {
		memory = cgofuzz_guard_alloc(SIZE);
		for (int i = 0; i <= SIZE; i++)
			memory[i] = (char)i;
	}
}
