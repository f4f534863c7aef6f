/* summary.c: campaign. At the end: what ran, what was found, what to type next. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/run.h"
#include "triage/command.h"
#include "triage/next.h"
#include "triage/text.h"

static const char *verdict(const struct triage_cluster *c)
{
	if (c->known)
		return "known";
	if (c->ignored)
		return "ignored";
	if (c->replayed_of > 0 && c->replayed_ok == 0)
		return "not seen again";
	if (c->reference_of > 0 && c->reference_ok == 0)
		return "fast path only";
	return c->replayed_of > 0 ? "confirmed" : "not replayed";
}

static void print_cluster(const struct triage_cluster *c, struct buf *out)
{
	buf_addf(out, "  %-4" PRId64 " %6" PRIu64 " x  %-14s  %s", c->id, c->count, verdict(c),
		 c->title ? c->title : c->signature);
	if (c->replayed_of > 0)
		buf_addf(out, "  (replayed %d/%d", c->replayed_ok < 0 ? 0 : c->replayed_ok,
			 c->replayed_of);
	if (c->replayed_of > 0 && c->reference_of > 0)
		buf_addf(out, ", reference %d/%d", c->reference_ok < 0 ? 0 : c->reference_ok,
			 c->reference_of);
	buf_addstr(out, c->replayed_of > 0 ? ")" : "");
	if (c->guilty && strcmp(c->guilty, "unknown") != 0)
		buf_addf(out, "  guilty: %s", c->guilty);
	if (c->known || c->outdated)
		buf_addf(out, "  %s", c->known ? c->known : c->outdated);
	buf_addch(out, '\n');
}

static uint32_t known_count(const struct triage_result *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->cluster_count; i++)
		n += t->clusters[i].known != NULL;
	return n;
}

/* What a person would do now. */
static void print_next(const struct campaign *c, const struct outcome *o, struct buf *out)
{
	if (o->triage.cluster_count) {
		next_of_clusters(o->triage.clusters, o->triage.cluster_count, c->dir, out);
		return;
	}
	buf_addstr(out, "next: ");
	command_add(out, "fuzz --out", c->dir);
	buf_addstr(out, " --time 10m\n");
}

void summary_print(const struct campaign *c, const struct outcome *o, struct buf *out)
{
	const struct triage_result *t = &o->triage;

	if (!o->status.executions && !o->triage.cluster_count)
		return; /* nothing ran: the reason is all there is to say */
	buf_addch(out, '\n');
	status_print(&o->status, c->dir, out);
	if (!o->judged)
		buf_addstr(out, "clusters: not known, see above\n");
	else if (!t->cluster_count)
		buf_addstr(out,
			   strcmp(o->status.state, "failed") == 0
				   ? "no clusters, but the campaign failed: see the error\n"
				   : "no faults found\n");
	else
		buf_addf(out,
			 "%" PRIu32 " cluster%s of faults, new: %" PRIu32 ", known: %" PRIu32 "\n",
			 t->cluster_count, t->cluster_count == 1 ? "" : "s", t->fresh,
			 known_count(t));
	for (uint32_t i = 0; i < t->cluster_count; i++)
		print_cluster(&t->clusters[i], out);
	if (t->quarantined)
		buf_addf(out, "%" PRIu64 " could not be read: %s/quarantine\n", t->quarantined,
			 c->dir);
	print_next(c, o, out);
}

/* The number is text, as in triage and show. */
static json_t *cluster_to_json(const struct triage_cluster *c)
{
	return json_pack("{s:o, s:o, s:o, s:s?, s:s, s:o, s:o, s:s, s:I, s:b}", "id",
			 json_sprintf("%" PRId64, c->id), "signature", text_to_json(c->signature),
			 "title", text_to_json(c->title), "kind", c->kind, "guilty",
			 c->guilty ? c->guilty : "unknown", "bundle", text_to_json(c->bundle),
			 "known", text_to_json(c->known), "verdict", verdict(c), "count",
			 (json_int_t)c->count, "weak", c->weak);
}

json_t *summary_to_json(const struct campaign *c, const struct outcome *o)
{
	json_t *clusters = json_array();

	for (uint32_t i = 0; i < o->triage.cluster_count; i++)
		json_array_append_new(clusters, cluster_to_json(&o->triage.clusters[i]));
	return json_pack("{s:i, s:o, s:o, s:I, s:I, s:o}", "version", 1, "campaign",
			 text_to_json(c->dir), "status", status_to_json(&o->status), "new",
			 (json_int_t)o->triage.fresh, "quarantined",
			 (json_int_t)o->triage.quarantined, "clusters", clusters);
}
