/* status.c: campaign. How far a campaign is: kept in status.json, shown live, printed by `status`. */
#include "campaign/status.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "campaign/campaign.h"
#include "lane/lane.h"
#include "triage/text.h"

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
#define LANE(name, is_sum) json_object_set_new(j, #name, number(l->name));
#include "campaign/status.def"
	json_object_set_new(j, "exec_per_s", json_real(per_second(l->executions, l->run_ms)));
	json_object_set_new(j, "crossings_per_s", json_real(per_second(l->crossings, l->run_ms)));
	json_object_set_new(j, "stability_percent",
			    l->stability_percent > 0 ? json_real(l->stability_percent) : json_null());
	return j;
}

json_t *status_to_json(const struct status *s)
{
	json_t *j = json_object(), *lanes = json_array();

	json_object_set_new(j, "version", json_integer(1));
	json_object_set_new(j, "state", json_string(s->state));
	json_object_set_new(j, "reason", text_to_json(s->reason));
	json_object_set_new(j, "elapsed_s", json_real((double)s->elapsed_ms / 1000));
#define STATUS(name, is_sum) json_object_set_new(j, #name, number(s->name));
#include "campaign/status.def"
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
#define LANE(name, is_sum) l->name = get(j, #name);
#include "campaign/status.def"
	l->stability_percent = json_number_value(json_object_get(j, "stability_percent"));
}

static void status_from_json(struct status *s, const json_t *j)
{
	const json_t *lanes = json_object_get(j, "lanes");
	const char *reason = json_string_value(json_object_get(j, "reason"));

	s->reason = reason ? xstrdup(reason) : NULL;
	s->state = one_of(json_string_value(json_object_get(j, "state")), states, "failed");
	s->elapsed_ms = (int64_t)(1000 * json_number_value(json_object_get(j, "elapsed_s")));
#define STATUS(name, is_sum) s->name = get(j, #name);
#include "campaign/status.def"
	s->lane_count = (uint32_t)json_array_size(lanes);
	s->lanes = xcalloc(s->lane_count + 1, sizeof(*s->lanes));
	for (uint32_t i = 0; i < s->lane_count; i++)
		lane_from_json(&s->lanes[i], json_array_get(lanes, i));
}

/* What only the lock can tell: a run is under way, or it ended without a word. */
static void settle(struct status *s, bool held)
{
	if (held) {
		s->state = "running";
		free(s->reason);
		s->reason = NULL;
	} else if (strcmp(s->state, "running") == 0) {
		s->state = "failed";
	}
	if (strcmp(s->state, "failed") == 0 && !s->reason)
		s->reason = xstrdup("the last run was killed, or could not write here");
	for (uint32_t i = 0; i < s->lane_count && !held; i++)
		s->lanes[i].state = "ended";
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
	if (rc == 0)
		settle(s, campaign_holder(dir) > 0);
	buf_release(&text);
	free(path);
	return rc;
}

static struct status_lane *lane_like(struct status *s, const struct status_lane *was)
{
	struct status_lane *l;

	for (uint32_t i = 0; i < s->lane_count; i++)
		if (strcmp(s->lanes[i].lane, was->lane) == 0 &&
		    strcmp(s->lanes[i].engine, was->engine) == 0)
			return &s->lanes[i];
	s->lanes = xrealloc(s->lanes, (s->lane_count + 1) * sizeof(*s->lanes));
	l = &s->lanes[s->lane_count++];
	*l = (struct status_lane){ .lane = xstrdup(was->lane),
				   .engine = was->engine,
				   .state = "ended" };
	return l;
}

/* Of what is no sum the last word counts, as long as this run has none. */
static void add_count(uint64_t *n, uint64_t was, bool is_sum)
{
	if (is_sum || !*n)
		*n += was;
}

static void add_lane(struct status_lane *l, const struct status_lane *was)
{
#define LANE(name, is_sum) add_count(&l->name, was->name, is_sum);
#include "campaign/status.def"
	if (l->stability_percent <= 0)
		l->stability_percent = was->stability_percent;
}

void status_add(struct status *s, const struct status *earlier)
{
	s->elapsed_ms += earlier->elapsed_ms;
#define STATUS(name, is_sum) add_count(&s->name, earlier->name, is_sum);
#include "campaign/status.def"
	for (uint32_t k = 0; k < earlier->lane_count; k++)
		add_lane(lane_like(s, &earlier->lanes[k]), &earlier->lanes[k]);
}

