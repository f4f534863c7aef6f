/* triage.c: triage. From the spool to clusters: the whole way, and what comes of it. */
#include "triage/triage.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "triage/cluster.h"
#include "triage/decision_private.h"
#include "triage/ingest.h"
#include "triage/known.h"
#include "triage/resign.h"

#define TRIES 3

static char *known_path(const char *path)
{
	return path ? xstrdup(path) : xasprintf("%s/corpus/known-issues.yaml", data_dir());
}

struct job {
	char **dirs; /* absolute */
	uint32_t count;
	char *where; /* for db_open() */
	char *known;
	const struct triage_options *o;
};

/* Of a database that was lost: before any bundle, so that clusters have the ids they had. */
static void restore_decisions(struct db *d)
{
	struct err e = ERR_INIT;
	uint32_t count;

	if (decision_restore(d, &count, &e) < 0)
		log_warn("what was decided by `cgofuzz cluster` is lost: %s", e.msg);
	else if (count)
		log_warn("%u decisions of `cgofuzz cluster` were taken from %s.decisions", count,
			 d->path);
}

static int run_once(struct db *d, const struct job *j, struct triage_result *r, struct err *e)
{
	struct err kept = ERR_INIT;
	int tries = j->o->tries > 0 ? j->o->tries : TRIES;

	restore_decisions(d);
	for (uint32_t i = 0; i < j->count; i++)
		if (ingest_spool(d, j->dirs[i], &r->other_version, e) < 0)
			return -1;
	if (decision_restore_bundles(d, &kept) < 0)
		log_warn("%s", kept.msg);
	if (resign_all(d, e) < 0)
		return -1;
	if (j->o->verify && cluster_verify(d, tries, e) < 0)
		return -1;
	return cluster_list(d, j->known, r, e);
}

static int run_in(const struct job *j, struct triage_result *r, struct err *e)
{
	bool anew, again;
	struct db d;
	int rc = -1;

	do {
		if (db_open(&d, j->where, &anew, e) < 0)
			break;
		if (anew)
			log_warn("%s was damaged: moved to quarantine, made again from the bundles",
				 d.path);
		rc = run_once(&d, j, r, e);
		again = rc < 0 && !anew && db_is_damaged(&d);
		if (again) {
			triage_result_release(r);
			if (db_discard(&d, e) < 0)
				break;
		} else {
			if (rc < 0 && db_is_full(&d))
				err_prefix(e,
					   "no room: what was read stays, make some and run it again");
			db_close(&d);
		}
	} while (again);
	return rc;
}

int triage_run_all(const char *const *campaign_dirs, uint32_t count, const struct triage_options *o,
		   struct triage_result *r, struct err *e)
{
	struct job j = { .o = o };
	int rc = 0;

	memset(r, 0, sizeof(*r));
	for (uint32_t i = 0; i < count; i++)
		if (!dir_exists(campaign_dirs[i]))
			return err_set(e, EXIT_USAGE, "there is no campaign %s", campaign_dirs[i]);
	j.dirs = xcalloc(count, sizeof(*j.dirs));
	for (; j.count < count; j.count++)
		j.dirs[j.count] = path_absolute(campaign_dirs[j.count]);
	j.where = xstrdup(o->db ? o->db : j.dirs[0]);
	j.known = known_path(o->known_issues);
	if (o->db && dir_exists(o->db))
		rc = err_set(e, EXIT_USAGE, "%s is a directory, no database", o->db);
	if (rc == 0)
		rc = run_in(&j, r, e);
	if (rc < 0)
		triage_result_release(r);
	for (uint32_t i = 0; i < j.count; i++)
		free(j.dirs[i]);
	free(j.dirs);
	free(j.where);
	free(j.known);
	return rc;
}

int triage_run(const char *campaign_dir, const struct triage_options *o, struct triage_result *r,
	       struct err *e)
{
	return triage_run_all(&campaign_dir, 1, o, r, e);
}

void triage_cluster_release(struct triage_cluster *c)
{
	for (uint32_t i = 0; i < c->member_count; i++)
		free(c->members[i]);
	free(c->members);
	for (uint32_t i = 0; i < c->verdict_count; i++) {
		free(c->verdicts[i].lane);
		free(c->verdicts[i].verdict);
		free(c->verdicts[i].signature);
	}
	free(c->verdicts);
	free(c->signature);
	free(c->title);
	free(c->kind);
	free(c->guilty);
	free(c->guilty_text);
	free(c->lanes);
	free(c->archs);
	free(c->compilers);
	free(c->first_seen);
	free(c->last_seen);
	free(c->bundle);
	free(c->smallest);
	free(c->reduced.path);
	free(c->blame);
	free(c->upstream.outcome);
	free(c->upstream.path);
	free(c->upstream.why);
	free(c->label);
	free(c->link);
	free(c->loose);
	free(c->known);
	free(c->outdated);
	memset(c, 0, sizeof(*c));
}

void triage_result_release(struct triage_result *r)
{
	for (uint32_t i = 0; i < r->cluster_count; i++)
		triage_cluster_release(&r->clusters[i]);
	free(r->clusters);
	memset(r, 0, sizeof(*r));
}

/* A bad line of the file is told by triage; here it only means that nothing is known. */
static void take_known(struct triage_cluster *c)
{
	char *path = known_path(NULL);
	struct known_issues known;
	struct err e = ERR_INIT;

	if (known_read(&known, path, &e) == 0) {
		cluster_judge(c, &known, true);
		known_release(&known);
	}
	free(path);
}

int triage_open_old(struct db *d, const char *where, struct err *e)
{
	char *path = dir_exists(where) ? xasprintf("%s/triage.db", where) : xstrdup(where);
	bool anew;
	int rc;

	memset(d, 0, sizeof(*d));
	rc = file_exists(path)
		? db_open(d, where, &anew, e)
		: err_set(e, EXIT_USAGE, "%s has no clusters yet: run `cgofuzz triage %s`", where,
			  where);

	free(path);
	return rc;
}

int triage_read(const char *where, const char *known_issues, struct triage_result *r, struct err *e)
{
	char *known = known_path(known_issues);
	struct db d;
	int rc;

	memset(r, 0, sizeof(*r));
	rc = triage_open_old(&d, where, e);
	if (rc == 0) {
		rc = cluster_list(&d, known, r, e);
		if (rc < 0)
			triage_result_release(r);
		db_close(&d);
	}
	free(known);
	return rc;
}

int triage_cluster_read(const char *where, int64_t id, struct triage_cluster *c, char **replay_text,
			struct err *e)
{
	struct db d;
	int rc = triage_open_old(&d, where, e);

	if (rc == 0) {
		rc = cluster_read(&d, id, c, replay_text, e);
		if (rc == 0)
			take_known(c);
		db_close(&d);
	}
	return rc;
}
