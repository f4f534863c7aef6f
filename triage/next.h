/* next.h: triage. What is left to do of a cluster, as commands: from what was found to what a bug tracker takes. */
#ifndef TRIAGE_NEXT_H
#define TRIAGE_NEXT_H

#include "triage/triage.h"

enum next_step {
	NEXT_REDUCE, /* a smaller bundle */
	NEXT_BLAME, /* which component decides */
	NEXT_EMIT, /* a plain program */
	NEXT_NOTHING, /* all of that is done; it is known or ignored; or it cannot be replayed */
	NEXT_STEPS
};
extern const char *const next_words[NEXT_STEPS]; /* "reduce", "blame", "emit", "-" */

enum next_step next_step_of(const struct triage_cluster *c);
/* Its command, without a newline; where: the campaign or the database that it was read from. NEXT_NOTHING: none. */
void next_command(const struct triage_cluster *c, const char *where, struct buf *out);
/* "build/cgofuzz reduce BUNDLE", with --db WHERE where that must be named; step is not NEXT_NOTHING. */
void next_add(enum next_step step, const char *bundle, const char *where, struct buf *out);
/* Lines below a list of clusters: how many there are left, the command for the first of them, where reproducers lie. */
void next_of_clusters(const struct triage_cluster *c, uint32_t count, const char *where,
		      struct buf *out);
/* The line after a step on a bundle, "next: ...": for another step, or for the next cluster of `where`, if not NULL. */
void next_of_bundle(enum next_step step, const char *bundle, const char *where, struct buf *out);

#endif
