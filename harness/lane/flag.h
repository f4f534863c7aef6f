/* flag.h: lane. What callees of a lane are compiled with besides their level: flag.def. */
#ifndef LANE_FLAG_H
#define LANE_FLAG_H

#include "lane/lane.h"
#include "model/case.h"

struct lane_flag {
	const char *name, *option, *about;
	unsigned archs; /* bits 1 << enum cgofuzz_arch */
	int processor; /* not every one of an architecture has it */
};
const struct lane_flag *lane_flag_at(unsigned i); /* NULL past the end */
const struct lane_flag *lane_flag_find(const char *name); /* NULL if there is none */
bool lane_flag_works(const struct lane_flag *f); /* on this machine's processor */
/* Why the lane's callee of this case would not have the ABI of its callers; NULL: it has. */
const char *lane_flag_refuses(const struct lane *l, const struct fuzz_case *c);

#endif
