/* caller.c: emit. The control: the case once more with C on both sides, the other side compiled as cgo's
 * wrappers are. Faults that stay are the compilers', those that go are Go's. */
#include <stdio.h>

#include "emit/route.h"
#include "emit/view.h"

#define TAG "w"

bool emit_needs_caller(const struct batch *b, const struct emit_options *o, uint32_t slot)
{
	return !text_skipped(o, slot) && (b->control || b->slots[slot].c.route == ROUTE_DIRECT);
}

static bool has_result(const struct view_side *s)
{
	return s->c->proto.result->kind != SHAPE_VOID;
}

static void put_types(const struct view_side *s)
{
	char name[16];

	for (uint32_t i = 0; i < s->c->type_count; i++)
		shape_define(s->out, s->c->types[i], s->prefix);
	view_block(s);
	snprintf(name, sizeof(name), "f%u", s->slot);
	route_function(s->out, s->c, s->prefix, name);
	buf_addf(s->out,
		 "; /* compiled as the callees are */\n"
		 "void reverse%u(void *in, void *result);\n",
		 s->slot);
}

/* The callee's side as cgo's exports have it. */
static void put_back(const struct view_side *s)
{
	uint32_t args = s->c->proto.arg_count;
	char name[16];

	snprintf(name, sizeof(name), "back%u", s->slot);
	buf_addch(s->out, '\n');
	text_function(s->out, &s->c->proto, s->prefix, name);
	buf_addstr(s->out, " /* C -> C */\n{\n");
	if (args) {
		buf_addf(s->out, "\tstruct A%u in = { ", s->slot);
		for (uint32_t i = 0; i < args; i++)
			buf_addf(s->out, "%sa%u", i ? ", " : "", i);
		buf_addstr(s->out, " };\n\n");
	}
	if (!has_result(s)) {
		buf_addf(s->out, "\tcgofuzz_back(%u, %s);\n}\n", s->slot, args ? "&in" : "NULL");
		return;
	}
	buf_addstr(s->out, "\treturn *(");
	shape_declare(s->out, s->c->proto.result, s->prefix, "*");
	buf_addf(s->out, ")cgofuzz_back(%u, %s);\n}\n", s->slot, args ? "&in" : "NULL");
}

void emit_caller_c(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	struct buf rows = BUF_INIT;

	text_banner(out, "//", b, o);
	buf_addstr(out,
		   "#include \"guest/table.h\"\n\nstatic const uint32_t result_offset[] = { 0 };\n");
	for (uint32_t i = 0; i < b->count; i++) {
		char prefix[16];
		struct fuzz_case other;
		struct view_side s = { out, target_types(&b->slots[i], TARGET_WRAPPER, &other), i,
				       prefix, TAG };

		if (!emit_needs_caller(b, o, i)) {
			buf_addstr(&rows, "\t{ .direct = NULL },\n");
			case_release(&other);
			continue;
		}
		text_prefix(prefix, i);
		buf_addf(out, "\n/* --- case %u: %s */\n", i, b->slots[i].c.text);
		put_types(&s);
		view_caller(&s, "direct", "f", NULL);
		put_back(&s);
		view_tables(&s);
		buf_addstr(&rows, "\t{ ");
		view_initializers(&s, &rows);
		buf_addf(&rows, "direct%u, reverse%u },\n", i, i);
		case_release(&other);
	}
	buf_addf(out,
		 "\n/* --- table */\nconst struct cgofuzz_control cgofuzz_controls[] = {\n%s};\n",
		 rows.ptr);
	buf_release(&rows);
}
