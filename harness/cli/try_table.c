/* try_table.c: cli. What many lanes say of a case, side by side: a line for each case and architecture, a
 * column for each pair of compilers; then the faults, those of a pair once. */
#include "cli/try_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PAIRS 32

struct cell {
	const struct lane *lane;
	char *text, *name; /* of the case; name of a target's row, or NULL */
	struct try_result result;
};

bool try_table_fits(const struct lane_list *lanes)
{
	const struct lane *first = lanes->lanes, *l = first;

	for (; l < first + lanes->count; l++)
		if (strcmp(l->go, first->go) || strcmp(l->settings, first->settings) ||
		    l->reference != first->reference)
			return false;
	return lanes->count > 2;
}

void try_table_add(struct try_table *t, const struct batch_slot *slot, const struct lane *l,
		   struct try_result *result)
{
	if ((t->count & (t->count + 1)) == 0)
		t->cells = xrealloc(t->cells, 2 * (t->count + 1) * sizeof(*t->cells));
	t->cells[t->count++] = (struct cell){ .lane = l,
					      .text = xstrdup(slot->c.text),
					      .name = slot->row ? xstrdup(slot->row->name) : NULL,
					      .result = *result };
	*result = (struct try_result){ 0 };
}

void try_table_release(struct try_table *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		free(t->cells[i].text);
		free(t->cells[i].name);
		try_result_release(&t->cells[i].result);
	}
	free(t->cells);
	*t = (struct try_table){ 0 };
}

static bool same_pair(const struct lane *a, const struct lane *b)
{
	return !strcmp(a->wrapper, b->wrapper) && !strcmp(a->callee, b->callee);
}

static bool same_line(const struct cell *a, const struct cell *b)
{
	return a->lane->arch == b->lane->arch && !strcmp(a->text, b->text);
}

/* The pairs in the order in which their lanes were named. */
static unsigned find_pairs(const struct try_table *t, const struct lane *pairs[MAX_PAIRS])
{
	unsigned n = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		unsigned k = 0;

		while (k < n && !same_pair(pairs[k], t->cells[i].lane))
			k++;
		if (k == n && n < MAX_PAIRS)
			pairs[n++] = t->cells[i].lane;
	}
	return n;
}

/* "ok", "fault: callee" */
static void one_verdict(const struct cell *c, struct buf *out)
{
	const struct try_fault *speaker = try_speaker(&c->result);

	buf_addstr(out, try_verdict_names[c->result.verdict]);
	if (speaker)
		buf_addf(out, ": %s", guilty_names[speaker->guilty.side]);
}

/* All levels in one word, or each with its own. */
static void pair_verdict(const struct try_table *t, const struct cell *line,
			 const struct lane *pair, struct buf *out)
{
	struct buf each = BUF_INIT, first = BUF_INIT, now = BUF_INIT;
	bool alike = true;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct cell *c = &t->cells[i];

		if (!same_line(c, line) || !same_pair(c->lane, pair))
			continue;
		buf_reset(&now);
		one_verdict(c, &now);
		if (!each.len)
			buf_addstr(&first, now.ptr);
		alike = alike && !strcmp(first.ptr, now.ptr);
		buf_addf(&each, "%s%s %s", each.len ? ", " : "", c->lane->callee_opt, now.ptr);
	}
	buf_addstr(out, !each.len ? "-" : alike ? first.ptr : each.ptr);
	buf_release(&each);
	buf_release(&first);
	buf_release(&now);
}

static void print_row(const struct try_table *t, const struct cell *line,
		      const struct lane *const *pairs, unsigned n, const int *widths)
{
	struct buf out = BUF_INIT;

	printf("%-6s", line ? line->lane->arch->name : "");
	for (unsigned i = 0; i < n; i++) {
		buf_reset(&out);
		if (line)
			pair_verdict(t, line, pairs[i], &out);
		else
			buf_addf(&out, "%s-%s", pairs[i]->wrapper, pairs[i]->callee);
		printf("  %-*s", widths[i], out.ptr);
	}
	if (line)
		printf("  %s%s%s", line->name ? line->name : "", line->name ? ": " : "", line->text);
	putchar('\n');
	buf_release(&out);
}

static bool begins_case(const struct try_table *t, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (!strcmp(t->cells[k].text, t->cells[i].text))
			return false;
	return true;
}

/* The architectures of a case one below the other. */
static void print_case(const struct try_table *t, const char *text, const struct lane *const *pairs,
		       unsigned n, const int *widths)
{
	for (unsigned a = 0; arch_at(a); a++)
		for (uint32_t i = 0; i < t->count; i++)
			if (t->cells[i].lane->arch == arch_at(a) && !strcmp(t->cells[i].text, text)) {
				print_row(t, &t->cells[i], pairs, n, widths);
				break;
			}
}

static void print_lines(const struct try_table *t)
{
	const struct lane *pairs[MAX_PAIRS];
	unsigned n = find_pairs(t, pairs);
	int widths[MAX_PAIRS];
	struct buf out = BUF_INIT;

	for (unsigned p = 0; p < n; p++) {
		widths[p] = (int)(strlen(pairs[p]->wrapper) + strlen(pairs[p]->callee)) + 1;
		for (uint32_t i = 0; i < t->count; i++) {
			buf_reset(&out);
			pair_verdict(t, &t->cells[i], pairs[p], &out);
			widths[p] = (int)out.len > widths[p] ? (int)out.len : widths[p];
		}
	}
	print_row(t, NULL, pairs, n, widths);
	for (uint32_t i = 0; i < t->count; i++)
		if (begins_case(t, i))
			print_case(t, t->cells[i].text, pairs, n, widths);
	buf_release(&out);
}

static bool same_faults(const struct try_result *a, const struct try_result *b)
{
	if (a->verdict != b->verdict || a->fault_count != b->fault_count)
		return false;
	for (uint32_t i = 0; i < a->fault_count; i++)
		if (strcmp(a->faults[i].signature, b->faults[i].signature) ||
		    a->faults[i].guilty.side != b->faults[i].guilty.side)
			return false;
	return true;
}

static bool same_details(const struct cell *a, const struct cell *b)
{
	return same_line(a, b) && same_pair(a->lane, b->lane) && same_faults(&a->result, &b->result);
}

void try_table_print(const struct try_table *t)
{
	if (!t->count)
		return;
	print_lines(t);
	for (uint32_t i = 0; i < t->count; i++) {
		const struct cell *c = &t->cells[i];
		bool told = c->result.verdict == TRY_OK;

		for (uint32_t k = 0; k < i && !told; k++)
			told = same_details(&t->cells[k], c);
		if (told)
			continue;
		printf("\n%s:", try_verdict_names[c->result.verdict]);
		for (uint32_t k = i; k < t->count; k++)
			if (same_details(&t->cells[k], c))
				printf(" %s", t->cells[k].lane->name);
		printf("\n  %s%s%s\n", c->name ? c->name : "", c->name ? ": " : "", c->text);
		try_details_print(&c->result);
	}
}
