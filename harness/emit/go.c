/* go.c: emit. The Go side of a batch: calls, exported functions, leaf tables. */
#include <stdio.h>

#include "emit/text.h"
#include "guest/value.h"

/* guest/go/value.go */
static const char *const leaf_names[CGOFUZZ_LEAF_KINDS] = {
#define LEAF(id, size, about) [CGOFUZZ_LEAF_##id] = "leaf" #id,
#include "guest/value.def"
#undef LEAF
};

struct side {
	struct buf *out;
	const struct fuzz_case *c;
	const struct target_case *row; /* or NULL */
	uint32_t slot;
	char prefix[16];
};

static bool is_void(const struct side *s)
{
	return s->c->proto.result->kind == SHAPE_VOID;
}

/* A leaf on the way down: Go's name of the object so far, and the sum that is its offset. */
struct place {
	struct buf name; /* "args0{}.a0.m[2]" */
	struct buf sum; /* "unsafe.Offsetof(args0{}.a0) + ..." */
	/* Below a member that Go cannot name (`_`), C measures: the struct it is in and C's path. */
	const struct shape *unnamed_in;
	struct buf c_path;
	uint32_t arg, index;
	bool defining; /* only the constants that C measures are to be written */
};

static void cut(struct buf *b, size_t len)
{
	b->len = len;
	if (b->cap)
		b->ptr[len] = '\0';
}

static void add_term(struct buf *sum)
{
	if (sum->len)
		buf_addstr(sum, " + ");
}

/* Constants for offsets that only C knows: O<slot>_<a or r><leaf>. */
static void put_leaf(const struct side *s, const struct place *at, const struct shape *leaf,
		     char block)
{
	if (at->defining) {
		if (at->unnamed_in)
			buf_addf(s->out, "enum { O%u_%c%u = __builtin_offsetof(struct %s%u, %s) };\n",
				 s->slot, block, at->index, s->prefix, at->unnamed_in->type_index,
				 at->c_path.ptr);
		return;
	}
	buf_addf(s->out, "\t\t{uint32(%s", at->sum.len ? at->sum.ptr : "0");
	if (at->unnamed_in)
		buf_addf(s->out, " + C.O%u_%c%u", s->slot, block, at->index);
	buf_addf(s->out, "), %s, %u, %u},\n", leaf_names[shape_leaf_kind(leaf)], at->arg, at->index);
}

static void walk(const struct side *s, struct place *at, const struct shape *t, char block);

static void walk_member(const struct side *s, struct place *at, const struct shape *t, uint32_t i,
			char block)
{
	size_t name = at->name.len, sum = at->sum.len, path = at->c_path.len;
	const struct shape *outer = at->unnamed_in;

	if (!outer && t->members[i].name[0] == '_' && !t->members[i].name[1])
		at->unnamed_in = t;
	if (at->unnamed_in) {
		buf_addf(&at->c_path, "%s%s", path ? "." : "", t->members[i].name);
	} else {
		buf_addch(&at->name, '.');
		go_member(&at->name, t, i);
		add_term(&at->sum);
		buf_addf(&at->sum, "unsafe.Offsetof(%s)", at->name.ptr);
	}
	walk(s, at, t->members[i].shape, block);
	at->unnamed_in = outer;
	cut(&at->name, name);
	cut(&at->sum, sum);
	cut(&at->c_path, path);
}

static void walk_element(const struct side *s, struct place *at, const struct shape *t, uint32_t i,
			 char block)
{
	size_t name = at->name.len, sum = at->sum.len, path = at->c_path.len;

	if (at->unnamed_in) {
		buf_addf(&at->c_path, "[%u]", i);
	} else {
		if (i) {
			add_term(&at->sum);
			buf_addf(&at->sum, "%u*unsafe.Sizeof(%s[0])", i, at->name.ptr);
		}
		buf_addf(&at->name, "[%u]", i);
	}
	walk(s, at, t->target, block);
	cut(&at->name, name);
	cut(&at->sum, sum);
	cut(&at->c_path, path);
}

static void walk(const struct side *s, struct place *at, const struct shape *t, char block)
{
	if (t->kind != SHAPE_STRUCT && t->kind != SHAPE_ARRAY) {
		put_leaf(s, at, t, block);
		at->index++;
		return;
	}
	for (uint32_t i = 0; i < t->count; i++)
		if (t->kind == SHAPE_STRUCT)
			walk_member(s, at, t, i, block);
		else
			walk_element(s, at, t, i, block);
}

static void walk_args(const struct side *s, bool defining)
{
	struct place at = { BUF_INIT, BUF_INIT, NULL, BUF_INIT, 0, 0, defining };

	for (at.arg = 0; at.arg < s->c->proto.arg_count; at.arg++) {
		buf_reset(&at.name);
		buf_reset(&at.sum);
		buf_addf(&at.name, "args%u{}.a%u", s->slot, at.arg);
		buf_addf(&at.sum, "unsafe.Offsetof(%s)", at.name.ptr);
		walk(s, &at, s->c->proto.args[at.arg], 'a');
	}
	buf_release(&at.name);
	buf_release(&at.sum);
	buf_release(&at.c_path);
}

static void walk_result(const struct side *s, bool defining)
{
	struct place at = { BUF_INIT, BUF_INIT, NULL, BUF_INIT, 0, 0, defining };

	if (is_void(s))
		return;
	buf_addf(&at.name, "result%u{}", s->slot);
	walk(s, &at, s->c->proto.result, 'r');
	buf_release(&at.name);
	buf_release(&at.sum);
	buf_release(&at.c_path);
}

