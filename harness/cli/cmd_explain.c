/* cmd_explain.c: cli. Layout of every type of a case and the place of every leaf, per architecture. */
#include <stdio.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "cli/cases.h"
#include "cli/option.h"
#include "emit/route.h"
#include "model/case.h"

struct options {
	const struct abi *abi; /* NULL: all */
	const char **args;
	int arg_count;
	uint32_t count; /* of cases seen */
	json_t *document; /* of --json */
};

enum { KEY_ARCH = 0x2000 };

static const struct argp_option option_table[] = {
	{ "arch", KEY_ARCH, "ARCH", 0, "one architecture alone", 0 },
	{ 0 },
};

static int take_arch(struct options *o, const char *arg, struct err *e)
{
	const char *names[ABI_COUNT + 2] = { "all" };
	int chosen;

	for (unsigned i = 0; i < ABI_COUNT; i++)
		names[i + 1] = abi_arch(abi_at(i));
	chosen = option_choice(arg, "architecture", names, e);
	if (chosen < 0)
		return -1;
	o->abi = chosen ? abi_at((unsigned)chosen - 1) : NULL;
	return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case KEY_ARCH:
		if (take_arch(o, arg, &e) < 0)
			option_reject(state, &e);
		return 0;
	case ARGP_KEY_ARG:
		o->args[o->arg_count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->arg_count) {
			err_set(&e, EXIT_USAGE, "no case given: a C declaration of f, '-' or @FILE");
			option_reject(state, &e);
		}
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static json_t *json_place(const struct abi *abi, const struct abi_piece *piece)
{
	json_t *where;

	if (piece->where == ABI_STACK)
		where = json_sprintf("sp+%u", piece->slot);
	else
		where = json_string(
			abi_register_name(abi, (enum abi_where)piece->where, piece->number));
	where = json_pack("{s:o, s:i, s:i}", "place", where, "byte", (int)piece->byte, "size",
			  (int)piece->size);
	if (piece->bits) {
		json_object_set_new(where, "bit", json_integer(piece->bit));
		json_object_set_new(where, "bits", json_integer(piece->bits));
	}
	return where;
}

static json_t *json_shape(const struct shape *s)
{
	struct buf text = BUF_INIT;
	json_t *string;

	shape_declare(&text, s, NULL, "");
	string = option_json_text(text.ptr);
	buf_release(&text);
	return string;
}

/* Leaves of one value, appended to a list. */
struct leaf_list {
	const struct abi *abi;
	const struct abi_value *value;
	const char *name;
	uint32_t count;
	json_t *list;
};

static int add_leaf(const struct shape_leaf *named, void *ctx)
{
	struct leaf_list *l = ctx;
	const struct abi_leaf *leaf = &l->value->leaves[l->count++];
	json_t *where = json_array();

	for (uint32_t i = 0; i < leaf->piece_count; i++)
		json_array_append_new(where, json_place(l->abi, &leaf->pieces[i]));
	json_array_append_new(l->list,
			      json_pack("{s:o, s:o, s:i, s:i, s:o, s:b}", "leaf",
					json_sprintf("%s%s", l->name, named->path), "type",
					json_shape(leaf->shape), "offset_bits",
					(int)leaf->offset_bits, "size_bits", (int)leaf->size_bits,
					"where", where, "byref", (int)l->value->byref));
	return 0;
}

static void add_value(json_t *list, const struct abi *abi, const struct abi_value *v, const char *name)
{
	struct leaf_list l = { abi, v, name, 0, list };
	uint32_t index = 0;

	shape_each_leaf(v->shape, SHAPE_EVERY_VARIANT, &index, add_leaf, &l);
}

/* Members that have a name; those of anonymous ones as C names them. */
static void add_fields(json_t *list, const struct abi_call *call, const struct shape *s, uint32_t at)
{
	const struct abi_type *type = call->types[s->type_index];

	for (uint32_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];
		uint32_t offset = at + type->fields[i].offset_bits;

		if (m->name)
			json_array_append_new(list,
					      json_pack("{s:o, s:i, s:i}", "name",
							option_json_text(m->name), "offset_bits",
							(int)offset, "size_bits",
							(int)type->fields[i].size_bits));
		else if (!m->is_bitfield)
			add_fields(list, call, m->shape, offset);
	}
}

static json_t *json_types(const struct abi_call *call)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < call->type_count; i++) {
		const struct abi_type *type = call->types[i];
		json_t *fields;

		if (!type)
			continue;
		fields = json_array();
		add_fields(fields, call, type->shape, 0);
		json_array_append_new(list,
				      json_pack("{s:o, s:i, s:i, s:o}", "type",
						json_shape(type->shape), "size", (int)type->size,
						"align", (int)type->align, "fields", fields));
	}
	return list;
}

/* Places and layouts by one reader. */
static void add_call(json_t *json, const struct abi *abi, const struct abi_call *call)
{
	json_t *args = json_array(), *result = json_array();
	char name[16];

	for (uint32_t i = 0; i < call->arg_count; i++) {
		snprintf(name, sizeof(name), "arg%u", i);
		add_value(args, abi, &call->args[i], name);
	}
	add_value(result, abi, &call->result, "result");
	json_object_set_new(json, "args", args);
	json_object_set_new(json, "result", result);
	json_object_set_new(json, "types", json_types(call));
}

