/* config.c: campaign. What a campaign fuzzes, and how: from the command line or from campaign.json. */
#include "campaign/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "campaign/config_choose.h"
#include "emit/batch.h"

uint32_t config_pairs(const struct config *c)
{
	uint32_t engines = 0;

	for (int i = 0; i < ENGINE_COUNT; i++)
		engines += c->engines[i];
	return engines * c->lane_count;
}

bool config_fixed(const struct config *c)
{
	return c->target.cases != NULL;
}

/* A target's table is one batch and so one slice: its rows say whether turbulence is what they wait for. */
static int choose_turbulence(const struct config *c, enum turbulence_mode *mode, const char *name,
			     struct err *e)
{
	static const char *const names[] = { "mix", "off", "on" };

	if (!name && c->target.cases)
		name = c->target.cases[0].plan ? "on" : "off";

	for (int i = 0; i < 3; i++)
		if (!name || strcmp(name, names[i]) == 0) {
			*mode = (enum turbulence_mode)i;
			return 0;
		}
	return err_set(e, EXIT_USAGE, "unknown turbulence '%s'; valid: mix, off, on", name);
}

/* What each run chooses for itself. */
static int choose_run(struct config *c, const struct request *r, struct err *e)
{
	if (r->jobs > CONFIG_MAX_JOBS)
		return err_set(e, EXIT_USAGE, "--jobs %u is more than %d", r->jobs, CONFIG_MAX_JOBS);
	c->time_ms = r->time_ms;
	c->batch_time_ms = r->batch_time_ms ? r->batch_time_ms : CONFIG_BATCH_MS;
	c->jobs = r->jobs ? r->jobs : config_pairs(c);
	c->misuse = r->misuse;
	if (choose_turbulence(c, &c->turbulence, r->turbulence, e) < 0)
		return -1;
	free(c->command);
	c->command = xstrdup(r->command ? r->command : "");
	return 0;
}

int config_make(struct config *c, const struct request *r, struct err *e)
{
	*c = (struct config){ 0 };
	if (config_choose_engines(c->engines, r->engine, e) < 0 ||
	    config_choose_target(c, r->target ? r->target : "cgo", e) < 0 ||
	    config_choose_lanes(c, r, e) < 0 ||
	    (r->population && population_parse(&c->population, r->population, e) < 0) ||
	    mix_parse(c->mix, r->mix, c->population, e) < 0 || choose_run(c, r, e) < 0)
		return -1;
	if (r->batch_cases > BATCH_MAX_CASES)
		return err_set(e, EXIT_USAGE, "--batch-cases %u is more than %d", r->batch_cases,
			       BATCH_MAX_CASES);
	c->batch_cases = r->batch_cases ? r->batch_cases : BATCH_DEFAULT_CASES;
	c->seed = r->has_seed ? r->seed : rng_entropy();
	return 0;
}

static bool same_lanes(const struct config *a, const struct config *b)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < a->lane_count; i++)
		for (uint32_t k = 0; k < b->lane_count; k++)
			found += strcmp(a->lanes[i].name, b->lanes[k].name) == 0;
	return found == a->lane_count && found == b->lane_count;
}

static void name_lanes(const struct config *c, struct buf *out)
{
	for (uint32_t i = 0; i < c->lane_count; i++)
		config_list_add(out, c->lanes[i].name);
}

static int contradiction(struct err *e, const char *option, const char *has, const char *asked)
{
	return err_set(e, EXIT_USAGE,
		       "--%s contradicts the campaign: it has %s, asked for is %s; leave the option out "
		       "to resume it, or choose another --out",
		       option, has, asked);
}

static int check_lanes(const struct config *c, const struct request *r, struct err *e)
{
	struct config asked = { 0 };
	struct buf has = BUF_INIT, wants = BUF_INIT;
	int rc = 0;

	if (r->arch || r->lane_count)
		rc = config_choose_lanes(&asked, r, e);
	if (rc == 0 && asked.lane_count && !same_lanes(c, &asked)) {
		name_lanes(c, &has);
		name_lanes(&asked, &wants);
		rc = contradiction(e, r->lane_count ? "lane" : "arch", has.ptr, wants.ptr);
	}
	buf_release(&has);
	buf_release(&wants);
	config_release(&asked);
	return rc;
}

static const char *engines_text(const bool engines[ENGINE_COUNT])
{
	const char *one = "all";
	int n = 0;

	for (int i = 0; i < ENGINE_COUNT; i++)
		if (engines[i]) {
			n++;
			one = engine_names[i];
		}
	return n == 1 ? one : "all";
}

