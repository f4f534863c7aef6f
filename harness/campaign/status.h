/* status.h: campaign. How far a campaign is: kept in status.json, shown live, printed by `status`. */
#ifndef CAMPAIGN_STATUS_H
#define CAMPAIGN_STATUS_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* One lane under one engine; all its instances together. */
struct status_lane {
	char *lane;
	const char *engine; /* static */
	const char *state; /* static: "running", "idle", "ended" */
	uint64_t executions, crossings;
	uint64_t run_ms; /* with a process, summed over instances */
	uint64_t edges, features; /* 0: not known */
	double stability_percent; /* 0: not known */
};

/* Sums since the campaign was made, over all its runs. */
struct status {
	const char *state; /* static: "running", "ended", "failed" */
	int64_t elapsed_ms;
	uint64_t executions, crossings, batches, cases, bundles, clusters, fresh;
	uint32_t next_batch;
	struct status_lane *lanes;
	uint32_t lane_count;
};

/* DIR/status.json, replaced at once but not synced: it can be lost, never torn. */
int status_write(const struct status *s, const char *dir, struct err *e);
/* Reads it; all zero, state "failed", if there is none yet. A running campaign without a process was
 * killed: "failed". EXIT_USAGE if dir is no campaign. */
int status_read(struct status *s, const char *dir, struct err *e);
json_t *status_to_json(const struct status *s);
/* The same for people. */
void status_print(const struct status *s, const char *dir, struct buf *out);
void status_release(struct status *s);
/* Adds what an earlier run of the campaign has done. */
void status_add(struct status *s, const struct status *earlier);

/* "1:02:03", "2:03"; "1.2 M", "345". Appended. */
void status_time(struct buf *out, int64_t ms);
void status_count(struct buf *out, double n);

#endif
