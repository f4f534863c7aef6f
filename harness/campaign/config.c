/* config.c: campaign. What a campaign fuzzes, and how: from the command line or from campaign.json. */
#include "campaign/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/rng.h"
#include "emit/batch.h"

static void list_add(struct buf *list, const char *name)
{
	buf_addf(list, "%s%s", list->len ? ", " : "", name);
}

static int choose_engines(bool engines[ENGINE_COUNT], const char *text, struct err *e)
{
	bool all = !text || strcmp(text, "all") == 0;
	bool any = false;

	for (int i = 0; i < ENGINE_COUNT; i++) {
		engines[i] = all || strcmp(text, engine_names[i]) == 0;
		any |= engines[i];
	}
	if (!any) {
		struct buf list = BUF_INIT;

		for (int i = 0; i < ENGINE_COUNT; i++)
			list_add(&list, engine_names[i]);
		err_set(e, EXIT_USAGE, "unknown engine '%s'; valid: %s, all", text, list.ptr);
		buf_release(&list);
		return -1;
	}
	return 0;
}

static int unknown_arch(const char *text, struct err *e)
{
	struct buf list = BUF_INIT;

	for (unsigned i = 0; arch_at(i); i++)
		list_add(&list, arch_at(i)->name);
	err_set(e, EXIT_USAGE, "unknown architecture '%s'; valid: %s, all", text, list.ptr);
	buf_release(&list);
	return -1;
}

static int add_lane(struct config *c, const char *text, const struct arch_info *arch, struct err *e)
{
	struct lane lane;

	if (lane_parse(&lane, text, arch, e) < 0)
		return -1;
	for (uint32_t i = 0; i < c->lane_count; i++)
		if (strcmp(c->lanes[i].name, lane.name) == 0)
			return 0;
	if (c->lane_count == CONFIG_MAX_LANES)
		return err_set(e, EXIT_USAGE, "more than %d lanes", CONFIG_MAX_LANES);
	c->lanes = xrealloc(c->lanes, (c->lane_count + 1) * sizeof(*c->lanes));
	c->lanes[c->lane_count++] = lane;
	return 0;
}

/* The architecture a lane's short name says itself; NULL if it leaves that open. */
static const struct arch_info *lane_text_arch(const char *text)
{
	for (unsigned i = 0; arch_at(i); i++) {
		size_t len = strlen(arch_at(i)->name);

		if (strncmp(text, arch_at(i)->name, len) == 0 && strchr("-+", text[len]))
			return arch_at(i);
	}
	return NULL;
}

static bool is_set(const char *text)
{
	for (unsigned i = 0; lane_set_at(i); i++)
		if (strcmp(lane_set_at(i)->name, text) == 0)
			return true;
	return false;
}

static int add_set(struct config *c, const char *name, const struct arch_info *only, struct err *e)
{
	struct lane_list list = { NULL, 0 };
	int rc = lane_list_add(&list, name, only, e);

	for (uint32_t i = 0; i < list.count && rc == 0; i++)
		rc = add_lane(c, list.lanes[i].name, NULL, e);
	lane_list_release(&list);
	return rc;
}

/* One short name for each architecture asked for, unless it says one itself, or a set's. */
static int add_lane_text(struct config *c, const char *text, const struct arch_info *only,
			 struct err *e)
{
	const struct arch_info *own = lane_text_arch(text);

	if (is_set(text))
		return add_set(c, text, only, e);
	if (own && only && own != only)
		return err_set(e, EXIT_USAGE, "lane '%s' is not of architecture %s", text,
			       only->name);
	if (own || only)
		return add_lane(c, text, own ? own : only, e);
	for (unsigned i = 0; arch_at(i); i++)
		if (add_lane(c, text, arch_at(i), e) < 0)
			return -1;
	return 0;
}

