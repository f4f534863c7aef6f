/* config.h: campaign. What a campaign fuzzes, and how: from the command line or from campaign.json. */
#ifndef CAMPAIGN_CONFIG_H
#define CAMPAIGN_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "campaign/mix.h"
#include "emit/target.h"
#include "lane/lane.h"

#define CONFIG_BATCH_MS 10000
#define CONFIG_MAX_LANES 64
#define CONFIG_MAX_JOBS 256

/* Which slices run plans with their turbulence; in the others it is struck out (guest/plan.h). */
enum turbulence_mode { TURBULENCE_MIX /* every second one */, TURBULENCE_OFF, TURBULENCE_ON };

/* What a person asked for. NULL or 0: nothing said. Strings are borrowed. */
struct request {
	const char *arch; /* GOARCH or "all" */
	const char *engine; /* a name of lane/engine.def or "all" */
	const char *target; /* "cgo", or "planted", or rows of its table: "planted:NAME,NAME" */
	const char *out;
	const char *const *lanes; /* each one short name or several joined by ',' */
	uint32_t lane_count;
	bool has_seed;
	uint64_t seed;
	int64_t time_ms; /* this run's budget; needed */
	int64_t batch_time_ms;
	uint32_t batch_cases;
	const char *population; /* a name of model/population.def */
	const char *mix; /* "2:1:1", campaign/mix.h */
	const char *turbulence; /* "mix", "off", "on" */
	bool misuse; /* rows MISUSE of guest/turbulence.def are done */
	uint32_t jobs;
	const char *command; /* as it was typed */
};

struct config {
	struct lane *lanes;
	uint32_t lane_count;
	bool engines[ENGINE_COUNT];
	char *target_text; /* as asked */
	struct target target; /* the target, cut to the rows asked for */
	struct target_case *rows; /* of the cut, or NULL */
	uint64_t seed;
	uint32_t batch_cases;
	enum population population; /* of the cases that are made up */
	uint32_t mix[MIX_COUNT];
	/* not part of what a campaign is: each run may have its own */
	int64_t time_ms, batch_time_ms;
	enum turbulence_mode turbulence;
	bool misuse;
	uint32_t jobs; /* engine processes at a time */
	char *command;
};

/* A new campaign's configuration. EXIT_USAGE with the valid values. */
int config_make(struct config *c, const struct request *r, struct err *e);
/* Applies a request to a stored configuration: EXIT_USAGE if it contradicts. */
int config_resume(struct config *c, const struct request *r, struct err *e);
json_t *config_to_json(const struct config *c);
/* From what config_to_json wrote, which may have been changed since. EXIT_ENVIRON. */
int config_from_json(struct config *c, const json_t *j, struct err *e);
void config_release(struct config *c);

/* Number of lane and engine pairs, each of which has at least one instance. */
uint32_t config_pairs(const struct config *c);
/* Is the batch always the same, the rows of a table? */
bool config_fixed(const struct config *c);

#endif
