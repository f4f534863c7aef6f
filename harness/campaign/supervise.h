/* supervise.h: campaign. The event loop of a campaign: a tick every 100 ms and whenever a child ends;
 * Ctrl-C, SIGTERM and a closed terminal (but not under nohup) become a wish to stop. */
#ifndef CAMPAIGN_SUPERVISE_H
#define CAMPAIGN_SUPERVISE_H

#include <stdint.h>

#include "base/err.h"

#define SUPERVISE_TICK_MS 100

enum supervise_stop {
	SUPERVISE_GO_ON,
	SUPERVISE_CLEANLY, /* asked once: finish what has begun */
	SUPERVISE_NOW, /* asked again */
};

/* Calls tick_fn until it returns 1 (done) or -1 (failed, e). now_ms: clock_ms(). */
int supervise(int (*tick_fn)(void *ctx, int64_t now_ms, enum supervise_stop stop, struct err *e),
	      void *ctx, struct err *e);

#endif
