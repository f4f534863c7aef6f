/* markdown.c: triage/report. GitHub's Markdown, for an issue or the summary of a job. What a fault brought along stands
 * in code, where nothing in it means anything. */
#include <string.h>

#include "triage/report/private.h"

#define TOLD_MAX 40 /* clusters told at length: a comment may have 65,536 characters */

static size_t longest_ticks(const char *s)
{
	size_t longest = 0;

	for (size_t n = 0; *s; s++) {
		n = *s == '`' ? n + 1 : 0;
		if (n > longest)
			longest = n;
	}
	return longest;
}

static void add_ticks(struct buf *out, size_t n)
{
	while (n--)
		buf_addch(out, '`');
}

/* One line in a code span; in a table a bar must be escaped even there (GFM, 4.10). */
static void add_span(struct buf *out, const char *s, bool in_table)
{
	size_t ticks = longest_ticks(s) + 1;
	bool pad = *s == '`' || *s == ' ' || !*s || s[strlen(s) - 1] == '`';

	add_ticks(out, ticks);
	if (pad)
		buf_addch(out, ' ');
	for (; *s; s++)
		if (*s == '|' && in_table)
			buf_addstr(out, "\\|");
		else
			buf_addch(out, *s == '\n' || *s == '\t' ? ' ' : *s);
	if (pad)
		buf_addch(out, ' ');
	add_ticks(out, ticks);
}

static void add_block(struct buf *out, const char *language, const char *s)
{
	size_t ticks = longest_ticks(s) < 3 ? 3 : longest_ticks(s) + 1;

	add_ticks(out, ticks);
	buf_addf(out, "%s\n%s%s", language, s, *s && s[strlen(s) - 1] == '\n' ? "" : "\n");
	add_ticks(out, ticks);
	buf_addstr(out, "\n\n");
}

static void add_head(const struct report *r, struct buf *out)
{
	buf_addstr(out, "# cgofuzz: ");
	add_span(out, r->name, false);
	buf_addf(out, "\n\n**%u new** of %u clusters, %llu bundles", r->result.fresh,
		 r->result.cluster_count, (unsigned long long)r->result.bundles);
	if (r->crossings)
		buf_addf(out, ", %llu crossings in %.0f s", (unsigned long long)r->crossings,
			 r->elapsed_s);
	buf_addstr(out, ".\n\n");
	if (*r->command) {
		add_span(out, r->command, false);
		buf_addstr(out, "\n\n");
	}
}

static void add_row(const struct report_cluster *rc, struct buf *out)
{
	const struct triage_cluster *c = rc->c;

	buf_addf(out, "| %s | ", rc->name);
	add_span(out, c->title, true);
	buf_addf(out, "%s | %s | %s | %s | %llu | ", c->weak ? " (weak)" : "",
		 report_state_names[report_state(c)], c->kind, c->guilty,
		 (unsigned long long)c->count);
	if (c->replayed_of > 0)
		buf_addf(out, "%d/%d", c->replayed_ok, c->replayed_of);
	buf_addstr(out, " |\n");
}

static void add_frames(const struct report_bundle *b, struct buf *out)
{
	struct buf text = BUF_INIT;

	for (uint32_t i = 0; i < b->frame_count; i++)
		if (!b->frames[i].plumbing)
			buf_addf(&text, "%-2s  %s  %s\n",
				 strcmp(b->frames[i].side, "go") ? "C" : "Go",
				 b->frames[i].function, b->frames[i].where);
	if (text.len) {
		buf_addstr(out, "Stack, without plumbing:\n\n");
		add_block(out, "", text.ptr);
	}
	buf_release(&text);
}

static void add_cluster(const struct report *r, const struct report_cluster *rc, struct buf *out)
{
	const struct triage_cluster *c = rc->c;
	bool first = true;

	buf_addf(out, "## %s ", rc->name);
	add_span(out, c->title, false);
	buf_addstr(out, "\n\nGuilty: ");
	add_span(out, *c->guilty_text ? c->guilty_text : c->guilty, false);
	buf_addstr(out, "  \nLanes: ");
	for (uint32_t i = 0; i < r->lane_count; i++)
		if (rc->lane_count[i]) {
			buf_addstr(out, first ? "" : ", ");
			add_span(out, r->lanes[i].name, false);
			first = false;
		}
	buf_addstr(out, "  \nSignature: ");
	add_span(out, c->signature, false);
	buf_addstr(out, "\n\n");
	if (*rc->bundle.case_text)
		add_block(out, "c", rc->bundle.case_text);
	if (*rc->bundle.fault)
		add_block(out, "", rc->bundle.fault);
	add_frames(&rc->bundle, out);
}

int report_markdown(const struct report *r, struct buf *out, struct err *e)
{
	uint32_t told = 0, left = 0;

	(void)e;
	add_head(r, out);
	if (!r->result.cluster_count) {
		buf_addstr(out, "No fault was found.\n");
		return 0;
	}
	buf_addstr(out,
		   "| # | cluster | state | kind | guilty | seen | replays |\n"
		   "| --: | --- | --- | --- | --- | --: | --: |\n");
	for (uint32_t i = 0; i < r->result.cluster_count; i++)
		add_row(&r->clusters[i], out);
	buf_addch(out, '\n');
	for (uint32_t i = 0; i < r->result.cluster_count; i++) {
		if (report_state(r->clusters[i].c) != REPORT_NEW)
			continue;
		if (told++ < TOLD_MAX)
			add_cluster(r, &r->clusters[i], out);
		else
			left++;
	}
	if (left)
		buf_addf(out, "And %u more that are new: the page (`--html`) tells of all.\n", left);
	return 0;
}
