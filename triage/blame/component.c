/* component.c: triage/blame. Lanes that differ in one component, and what their verdicts say. */
#include "triage/blame/component.h"

#include <stdio.h>
#include <string.h>

const char *const component_names[COMPONENTS + 1] = {
#define COMPONENT(id, name, words) name,
#include "triage/blame/component.def"
#undef COMPONENT
};

const char *const component_words[COMPONENTS] = {
#define COMPONENT(id, name, words) words,
#include "triage/blame/component.def"
#undef COMPONENT
};

const char *const lane_verdict_words[LANE_VERDICTS] = {
	[LANE_SAME] = "same",
	[LANE_OTHER] = "other",
	[LANE_CLEAN] = "ok",
	[LANE_FLAKY] = "flaky",
	[LANE_UNBUILDABLE] = "unbuildable",
	[LANE_NOT_HERE] = "not here",
};

const char *component_value(const struct lane *l, enum component c, char room[LANE_NAME_MAX])
{
	switch (c) {
	case COMPONENT_ARCH:
		return l->arch->name;
	case COMPONENT_WRAPPER:
		return l->wrapper;
	case COMPONENT_CALLEE:
		return l->callee;
	case COMPONENT_CALLEE_OPT:
		return l->callee_opt;
	case COMPONENT_FLAG:
		return l->flag;
	case COMPONENT_WRAPPER_OPT:
		snprintf(room, LANE_NAME_MAX, "w%s", l->wrapper_opt);
		return room;
	case COMPONENT_GO:
		return l->go;
	default:
		return l->settings;
	}
}

/* QEMU is left out: another architecture has another. */
int component_change(struct lane *out, const struct lane *l, enum component c, const char *value,
		     struct err *e)
{
	char room[COMPONENTS][LANE_NAME_MAX];
	const char *v[COMPONENTS];
	struct buf name = BUF_INIT;
	int rc;

	for (int i = 0; i < COMPONENTS; i++)
		v[i] = (enum component)i == c ? value
					      : component_value(l, (enum component)i, room[i]);
	buf_addf(&name, "%s-%s-%s-%s%s%s-%s-%s%s%s%s", v[COMPONENT_ARCH], v[COMPONENT_WRAPPER],
		 v[COMPONENT_CALLEE], v[COMPONENT_CALLEE_OPT], *v[COMPONENT_FLAG] ? "-" : "",
		 v[COMPONENT_FLAG], v[COMPONENT_WRAPPER_OPT], v[COMPONENT_GO],
		 l->reference ? "-gobuild" : "", *v[COMPONENT_SETTINGS] ? "+" : "",
		 v[COMPONENT_SETTINGS]);
	rc = lane_parse(out, name.ptr, NULL, e);
	buf_release(&name);
	return rc;
}

uint32_t component_changed(const struct lane *a, const struct lane *b)
{
	char room[2][LANE_NAME_MAX];
	uint32_t changed = 0;

	for (int c = 0; c < COMPONENTS; c++)
		if (strcmp(component_value(a, (enum component)c, room[0]),
			   component_value(b, (enum component)c, room[1])) != 0)
			changed |= 1u << c;
	return changed;
}

static bool gone(const struct blame_lane *l)
{
	return l->verdict == LANE_CLEAN || l->verdict == LANE_OTHER;
}

/* The smallest set of changes with which it was seen to go away. */
static uint32_t smallest_gone(const struct blame_lane *lanes, uint32_t count)
{
	uint32_t best = 0;

	for (uint32_t i = 0; i < count; i++)
		if (gone(&lanes[i]) &&
		    (!best || __builtin_popcount(lanes[i].changed) < __builtin_popcount(best)))
			best = lanes[i].changed;
	return best;
}

struct blame_set blame_decide(const struct blame_lane *lanes, uint32_t count)
{
	struct blame_set s = { 0 };

