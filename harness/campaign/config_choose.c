/* config_choose.c: campaign. What words choose: engines, lanes, a target. Unknown ones get the valid ones. */
#include "campaign/config_choose.h"

#include <stdlib.h>
#include <string.h>

void config_list_add(struct buf *list, const char *name)
{
	buf_addf(list, "%s%s", list->len ? ", " : "", name);
}

int config_choose_engines(bool engines[ENGINE_COUNT], const char *text, struct err *e)
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
			config_list_add(&list, engine_names[i]);
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
		config_list_add(&list, arch_at(i)->name);
	err_set(e, EXIT_USAGE, "unknown architecture '%s'; valid: %s, all", text, list.ptr);
	buf_release(&list);
	return -1;
}

int config_add_lane(struct config *c, const char *text, const struct arch_info *arch, struct err *e)
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
		rc = config_add_lane(c, list.lanes[i].name, NULL, e);
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
		return config_add_lane(c, text, own ? own : only, e);
	for (unsigned i = 0; arch_at(i); i++)
		if (config_add_lane(c, text, arch_at(i), e) < 0)
			return -1;
	return 0;
}

int config_choose_lanes(struct config *c, const struct request *r, struct err *e)
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
		config_list_add(&list, target_at(i)->name);
	err_set(e, EXIT_USAGE, "unknown target '%s'; valid: %s", text, list.ptr);
	buf_release(&list);
	return -1;
}

static int unknown_row(const struct target *t, const char *name, struct err *e)
{
	struct buf list = BUF_INIT;

	for (uint32_t i = 0; i < t->case_count; i++)
		config_list_add(&list, t->cases[i].name);
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

int config_choose_target(struct config *c, const char *text, struct err *e)
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
