/* triage.h: triage. From the spool to clusters. */
#ifndef TRIAGE_TRIAGE_H
#define TRIAGE_TRIAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "triage/bundle.h"

/* A smaller bundle of the same strict signature, by `cgofuzz reduce`. */
struct triage_reduced {
	char *path; /* its directory, absolute; NULL: none */
	uint32_t steps, args, leaves; /* of its plan; of the case that fails */
	int64_t took_ms;
};
/* What a bundle did in another lane, by `cgofuzz blame`. */
struct triage_verdict {
	char *lane;
	char *verdict; /* "ok", "same" (signature), "other", "flaky", "unbuildable", .. */
	char *signature; /* what was seen there, or "" */
	int same, tries;
};

/* A plain program of it, by `cgofuzz emit --bundle`. */
struct triage_upstream {
	char *outcome; /* "shown", "not shown", "none" (can exist); NULL: not tried */
	char *path; /* its directory, absolute; "" of none */
	char *why; /* it does not show it */
};

struct triage_cluster {
	int64_t id; /* stable, whatever bundles arrive */
	char *signature;
	char *loose; /* what the strict signature narrows: kind, direction, class */
	char *title;
	char *kind;
	char *guilty, *guilty_text; /* "callee"; guilty_words() */
	char *lanes, *archs, *compilers; /* of its bundles, each joined by ',' */
	char *first_seen, *last_seen; /* RFC 3339, UTC; of the bundles that were kept */
	char *bundle; /* path of the representative */
	char *smallest; /* reduced.path, else bundle */
	struct triage_reduced reduced;
	char *blame; /* which components decide, in words; NULL: not asked */
	struct triage_upstream upstream;
	struct triage_verdict *verdicts; /* by lane */
	uint32_t verdict_count;
	/* What people decided (`cgofuzz cluster`); NULL, NULL, false: nothing. */
	char *label, *link;
	bool ignored;
	char **members; /* names of its bundles */
	uint32_t member_count;
	char *known; /* upstream link of the known issue it matches, or the one a person gave; NULL */
	char *outdated; /* a known issue that matches and explains no more: "LINK expired on 2026-12-31"; NULL */
	uint64_t count; /* bundles, kept and counted */
	int replayed_ok, replayed_of; /* -1/0: not replayed */
	int reference_ok, reference_of; /* the same on the reference path; -1/0 not tried */
	bool weak;
};
struct triage_result {
	struct triage_cluster *clusters;
	uint32_t cluster_count;
	uint64_t bundles, quarantined;
	uint64_t other_version; /* bundles that this program cannot read, left in their spools */
	uint32_t fresh; /* clusters that nothing explains, nobody ignores, and that are confirmed */
};

struct triage_options {
	bool verify; /* replay representatives that were not yet, fast and reference path */
	const char *known_issues; /* path or NULL: corpus/known-issues.yaml of the data directory */
	int tries; /* replays per representative, 3 */
	const char *db; /* path of the database, or NULL: triage.db of the first campaign */
};

/* Ingests all of spool/, clusters, verifies. Idempotent; may run while the campaign does. */
int triage_run(const char *campaign_dir, const struct triage_options *o, struct triage_result *r,
	       struct err *e);
/* The same of several campaigns, into one database. What earlier calls brought into it stays. */
int triage_run_all(const char *const *campaign_dirs, uint32_t count, const struct triage_options *o,
		   struct triage_result *r, struct err *e);
void triage_result_release(struct triage_result *r);

/*
 * What other verbs find out is kept beside the bundle it is of, and so goes with it when clusters are merged
 * or split. `where`: the campaign, or the path of a database; bundle: its name, or a path that ends in it.
 * 1: stored, in place of what was there; 0: no database there, or it does not know the bundle; -1.
 */
int triage_reduced_store(const char *where, const char *bundle, const struct triage_reduced *r,
			 struct err *e);
int triage_blame_store(const char *where, const char *bundle, const char *words, struct err *e);
int triage_verdict_store(const char *where, const char *bundle, const struct triage_verdict *v,
			 struct err *e);
int triage_upstream_store(const char *where, const char *bundle, const struct triage_upstream *u,
			  struct err *e);
/* reduced, blame, upstream and verdicts of one bundle into *c, which is empty; 0: nobody knows the bundle. */
int triage_findings_read(const char *where, const char *bundle, struct triage_cluster *c,
			 struct err *e);
/* The campaign of a bundle, from its path: DIR/spool/NAME, DIR/reduced/NAME; malloc'd, NULL: none. */
char *triage_home(const char *bundle);

/* All clusters as they stand, without ingesting; as triage_run otherwise. */
int triage_read(const char *where, const char *known_issues, struct triage_result *r, struct err *e);
/* One cluster of the database as it stands, without ingesting; EXIT_USAGE if there is none of the id.
 * *replay_text: what the replays said, malloc'd. */
int triage_cluster_read(const char *where, int64_t id, struct triage_cluster *c, char **replay_text,
			struct err *e);
void triage_cluster_release(struct triage_cluster *c);

/* What happened, for a person: lane, case, fault, plan. Safe for a terminal. The rest: triage/dossier. */
void describe_bundle(const struct bundle *b, struct buf *out);
void describe_fault(const struct bundle *b, struct buf *out); /* the fault alone */
void describe_plan(const struct bundle *b, struct buf *out); /* one step a line */

/* Signature of one fault, from a loaded bundle: strict text and one-line title. weak: too little
 * was known. Appends stitched stack text to `stack`. */
int signature_make(const struct bundle *b, struct buf *signature, struct buf *title,
		   struct buf *stack, bool *weak, struct err *e);

#endif