	for (uint32_t i = 0; i < count; i++)
		if (gone(&lanes[i]) && __builtin_popcount(lanes[i].changed) == 1)
			s.decides |= lanes[i].changed;
	if (!s.decides) {
		s.decides = smallest_gone(lanes, count);
		s.together = s.decides != 0;
	}
	for (uint32_t i = 0; i < count && s.decides && !s.together; i++) {
		uint32_t others = lanes[i].changed;

		/* several at once, none of those that decide */
		if (__builtin_popcount(others) < 2 || others & s.decides ||
		    (lanes[i].verdict != LANE_SAME && !gone(&lanes[i])))
			continue;
		s.known = true;
		s.sufficient = lanes[i].verdict == LANE_SAME;
	}
	return s;
}

/* "wrapper compiler gcc12", of the lane. */
static void add_component(struct buf *out, const struct lane *l, int c)
{
	char room[LANE_NAME_MAX];
	const char *value = component_value(l, (enum component)c, room);

	buf_addf(out, "%s %s", component_words[c], *value ? value : "(none)");
}

static void add_set(struct buf *out, const struct lane *l, uint32_t set)
{
	int left = __builtin_popcount(set);

	for (int c = 0; c < COMPONENTS; c++)
		if (set >> c & 1) {
			add_component(out, l, c);
			left--;
			buf_addstr(out, left > 1 ? ", " : left ? " and " : "");
		}
}

/* "; clean with clang14 and O2", or where it is another fault. */
static void add_gone(struct buf *out, const struct blame_lane *lanes, uint32_t count, uint32_t set,
		     enum lane_verdict verdict, const char *words)
{
	size_t start = out->len;

	for (uint32_t i = 0; i < count; i++) {
		char room[LANE_NAME_MAX];
		int c = __builtin_ctz(lanes[i].changed | 1u << COMPONENTS);

		if (lanes[i].verdict != verdict || __builtin_popcount(lanes[i].changed) != 1 ||
		    !(lanes[i].changed & set))
			continue;
		buf_addf(out, "%s", out->len == start ? words : ", ");
		if (__builtin_popcount(set) > 1)
			buf_addf(out, "%s ", component_words[c]);
		buf_addstr(out, component_value(&lanes[i].lane, (enum component)c, room));
	}
}

static uint32_t count_same(const struct blame_lane *lanes, uint32_t count)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++)
		n += lanes[i].verdict == LANE_SAME;
	return n;
}

void blame_words(const struct blame_set *s, const struct lane *base, const struct blame_lane *lanes,
		 uint32_t count, struct buf *out)
{
	if (!s->decides) {
		buf_addf(out,
			 "no component decides: it happens in all %u lanes that could be tried; what "
			 "they share is at fault",
			 count_same(lanes, count) + 1);
		return;
	}
	add_set(out, base, s->decides);
	if (s->together) {
		buf_addstr(out, " decide together: none of them changed alone makes it go away");
		return;
	}
	buf_addstr(out, __builtin_popcount(s->decides) > 1 ? " decide: each is needed" : " decides");
	add_gone(out, lanes, count, s->decides, LANE_CLEAN, "; clean with ");
	add_gone(out, lanes, count, s->decides, LANE_OTHER, "; another fault with ");
	if (s->known)
		buf_addstr(out,
			   s->sufficient ? "; with all else changed it still happens"
					 : "; with all else changed it is gone, too");
	BUG_ON(s->decides & ~COMPONENTS_ALL);
}

void blame_words_pair(const struct lane *a, const struct lane *b, struct buf *out)
{
	const uint32_t changed = component_changed(a, b);

	add_set(out, a, changed);
	buf_addstr(out, " beside ");
	add_set(out, b, changed);
	buf_addstr(out,
		   __builtin_popcount(changed) == 1
			   ? " decides: the two lanes that are compared differ in nothing else"
			   : ": in these the two lanes that are compared differ; lanes with fewer "
			     "differences tell which of them decides");
}
