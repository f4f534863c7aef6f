/* state.h: guest. What the kernel keeps for a thread and a called function must leave alone: its signal mask
 * and its alternate stack. */
#ifndef GUEST_STATE_H
#define GUEST_STATE_H

#include <stdint.h>

#include "guest/wire.h"

struct cgofuzz_thread_state {
	uint64_t mask; /* bit n: signal n + 1 */
	uint64_t alt_low, alt_bytes; /* 0, 0: no alternate stack */
	uint32_t in_go; /* 1: the thread has a g of Go's */
	uint32_t known; /* 0: nothing was looked up */
};

/* Two system calls: about 0.15 us on amd64, 1 us under QEMU. Async-signal-safe; errno stays. */
struct cgofuzz_thread_state cgofuzz_state_now(void);

/* What differs beyond what Go may do: a thread's first call from C to Go leaves the signals unblocked that Go
 * needs, and an alternate stack of Go's where C had none, until the thread ends (from Go 1.21 on; 1.26:
 * cgocallback in runtime/asm_amd64.s skips dropm, minitSignals in runtime/signal_unix.go). */
enum cgofuzz_state_part cgofuzz_state_differs(const struct cgofuzz_thread_state *before,
					      const struct cgofuzz_thread_state *after);

/* Looks again and records a difference. by: enum cgofuzz_seer; slot and direction of the call. */
void cgofuzz_state_check(const struct cgofuzz_thread_state *before, uint32_t by, uint32_t slot,
			 uint32_t direction);

#endif
