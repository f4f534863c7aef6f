/* decision.h: triage. What people decide about clusters: merged, split, labelled, linked, ignored. Every decision is
 * a line of a journal and can be taken back; clusters are what signatures and the decisions in force make of them,
 * so bundles that come later go where those before them went. */
#ifndef TRIAGE_DECISION_H
#define TRIAGE_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct decision {
	int64_t id;
	char *at, *who, *verb; /* RFC 3339; the user's name; "merge", .., "undo" */
	int64_t cluster, other; /* 0: none. merge: into other; split: other is the new one */
	char *field, *value; /* split: "lane", "arch" or "bundle", and of which; else what was given */
	int64_t undoes, undone_by; /* 0: none */
};
struct decision_list {
	struct decision *at;
	uint32_t count;
	uint64_t moved; /* bundles that are in another cluster now */
};
void decision_list_release(struct decision_list *l);

/*
 * `where`: a campaign with a database, or the path of one. What was decided is appended to `made`, which
 * the caller releases, also after an error. EXIT_USAGE: there is no such cluster (now), or nothing to decide.
 */
int decide_merge(const char *where, int64_t into, const int64_t *ids, uint32_t count,
		 struct decision_list *made, struct err *e);
/* Bundles that match go to a new cluster. field "lane": globs over lanes; "arch": architectures; these hold for
 * bundles to come, too. "bundle": names. */
int decide_split(const char *where, int64_t id, const char *field, const char *const *values,
		 uint32_t count, struct decision_list *made, struct err *e);
/* verb: "label", "link" (text, "" takes it away), "ignore" ("1", "0"). */
int decide_word(const char *where, int64_t id, const char *verb, const char *value,
		struct decision_list *made, struct err *e);
/* decision 0: the last in force. Undoing an "undo" does again what it undid. */
int decide_undo(const char *where, int64_t decision, struct decision_list *made, struct err *e);
/* The whole journal, oldest first. */
int decision_log(const char *where, struct decision_list *l, struct err *e);

#endif
