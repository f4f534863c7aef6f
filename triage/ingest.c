/* ingest.c: triage. Bundles of the spool become rows of the database, once each. */
#include "triage/ingest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "triage/assign.h"
#include "triage/fault.h"
#include "triage/suspect.h"
#include "triage/text.h"

struct ingest {
	struct db *d;
	const char *dir; /* of the campaign */
	int64_t campaign;
	const char *spool;
	struct err *e;
	uint32_t others; /* bundles of another version */
	char other[96]; /* of which: of the last one */
};

static int is_known(struct ingest *in, const char *name)
{
	sqlite3_stmt *s = db_prepare(in->d, in->e,
				     "SELECT 1 FROM bundle WHERE campaign = ?1 AND name = ?2", "it",
				     in->campaign, name);
	int rc = s ? db_step(in->d, s, in->e) : -1;

	sqlite3_finalize(s);
	return rc;
}

static int cluster_find(struct db *d, const char *signature, int64_t *id, struct err *e)
{
	sqlite3_stmt *s =
		db_prepare(d, e, "SELECT id FROM cluster WHERE signature = ?1 AND origin IS NULL",
			   "t", signature);
	int rc = s ? db_step(d, s, e) : -1;

	if (rc > 0)
		*id = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return rc;
}

/* Within a transaction, so nobody comes between; looked for first, so ids have no gaps. */
int cluster_get(struct db *d, const char *signature, const char *title, const char *kind, bool weak,
		int64_t *id, struct err *e)
{
	int rc = cluster_find(d, signature, id, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (db_run(d, e, "INSERT INTO cluster (signature, title, kind, weak) VALUES (?1, ?2, ?3, ?4)",
		   "ttti", signature, title, kind, (int64_t)weak) < 0)
		return -1;
	*id = sqlite3_last_insert_rowid(d->h);
	return 0;
}

int cluster_suspect(struct db *d, int64_t id, const struct suspect *s, struct err *e)
{
	struct buf clean = BUF_INIT;
	int rc;

	text_escape(&clean, s->words.ptr, s->words.len);
	rc = db_run(d, e,
		    "UPDATE cluster SET guilty = ?2, guilty_text = ?3 WHERE id = ?1"
		    " AND (guilty = 'unknown' OR guilty_text = '')",
		    "itt", id, guilty_names[s->side], clean.ptr);
	buf_release(&clean);
	return rc;
}

static int insert(struct ingest *in, const struct bundle *b, int64_t home)
{
	const struct cgofuzz_fault *f = &b->rec->fault;
	char presig[24], lanes[2 * LANE_NAME_MAX];
	struct assign *a = home ? assign_read(in->d, in->e) : NULL;
	int64_t cluster;

	if (home && !a)
		return -1;

	snprintf(presig, sizeof(presig), "%016" PRIx64, b->presig);
	snprintf(lanes, sizeof(lanes), "%s%s%s", b->lane, *b->other_lane ? "," : "", b->other_lane);
	cluster = home ? assign_cluster(a, home, 0, lanes) : 0;
	assign_free(a);
	return db_run(
		in->d, in->e,
		"INSERT INTO bundle (campaign, name, home, cluster, kind, lane, engine, target, exhibit,"
		" build_id, case_text, presig, plan_bytes, depth, created)"
		" VALUES (?1, ?2, nullif(?3, 0), nullif(?15, 0), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
		" ?13, ?14) ON CONFLICT (campaign, name) DO NOTHING",
		"itittttttttiiti", in->campaign, b->name, home, fault_kind_name(f->kind), lanes,
		b->engine, b->target, b->exhibit, b->build_id, b->case_text, presig,
		(int64_t)b->rec->plan_len, (int64_t)f->level, b->created, cluster);
}

/* One bundle, one transaction: what a kill interrupts has not happened. What takes time is done before. */
static int store(struct ingest *in, const struct bundle *b, const char *signature,
		 const char *title, bool weak, const struct suspect *suspect)
{
	struct db *d = in->d;
	struct err *e = in->e;
	int64_t cluster = 0;
	int rc;

	if (db_run(d, e, "BEGIN IMMEDIATE", "") < 0)
		return -1;
	rc = suspect ? cluster_get(d, signature, title, fault_kind_name(b->rec->fault.kind), weak,
				   &cluster, e)
		     : 0;
	if (rc == 0 && suspect)
		rc = cluster_suspect(d, cluster, suspect, e);
	if (rc == 0)
		rc = insert(in, b, cluster);
	return db_end(d, rc, e);
}

/* Whole or not at all, but not fsynced: it can be made again. */
static int write_stack(const struct bundle *b, const struct buf *stack, struct err *e)
{
	char *path = xasprintf("%s/stack.txt", b->dir);
	char *temp = xasprintf("%s/.stack.%ld.tmp", b->dir, (long)getpid());
	int rc = 0;

	if (stack->len && !file_exists(path)) {
		rc = file_write(temp, stack->ptr, stack->len, e);
		if (rc == 0 && rename(temp, path) < 0)
			rc = err_errno(e, EXIT_ENVIRON, "could not make %s", path);
		if (rc < 0)
			unlink(temp);
	}
	free(path);
	free(temp);
	return rc;
}

static int ingest_bundle(struct ingest *in, const struct bundle *b)
{
	struct buf sig = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	bool weak, death = b->rec->fault.kind == CGOFUZZ_FAULT_DEATH; /* no cluster before a replay */
	struct err ignored = ERR_INIT;
	struct suspect suspect;
	int rc = signature_make(b, &sig, &title, &stack, &weak, in->e);

	if (rc == 0) {
		write_stack(b, &stack, &ignored); /* a convenience: show can make it again */
		suspect_open(&suspect, b);
		rc = store(in, b, sig.ptr, title.ptr, weak, death ? NULL : &suspect);
		suspect_release(&suspect);
	}
	buf_release(&sig);
	buf_release(&title);
	buf_release(&stack);
	return rc;
}

/* The message holds names from outside. */
static void warn_moved(const struct err *why)
{
	struct buf text = BUF_INIT;

	text_escape(&text, why->msg, strlen(why->msg));
	log_warn("%s; moved to quarantine", text.ptr);
	buf_release(&text);
}

static int ingest_name(const char *name, void *ctx)
{
	struct ingest *in = ctx;
	struct err why = ERR_INIT;
	struct bundle b;
	char *dir;
	int rc;

	if (name[0] == '.')
		return 0;
	rc = is_known(in, name);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	dir = xasprintf("%s/%s", in->spool, name);
	if (bundle_load(&b, dir, &why) == 0) {
		rc = ingest_bundle(in, &b);
		bundle_release(&b);
	} else if (bundle_is_of_other_version(dir, in->other, sizeof(in->other))) {
		in->others++;
	} else if (dir_exists(dir) || file_exists(dir)) { /* else somebody else moved it */
		warn_moved(&why);
		rc = quarantine_move(in->dir, dir, why.msg, in->e);
		if (rc < 0 && !dir_exists(dir) && !file_exists(dir))
			rc = 0;
	}
	free(dir);
	return rc;
}

/* The row of a campaign; the database's own has no path. */
static int campaign_get(struct db *d, const char *dir, int64_t *id, struct err *e)
{
	const char *path = strcmp(dir, d->campaign_dir) ? dir : "";
	sqlite3_stmt *s;
	int rc = db_run(d, e, "INSERT INTO campaign (path) VALUES (?1) ON CONFLICT DO NOTHING", "t",
			path);

	s = rc < 0 ? NULL : db_prepare(d, e, "SELECT id FROM campaign WHERE path = ?1", "t", path);
	rc = s ? db_step(d, s, e) : -1;
	*id = rc > 0 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

int ingest_spool(struct db *d, const char *campaign_dir, uint64_t *others, struct err *e)
{
	char *dir = path_absolute(campaign_dir), *spool = xasprintf("%s/spool", dir);
	struct ingest in = { .d = d, .dir = dir, .spool = spool, .e = e };
	int rc = campaign_get(d, dir, &in.campaign, e);

	if (rc == 0 && dir_exists(spool))
		rc = dir_each(spool, ingest_name, &in, e);
	if (in.others)
		log_warn("%u bundle%s of %s %s of another version of cgofuzz (%s): left where %s; triage with "
			 "that version",
			 in.others, in.others == 1 ? "" : "s", spool, in.others == 1 ? "is" : "are",
			 in.other, in.others == 1 ? "it is" : "they are");
	*others += in.others;
	free(spool);
	free(dir);
	return rc;
}
