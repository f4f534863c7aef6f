/* status.c: campaign. How far a campaign is: kept in status.json, shown live, printed by `status`. */
#include "campaign/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "campaign/campaign.h"
#include "lane/lane.h"

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static double per_second(uint64_t n, uint64_t ms)
{
	return ms ? (double)n * 1000.0 / (double)ms : 0;
}

static json_t *lane_to_json(const struct status_lane *l)
{
	json_t *j = json_object();

	json_object_set_new(j, "lane", json_string(l->lane));
	json_object_set_new(j, "engine", json_string(l->engine));
	json_object_set_new(j, "state", json_string(l->state));
	json_object_set_new(j, "executions", number(l->executions));
	json_object_set_new(j, "crossings", number(l->crossings));
	json_object_set_new(j, "exec_per_s", json_real(per_second(l->executions, l->run_ms)));
	json_object_set_new(j, "crossings_per_s", json_real(per_second(l->crossings, l->run_ms)));
	json_object_set_new(j, "stability_percent",
			    l->stability_percent > 0 ? json_real(l->stability_percent) : json_null());
	json_object_set_new(j, "edges", number(l->edges));
	json_object_set_new(j, "features", number(l->features));
	json_object_set_new(j, "run_ms", number(l->run_ms));
	return j;
}

json_t *status_to_json(const struct status *s)
{
	json_t *j = json_object(), *lanes = json_array();

	json_object_set_new(j, "version", json_integer(1));
	json_object_set_new(j, "state", json_string(s->state));
	json_object_set_new(j, "elapsed_s", json_real((double)s->elapsed_ms / 1000));
	json_object_set_new(j, "executions", number(s->executions));
	json_object_set_new(j, "crossings", number(s->crossings));
	json_object_set_new(j, "batches", number(s->batches));
	json_object_set_new(j, "cases", number(s->cases));
	json_object_set_new(j, "bundles", number(s->bundles));
	json_object_set_new(j, "clusters", number(s->clusters));
	json_object_set_new(j, "fresh", number(s->fresh));
	json_object_set_new(j, "next_batch", number(s->next_batch));
	for (uint32_t i = 0; i < s->lane_count; i++)
		json_array_append_new(lanes, lane_to_json(&s->lanes[i]));
	json_object_set_new(j, "lanes", lanes);
	return j;
}

