/* probe.h: lane. What cgo of a lane (Go, wrapper compiler, architecture) can carry: for each class of
 * types and each route. It is asked once, by building; the answers are in the cache. */
#ifndef LANE_PROBE_H
#define LANE_PROBE_H

#include <stdint.h>

#include "lane/lane.h"
#include "model/case.h"

enum probe_class {
#define CLASS(id, name, text) PROBE_##id,
#include "lane/probe.def"
#undef CLASS
	PROBE_CLASSES
};
extern const char *const probe_class_names[PROBE_CLASSES];
extern const char *const probe_class_texts[PROBE_CLASSES];

enum probe_way {
	PROBE_BY_NAME, /* Go has a name for every leaf */
	PROBE_OPAQUE, /* Go carries the value, but some leaf has a place only */
	PROBE_ONLY_DIRECT, /* it cannot be built */
};
extern const char *const probe_way_names[]; /* "by name", "opaque", "only direct" */

struct probe_table {
	struct arena arena; /* owns what tools said */
	uint8_t way[PROBE_CLASSES][ROUTE_COUNT]; /* enum probe_way */
	const char *why[PROBE_CLASSES][ROUTE_COUNT]; /* of PROBE_ONLY_DIRECT, one line; else "" */
};

/* From the cache, or asked now: some seconds. nice: added to the niceness of the tools. */
int probe_lane(struct probe_table *t, const struct lane *l, int nice, struct err *e);
void probe_release(struct probe_table *t);

/* Bit 1 << enum probe_class for each class that types of the case belong to. */
uint64_t probe_classes(const struct fuzz_case *c);
/* The route for a case that is to be called as c->route says: that route, or ROUTE_DIRECT if the lane
 * is known not to carry one of its types there; *why, if not NULL, says which and why then. */
enum route probe_route(const struct probe_table *t, const struct fuzz_case *c, const char **why);

#endif
