/* go.c: emit. The Go side of a batch: calls, exported functions, types of what crosses. */
#include <stdio.h>

#include "emit/body.h"
#include "emit/route.h"

struct side {
	struct buf *out;
	const struct fuzz_case *c;
	const struct target_case *row; /* or NULL */
	uint32_t slot;
	int go_minor;
	char prefix[16];
};

static bool is_void(const struct side *s)
{
	return s->c->proto.result->kind == SHAPE_VOID;
}

static void emit_preamble(const struct side *s)
{
	char name[16];
	struct go_call call = { .out = s->out, .c = s->c, .prefix = s->prefix, .function = name };

	for (uint32_t i = 0; i < s->c->type_count; i++)
		shape_define(s->out, s->c->types[i], s->prefix);
	snprintf(name, sizeof(name), "f%u", s->slot);
	go_call_preamble(&call);
}

static bool holds(const struct shape *s, enum scalar scalar)
{
	if (s->kind == SHAPE_SCALAR)
		return s->scalar == scalar;
	for (uint32_t i = 0; shape_is_aggregate(s) && i < s->count; i++)
		if (holds(s->members[i].shape, scalar))
			return true;
	return s->target && holds(s->target, scalar);
}

/* Names for what cgo itself has none for: a probe asks all the same. */
static void emit_foreign(const struct side *s)
{
	static const enum scalar foreign[] = { SCALAR_LDOUBLE, SCALAR_FLOAT16 };

	for (int i = 0; i < 2; i++) {
		const struct scalar_info *info = &scalar_info[foreign[i]];

		if (holds(s->c->proto.result, foreign[i]))
			buf_addf(s->out, "typedef %s %s;\ntypedef %s _Complex complex%s;\n",
				 info->c_name, info->go_name, info->c_name, info->go_name);
	}
}

/* What reflection looks at (guest/go/view.go). The first field has no size; with it the type has no ==,
 * for which Go's compiler would make a function: a tenth of its time. */
static void emit_blocks(const struct side *s)
{
	const struct proto *p = &s->c->proto;

	buf_addf(s->out, "type args%u struct {\n\t_  [0]func()\n", s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		buf_addf(s->out, "\ta%u ", i);
		go_type(s->out, p->args[i], s->prefix);
		buf_addch(s->out, '\n');
	}
	buf_addstr(s->out, "}\n");
	if (!is_void(s)) {
		buf_addf(s->out, "type result%u = ", s->slot);
		go_type(s->out, p->result, s->prefix);
		buf_addch(s->out, '\n');
	}
	buf_addch(s->out, '\n');
}

/* Only for types whose leaves reflection does not find by itself. */
static void emit_names(const struct side *s)
{
	const struct proto *p = &s->c->proto;
	bool plain = true;
	char name[16];

	for (uint32_t i = 0; i < p->arg_count; i++)
		plain = plain && go_plain(p->args[i]);
	if (!plain) {
		buf_addstr(s->out, ", InNames: \"");
		for (uint32_t i = 0; i < p->arg_count; i++) {
			snprintf(name, sizeof(name), "a%u", i);
			go_names(s->out, p->args[i], name);
		}
		buf_addch(s->out, '"');
	}
	if (!go_plain(p->result)) {
		buf_addstr(s->out, ", OutNames: \"");
		go_names(s->out, p->result, "r");
		buf_addch(s->out, '"');
	}
}

/* What no compiler takes, in place of a leaf that has no name. */
#define NAMELESS "struct{}{}.nameless"

/* " a0.b a0.z+4 -" as statements. */
static void use_names(const struct side *s, const char *names, const char *object)
{
	while (*names) {
		const char *name = names + 1;
		size_t len = strcspn(name, " "), bare = strcspn(name, " +");

		if (*name == '-')
			buf_addf(s->out, "\t_ = %s\n", NAMELESS);
		else
			buf_addf(s->out, "\t_ = %s%.*s\n", object, (int)bare, name);
		names = name + len;
	}
}

/* A function that nobody calls, for the compiler to say what it cannot name. */
static void emit_uses(const struct side *s)
{
	struct buf in = BUF_INIT, out = BUF_INIT;
	char name[16];

	for (uint32_t i = 0; i < s->c->proto.arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		go_names(&in, s->c->proto.args[i], name);
	}
	buf_addf(s->out, "func names%u(a *args%u) {\n", s->slot, s->slot);
	use_names(s, in.len ? in.ptr : "", "a.");
	if (!is_void(s)) {
		go_names(&out, s->c->proto.result, "r");
		buf_addf(s->out, "\tvar r result%u\n\t_ = r\n", s->slot);
		use_names(s, out.len ? out.ptr : "", "");
	}
	buf_addstr(s->out, "}\n\n");
	buf_release(&in);
	buf_release(&out);
}

static bool left_out(const struct batch *b, const struct emit_options *o, uint32_t slot)
{
	return text_skipped(o, slot) || b->slots[slot].c.route == ROUTE_DIRECT;
}

static void emit_row(const struct side *s)
{
	buf_addf(s->out, "\t{In: (*args%u)(nil), ", s->slot);
	if (!is_void(s))
		buf_addf(s->out, "Out: (*result%u)(nil), ", s->slot);
	buf_addf(s->out, "Call: call%u", s->slot);
	emit_names(s);
	if (s->row && s->row->go_hook)
		buf_addf(s->out, ", Hook: %s", s->row->go_hook);
	buf_addstr(s->out, "},\n");
}

