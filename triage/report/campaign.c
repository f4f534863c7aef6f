/* campaign.c: triage/report. What campaign.json and status.json say of the campaign and its lanes. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lane/lane.h"
#include "triage/report/private.h"

static json_t *read_json(const struct report *r, const char *name)
{
	char *path = xasprintf("%s/%s", r->dir, name);
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	json_t *j = NULL;

	if (file_exists(path) && file_read(path, 1 << 24, &text, &ignored) == 0)
		j = json_loadb(text.ptr, text.len, 0, NULL);
	buf_release(&text);
	free(path);
	return j;
}

static char *text_at(const json_t *j, const char *key)
{
	return report_line(json_string_value(json_object_get(j, key)));
}

static uint64_t count_at(const json_t *j, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(j, key));

	return n > 0 ? (uint64_t)n : 0;
}

uint32_t report_lane(struct report *r, const char *name)
{
	char *clean = report_line(name);
	struct report_lane *l;

	for (uint32_t i = 0; i < r->lane_count; i++)
		if (!strcmp(r->lanes[i].name, clean)) {
			free(clean);
			return i;
		}
	r->lanes = xrealloc(r->lanes, (r->lane_count + 1) * sizeof(*r->lanes));
	l = &r->lanes[r->lane_count];
	*l = (struct report_lane){ .name = clean, .arch = xstrdup("") };
	for (unsigned a = 0; arch_at(a); a++) {
		const char *arch = arch_at(a)->name;
		size_t len = strlen(arch);

		if (!strncmp(clean, arch, len) && (clean[len] == '-' || !clean[len])) {
			free(l->arch);
			l->arch = xstrdup(arch);
		}
	}
	return r->lane_count++;
}

static void take_campaign(struct report *r, const json_t *j)
{
	const json_t *config = json_object_get(j, "config"), *lane;
	const json_t *run = json_array_get(json_object_get(j, "runs"), 0);
	size_t i;

	r->target = text_at(config, "target");
	r->seed = text_at(config, "seed");
	r->command = text_at(run, "command");
	r->started = text_at(json_object_get(run, "started") ? run : j,
			     json_object_get(run, "started") ? "started" : "created");
	json_array_foreach(json_object_get(config, "lanes"), i, lane) if (json_string_value(lane))
		report_lane(r, json_string_value(lane));
}

static void take_status(struct report *r, const json_t *j)
{
	const json_t *lane;
	size_t i;

	r->state = text_at(j, "state");
	r->elapsed_s = json_number_value(json_object_get(j, "elapsed_s"));
	r->executions = count_at(j, "executions");
	r->crossings = count_at(j, "crossings");
	r->batches = count_at(j, "batches");
	r->cases = count_at(j, "cases");
	json_array_foreach(json_object_get(j, "lanes"), i, lane)
	{
		const char *name = json_string_value(json_object_get(lane, "lane"));
		struct report_lane *l;

		if (!name)
			continue;
		l = &r->lanes[report_lane(r, name)];
		l->run_ms += count_at(lane, "run_ms");
		l->crossings += count_at(lane, "crossings");
		l->executions += count_at(lane, "executions");
	}
}

void report_campaign_read(struct report *r)
{
	json_t *campaign = read_json(r, "campaign.json"), *status = read_json(r, "status.json");

	take_campaign(r, campaign);
	take_status(r, status);
	json_decref(campaign);
	json_decref(status);
}