/* A compiler's reading, with the rows in whose words it differs. */
static json_t *json_reader(const struct abi *abi, const struct abi_call *call)
{
	json_t *json = json_pack("{s:s}", "reader", abi_reader_names[call->reader]);
	json_t *rules = json_array();

	for (int r = rule_next(&call->rules, 0); r >= 0; r = rule_next(&call->rules, r + 1)) {
		const char *words = rule_deviation(r, call->reader == ABI_GCC);

		if (*words)
			json_array_append_new(rules,
					      json_pack("{s:s, s:s, s:s, s:s}", "rule",
							rule_info[r].id, "section",
							rule_info[r].section, "statement",
							rule_info[r].statement, "instead", words));
	}
	json_object_set_new(json, "rules", rules);
	add_call(json, abi, call);
	return json;
}

static json_t *json_abi(const struct abi *abi, const struct fuzz_case *c, struct arena *arena)
{
	const struct abi_call *call =
		abi_classify(abi, ABI_DOCUMENT, &c->proto, c->type_count, arena);
	json_t *json =
		json_pack("{s:s, s:i}", "arch", abi_arch(abi), "arg_count", (int)call->arg_count);
	json_t *rules = json_array(), *otherwise = json_array();

	add_call(json, abi, call);
	for (int r = rule_next(&call->rules, 0); r >= 0; r = rule_next(&call->rules, r + 1))
		json_array_append_new(rules, json_string(rule_info[r].id));
	for (int reader = ABI_GCC; reader < ABI_READERS; reader++) {
		const struct abi_call *other =
			abi_classify(abi, (enum abi_reader)reader, &c->proto, c->type_count, arena);

		if (!abi_same_call(call, other))
			json_array_append_new(otherwise, json_reader(abi, other));
	}
	json_object_set_new(json, "rules", rules);
	json_object_set_new(json, "otherwise", otherwise);
	return json;
}

static json_t *json_case(const struct options *o, const struct fuzz_case *c)
{
	json_t *abis = json_array();
	struct arena arena = ARENA_INIT;

	for (unsigned i = 0; abi_at(i); i++)
		if (!o->abi || o->abi == abi_at(i))
			json_array_append_new(abis, json_abi(abi_at(i), c, &arena));
	arena_release(&arena);
	return json_pack("{s:i, s:o, s:o}", "version", 1, "case", option_json_text(c->text), "abis",
			 abis);
}

static void add_pictures(struct buf *out, const struct options *o, const struct proto *proto,
			 uint32_t type_count)
{
	struct arena arena = ARENA_INIT;

	for (unsigned i = 0; abi_at(i); i++)
		if (!o->abi || o->abi == abi_at(i))
			abi_print(out, abi_at(i), proto, type_count, &arena);
	arena_release(&arena);
}

static int print_text(const struct options *o, const struct fuzz_case *c, struct err *e)
{
	struct route_proto crossing;
	struct buf out = BUF_INIT;
	int rc = 0;

	buf_addf(&out, "%s\n", c->text);
	add_pictures(&out, o, &c->proto, c->type_count);
	if (route_how(c->route)->args != CARRIED_BY_VALUE) {
		route_proto(&crossing, c);
		buf_addf(&out, "on the route %s pointers to these cross instead\n",
			 route_names[c->route]);
		add_pictures(&out, o, &crossing.proto, c->type_count);
	}
	if (fwrite(out.ptr, 1, out.len, stdout) != out.len || fflush(stdout))
		rc = err_errno(e, EXIT_ENVIRON, "standard output");
	buf_release(&out);
	return rc;
}

/* With --json there must be only one in all: it makes one document, which is held back until that is known. */
static int explain(const char *text, size_t len, const char *name, void *ctx, struct err *e)
{
	struct options *o = ctx;
	struct fuzz_case c;
	int rc = 0;

	if (o->count++ && option_json)
		return err_set(e, EXIT_USAGE, "%s: --json explains one case at a time", name);
	if (case_parse(&c, text, len, name, e) < 0)
		return -1;
	cases_note(&c, name);
	if (option_json)
		o->document = json_case(o, &c);
	else
		rc = print_text(o, &c, e);
	case_release(&c);
	return rc;
}

int cmd_explain(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.args_doc = "CASE...",
		.doc = "Shows the layout of every type of a case and the place of every argument and "
		       "result, as the ABI documents say, with the rules that decided; and what "
		       "GCC and Clang do otherwise. No compiler is asked.\v"
		       "CASE is a C declaration of f, '-' (standard input) or @FILE, one a line.",
		.children = children,
	};
	struct options o = { .args = xcalloc((size_t)argc + 1, sizeof(*o.args)) };
	struct err e = ERR_INIT;
	int status = EXIT_CLEAN, rc = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	for (int i = 0; i < o.arg_count && rc == 0; i++)
		rc = cases_each(o.args[i], explain, &o, &e);
	if (rc == 0 && !o.count)
		rc = err_set(&e, EXIT_USAGE, "no case in what was given");
	if (rc < 0) {
		json_decref(o.document);
		status = option_fail(&e);
	} else if (o.document) {
		status = option_print_json(o.document);
	}
	free(o.args);
	return status;
}
