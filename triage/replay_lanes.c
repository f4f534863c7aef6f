/* replay_lanes.c: triage. Faults that show only in comparison, once more: differences between lanes, and cliffs. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "triage/cost.h"
#include "triage/differ.h"
#include "triage/replay.h"

struct pair {
	const struct bundle *b;
	struct replay *r;
	struct buf *text;
	const char *keep; /* where the recorder goes; NULL: nowhere */
	uint32_t count; /* 1: there is no other lane */
	struct lane lane[2];
	struct toolchain tools[2];
	struct build build[2]; /* of the reference path */
	char *exe[2], *dir[2];
	struct show_spec spec[2];
	char *temp;
	struct buf wanted;
};

static int sign(const struct bundle *b, struct buf *sig, struct buf *title, bool *weak, struct err *e)
{
	struct buf stack = BUF_INIT;
	int rc = signature_make(b, sig, title, &stack, weak, e);

	buf_release(&stack);
	return rc;
}

static int build_again(struct pair *p, uint32_t i, struct err *e)
{
	char *path = i ? bundle_other_file(p->b, "cases") : bundle_build_file(p->b, "cases");
	struct lane lane;
	struct batch batch;
	int rc = batch_load(&batch, path, e);

	free(path);
	if (rc < 0)
		return -1;
	lane_reference(&lane, &p->lane[i]);
	rc = build_batch(&p->build[i], &batch, &lane, BUILD_PLAIN, 0, e);
	batch_release(&batch);
	if (rc < 0)
		memset(&p->build[i], 0, sizeof(p->build[i]));
	else
		p->exe[i] = build_plain(&p->build[i]);
	return rc;
}

static int side_open(struct pair *p, uint32_t i, bool reference, struct err *e)
{
	const struct arch_info *arch;

	if (lane_parse(&p->lane[i], i ? p->b->other_lane : p->b->lane, NULL, e) < 0)
		return err_prefix(e, "%s", p->b->name);
	arch = p->lane[i].arch;
	if (toolchain_resolve(&p->tools[i], &p->lane[i], e) < 0) {
		memset(&p->tools[i], 0, sizeof(p->tools[i]));
		if (reference || (*arch->qemu && !(p->tools[i].qemu = proc_which(arch->qemu))))
			return -1;
	}
	if (reference && build_again(p, i, e) < 0)
		return -1;
	if (!reference)
		p->exe[i] = i ? bundle_other_file(p->b, "fuzz-plain")
			      : bundle_build_file(p->b, "fuzz-plain");
	if (!file_exists(p->exe[i]))
		return err_set(e, EXIT_ENVIRON, "%s: its executable %s is not there", p->b->name,
			       p->exe[i]);
	p->dir[i] = xasprintf("%s/%u", p->temp, i);
	p->spec[i] = (struct show_spec){
		.lane = &p->lane[i],
		.tools = &p->tools[i],
		.exe = p->exe[i],
		.build_id = p->build[i].dir ? p->build[i].id
			: i		    ? p->b->other_build_id
					    : p->b->build_id,
		.dir = p->dir[i],
		.misuse = p->b->rec->misuse == 1,
	};
	return 0;
}

static void pair_close(struct pair *p)
{
	struct err ignored;

	for (uint32_t i = 0; i < 2; i++) {
		if (p->build[i].dir)
			build_release(&p->build[i]);
		free(p->exe[i]);
		free(p->dir[i]);
	}
	if (p->temp)
		dir_remove(p->temp, &ignored);
	free(p->temp);
	buf_release(&p->wanted);
}

/* A fault as it was seen again: the same? */
static int judge(struct pair *p, struct cgofuzz_recorder *rec, struct err *e)
{
	struct buf sig = BUF_INIT, title = BUF_INIT;
	struct bundle again = *p->b;
	bool weak, same;
	int rc;

	again.rec = rec;
	rc = sign(&again, &sig, &title, &weak, e);
	same = rc == 0 && sig.len == p->wanted.len && !memcmp(sig.ptr, p->wanted.ptr, sig.len);
	if (same && !p->r->signature.len) {
		buf_add(&p->r->signature, sig.ptr, sig.len);
		buf_add(&p->r->title, title.ptr, title.len);
		rc = p->keep ? file_write(p->keep, rec, sizeof(*rec), e) : 0;
	}
	p->r->same += same;
	buf_addf(p->text, "  %s\n", same ? "same fault" : "not the same");
	if (rc == 0 && !same)
		buf_addf(p->text, "    other: %s\n", sig.ptr);
	buf_release(&sig);
	buf_release(&title);
	return rc;
}