void status_release(struct status *s)
{
	for (uint32_t i = 0; i < s->lane_count; i++)
		free(s->lanes[i].lane);
	free(s->lanes);
	free(s->reason);
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

/* What was let pass, since documents say that it may differ. */
static void print_divergences(const struct status_lane *l, struct buf *out)
{
	const struct {
		const char *name;
		uint64_t count;
	} rows[] = {
#define DIVERGENCE(id, name, source) { name, l->diverged_##id },
#include "guest/divergence.def"
#undef DIVERGENCE
	};
	const char *between = "             may differ, and was let pass: ";

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!rows[i].count)
			continue;
		buf_addf(out, "%s%s ", between, rows[i].name);
		status_count(out, (double)rows[i].count);
		between = ", ";
	}
	if (*between == ',')
		buf_addch(out, '\n');
}

static void print_turbulence(const struct status_lane *l, struct buf *out)
{
	buf_addf(out, "             turbulent: %.0f %% of the time, ",
		 100 * per_second(l->turbulent_ms, l->run_ms) / 1000);
	status_count(out, (double)l->turbulent_executions);
	buf_addstr(out, " executions (");
	status_count(out, per_second(l->turbulent_executions, l->turbulent_ms));
	buf_addstr(out, "/s), ");
	status_count(out, (double)l->turbulent_crossings);
	buf_addstr(out, " crossings (");
	status_count(out, per_second(l->turbulent_crossings, l->turbulent_ms));
	buf_addstr(out, "/s)");
	if (l->capped)
		buf_addf(out, ", %llu plan%s wanted more than %s may have",
			 (unsigned long long)l->capped, l->capped == 1 ? "" : "s",
			 l->capped == 1 ? "it" : "they");
	buf_addch(out, '\n');
	print_divergences(l, out);
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
	if (l->restarts)
		buf_addf(out, ", %llu guest restart%s", (unsigned long long)l->restarts,
			 l->restarts == 1 ? "" : "s");
	if (l->muted)
		buf_addf(out, ", %llu case%s muted", (unsigned long long)l->muted,
			 l->muted == 1 ? "" : "s");
	buf_addch(out, '\n');
	if (l->turbulent_ms)
		print_turbulence(l, out);
	if (l->lumped)
		buf_addf(out,
			 "             more kinds of faults than a guest tells apart: %llu faults "
			 "lumped together, most of them only counted\n",
			 (unsigned long long)l->lumped);
}

void status_print(const struct status *s, const char *dir, struct buf *out)
{
	buf_addf(out, "%s: %s, ", dir, s->state);
	status_time(out, s->elapsed_ms);
	buf_addf(out, ", %llu batches, %llu cases, ", (unsigned long long)s->batches,
		 (unsigned long long)s->cases);
	status_count(out, (double)s->crossings);
	buf_addf(out, " crossings, %llu bundles, %llu clusters", (unsigned long long)s->bundles,
		 (unsigned long long)s->clusters);
	if (s->late_batches)
		buf_addf(out, ", %llu late batch%s", (unsigned long long)s->late_batches,
			 s->late_batches == 1 ? "" : "es");
	buf_addch(out, '\n');
	if (s->compared || s->incomparable)
		buf_addf(out,
			 "  %llu plans compared in all lanes, %llu with differences, %llu not comparable\n",
			 (unsigned long long)s->compared, (unsigned long long)s->differences,
			 (unsigned long long)s->incomparable);
	if (s->cliffs)
		buf_addf(out, "  %llu times a crossing was dearer than elsewhere by far\n",
			 (unsigned long long)s->cliffs);
	if (s->short_stacks)
		buf_addf(out, "  warning: %llu kind%s of stack had nearly ended: cgofuzz stacks %s\n",
			 (unsigned long long)s->short_stacks, s->short_stacks == 1 ? "" : "s", dir);
	if (s->reason) {
		buf_addstr(out, "  reason: ");
		text_escape_lines(out, s->reason, strlen(s->reason));
		buf_addch(out, '\n');
	}
	for (uint32_t i = 0; i < s->lane_count; i++)
		print_lane(&s->lanes[i], out);
}
