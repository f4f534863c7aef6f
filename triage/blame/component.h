/* component.h: triage/blame. The components of a lane, lanes that differ in one of them, and which decide. Pure. */
#ifndef TRIAGE_BLAME_COMPONENT_H
#define TRIAGE_BLAME_COMPONENT_H

#include "lane/lane.h"

enum component {
#define COMPONENT(id, name, words) COMPONENT_##id,
#include "triage/blame/component.def"
#undef COMPONENT
	COMPONENTS
};
extern const char *const component_names[COMPONENTS + 1]; /* NULL at the end */
extern const char *const component_words[COMPONENTS];
#define COMPONENTS_ALL ((1u << COMPONENTS) - 1)

/* The value as in a lane's name: "clang14", "O2", "wO0"; "" for none. */
const char *component_value(const struct lane *l, enum component c, char room[LANE_NAME_MAX]);
/* The lane with another value. -1: there is no such lane. */
int component_change(struct lane *out, const struct lane *l, enum component c, const char *value,
		     struct err *e);

enum lane_verdict {
	LANE_SAME, /* the same strict signature, every time */
	LANE_OTHER, /* faults, but others */
	LANE_CLEAN,
	LANE_FLAKY, /* the same, not every time */
	LANE_UNBUILDABLE,
	LANE_NOT_HERE, /* its tools are not here, or its guest does not start */
	LANE_VERDICTS
};
extern const char *const lane_verdict_words[LANE_VERDICTS];

struct blame_lane {
	struct lane lane;
	uint32_t changed; /* bit of each component that is not the bundle's */
	enum lane_verdict verdict;
	int same, tries;
	char *signature; /* what was seen instead, or the same; malloc'd, NULL: nothing */
	char *why; /* of those that were not tried; malloc'd */
};

struct blame_set {
	uint32_t decides; /* bits: each, changed alone, makes it go away; or, if none does, those that do together */
	bool together; /* decides: only changed together */
	bool known; /* a lane where all others were changed was tried */
	bool sufficient; /* there it still happens: nothing else matters */
};
/* Bits of those in which two lanes differ. */
uint32_t component_changed(const struct lane *a, const struct lane *b);
/* Of a fault that shows where two lanes are compared: the components in which they differ. */
void blame_words_pair(const struct lane *a, const struct lane *b, struct buf *out);
/* From what single changes gave. */
struct blame_set blame_decide(const struct blame_lane *lanes, uint32_t count);
/* The same in words, one sentence. base: the bundle's lane. */
void blame_words(const struct blame_set *s, const struct lane *base, const struct blame_lane *lanes,
		 uint32_t count, struct buf *out);

#endif
