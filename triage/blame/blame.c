/* blame.c: triage/blame. Which lanes are tried, in which order, and what is told of them. */
#include "triage/blame/blame.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/proc.h"
#include "triage/blame/lane_trial.h"
#include "triage/replay.h"
#include "triage/triage.h"

#define FIRST_TRIES 3 /* of the bundle with its own executable */

static void add_lane(struct blamed *r, const struct lane *lane)
{
	struct blame_lane *l;

	for (uint32_t i = 0; i < r->count; i++)
		if (!strcmp(r->lanes[i].lane.name, lane->name))
			return;
	r->lanes = xrealloc(r->lanes, (r->count + 1) * sizeof(*r->lanes));
	l = &r->lanes[r->count++];
	*l = (struct blame_lane){ .lane = *lane,
				  .verdict = LANE_NOT_HERE,
				  .changed = component_changed(lane, &r->base) };
}

/* A lane whose tools are not here is not tried. */
static void add_changed(struct blamed *r, const struct lane *from, enum component c, const char *value)
{
	struct err e = ERR_INIT;
	struct toolchain tools;
	struct lane lane;

	if (component_change(&lane, from, c, value, &e) == 0 &&
	    !(component_changed(&lane, &r->base) & ~r->only) &&
	    toolchain_resolve(&tools, &lane, &e) == 0)
		add_lane(r, &lane);
}

static void add_setting(struct blamed *r, const char *setting)
{
	const char *was = r->base.settings;
	char *value = xasprintf("%s%s%s", was, *was ? "+" : "", setting);

	if (!strstr(was, setting))
		add_changed(r, &r->base, COMPONENT_SETTINGS, value);
	free(value);
}

