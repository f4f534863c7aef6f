/* hook.h: guest. For the code of targets, C and assembly: when their hooks are called. */
#ifndef GUEST_HOOK_H
#define GUEST_HOOK_H

/* When a hook is called: void HOOK(int phase, void *block). */
#define CALLEE_ARGUMENTS 0 /* in f; block: the arguments as they came */
#define CALLEE_BODY 1 /* in f, arguments checked; no block */
#define CALLEE_RESULT 2 /* in f; block: the result, filled */
#define DRIVER_ARGUMENTS 3 /* in the caller of Go; block: the arguments, filled */
#define DRIVER_RESULT 4 /* in the caller of Go; block: the result as it came */

#endif
