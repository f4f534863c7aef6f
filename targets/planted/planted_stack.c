/* planted_stack.c: targets/planted. A stack that C hands to Go: for the trampoline before Go. */
#include "planted.h"

#include "guest/runtime.h"

void planted_call_misaligned(void (*function)(void)); /* ARCH/planted.S */

/* Stands in for the nested crossing that is due after the callee's body, which then comes second. Go
 * itself does not mind; some C that it calls may. */
void planted_callback_misaligned(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_BODY && planted_open(IN_GO, IN_GO))
		planted_call_misaligned(cgofuzz_cases[cgofuzz_live->slot].drive);
}
