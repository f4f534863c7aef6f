/* callee.c: emit. The C side of a batch: callees, drivers of callbacks, leaf tables. */
#include <stdio.h>
#include <string.h>

#include "emit/body.h"
#include "emit/route.h"
#include "emit/view.h"

/* One case on its way out. */
struct side {
	struct buf *out;
	const struct fuzz_case *c; /* as the C side sees it */
	const char *hook; /* or NULL */
	bool drive; /* Go is on the other side */
	bool reverse; /* the control wants a caller from this side too */
	uint32_t slot;
	char prefix[16];
};

static bool is_void(const struct side *s)
{
	return s->c->proto.result->kind == SHAPE_VOID;
}

static struct view_side view_of(const struct side *s)
{
	return (struct view_side){ s->out, s->c, s->slot, s->prefix, "" };
}

static void declare_result(const struct side *s, const char *name)
{
	if (is_void(s))
		return;
	buf_addch(s->out, '\t');
	shape_declare(s->out, s->c->proto.result, s->prefix, name);
}

static void emit_hook(const struct side *s, int phase, const char *block)
{
	if (s->hook)
		buf_addf(s->out, "\t%s(%d, %s);\n", s->hook, phase, block);
}

/* The function of the other side, and the one here that calls it. */
static void declare_other(const struct side *s, const char *callee, const char *about,
			  const char *caller)
{
	char name[16];

	snprintf(name, sizeof(name), "%s%u", callee, s->slot);
	text_function(s->out, &s->c->proto, s->prefix, name);
	buf_addf(s->out, "; /* %s */\nvoid %s%u(void *in, void *result);\n", about, caller, s->slot);
}

static void emit_types(const struct side *s)
{
	struct view_side view = view_of(s);
	const struct fuzz_case *c = s->c;

	for (uint32_t i = 0; i < c->type_count; i++)
		shape_define(s->out, c->types[i], s->prefix);
	view_block(&view);
	if (s->drive)
		declare_other(s, "go", "exported by Go", "drive");
	if (s->reverse)
		declare_other(s, "back", "compiled as cgo's wrappers are", "reverse");
	if (s->hook)
		buf_addf(s->out, "void %s(int phase, void *block);\n", s->hook);
}

/* The arguments side by side, however they came. Bytes have no alignment. */
static void put_block(const struct side *s)
{
	const struct route_how *how = route_how(s->c->route);
	uint32_t count = s->c->proto.arg_count;

	if (!count)
		return;
	if (how->args == CARRIED_AS_BYTES) {
		buf_addf(s->out, "\t_Alignas(struct A%u) char in[sizeof(struct A%u)];\n", s->slot,
			 s->slot);
		return;
	}
	buf_addf(s->out, "\tstruct A%u in = { ", s->slot);
	for (uint32_t i = 0; i < count; i++) {
		buf_addf(s->out, "%s%sa%u", i ? ", " : "",
			 how->args == CARRIED_BY_POINTER && !how->element ? "*" : "", i);
		if (how->element)
			buf_addf(s->out, "[%u]", how->element);
	}
	buf_addstr(s->out, " };\n");
}

static void copy_bytes(const struct side *s)
{
	for (uint32_t i = 0; i < s->c->proto.arg_count; i++) {
		buf_addf(s->out, "\tmemcpy(in + offsetof(struct A%u, a%u), a%u, sizeof(", s->slot,
			 i, i);
		shape_declare(s->out, s->c->proto.args[i], s->prefix, "");
		buf_addstr(s->out, "));\n");
	}
}

/* `v` holds the address of the result. Types with constant members cannot be assigned. */
static void put_return(const struct side *s)
{
	const struct route_how *how = route_how(s->c->route);

	if (is_void(s))
		return;
	if (how->result == CARRIED_BY_VALUE)
		buf_addstr(s->out, "\treturn *r;\n");
	else if (how->result == CARRIED_AS_BYTES)
		buf_addstr(s->out, "\treturn r;\n");
	else
		buf_addf(s->out, "\tmemcpy(&r[%u], v, sizeof(*v));\n", how->element);
}

static void put_body(const struct side *s, const char *r)
{
	const char *in = !s->c->proto.arg_count			   ? "NULL"
		: route_how(s->c->route)->args == CARRIED_AS_BYTES ? "in"
								   : "&in";
	char result[8] = "";

	if (!is_void(s))
		snprintf(result, sizeof(result), "%s = ", r);
	emit_hook(s, 0, in);
	if (s->hook) {
		buf_addf(s->out, "\tcgofuzz_callee_enter(&fr, %u, %s);\n", s->slot, in);
		emit_hook(s, 1, "NULL");
		buf_addf(s->out, "\t%scgofuzz_callee_leave(&fr, %u);\n", result, s->slot);
	} else {
		buf_addf(s->out, "\t%scgofuzz_callee(%u, %s);\n", result, s->slot, in);
	}
	if (route_how(s->c->route)->sets_errno)
		buf_addstr(s->out, "\terrno = cgofuzz_errno();\n");
	emit_hook(s, 2, is_void(s) ? "NULL" : r);
}

