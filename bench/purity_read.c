/* purity_read.c: bench. The set as triage clusters it, with the stack of each bundle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bench/purity.h"
#include "triage/db.h"
#include "triage/fault.h"
#include "triage/known.h"
#include "triage/overflow.h"
#include "triage/space.h"
#include "triage/triage.h"

static const char db_path[] = PURITY_SET "/triage.db";

/* Of a stack that has ended, or of a recursion that is longer than what is copied, the middle may be missing. */
static bool may_have_gap(const struct stack *st, const struct bundle *b)
{
	return overflow_by_address(b->rec) ||
		(st->gap_at > 1 && st->frames[st->gap_at - 1].pc == st->frames[st->gap_at - 2].pc);
}

static void take_frames(struct labelled *l, const struct stack *st, const struct bundle *b)
{
	l->gap = st->gap != NULL;
	l->complete = st->complete && (!st->gap || may_have_gap(st, b));
	l->ends = xstrdup(st->complete && st->gap ? st->gap : st->end);
	l->frames = xcalloc(st->count ? st->count : 1, sizeof(*l->frames));
	l->frame_count = st->count;
	for (uint32_t i = 0; i < st->count; i++) {
		const struct frame *f = &st->frames[i];

		l->frames[i] = f->symbol.name
			? xasprintf("%.*s", (int)frame_name_len(f), f->symbol.name)
			: xstrdup("?");
	}
}

static void take_stack(struct labelled *l, const struct bundle *b)
{
	struct stack *st = xcalloc(1, sizeof(*st));
	char *exe = bundle_exe(b);
	struct space space;

	space_init(&space, b->rec, exe);
	stack_unwind(st, &space);
	take_frames(l, st, b);
	free(exe);
	free(st);
}

/* A death has no cluster before a replay has confirmed it; what it would be is known. */
static int sign(struct labelled *l, const struct bundle *b, struct err *e)
{
	struct buf signature = BUF_INIT, title = BUF_INIT, stack = BUF_INIT;
	int rc = signature_make(b, &signature, &title, &stack, &l->weak, e);

	l->cluster = buf_detach(&signature, NULL);
	buf_release(&title);
	buf_release(&stack);
	return rc;
}

static int take_bundle(struct labelled *l, struct err *e)
{
	char *dir = xasprintf("%s/spool/%s", PURITY_SET, l->name);
	struct bundle b;
	int rc = bundle_load(&b, dir, e);

	if (rc == 0) {
		const struct cgofuzz_fault *f = &b.rec->fault;

		l->arch = (int)b.rec->arch;
		l->level = f->level;
		l->has_stack = fault_has_stack(f->kind);
		l->kind = xasprintf("%s|%s", fault_kind_name(f->kind),
				    fault_direction_name(f->direction));
		if (!l->cluster)
			rc = sign(l, &b, e);
		if (l->weak) {
			char *own = xasprintf("%s (weak: %s)", l->cluster, l->name);

			free(l->cluster);
			l->cluster = own;
		}
		if (rc == 0 && l->has_stack)
			take_stack(l, &b);
		bundle_release(&b);
	}
	free(dir);
	return rc;
}

static const struct target_case *row_of(const char *target, const char *exhibit)
{
	char *name = xasprintf("%.*s", (int)strcspn(target, ":"), target);
	const struct target *t = target_find(name);
	const struct target_case *row = NULL;

	for (uint32_t i = 0; t && i < t->case_count && !row; i++)
		if (!strcmp(t->cases[i].name, exhibit))
			row = &t->cases[i];
	free(name);
	return row;
}

/* What is known upstream of a bundle's lane, and is another kind of fault than its exhibit's: what it crossed was the
 * exhibit's case, but it does not show the exhibit. */
static bool is_another(const struct known_issues *known, sqlite3_stmt *q)
{
	const struct target_case *row = row_of(db_text(q, 2), db_text(q, 3));
	const struct known_case what = { .signature = db_text(q, 4),
					 .guilty = db_text(q, 7),
					 .lanes = db_text(q, 1),
					 .today = "2000-01-01" };
	const struct known_issue *issue;

	return row && strcmp(fault_kind_name(row->kind), db_text(q, 6)) &&
		known_find(known, &what, &issue) == KNOWN_EXPLAINED;
}

/* "turbulent:mask-left" is the target turbulent. */
static char *label_of(const char *target, const char *exhibit)
{
	return xasprintf("%.*s/%s", (int)strcspn(target, ":"), target, exhibit);
}

static int read_rows(struct labelled_set *s, struct db *d, const struct known_issues *known,
		     struct err *e)
{
	static const char sql[] =
		"SELECT b.name, b.lane, b.target, b.exhibit, c.signature, coalesce(c.weak, 0),"
		" b.kind, coalesce(c.guilty, 'unknown') FROM bundle b LEFT JOIN cluster c ON c.id = b.home ORDER BY b.name";
	sqlite3_stmt *q = db_prepare(d, e, sql, "");
	int rc = q ? 1 : -1;

	while (rc > 0 && (rc = db_step(d, q, e)) > 0) {
		struct labelled l = { 0 };

		if (!*db_text(q, 3) || is_another(known, q)) {
			s->background++;
			printf("  shows no exhibit: %s (%s, %s)\n", db_text(q, 4), db_text(q, 1),
			       db_text(q, 0));
			continue;
		}
		l.name = xstrdup(db_text(q, 0));
		l.lane = xstrdup(db_text(q, 1));
		l.label = label_of(db_text(q, 2), db_text(q, 3));
		l.cluster = *db_text(q, 4) ? xstrdup(db_text(q, 4)) : NULL;
		l.weak = sqlite3_column_int(q, 5);
		s->v = xrealloc(s->v, (s->n + 1) * sizeof(*s->v));
		s->v[s->n++] = l;
	}
	sqlite3_finalize(q);
	return rc;
}

static int ingest(struct err *e)
{
	static const char *const dirs[] = { PURITY_SET }, *const ends[] = { "", "-wal", "-shm" };
	struct triage_options o = { .db = db_path };
	struct triage_result r;
	int rc;

	for (unsigned i = 0; i < 3; i++) {
		char *path = xasprintf("%s%s", db_path, ends[i]);

		unlink(path);
		free(path);
	}
	rc = triage_run_all(dirs, 1, &o, &r, e);
	if (rc == 0)
		triage_result_release(&r);
	return rc;
}

int purity_read(struct labelled_set *s, struct err *e)
{
	char *path = xasprintf("%s/corpus/known-issues.yaml", data_dir());
	struct known_issues known;
	bool anew;
	struct db d;
	int rc = known_read(&known, path, e);

	free(path);
	if (rc < 0)
		return -1;
	rc = ingest(e);
	if (rc == 0)
		rc = db_open(&d, db_path, &anew, e);
	if (rc == 0) {
		rc = read_rows(s, &d, &known, e);
		db_close(&d);
	}
	known_release(&known);
	for (uint32_t i = 0; rc == 0 && i < s->n; i++)
		rc = take_bundle(&s->v[i], e);
	return rc;
}

void purity_release(struct labelled_set *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		struct labelled *l = &s->v[i];

		for (uint32_t k = 0; k < l->frame_count; k++)
			free(l->frames[k]);
		free(l->frames);
		free(l->ends);
		free(l->name);
		free(l->lane);
		free(l->kind);
		free(l->label);
		free(l->cluster);
	}
	free(s->v);
}
