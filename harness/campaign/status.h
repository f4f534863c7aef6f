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
#define LANE(name, is_sum) uint64_t name;
#include "campaign/status.def"
	double stability_percent; /* 0: not known */
};

/* Sums since the campaign was made, over all its runs. */
struct status {
	const char *state; /* static: "running", "ended", "failed" */
	char *reason; /* why the last run failed, malloc'd; NULL: it did not */
	int64_t elapsed_ms;
#define STATUS(name, is_sum) uint64_t name;
#include "campaign/status.def"
	struct status_lane *lanes;
	uint32_t lane_count;
};

/* DIR/status.json, replaced at once but not synced: it can be lost, never torn. */
int status_write(const struct status *s, const char *dir, struct err *e);
/* Reads it; all zero, state "failed", if there is none yet. A running campaign without a process was
 * killed: "failed". One that failed always has a reason. EXIT_USAGE if dir is no campaign. To be
 * released in any case. */
int status_read(struct status *s, const char *dir, struct err *e);
json_t *status_to_json(const struct status *s);
/* The same for people. */
void status_print(const struct status *s, const char *dir, struct buf *out);
void status_release(struct status *s);
/* Adds what an earlier run of the campaign has done; its lanes that are not in s come along. */
void status_add(struct status *s, const struct status *earlier);

/* "1:02:03", "2:03"; "1.2 M", "345". Appended. */
void status_time(struct buf *out, int64_t ms);
void status_count(struct buf *out, double n);

#endif
