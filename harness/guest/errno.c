/* errno.c: guest. What a callee leaves in errno, for the routes on which Go takes it. */
#include "guest/runtime.h"

int cgofuzz_errno(void)
{
	return (int)cgofuzz_errno_of(cgofuzz_live->seed);
}
