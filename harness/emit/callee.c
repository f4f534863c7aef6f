/* callee.c: emit. The C side of a batch: callees, drivers of callbacks, leaf tables. */
#include <stdio.h>
#include <string.h>

#include "emit/text.h"
#include "guest/value.h"

static const char *const leaf_names[CGOFUZZ_LEAF_KINDS] = {
#define LEAF(id, size, about) [CGOFUZZ_LEAF_##id] = "CGOFUZZ_LEAF_" #id,
#include "guest/value.def"
#undef LEAF
};

/* One case on its way out. */
struct side {
	struct buf *out;
	const struct fuzz_case *c; /* as the C side sees it */
	const char *hook; /* or NULL */
	uint32_t slot;
	uint32_t arg; /* during leaf walks */
	char prefix[16];
};

static bool is_void(const struct side *s)
{
	return s->c->proto.result->kind == SHAPE_VOID;
}

static void declare_result(const struct side *s)
{
	if (is_void(s))
		return;
	buf_addch(s->out, '\t');
	shape_declare(s->out, s->c->proto.result, s->prefix, "r");
	buf_addstr(s->out, ";\n");
}

static void emit_hook(const struct side *s, int phase, const char *block)
{
	if (s->hook)
		buf_addf(s->out, "\t%s(%d, %s);\n", s->hook, phase, block);
}

static void emit_types(const struct side *s)
{
	const struct fuzz_case *c = s->c;
	char name[16];

	for (uint32_t i = 0; i < c->type_count; i++)
		shape_define(s->out, c->types[i], s->prefix);
	if (c->proto.arg_count) {
		buf_addf(s->out, "struct A%u { ", s->slot);
		for (uint32_t i = 0; i < c->proto.arg_count; i++) {
			snprintf(name, sizeof(name), "a%u", i);
			shape_declare(s->out, c->proto.args[i], s->prefix, name);
			buf_addstr(s->out, "; ");
		}
		buf_addstr(s->out, "};\n");
	}
	snprintf(name, sizeof(name), "go%u", s->slot);
	text_function(s->out, &c->proto, s->prefix, name);
	buf_addf(s->out, "; /* exported by Go */\nvoid drive%u(void);\n", s->slot);
	if (s->hook)
		buf_addf(s->out, "void %s(int phase, void *block);\n", s->hook);
}

static void emit_callee(const struct side *s)
{
	const char *in = s->c->proto.arg_count ? "&in" : "NULL";
	const char *r = is_void(s) ? "NULL" : "&r";
	char name[16];

	snprintf(name, sizeof(name), "f%u", s->slot);
	buf_addch(s->out, '\n');
	text_function(s->out, &s->c->proto, s->prefix, name);
	buf_addstr(s->out, " /* Go -> C */\n{\n\tstruct cgofuzz_frame fr;\n");
	if (s->c->proto.arg_count) {
		buf_addf(s->out, "\tstruct A%u in = { ", s->slot);
		for (uint32_t i = 0; i < s->c->proto.arg_count; i++)
			buf_addf(s->out, "%sa%u", i ? ", " : "", i);
		buf_addstr(s->out, " };\n");
	}
	declare_result(s);
	buf_addch(s->out, '\n');
	emit_hook(s, 0, in);
	buf_addf(s->out, "\tcgofuzz_callee_enter(&fr, %u, %s);\n", s->slot, in);
	emit_hook(s, 1, "NULL");
	buf_addf(s->out, "\tif (fr.nest)\n\t\tdrive%u();\n", s->slot);
	buf_addf(s->out, "\tcgofuzz_callee_leave(&fr, %u, %s);\n", s->slot, r);
	emit_hook(s, 2, r);
	buf_addf(s->out, "%s}\n", is_void(s) ? "" : "\treturn r;\n");
}

static void emit_driver(const struct side *s)
{
	const char *in = s->c->proto.arg_count ? "&in" : "NULL";
	const char *r = is_void(s) ? "NULL" : "&r";

	buf_addf(s->out, "\nvoid drive%u(void) /* C -> Go */\n{\n\tstruct cgofuzz_frame fr;\n",
		 s->slot);
	if (s->c->proto.arg_count)
		buf_addf(s->out, "\tstruct A%u in;\n", s->slot);
	declare_result(s);
	buf_addf(s->out, "\n\tcgofuzz_drive_begin(&fr, %u, %s);\n", s->slot, in);
	emit_hook(s, 3, in);
	buf_addf(s->out, "\t%sgo%u(", is_void(s) ? "" : "r = ", s->slot);
	for (uint32_t i = 0; i < s->c->proto.arg_count; i++)
		buf_addf(s->out, "%sin.a%u", i ? ", " : "", i);
	buf_addstr(s->out, ");\n");
	emit_hook(s, 4, r);
	buf_addf(s->out, "\tcgofuzz_drive_end(&fr, %u, %s);\n}\n\n", s->slot, r);
}

static int arg_leaf(const char *path, const struct shape *leaf, uint32_t index, void *ctx)
{
	const struct side *s = ctx;

	buf_addf(s->out, "\t{ offsetof(struct A%u, a%u%s), %s, %u, %u },\n", s->slot, s->arg, path,
		 leaf_names[shape_leaf_kind(leaf)], s->arg, index);
	return 0;
}