static void emit_callee(const struct side *s)
{
	const struct route_how *how = route_how(s->c->route);
	const char *r = how->result == CARRIED_BY_POINTER ? "v" : "r";
	char name[16];

	snprintf(name, sizeof(name), "f%u", s->slot);
	buf_addch(s->out, '\n');
	route_function(s->out, s->c, s->prefix, name);
	buf_addstr(s->out, " /* Go -> C */\n{\n");
	put_block(s);
	snprintf(name, sizeof(name), "*%s", r);
	declare_result(s, name);
	if (!is_void(s))
		buf_addstr(s->out, ";\n");
	if (s->hook)
		buf_addstr(s->out, "\tstruct cgofuzz_frame fr;\n");
	buf_addstr(s->out, s->c->proto.arg_count || !is_void(s) || s->hook ? "\n" : "");
	if (how->args == CARRIED_AS_BYTES)
		copy_bytes(s);
	put_body(s, r);
	put_return(s);
	buf_addstr(s->out, "}\n");
}

/* enum cgofuzz_calls */
static const char *calls_of(const struct fuzz_case *c)
{
	if (c->route == ROUTE_NOESCAPE)
		return "CGOFUZZ_NO_CALLBACK";
	if (!route_exports(c))
		return "CGOFUZZ_CALL_ONLY";
	return c->route == ROUTE_CALLBACK_ERRNO ? "CGOFUZZ_CALL_WITHIN" : "0";
}

static void emit_row(const struct side *s, struct buf *rows)
{
	struct view_side view = view_of(s);

	buf_addstr(rows, "\t{ ");
	view_initializers(&view, rows);
	if (s->drive)
		buf_addf(rows, "drive%u, %d, %s },\n", s->slot, text_is_callback(s->c),
			 calls_of(s->c));
	else
		buf_addf(rows, "NULL, 0, %s },\n",
			 s->c->route == ROUTE_DIRECT ? "0" : calls_of(s->c));
}

static void emit_case(struct side *s)
{
	struct view_side view = view_of(s);

	emit_types(s);
	emit_callee(s);
	if (s->drive)
		view_caller(&view, "drive", "go", s->hook);
	if (s->reverse)
		view_caller(&view, "reverse", "back", NULL);
	view_tables(&view);
}

static bool sets_errno(const struct fuzz_case *c)
{
	return route_how(c->route)->sets_errno;
}

static bool copies(const struct fuzz_case *c)
{
	return route_how(c->route)->result != CARRIED_BY_VALUE;
}

void emit_callee_c(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	struct buf rows = BUF_INIT;

	text_banner(out, "//", b, o);
	if (route_any(b, o, sets_errno))
		buf_addstr(out, "#include <errno.h>\n");
	if (route_any(b, o, copies))
		buf_addstr(out, "#include <string.h>\n");
	buf_addstr(out,
		   "#include \"guest/table.h\"\n\nstatic const uint32_t result_offset[] = { 0 };\n");
	for (uint32_t i = 0; i < b->count; i++) {
		struct side s = { .out = out, .slot = i };
		struct fuzz_case other;

		if (text_skipped(o, i)) {
			buf_addstr(&rows, "\t{ .drive = NULL },\n");
			continue;
		}
		s.c = target_types(&b->slots[i], TARGET_CALLEE, &other);
		s.drive = text_has_export(&b->slots[i].c);
		s.reverse = emit_needs_caller(b, o, i);
		s.hook = b->slots[i].row ? b->slots[i].row->hook : NULL;
		text_prefix(s.prefix, i);
		buf_addf(out, "\n/* --- case %u: %s */\n", i, b->slots[i].c.text);
		emit_case(&s);
		emit_row(&s, &rows);
		case_release(&other);
	}
	body_all_c(out, b);
	buf_addf(out, "\n/* --- table */\nconst struct cgofuzz_case cgofuzz_cases[] = {\n%s};\n",
		 rows.ptr);
	buf_addf(out, "const uint32_t cgofuzz_case_count = %u;\n", b->count);
	buf_addf(out, "const char cgofuzz_batch_id[] = \"%s\";\n", o->build_id ? o->build_id : b->id);
	buf_release(&rows);
}
