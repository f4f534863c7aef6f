/* guest_list.h: lane, for its own files. The runtime's files, as harness/guest/guest.list has them. */
#ifndef LANE_GUEST_LIST_H
#define LANE_GUEST_LIST_H

#include "base/arena.h"
#include "lane/lane.h"

enum guest_kind { GUEST_COV, GUEST_HOT, GUEST_PLAIN, GUEST_ASM };

struct guest_file {
	const char *path; /* below harness/guest */
	enum guest_kind kind;
	char engine[16]; /* only in this engine's binaries; "": in all */
};

struct guest_list {
	struct guest_file *files;
	size_t count;
};

/* Every binary that a build holds, "fuzz-NAME": the engines, and "plain" without one. */
extern const char *const guest_engines[]; /* NULL-terminated */

int guest_list_read(struct guest_list *list, struct arena *arena, const struct arch_info *arch,
		    struct err *e);
bool guest_has(const struct guest_file *f, const char *engine);
/* Name of the object file in the runtime's cache directory. */
const char *guest_object(const struct guest_file *f, const char *engine, struct arena *arena);

#endif
