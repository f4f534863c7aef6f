/* capture.h: guest. Argument and result registers as a trampoline saw them. */
#ifndef GUEST_CAPTURE_H
#define GUEST_CAPTURE_H

#include <stdint.h>

#include "frame.h"
#include "guest/wire.h"

/* Called by the trampolines while live.capture is set: at entry, before the callee runs; and once it has
 * returned. frame: of the call; captured: what the registers hold (they are restored from it). */
void cgofuzz_capture_entry(struct cgofuzz_shadow_frame *frame,
			   const struct cgofuzz_captured *captured);
void cgofuzz_capture_return(struct cgofuzz_shadow_frame *frame,
			    const struct cgofuzz_captured *captured);

#endif