static void add_singles(struct blamed *r)
{
	static const char *const levels[] = { "O0", "O1", "O2" }, *const wrapper[] = { "wO0", "wO2" };
	char *releases[LANE_GO_RELEASES];
	uint32_t count = lane_go_releases(releases);
	struct err ignored = ERR_INIT;
	struct lane both;

	for (unsigned i = 0; lane_compilers[i]; i++) {
		add_changed(r, &r->base, COMPONENT_WRAPPER, lane_compilers[i]);
		add_changed(r, &r->base, COMPONENT_CALLEE, lane_compilers[i]);
		if (component_change(&both, &r->base, COMPONENT_WRAPPER, lane_compilers[i],
				     &ignored) == 0)
			add_changed(r, &both, COMPONENT_CALLEE, lane_compilers[i]);
	}
	for (unsigned i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		add_changed(r, &r->base, COMPONENT_CALLEE_OPT, levels[i]);
	for (unsigned i = 0; i < sizeof(wrapper) / sizeof(*wrapper); i++)
		add_changed(r, &r->base, COMPONENT_WRAPPER_OPT, wrapper[i]);
	add_changed(r, &r->base, COMPONENT_FLAG, "");
	add_changed(r, &r->base, COMPONENT_SETTINGS, "");
	add_setting(r, "GOMAXPROCS=1");
	add_setting(r, "GODEBUG=asyncpreemptoff=1");
	for (unsigned i = 0; arch_at(i); i++)
		add_changed(r, &r->base, COMPONENT_ARCH, arch_at(i)->name);
	for (uint32_t i = 0; i < count; i++) {
		add_changed(r, &r->base, COMPONENT_GO, releases[i]);
		free(releases[i]);
	}
}

/* All changes together that alone changed nothing. */
static void add_all_others(struct blamed *r)
{
	struct lane all = r->base;
	const uint32_t count = r->count;

	for (uint32_t i = 1; i < count; i++) {
		struct err ignored = ERR_INIT;
		struct lane more;
		char room[LANE_NAME_MAX];
		int c = __builtin_ctz(r->lanes[i].changed | 1u << COMPONENTS);

		if (__builtin_popcount(r->lanes[i].changed) == 1 && r->lanes[i].verdict == LANE_SAME &&
		    component_change(&more, &all, (enum component)c,
				     component_value(&r->lanes[i].lane, (enum component)c, room),
				     &ignored) == 0)
			all = more;
	}
	add_lane(r, &all);
}

static int try_more(struct blamed *r, const struct lane_trials *t, uint32_t from, struct err *e)
{
	return lane_trials_run(t, r->lanes + from, r->count - from, e);
}

static bool has_gone(const struct blame_lane *l)
{
	return l->verdict == LANE_CLEAN || l->verdict == LANE_OTHER;
}

/* Nothing alone decides, all together do: which of them are needed? The last lane is without it. */
static int narrow(struct blamed *r, const struct lane_trials *t, struct err *e)
{
	struct lane least = r->lanes[r->count - 1].lane;

	for (int c = 0; c < COMPONENTS; c++) {
		char room[LANE_NAME_MAX];
		struct err ignored = ERR_INIT;
		struct lane back;
		const uint32_t at = r->count;

		if (component_change(&back, &least, (enum component)c,
				     component_value(&r->base, (enum component)c, room), &ignored) < 0)
			continue;
		add_lane(r, &back);
		if (r->count == at)
			continue; /* it was tried before */
		if (try_more(r, t, at, e) < 0)
			return -1;
		if (has_gone(&r->lanes[at]))
			least = back;
	}
	return 0;
}

static int try_lanes(struct blamed *r, const struct lane_trials *t, const char *more, struct err *e)
{
	struct lane_list list = { 0 };
	uint32_t at;
	int rc = more ? lane_list_add(&list, more, NULL, e) : 0;

	add_lane(r, &r->base);
	if (rc == 0)
		rc = try_more(r, t, 0, e);
	r->reproduced = rc == 0 && r->lanes[0].same > 0;
	if (rc < 0 || !r->reproduced)
		goto out;
	add_singles(r);
	for (uint32_t i = 0; i < list.count; i++)
		add_lane(r, &list.lanes[i]);
	rc = try_more(r, t, 1, e);
	at = r->count;
	if (rc == 0) {
		add_all_others(r);
		rc = try_more(r, t, at, e);
	}
	r->set = blame_decide(r->lanes + 1, r->count - 1);
	if (rc == 0 && r->set.together && at < r->count && has_gone(&r->lanes[at])) {
		rc = narrow(r, t, e);
		r->set = blame_decide(r->lanes + 1, r->count - 1);
	}
out:
	lane_list_release(&list);
	return rc;
}

/* For `triage`, if it has been there. That it cannot be told is no failure. */
static void tell(const struct blamed *r, const struct bundle *b, const char *db)
{
	char *campaign = db ? xstrdup(db) : triage_home(b->dir);
	struct err e = ERR_INIT;
	int rc = campaign ? triage_blame_store(campaign, b->dir, r->words.ptr, &e) : 0;

	for (uint32_t i = 0; i < r->count && rc > 0; i++) {
		struct blame_lane *l = &r->lanes[i];
		const struct triage_verdict v = { l->lane.name,
						  (char *)lane_verdict_words[l->verdict],
						  l->signature, l->same, l->tries };

		rc = triage_verdict_store(campaign, b->dir, &v, &e);
	}
	if (rc < 0)
		log_warn("%s: %s", b->name, e.msg);
	free(campaign);
}

/* A difference, or a cliff beside another lane. */
static int blame_pair(struct blamed *r, const struct bundle *b, struct err *e)
{
	struct lane other;

	if (!*b->other_lane)
		return err_set(e, EXIT_USAGE,
			       "%s: its cost is held against what is usual, not against another lane: "
			       "there is nothing to change",
			       b->name);
	if (lane_parse(&other, b->other_lane, NULL, e) < 0)
		return -1;
	r->reproduced = true;
	r->set.decides = component_changed(&r->base, &other);
	r->set.together = __builtin_popcount(r->set.decides) > 1;
	blame_words_pair(&r->base, &other, &r->words);
	return 0;
}

int blame_run(struct blamed *r, const struct bundle *b, const struct blame_options *o, struct err *e)
{
	struct lane_trials t = { .jobs = o->jobs, .tries = o->tries };
	const int64_t began = clock_ms();
	struct buf text = BUF_INIT;
	struct replay now = { .signature = BUF_INIT, .title = BUF_INIT };
	int rc;

	memset(r, 0, sizeof(*r));
	r->signature = r->title = r->words = (struct buf)BUF_INIT;
	r->only = o->only;
	rc = lane_parse(&r->base, b->lane, arch_of((int)b->rec->arch), e);
	if (rc == 0)
		rc = replay_run(&now, b, FIRST_TRIES, false, &text, e);
	buf_add(&r->signature, now.signature.ptr, now.signature.len);
	buf_add(&r->title, now.title.ptr, now.title.len);
	t.wanted = r->signature.ptr;
	t.with_earlier = now.with_earlier;
	if (rc == 0 && now.same && replay_compares(b)) {
		rc = blame_pair(r, b, e);
	} else if (rc == 0 && now.same) {
		rc = lane_trials_open(&t, b, e);
		if (rc == 0)
			rc = try_lanes(r, &t, o->lanes, e);
	}
	if (rc == 0 && !r->reproduced)
		buf_addf(&r->words, "not to be told: it does not happen again %s",
			 r->count ? "once its cases are built anew" : "with its executable");
	else if (rc == 0 && !r->words.len)
		blame_words(&r->set, &r->base, r->lanes + 1, r->count - 1, &r->words);
	if (rc == 0)
		tell(r, b, o->db);
	lane_trials_release(&t);
	replay_release(&now);
	buf_release(&text);
	r->wall_ms = clock_ms() - began;
	return rc;
}

void blamed_release(struct blamed *r)
{
	for (uint32_t i = 0; i < r->count; i++) {
		free(r->lanes[i].signature);
		free(r->lanes[i].why);
	}
	free(r->lanes);
	buf_release(&r->signature);
	buf_release(&r->title);
	buf_release(&r->words);
	r->lanes = NULL;
	r->count = 0;
}