static void emit_preamble(const struct side *s)
{
	char name[16];

	for (uint32_t i = 0; i < s->c->type_count; i++)
		shape_define(s->out, s->c->types[i], s->prefix);
	snprintf(name, sizeof(name), "f%u", s->slot);
	text_function(s->out, &s->c->proto, s->prefix, name);
	buf_addstr(s->out, ";\n");
	walk_args(s, true);
	walk_result(s, true);
}

static void emit_views(const struct side *s)
{
	const struct proto *p = &s->c->proto;

	buf_addf(s->out, "type args%u struct {\n", s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		buf_addf(s->out, "\ta%u ", i);
		go_type(s->out, p->args[i], s->prefix);
		buf_addch(s->out, '\n');
	}
	buf_addf(s->out, "}\n\nvar argsView%u = view{\n\tleaves: []leaf{\n", s->slot);
	walk_args(s, false);
	buf_addstr(s->out, "\t},\n\targOffset: []uint32{");
	for (uint32_t i = 0; i < p->arg_count; i++)
		buf_addf(s->out, "%suint32(unsafe.Offsetof(args%u{}.a%u))", i ? ", " : "", s->slot,
			 i);
	buf_addstr(s->out, "},\n\targSize:   []uint32{");
	for (uint32_t i = 0; i < p->arg_count; i++)
		buf_addf(s->out, "%suint32(unsafe.Sizeof(args%u{}.a%u))", i ? ", " : "", s->slot, i);
	buf_addstr(s->out, "},\n}\n");
	if (is_void(s)) {
		buf_addf(s->out, "var resultView%u = view{}\n\n", s->slot);
		return;
	}
	buf_addf(s->out, "\ntype result%u = ", s->slot);
	go_type(s->out, p->result, s->prefix);
	buf_addf(s->out, "\n\nvar resultView%u = view{\n\tleaves: []leaf{\n", s->slot);
	walk_result(s, false);
	buf_addf(s->out,
		 "\t},\n\targOffset: []uint32{0},\n"
		 "\targSize:   []uint32{uint32(unsafe.Sizeof(*(*result%u)(nil)))},\n}\n\n",
		 s->slot);
}

static void emit_call(const struct side *s)
{
	buf_addf(s->out, "func call%u() { // Go -> C\n\tvar fr frame\n\tvar in args%u\n", s->slot,
		 s->slot);
	buf_addf(s->out, "\tcallBegin(&fr, %u, unsafe.Pointer(&in))\n\t%sC.f%u(", s->slot,
		 is_void(s) ? "" : "r := ", s->slot);
	for (uint32_t i = 0; i < s->c->proto.arg_count; i++)
		buf_addf(s->out, "%sin.a%u", i ? ", " : "", i);
	buf_addf(s->out, ")\n\tcallEnd(&fr, %u, %s)\n}\n\n", s->slot,
		 is_void(s) ? "nil" : "unsafe.Pointer(&r)");
}

/* "(*[4]C.double)(a1)" where the exported function could only say unsafe.Pointer. */
static void emit_block_of_args(const struct side *s)
{
	const struct proto *p = &s->c->proto;

	buf_addf(s->out, "\tin := args%u{", s->slot);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		if (i)
			buf_addstr(s->out, ", ");
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
		buf_addstr(s->out, " (r ");
		go_export_type(s->out, p->result, s->prefix);
		buf_addch(s->out, ')');
	}
	buf_addstr(s->out, " { // C -> Go\n\tdefer guard()\n\tvar fr frame\n");
	emit_block_of_args(s);
	buf_addf(s->out, "\tgoEnter(&fr, %u, unsafe.Pointer(&in))\n", s->slot);
	if (s->row && s->row->go_hook)
		buf_addf(s->out, "\t%s(1)\n", s->row->go_hook);
	buf_addf(s->out, "\tif fr.nest {\n\t\tcall%u()\n\t}\n", s->slot);
	buf_addf(s->out, "\tgoLeave(&fr, %u, %s)\n\treturn\n}\n\n", s->slot,
		 is_void(s) ? "nil" : "unsafe.Pointer(&r)");
}

static struct side side_of(struct buf *out, const struct batch *b, uint32_t slot)
{
	struct side s = { .out = out, .c = &b->slots[slot].c, .row = b->slots[slot].row, .slot = slot };

	text_prefix(s.prefix, slot);
	return s;
}

void emit_go(struct buf *out, const struct batch *b, const struct emit_options *o)
{
	text_banner(out, "//", b, o);
	buf_addstr(out, "package main\n\n/*\n");
	for (uint32_t i = 0; i < b->count; i++) {
		struct side s = side_of(out, b, i);

		if (text_skipped(o, i))
			continue;
		buf_addf(out, "// --- case %u\n", i);
		emit_preamble(&s);
	}
	buf_addf(out, "// --- runtime\n%s*/\nimport \"C\"\nimport \"unsafe\"\n\n",
		 o->entry_preamble ? o->entry_preamble : "");
	for (uint32_t i = 0; i < b->count; i++) {
		struct side s = side_of(out, b, i);

		if (text_skipped(o, i))
			continue;
		buf_addf(out, "// --- case %u: %s\n", i, s.c->text);
		emit_views(&s);
		emit_call(&s);
		emit_export(&s);
	}
	buf_addstr(out, "// --- table\nvar cases = []caseEntry{\n");
	for (uint32_t i = 0; i < b->count; i++)
		if (text_skipped(o, i))
			buf_addstr(out, "\t{},\n");
		else
			buf_addf(out, "\t{argsView%u, resultView%u, call%u},\n", i, i, i);
	buf_addf(out, "}\n\n%s", o->entry ? o->entry : "");
}