static int check_mix(const struct config *c, const struct request *r, struct err *e)
{
	uint32_t asked[MIX_COUNT];
	char has[40];

	if (!r->mix)
		return 0;
	if (mix_parse(asked, r->mix, c->population, e) < 0)
		return -1;
	mix_print(c->mix, has);
	return memcmp(asked, c->mix, sizeof(asked)) == 0 ? 0 : contradiction(e, "mix", has, r->mix);
}

int config_resume(struct config *c, const struct request *r, struct err *e)
{
	bool engines[ENGINE_COUNT];
	char has[32], asked[32];

	if (r->engine) {
		if (config_choose_engines(engines, r->engine, e) < 0)
			return -1;
		if (memcmp(engines, c->engines, sizeof(engines)) != 0)
			return contradiction(e, "engine", engines_text(c->engines), r->engine);
	}
	if (r->target && strcmp(r->target, c->target_text) != 0)
		return contradiction(e, "target", c->target_text, r->target);
	if (check_lanes(c, r, e) < 0)
		return -1;
	if (r->has_seed && r->seed != c->seed) {
		snprintf(has, sizeof(has), "%llu", (unsigned long long)c->seed);
		snprintf(asked, sizeof(asked), "%llu", (unsigned long long)r->seed);
		return contradiction(e, "seed", has, asked);
	}
	if (r->batch_cases && r->batch_cases != c->batch_cases) {
		snprintf(has, sizeof(has), "%u", c->batch_cases);
		snprintf(asked, sizeof(asked), "%u", r->batch_cases);
		return contradiction(e, "batch-cases", has, asked);
	}
	if (r->population && strcmp(r->population, population_names[c->population]) != 0)
		return contradiction(e, "population", population_names[c->population], r->population);
	return check_mix(c, r, e) < 0 ? -1 : choose_run(c, r, e);
}

json_t *config_to_json(const struct config *c)
{
	json_t *lanes = json_array(), *engines = json_array();
	char seed[24], mix[40];

	for (uint32_t i = 0; i < c->lane_count; i++)
		json_array_append_new(lanes, json_string(c->lanes[i].name));
	for (int i = 0; i < ENGINE_COUNT; i++)
		if (c->engines[i])
			json_array_append_new(engines, json_string(engine_names[i]));
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)c->seed); /* 64 bits, JSON has 63 */
	mix_print(c->mix, mix);
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:o, s:o}", "target", c->target_text, "seed",
			 seed, "batch_cases", (int)c->batch_cases, "population",
			 population_names[c->population], "mix", mix, "lanes", lanes, "engines",
			 engines);
}

static int read_lists(struct config *c, const json_t *lanes, const json_t *engines, struct err *e)
{
	json_t *item;
	size_t i;

	json_array_foreach(lanes, i,
			   item) if (!json_is_string(item) ||
				     config_add_lane(c, json_string_value(item), NULL, e) <
					     0) return err_prefix(e, "lane %zu of the configuration",
								  i);
	json_array_foreach(engines, i, item)
	{
		bool one[ENGINE_COUNT];

		if (!json_is_string(item) ||
		    config_choose_engines(one, json_string_value(item), e) < 0)
			return err_prefix(e, "engine %zu of the configuration", i);
		for (int k = 0; k < ENGINE_COUNT; k++)
			c->engines[k] |= one[k];
	}
	return 0;
}

int config_from_json(struct config *c, const json_t *j, struct err *e)
{
	const char *target, *seed, *population = population_names[POPULATION_PLAIN], *mix = NULL;
	json_t *lanes, *engines;
	json_error_t why;
	int cases, rc;

	*c = (struct config){ 0 };
	if (json_unpack_ex((json_t *)j, &why, 0, "{s:s, s:s, s:i, s?:s, s?:s, s:o, s:o}", "target",
			   &target, "seed", &seed, "batch_cases", &cases, "population", &population,
			   "mix", &mix, "lanes", &lanes, "engines", &engines) < 0)
		return err_set(e, EXIT_ENVIRON, "configuration: %s", why.text);
	c->seed = strtoull(seed, NULL, 10);
	c->batch_cases = cases > 0 && cases <= BATCH_MAX_CASES ? (uint32_t)cases
							       : BATCH_DEFAULT_CASES;
	rc = config_choose_target(c, target, e);
	if (rc == 0)
		rc = population_parse(&c->population, population, e);
	if (rc == 0)
		rc = mix_parse(c->mix, mix, c->population, e);
	if (rc == 0)
		rc = read_lists(c, lanes, engines, e);
	if (rc == 0 && config_pairs(c) == 0)
		rc = err_set(e, EXIT_ENVIRON, "configuration: no lane or no engine");
	if (rc < 0)
		e->status = EXIT_ENVIRON;
	return rc;
}

void config_release(struct config *c)
{
	free(c->lanes);
	free(c->rows);
	free(c->target_text);
	free(c->command);
	*c = (struct config){ 0 };
}
