/* standalone_damage.h: emit, for its own files. An exhibit's source, as a reproducer holds it. */
#ifndef EMIT_STANDALONE_DAMAGE_H
#define EMIT_STANDALONE_DAMAGE_H

#include "emit/standalone.h"

struct standalone_damage {
	struct buf c, go, assembly; /* empty where the exhibit has none */
	bool stub; /* of the assembly, a routine that stands in the call */
	bool before; /* it is the caller's: before whatever looks at registers */
	struct fuzz_case other; /* the types of the wrong side; text NULL: none */
};

/* Empty without an exhibit. */
int standalone_damage_open(struct standalone_damage *d, const struct standalone_how *how,
			   struct err *e);
void standalone_damage_close(struct standalone_damage *d);
/* stub.S: the assembly; calls of `entry` come to `target` through the stub. */
void standalone_stub_s(const struct standalone *s, const struct standalone_damage *d,
		       const char *entry, const char *target);

#endif
