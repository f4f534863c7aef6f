/* bundle.c: triage/report. What the bundle that stands for a cluster says: case, fault, plan, stack. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/fault.h"
#include "triage/leaf.h"
#include "triage/report/private.h"
#include "triage/unwind.h"

#define STACK_LIMIT ((size_t)1 << 24)

static char *described(void (*describe)(const struct bundle *, struct buf *),
		       const struct bundle *from)
{
	struct buf out = BUF_INIT;
	char *text;

	describe(from, &out);
	text = report_text(out.ptr, out.len);
	buf_release(&out);
	return text;
}

static bool has_leaf(uint32_t kind)
{
	return kind == CGOFUZZ_FAULT_LEAF || kind == CGOFUZZ_FAULT_CAPTURE ||
		kind == CGOFUZZ_FAULT_LAYOUT;
}

static char *failing_leaf(const struct bundle *from)
{
	const struct cgofuzz_fault *f = &from->rec->fault;
	struct buf name = BUF_INIT;
	struct fuzz_case c = { 0 };
	struct err ignored = ERR_INIT;

	if (has_leaf(f->kind) &&
	    case_parse(&c, from->case_text, strlen(from->case_text), "case", &ignored) == 0) {
		leaf_name(f, &c, &name);
		case_release(&c);
	}
	return buf_detach(&name, NULL);
}

/* Of a fault that no crash is, ingestion writes none: where values were compared. */
static void unwind(const struct bundle *from, struct buf *text)
{
	struct stack *st = xcalloc(1, sizeof(*st));
	char *exe = bundle_exe(from);
	struct space space;

	if (from->rec->fault.regs.valid && file_exists(exe)) {
		space_init(&space, from->rec, exe);
		stack_unwind(st, &space);
		stack_print(st, text);
	}
	free(exe);
	free(st);
}

static void take_stack(struct report_bundle *b, const struct bundle *from)
{
	char *path = xasprintf("%s/stack.txt", from->dir);
	struct err ignored = ERR_INIT;
	struct buf text = BUF_INIT;

	if (!file_exists(path) || file_read(path, STACK_LIMIT, &text, &ignored) < 0 || !text.len)
		unwind(from, &text);
	if (text.len)
		report_frames_parse(b, text.ptr, text.len);
	buf_release(&text);
	free(path);
}

static void take(struct report_bundle *b, const struct bundle *from)
{
	b->lane = report_line(from->lane);
	b->other_lane = report_line(from->other_lane);
	b->engine = report_line(from->engine);
	b->target = report_line(from->target);
	b->exhibit = report_line(from->exhibit);
	b->created = report_line(from->created);
	b->case_text = report_text(from->case_text, strlen(from->case_text));
	b->fault = described(describe_fault, from);
	b->plan = described(describe_plan, from);
	b->leaf = failing_leaf(from);
	b->oracle = fault_oracle_name(from->rec->fault.kind);
	b->direction = fault_direction_name(from->rec->fault.direction);
}

static void empty(struct report_bundle *b)
{
	char **texts[] = { &b->lane,	&b->other_lane, &b->engine,   &b->target,
			   &b->exhibit, &b->created,	&b->leaf,     &b->case_text,
			   &b->fault,	&b->plan,	&b->stack_end };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!*texts[i])
			*texts[i] = xstrdup("");
	if (!b->oracle)
		b->oracle = b->direction = "";
}

void report_bundle_read(struct report_bundle *b, const char *dir)
{
	struct err ignored = ERR_INIT;
	struct bundle from;

	memset(b, 0, sizeof(*b));
	if (dir_exists(dir) && bundle_load(&from, dir, &ignored) == 0) {
		take(b, &from);
		take_stack(b, &from);
		bundle_release(&from);
	}
	empty(b);
}