static int choose_lanes(struct config *c, const struct request *r, struct err *e)
{
	bool all = !r->arch || strcmp(r->arch, "all") == 0;
	const struct arch_info *only = all ? NULL : arch_find(r->arch);

	if (!all && !only)
		return unknown_arch(r->arch, e);
	if (r->lane_count == 0)
		return add_lane_text(c, "", only, e);
	for (uint32_t i = 0; i < r->lane_count; i++) {
		const char *p = r->lanes[i];

		while (*p) {
			size_t len = strcspn(p, ",");
			char *text = xasprintf("%.*s", (int)len, p);
			int rc = len ? add_lane_text(c, text, only, e) : 0;

			free(text);
			if (rc < 0)
				return -1;
			p += len + (p[len] == ',');
		}
	}
	return c->lane_count ? 0 : err_set(e, EXIT_USAGE, "--lane names no lane");
}

static int unknown_target(const char *text, struct err *e)
{
	struct buf list = BUF_INIT;

	for (uint32_t i = 0; target_at(i); i++)
		list_add(&list, target_at(i)->name);
	err_set(e, EXIT_USAGE, "unknown target '%s'; valid: %s", text, list.ptr);
	buf_release(&list);
	return -1;
}

static int unknown_row(const struct target *t, const char *name, struct err *e)
{
	struct buf list = BUF_INIT;

	for (uint32_t i = 0; i < t->case_count; i++)
		list_add(&list, t->cases[i].name);
	err_set(e, EXIT_USAGE, "target %s has no '%s'; valid: %s", t->name, name,
		list.len ? list.ptr : "none, its cases are generated");
	buf_release(&list);
	return -1;
}

/* Cuts the target to the rows named in a comma list. */
static int cut_target(struct config *c, const struct target *t, const char *names, struct err *e)
{
	uint32_t n = 0;

	c->rows = xcalloc(t->case_count + 1, sizeof(*c->rows));
	while (*names) {
		size_t len = strcspn(names, ",");
		char *name = xasprintf("%.*s", (int)len, names);
		uint32_t i = 0;

		while (i < t->case_count && strcmp(t->cases[i].name, name) != 0)
			i++;
		if (i == t->case_count || n > t->case_count) {
			unknown_row(t, name, e);
			free(name);
			return -1;
		}
		free(name);
		c->rows[n++] = t->cases[i];
		names += len + (names[len] == ',');
	}
	c->target.cases = c->rows;
	c->target.case_count = n;
	return n ? 0 : unknown_row(t, "", e);
}

static int choose_target(struct config *c, const char *text, struct err *e)
{
	size_t len = strcspn(text, ":");
	char *name = xasprintf("%.*s", (int)len, text);
	const struct target *t = target_find(name);

	free(name);
	if (!t)
		return unknown_target(text, e);
	c->target_text = xstrdup(text);
	c->target = *t;
	return text[len] == ':' ? cut_target(c, t, text + len + 1, e) : 0;
}

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

/* What each run chooses for itself. */
static int choose_run(struct config *c, const struct request *r, struct err *e)
{
	if (r->jobs > CONFIG_MAX_JOBS)
		return err_set(e, EXIT_USAGE, "--jobs %u is more than %d", r->jobs, CONFIG_MAX_JOBS);
	c->time_ms = r->time_ms;
	c->batch_time_ms = r->batch_time_ms ? r->batch_time_ms : CONFIG_BATCH_MS;
	c->jobs = r->jobs ? r->jobs : config_pairs(c);
	free(c->command);
	c->command = xstrdup(r->command ? r->command : "");
	return 0;
}

int config_make(struct config *c, const struct request *r, struct err *e)
{
	*c = (struct config){ 0 };
	if (choose_engines(c->engines, r->engine, e) < 0 ||
	    choose_target(c, r->target ? r->target : "cgo", e) < 0 || choose_lanes(c, r, e) < 0 ||
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
		list_add(out, c->lanes[i].name);
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
		rc = choose_lanes(&asked, r, e);
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
		if (choose_engines(engines, r->engine, e) < 0)
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
				     add_lane(c, json_string_value(item), NULL, e) <
					     0) return err_prefix(e, "lane %zu of the configuration",
								  i);
	json_array_foreach(engines, i, item)
	{
		bool one[ENGINE_COUNT];

		if (!json_is_string(item) || choose_engines(one, json_string_value(item), e) < 0)
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
	rc = choose_target(c, target, e);
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