int status_write(const struct status *s, const char *dir, struct err *e)
{
	char *path = xasprintf("%s/status.json", dir), *tmp = xasprintf("%s.tmp", path), *text;
	json_t *j = status_to_json(s);
	int rc;

	text = json_dumps(j, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	rc = file_write(tmp, text, strlen(text), e);
	if (rc == 0 && rename(tmp, path) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not rename %s", tmp);
	free(text);
	json_decref(j);
	free(tmp);
	free(path);
	return rc;
}

static uint64_t get(const json_t *j, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(j, name));

	return n > 0 ? (uint64_t)n : 0;
}

static const char *one_of(const char *text, const char *const *valid, const char *otherwise)
{
	for (; text && *valid; valid++)
		if (strcmp(text, *valid) == 0)
			return *valid;
	return otherwise;
}

static const char *const states[] = { "running", "ended", "failed", NULL };
static const char *const lane_states[] = { "running", "idle", "ended", NULL };

static void lane_from_json(struct status_lane *l, const json_t *j)
{
	const char *lane = json_string_value(json_object_get(j, "lane"));
	const char *engine = json_string_value(json_object_get(j, "engine"));

	l->lane = xstrdup(lane ? lane : "");
	l->engine = engine_names[0];
	for (int i = 0; engine && i < ENGINE_COUNT; i++)
		if (strcmp(engine, engine_names[i]) == 0)
			l->engine = engine_names[i];
	l->state = one_of(json_string_value(json_object_get(j, "state")), lane_states, "ended");
	l->executions = get(j, "executions");
	l->crossings = get(j, "crossings");
	l->run_ms = get(j, "run_ms");
	l->edges = get(j, "edges");
	l->features = get(j, "features");
	l->stability_percent = json_number_value(json_object_get(j, "stability_percent"));
}

static void status_from_json(struct status *s, const json_t *j)
{
	const json_t *lanes = json_object_get(j, "lanes");

	s->state = one_of(json_string_value(json_object_get(j, "state")), states, "failed");
	s->elapsed_ms = (int64_t)(1000 * json_number_value(json_object_get(j, "elapsed_s")));
	s->executions = get(j, "executions");
	s->crossings = get(j, "crossings");
	s->batches = get(j, "batches");
	s->cases = get(j, "cases");
	s->bundles = get(j, "bundles");
	s->clusters = get(j, "clusters");
	s->fresh = get(j, "fresh");
	s->next_batch = (uint32_t)get(j, "next_batch");
	s->lane_count = (uint32_t)json_array_size(lanes);
	s->lanes = xcalloc(s->lane_count + 1, sizeof(*s->lanes));
	for (uint32_t i = 0; i < s->lane_count; i++)
		lane_from_json(&s->lanes[i], json_array_get(lanes, i));
}

int status_read(struct status *s, const char *dir, struct err *e)
{
	char *path = xasprintf("%s/status.json", dir);
	struct buf text = BUF_INIT;
	json_t *j = campaign_read(dir, e);
	int rc = j ? 0 : -1;

	*s = (struct status){ .state = "failed" };
	json_decref(j);
	if (rc == 0 && file_exists(path)) {
		json_error_t why;

		rc = file_read(path, 1 << 24, &text, e);
		j = rc == 0 ? json_loadb(text.ptr, text.len, 0, &why) : NULL;
		if (rc == 0 && !j)
			rc = err_set(e, EXIT_ENVIRON, "%s:%d: %s", path, why.line, why.text);
		if (j)
			status_from_json(s, j);
		json_decref(j);
	}
	if (rc == 0 && campaign_holder(dir) > 0)
		s->state = "running";
	else if (strcmp(s->state, "running") == 0)
		s->state = "failed";
	for (uint32_t i = 0; i < s->lane_count && strcmp(s->state, "running") != 0; i++)
		s->lanes[i].state = "ended";
	buf_release(&text);
	free(path);
	return rc;
}

void status_add(struct status *s, const struct status *earlier)
{
	s->elapsed_ms += earlier->elapsed_ms;
	s->executions += earlier->executions;
	s->crossings += earlier->crossings;
	s->batches += earlier->batches;
	s->cases += earlier->cases;
	for (uint32_t i = 0; i < s->lane_count; i++)
		for (uint32_t k = 0; k < earlier->lane_count; k++) {
			struct status_lane *l = &s->lanes[i];
			const struct status_lane *was = &earlier->lanes[k];

			if (strcmp(l->lane, was->lane) != 0 || strcmp(l->engine, was->engine) != 0)
				continue;
			l->executions += was->executions;
			l->crossings += was->crossings;
			l->run_ms += was->run_ms;
		}
}

void status_release(struct status *s)
{
	for (uint32_t i = 0; i < s->lane_count; i++)
		free(s->lanes[i].lane);
	free(s->lanes);
	*s = (struct status){ .state = "failed" };
}

void status_time(struct buf *out, int64_t ms)
{
	long long s = ms / 1000;

	if (s >= 3600)
		buf_addf(out, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	else
		buf_addf(out, "%lld:%02lld", s / 60, s % 60);
}

void status_count(struct buf *out, double n)
{
	static const char *const units[] = { "", " k", " M", " G", " T" };
	size_t u = 0;

	while (n >= (u ? 1000 : 10000) && u + 1 < sizeof(units) / sizeof(*units)) {
		n /= 1000;
		u++;
	}
	buf_addf(out, n < 10 && u ? "%.2f%s" : n < 100 && u ? "%.1f%s" : "%.0f%s", n, units[u]);
}

static void print_lane(const struct status_lane *l, struct buf *out)
{
	buf_addf(out, "  %-9s %-8s %s\n             ", l->engine, l->state, l->lane);
	status_count(out, (double)l->executions);
	buf_addstr(out, " executions (");
	status_count(out, per_second(l->executions, l->run_ms));
	buf_addstr(out, "/s), ");
	status_count(out, (double)l->crossings);
	buf_addstr(out, " crossings (");
	status_count(out, per_second(l->crossings, l->run_ms));
	buf_addstr(out, "/s)");
	if (l->edges)
		buf_addf(out, ", %llu edges", (unsigned long long)l->edges);
	if (l->features)
		buf_addf(out, ", %llu features", (unsigned long long)l->features);
	if (l->stability_percent > 0)
		buf_addf(out, ", stability %.1f %%", l->stability_percent);
	buf_addch(out, '\n');
}

void status_print(const struct status *s, const char *dir, struct buf *out)
{
	buf_addf(out, "%s: %s, ", dir, s->state);
	status_time(out, s->elapsed_ms);
	buf_addf(out, ", %llu batches, %llu cases, ", (unsigned long long)s->batches,
		 (unsigned long long)s->cases);
	status_count(out, (double)s->crossings);
	buf_addf(out, " crossings, %llu bundles, %llu clusters\n", (unsigned long long)s->bundles,
		 (unsigned long long)s->clusters);
	for (uint32_t i = 0; i < s->lane_count; i++)
		print_lane(&s->lanes[i], out);
}