static int result_leaf(const char *path, const struct shape *leaf, uint32_t index, void *ctx)
{
	const struct side *s = ctx;
	const char *kind = leaf_names[shape_leaf_kind(leaf)];

	if (!*path) {
		buf_addf(s->out, "\t{ 0, %s, 0, %u },\n", kind, index);
		return 0;
	}
	buf_addstr(s->out, "\t{ offsetof(");
	shape_declare(s->out, s->c->proto.result, s->prefix, "");
	buf_addf(s->out, ", %s), %s, 0, %u },\n", path + 1, kind, index);
	return 0;
}

/* Tables of a case without arguments or result are left out: the row says NULL. */
static void emit_arg_tables(struct side *s)
{
	const struct proto *p = &s->c->proto;
	uint32_t index = 0;

	if (!p->arg_count)
		return;
	buf_addf(s->out, "static const struct cgofuzz_leaf args%u[] = {\n", s->slot);
	for (s->arg = 0; s->arg < p->arg_count; s->arg++)
		shape_each_leaf(p->args[s->arg], &index, arg_leaf, s);
	buf_addf(s->out, "};\nstatic const uint32_t arg_offset%u[] = { ", s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++)
		buf_addf(s->out, "%soffsetof(struct A%u, a%u)", i ? ", " : "", s->slot, i);
	buf_addf(s->out, " };\nstatic const uint32_t arg_size%u[] = { ", s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		buf_addstr(s->out, i ? ", sizeof(" : "sizeof(");
		shape_declare(s->out, p->args[i], s->prefix, "");
		buf_addch(s->out, ')');
	}
	buf_addstr(s->out, " };\n");
}

static void emit_result_tables(struct side *s)
{
	uint32_t index = 0;

	if (is_void(s))
		return;
	buf_addf(s->out, "static const struct cgofuzz_leaf result%u[] = {\n", s->slot);
	shape_each_leaf(s->c->proto.result, &index, result_leaf, s);
	buf_addf(s->out, "};\nstatic const uint32_t result_size%u[] = { sizeof(", s->slot);
	shape_declare(s->out, s->c->proto.result, s->prefix, "");
	buf_addstr(s->out, ") };\n");
}

static void emit_row(const struct side *s)
{
	const struct proto *p = &s->c->proto;
	uint32_t leaves = 0;

	for (uint32_t i = 0; i < p->arg_count; i++)
		leaves += shape_leaf_count(p->args[i]);
	if (p->arg_count)
		buf_addf(s->out, "\t{ { %u, %u, args%u, arg_offset%u, arg_size%u }, ", p->arg_count,
			 leaves, s->slot, s->slot, s->slot);
	else
		buf_addstr(s->out, "\t{ { 0, 0, NULL, NULL, NULL }, ");
	if (is_void(s))
		buf_addstr(s->out, "{ 0, 0, NULL, NULL, NULL }, ");
	else
		buf_addf(s->out, "{ 1, %u, result%u, result_offset, result_size%u }, ",
			 shape_leaf_count(p->result), s->slot, s->slot);
	buf_addf(s->out, "drive%u, %d, 0 },\n", s->slot, s->c->route == ROUTE_CALLBACK);
}

/* The case whose types the C side uses: a target may have C see another layout than Go. Parsed into
 * *other then, to be released by the caller. */
static const struct fuzz_case *c_side(const struct batch_slot *slot, struct fuzz_case *other)
{
	struct err e = ERR_INIT;
	const char *text = slot->row ? slot->row->callee : NULL;

	*other = (struct fuzz_case){ 0 };
	if (!text)
		return &slot->c;
	if (case_parse(other, text, strlen(text), slot->row->name, &e) < 0)
		BUG("target's table: %s", e.msg);
	return other;
}

static void emit_case(struct side *s)
{
	emit_types(s);
	emit_callee(s);
	emit_driver(s);
	emit_arg_tables(s);
	emit_result_tables(s);
}

void emit_callee_c(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	struct buf rows = BUF_INIT;

	text_banner(out, "//", b, o);
	buf_addstr(out,
		   "#include \"guest/table.h\"\n\nstatic const uint32_t result_offset[] = { 0 };\n");
	for (uint32_t i = 0; i < b->count; i++) {
		struct side s = { .out = out, .slot = i };
		struct fuzz_case other;

		if (text_skipped(o, i)) {
			buf_addstr(
				&rows,
				"\t{ { 0, 0, NULL, NULL, NULL }, { 0, 0, NULL, NULL, NULL }, NULL, 0, 0 },\n");
			continue;
		}
		s.c = c_side(&b->slots[i], &other);
		s.hook = b->slots[i].row ? b->slots[i].row->hook : NULL;
		text_prefix(s.prefix, i);
		buf_addf(out, "\n/* --- case %u: %s */\n", i, b->slots[i].c.text);
		emit_case(&s);
		s.out = &rows;
		emit_row(&s);
		case_release(&other);
	}
	buf_addf(out, "\n/* --- table */\nconst struct cgofuzz_case cgofuzz_cases[] = {\n%s};\n",
		 rows.ptr);
	buf_addf(out, "const uint32_t cgofuzz_case_count = %u;\n", b->count);
	buf_addf(out, "const char cgofuzz_batch_id[] = \"%s\";\n", o->build_id ? o->build_id : b->id);
	buf_release(&rows);
}
