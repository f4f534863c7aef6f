/* replay_judge.c: triage. Is what a run has left the fault that is looked for? */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/replay_private.h"

int replay_signature(const struct bundle *b, struct buf *sig, struct buf *title, bool *weak,
		     struct err *e)
{
	struct buf stack = BUF_INIT;
	int rc = signature_make(b, sig, title, &stack, weak, e);

	buf_release(&stack);
	return rc;
}

/* Two faults may look alike and be of two sides. */
static bool is_side(const struct rerun *x, const struct bundle *again)
{
	struct suspect now;
	bool is;

	if (!x->how || x->how->side == GUILTY_NONE)
		return true;
	suspect_open(&now, again);
	is = now.side == x->how->side;
	suspect_release(&now);
	return is;
}

/* A death of which nobody saw the end is any death in the same direction. */
static bool is_same(const struct rerun *x, const struct bundle *again, const struct buf *sig)
{
	const struct cgofuzz_fault *now = &again->rec->fault;
	const struct cgofuzz_fault *was = &x->b->rec->fault;

	if (was->kind == CGOFUZZ_FAULT_DEATH && !was->wait_status && !x->how)
		return now->kind == was->kind && now->direction == was->direction;
	return sig->len == x->wanted.len && !memcmp(sig->ptr, x->wanted.ptr, sig->len) &&
		is_side(x, again);
}

static void add_other(struct rerun *x, const struct buf *sig)
{
	char *line = xasprintf("    other: %s\n", sig->ptr);

	if (!strstr(x->others.ptr, line)) {
		buf_addstr(&x->others, line);
		buf_addstr(x->text, line);
	}
	free(line);
}

/* One recorder file that a run left: is it the fault? What is damaged says nothing. */
static void judge_file(struct judgement *j, const char *path)
{
	struct rerun *x = j->x;
	struct buf bytes = BUF_INIT, sig = BUF_INIT, title = BUF_INIT;
	struct bundle again = *x->b;
	struct err e = ERR_INIT;
	bool weak;

	if (file_read(path, 4 * sizeof(*again.rec), &bytes, &e) < 0 ||
	    recorder_check(bytes.ptr, bytes.len, &e) < 0) {
		buf_addf(x->text, "    %s\n", e.msg);
		goto out;
	}
	again.rec = (void *)bytes.ptr;
	again.exe = x->exe;
	recorder_settle(again.rec, j->wait_status);
	if (j->hung && again.rec->fault.kind == CGOFUZZ_FAULT_DEATH)
		again.rec->fault.kind = CGOFUZZ_FAULT_HANG; /* it did not even take the signal */
	if (again.rec->fault.kind == CGOFUZZ_FAULT_NONE ||
	    replay_signature(&again, &sig, &title, &weak, &e) < 0)
		goto out;
	j->seen++;
	if (is_same(x, &again, &sig)) {
		if (!j->same && !x->r->signature.len) {
			buf_add(&x->r->signature, sig.ptr, sig.len);
			buf_add(&x->r->title, title.ptr, title.len);
			x->r->weak = weak;
			if (x->how && x->how->keep &&
			    file_write(x->how->keep, bytes.ptr, sizeof(*again.rec), &e) < 0)
				buf_addf(x->text, "    %s\n", e.msg);
		}
		j->same = true;
	} else {
		add_other(x, &sig);
		if (again.rec->fault.kind == CGOFUZZ_FAULT_LAYOUT &&
		    x->b->rec->fault.kind != CGOFUZZ_FAULT_LAYOUT)
			j->layout = (int)again.rec->fault.slot;
	}
out:
	buf_release(&bytes);
	buf_release(&sig);
	buf_release(&title);
}

struct walk {
	struct judgement *j;
	const char *dir;
};

static int judge_pending(const char *name, void *ctx)
{
	struct walk *w = ctx;
	size_t len = strlen(name);
	char *path;

	if (len < 4 || strcmp(name + len - 4, ".rec"))
		return 0;
	path = xasprintf("%s/%s", w->dir, name);
	judge_file(w->j, path);
	free(path);
	return 0;
}

void replay_judge(struct judgement *j, const char *dir)
{
	char *pending = xasprintf("%s/pending", dir), *last = xasprintf("%s/recorder", dir);
	struct walk w = { j, pending };
	struct err e = ERR_INIT;

	dir_each(pending, judge_pending, &w, &e);
	if (!j->same)
		judge_file(j, last);
	free(pending);
	free(last);
}
