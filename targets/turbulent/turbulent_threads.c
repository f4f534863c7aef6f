/* turbulent_threads.c: targets/turbulent. Exhibits of the family threads. */
#include <stddef.h>

#include "guest/turb_thread.h"
#include "turbulent.h"

/* The value of a result depends on what was let go of already. */
void turbulent_late_destructor(int phase, void *block)
{
	if (phase == CALLEE_RESULT && cgofuzz_in_destructor && turbulent_open(CGOFUZZ_TURB_THREAD))
		*(int *)block ^= 1;
}