static int try_difference(struct pair *p, struct differ *d, struct err *e)
{
	const struct cgofuzz_recorder *was = p->b->rec;
	struct cgofuzz_recorder *now;
	enum differ_end end;
	int rc;

	if (differ_confirm(d, was->plan, was->plan_len, 1, 1, &end, e) < 0)
		return -1;
	if (end != DIFFER_FOUND) {
		buf_addf(p->text, "  both lanes: no difference\n");
		return 0;
	}
	now = differ_record(d, was->plan, was->plan_len, 1, p->b->slots);
	rc = judge(p, now, e);
	free(now);
	return rc;
}

static int try_differences(struct pair *p, struct err *e)
{
	struct differ d;
	int rc;

	if (p->count < 2)
		return err_set(e, EXIT_ENVIRON, "%s: has no second lane", p->b->name);
	rc = differ_open(&d, p->spec, 2, e);
	if (rc < 0)
		return -1;
	for (int i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		d.muted[i] |= p->b->rec->muted[i];
	for (int n = 0; n < p->r->tries && rc == 0; n++)
		rc = try_difference(p, &d, e);
	differ_close(&d);
	return rc;
}

static int try_cliff(struct pair *p, struct err *e)
{
	const struct cgofuzz_recorder *was = p->b->rec;
	enum cgofuzz_wanted wanted = was->fault.reg == CGOFUZZ_WANT_BARE ? CGOFUZZ_WANT_BARE
									 : CGOFUZZ_WANT_COST;
	uint64_t cost[2] = { 0, was->fault.expected };
	struct cgofuzz_recorder *now;
	int rc = 0;

	for (uint32_t i = 0; i < p->count; i++) {
		struct show s;

		if (show_start(&s, &p->spec[i], e) < 0)
			return -1;
		cost[i] = cost_measure(&s, was->plan, was->plan_len, wanted);
		show_stop(&s);
	}
	if (p->count == 2) /* of another architecture: what is usual there is more, or less */
		cost[1] = cost[1] * was->fault.expected_high / 1000;
	if (!cost_is_cliff(cost[0], cost[1])) {
		buf_addf(p->text, "  costs %.1f, elsewhere %.1f: no cliff\n",
			 (double)cost[0] / 1000, (double)cost[1] / 1000);
		return 0;
	}
	now = cost_record(&p->spec[0], was->plan, was->plan_len, p->b->slots, wanted, cost[0],
			  cost[1]);
	rc = judge(p, now, e);
	free(now);
	return rc;
}

static int try_cliffs(struct pair *p, struct err *e)
{
	int rc = 0;

	for (int n = 0; n < p->r->tries && rc == 0; n++)
		rc = try_cliff(p, e);
	return rc;
}

int replay_lanes(struct replay *r, const struct bundle *b, const char *keep, bool reference,
		 struct buf *text, struct err *e)
{
	struct pair p = { .b = b, .r = r, .text = text, .keep = keep, .count = *b->other_lane ? 2 : 1 };
	struct buf title = BUF_INIT;
	bool weak;
	int rc;

	buf_init(&p.wanted);
	p.temp = replay_temp_make(e);
	rc = p.temp ? sign(b, &p.wanted, &title, &weak, e) : -1;
	for (uint32_t i = 0; i < p.count && rc == 0; i++)
		rc = side_open(&p, i, reference, e);
	if (rc == 0)
		rc = b->rec->fault.kind == CGOFUZZ_FAULT_CLIFF ? try_cliffs(&p, e)
							       : try_differences(&p, e);
	pair_close(&p);
	buf_release(&title);
	return rc;
}
