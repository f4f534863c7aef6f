/* triage.h: triage. From the spool to clusters. */
#ifndef TRIAGE_TRIAGE_H
#define TRIAGE_TRIAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "triage/bundle.h"

struct triage_cluster {
	int64_t id; /* stable within a campaign */
	char *signature;
	char *title;
	char *kind;
	char *guilty, *guilty_text; /* "callee"; guilty_words() */
	char *lanes; /* joined by ',' */
	char *bundle; /* path of the representative */
	char **members; /* names of its bundles */
	uint32_t member_count;
	char *known; /* upstream link of the known issue it matches, or NULL */
	uint64_t count; /* bundles, kept and counted */
	int replayed_ok, replayed_of; /* -1/0: not replayed */
	int reference_ok, reference_of; /* the same on the reference path; -1/0 not tried */
	bool weak;
};
struct triage_result {
	struct triage_cluster *clusters;
	uint32_t cluster_count;
	uint64_t bundles, quarantined;
	uint32_t fresh; /* clusters that no known issue explains and that are confirmed */
};

struct triage_options {
	bool verify; /* replay representatives that were not yet, fast and reference path */
	const char *known_issues; /* path or NULL: corpus/known-issues of the data directory */
	int tries; /* replays per representative, 3 */
};

/* Ingests all of spool/, clusters, verifies. Idempotent; may run while the campaign does. */
int triage_run(const char *campaign_dir, const struct triage_options *o, struct triage_result *r,
	       struct err *e);
void triage_result_release(struct triage_result *r);

/* One cluster of the database as it stands, without ingesting; EXIT_USAGE if there is none of the id.
 * *replay_text: what the replays said, malloc'd. */
int triage_cluster_read(const char *campaign_dir, int64_t id, struct triage_cluster *c,
			char **replay_text, struct err *e);
void triage_cluster_release(struct triage_cluster *c);

/* Everything a bundle tells, for a person: case, plan, fault, registers, stack. Safe for a terminal. */
void describe_bundle(const struct bundle *b, struct buf *out);
void describe_fault(const struct bundle *b, struct buf *out); /* the fault alone */
void describe_plan(const struct bundle *b, struct buf *out); /* one step a line */

/* Signature of one fault, from a loaded bundle: strict text and one-line title. weak: too little
 * was known. Appends stitched stack text to `stack`. */
int signature_make(const struct bundle *b, struct buf *signature, struct buf *title,
		   struct buf *stack, bool *weak, struct err *e);

#endif
