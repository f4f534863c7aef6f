/* stage.h: triage/reduce. The executable that candidates run in: the bundle's own, or one of candidates' cases. */
#ifndef TRIAGE_REDUCE_STAGE_H
#define TRIAGE_REDUCE_STAGE_H

#include "triage/bundle.h"
#include "triage/reduce/point.h"

struct stage {
	const struct bundle *b; /* borrowed */
	char *exe;
	char build_id[HASH_HEX_LEN + 1];
	uint32_t slots;
	struct build build; /* dir NULL: the bundle's own */
	struct batch batch; /* of build */
};

/* enum engine; ENGINE_COUNT: the plain executable. */
unsigned stage_engine(const struct bundle *b);
/* The bundle's own build, which knows its own slots. -1: its executable is gone. */
int stage_open(struct stage *s, const struct bundle *b, struct err *e);
/* One build of the cases of all points, each text once. control: as the bundle's batch had it. Cases that do not
 * build are no error. */
int stage_build(struct stage *s, const struct bundle *b, const struct point *points, uint32_t count,
		bool control, struct err *e);
void stage_release(struct stage *s);
/* The plan with its slots as this build has them; p: whose cases they are. */
void stage_plan(const struct stage *s, const struct point *p, const struct plan *from,
		struct plan *to);
/* Slot of the point's first case, the one that fails; b's own where there are no cases. */
uint32_t stage_slot(const struct stage *s, const struct point *p);

#endif
