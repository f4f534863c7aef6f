/* planted_leaf.c: targets/planted. Values that change on the way: for the leaf oracle. */
#include "planted.h"

#include <errno.h>
#include <string.h>

/* The C function finds another argument than Go sent: checked by the callee, before it nests. */
void planted_argument(int phase, void *block)
{
	struct {
		int a0;
		struct {
			float x;
			double y;
		} a1;
	} *args = block;

	if (phase == CALLEE_ARGUMENTS && planted_open(IN_C, IN_C))
		((unsigned char *)&args->a1.y)[3] ^= 0x10;
}

/* Half of the double is not what the callee stored: checked by Go, which gets the result. */
void planted_result(int phase, void *block)
{
	struct {
		char tag;
		double d;
	} *result = block;
	uint32_t half;

	if (phase == CALLEE_RESULT && planted_open_uncaptured(IN_C, IN_C)) {
		memcpy(&half, (char *)&result->d + 4, 4);
		half = ~half;
		memcpy((char *)&result->d + 4, &half, 4);
	}
}

/* The same in the other direction: Go finds another argument than C sent. */
void planted_callback_argument(int phase, void *block)
{
	struct {
		short a0;
		long a1;
	} *args = block;

	if (phase == DRIVER_ARGUMENTS && planted_open_uncaptured(IN_GO, IN_GO))
		args->a1 ^= 0x100;
}

/* And C finds another result than Go returned. */
void planted_callback_result(int phase, void *block)
{
	struct {
		int a;
		float b;
	} *result = block;

	if (phase == DRIVER_RESULT && planted_open(IN_GO, IN_GO))
		((unsigned char *)&result->b)[2] ^= 0x40;
}

/* Behind a callee that never calls back there is only the outermost level. */
void planted_outermost(int phase, void *block)
{
	if (phase == CALLEE_ARGUMENTS && planted_open(0, 0))
		*(unsigned char *)block ^= 0x10;
}

/* Where Go takes errno: another one than the callee left there. */
void planted_errno(int phase, void *block)
{
	(void)block;
	if (phase == CALLEE_RESULT && planted_open(IN_C, IN_C))
		errno ^= 2;
}
