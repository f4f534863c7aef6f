/* turbulent_memory.c: targets/turbulent. Exhibits of the families memory and fp. */
#include <stddef.h>
#include <stdlib.h>

#include "guest/fp.h"
#include "guest/turb_memory.h"
#include "turbulent.h"

/* The callee frees what a finalizer is going to free. */
void turbulent_freed_twice(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_FINALIZER))
		cgofuzz_turb_free(cgofuzz_turb_newest);
}

void turbulent_freed_written(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_C_SLICE)) {
		volatile char *other = cgofuzz_turb_new(64, 0);

		cgofuzz_turb_free((char *)(uintptr_t)other);
		other[8] = 1;
	}
}

/* C that calls Go changes the rounding mode of its thread afterwards and forgets it. At the outermost crossing, around
 * which nobody looks: it shows on the next thread that this one makes. */
void turbulent_rounding_left(int phase, void *block)
{
	(void)block;
	if (phase == DRIVER_RESULT && !cgofuzz_live->depth && turbulent_open(CGOFUZZ_TURB_FP_THREADS))
		cgofuzz_fp_set_control(cgofuzz_fp_in_mode(cgofuzz_fp_default, CGOFUZZ_FP_UP));
}

static void forget(void)
{
	volatile char *memory = malloc(48);

	if (memory)
		*memory = 1;
}

void turbulent_memory_per_call(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_REPEAT))
		forget();
}

void turbulent_memory_now_and_then(int phase, void *block)
{
	static unsigned calls;

	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_SOAK) && ++calls % 50 == 0)
		forget();
}

void turbulent_text_written(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && turbulent_open(CGOFUZZ_TURB_STRINGS) && cgofuzz_turb_newest)
		*(char *)cgofuzz_turb_newest ^= 2;
}