static void emit_call(const struct side *s)
{
	char function[16], result[48], type[24], pointer[40], check[32];
	struct go_call call = { s->out, s->c, s->prefix, function, "a.",
				result, type, pointer,	 check,	   s->go_minor };

	snprintf(function, sizeof(function), "f%u", s->slot);
	snprintf(type, sizeof(type), "result%u", s->slot);
	snprintf(pointer, sizeof(pointer), "(*%s)(result)", type);
	snprintf(result, sizeof(result), "*%s", pointer);
	snprintf(check, sizeof(check), "guest.CheckErrno(%u, ", s->slot);
	buf_addf(s->out, "func call%u(in, result unsafe.Pointer) { // Go -> C\n", s->slot);
	if (s->c->proto.arg_count)
		buf_addf(s->out, "\ta := (*args%u)(in)\n", s->slot);
	go_call_body(&call);
	buf_addstr(s->out, "}\n\n");
}

/* "(*[4]C.double)(a1)" where the exported function could only say unsafe.Pointer. */
static void emit_block_of_args(const struct side *s)
{
	const struct proto *p = &s->c->proto;

	buf_addf(s->out, "\tin := args%u{", s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		buf_addf(s->out, "%sa%u: ", i ? ", " : "", i);
		if (go_exportable(p->args[i])) {
			buf_addf(s->out, "a%u", i);
			continue;
		}
		buf_addch(s->out, '(');
		go_type(s->out, p->args[i], s->prefix);
		buf_addf(s->out, ")(a%u)", i);
	}
	buf_addstr(s->out, "}\n");
}

static void emit_export(const struct side *s)
{
	const struct proto *p = &s->c->proto;

	buf_addf(s->out, "//export go%u\nfunc go%u(", s->slot, s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		buf_addf(s->out, "%sa%u ", i ? ", " : "", i);
		go_export_type(s->out, p->args[i], s->prefix);
	}
	buf_addch(s->out, ')');
	if (!is_void(s)) {
		buf_addch(s->out, ' ');
		go_export_type(s->out, p->result, s->prefix);
	}
	buf_addstr(s->out, " { // C -> Go\n");
	emit_block_of_args(s);
	if (is_void(s)) {
		buf_addf(s->out, "\tguest.Serve(%u, guest.OnStack(unsafe.Pointer(&in)))\n}\n\n",
			 s->slot);
		return;
	}
	buf_addstr(s->out, "\treturn *(*");
	go_export_type(s->out, p->result, s->prefix);
	buf_addf(s->out, ")(guest.Serve(%u, guest.OnStack(unsafe.Pointer(&in))))\n}\n\n", s->slot);
}

static struct side side_of(struct buf *out, const struct batch *b, const struct emit_options *o,
			   uint32_t slot)
{
	struct side s = { .out = out,
			  .c = &b->slots[slot].c,
			  .row = b->slots[slot].row,
			  .slot = slot,
			  .go_minor = o->go_minor };

	text_prefix(s.prefix, slot);
	return s;
}

static bool has_complex(const struct fuzz_case *c)
{
	return c->route != ROUTE_DIRECT && text_has_complex(c);
}

static bool has_pinner(const struct emit_options *o)
{
	return !o->go_minor || o->go_minor >= ROUTE_PINNER_SINCE;
}

void emit_go(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	text_banner(out, "//", b, o);
	buf_addstr(out, "package main\n\n/*\n");
	for (uint32_t i = 0; i < b->count; i++) {
		struct side s = side_of(out, b, o, i);

		if (left_out(b, o, i))
			continue;
		buf_addf(out, "// --- case %u\n", i);
		if (b->probe)
			emit_foreign(&s);
		emit_preamble(&s);
	}
	if (route_any(b, o, route_allocates))
		buf_addstr(out, "// --- memory\n#include <stdlib.h>\n");
	if (route_any(b, o, has_complex)) /* what cgo writes, after complex.h */
		buf_addstr(out, "// --- complex\n#define complex _Complex\n");
	buf_addf(out,
		 "// --- runtime\n%s*/\nimport \"C\"\nimport \"" EMIT_GUEST
		 "\"\n%simport \"unsafe\"\n\n",
		 o->entry_preamble ? o->entry_preamble : "",
		 has_pinner(o) && route_any(b, o, route_pins) ? "import \"runtime\"\n" : "");
	for (uint32_t i = 0; i < b->count; i++) {
		struct side s = side_of(out, b, o, i);

		if (left_out(b, o, i))
			continue;
		buf_addf(out, "// --- case %u: %s\n", i, s.c->text);
		emit_blocks(&s);
		emit_call(&s);
		if (text_has_export(s.c))
			emit_export(&s);
		if (b->names)
			emit_uses(&s);
	}
	body_all_go(out, b);
	buf_addstr(out, "// --- table\nvar cases = []guest.Case{\n");
	for (uint32_t i = 0; i < b->count; i++) {
		struct side s = side_of(out, b, o, i);

		if (left_out(b, o, i))
			buf_addstr(out, "\t{},\n");
		else
			emit_row(&s);
	}
	buf_addf(out, "}\n\n%s", o->entry ? o->entry : "");
}
