/* picture.c: triage/report. Where each leaf of a case lies by the ABI documents, for the page to draw. */
#include <string.h>

#include "abi/abi.h"
#include "emit/route.h"
#include "model/case.h"
#include "triage/report/private.h"

#define LEAVES_MAX 24 /* of one value; what follows is only counted */

/* Leaves of one value, appended to a list. */
struct leaf_list {
	const struct abi *abi;
	const struct abi_value *value;
	const char *name;
	uint32_t count;
	json_t *list;
};

/* ["rdi", byte, size], of a bit-field also its lowest bit and how many. */
static json_t *piece_json(const struct abi *abi, const struct abi_piece *p)
{
	json_t *place = p->where == ABI_STACK
		? json_sprintf("sp+%u", p->slot)
		: json_string(abi_register_name(abi, (enum abi_where)p->where, p->number));
	json_t *j = json_pack("[o, i, i]", place, (int)p->byte, (int)p->size);

	if (p->bits) {
		json_array_append_new(j, json_integer(p->bit));
		json_array_append_new(j, json_integer(p->bits));
	}
	return j;
}

/* ["arg0.x", piece, ...] */
static int add_leaf(const struct shape_leaf *named, void *ctx)
{
	struct leaf_list *l = ctx;
	const struct abi_leaf *leaf;
	json_t *j;

	if (l->count >= l->value->leaf_count || l->count >= LEAVES_MAX)
		return -1;
	leaf = &l->value->leaves[l->count++];
	j = json_pack("[o]", json_sprintf("%s%s", l->name, named->path));
	for (uint32_t i = 0; i < leaf->piece_count; i++)
		json_array_append_new(j, piece_json(l->abi, &leaf->pieces[i]));
	json_array_append_new(l->list, j);
	return 0;
}

static json_t *value_json(const struct abi *abi, const struct abi_value *v, const char *name)
{
	struct leaf_list l = { abi, v, name, 0, json_array() };
	uint32_t index = 0;

	shape_each_leaf(v->shape, SHAPE_EVERY_VARIANT, &index, add_leaf, &l);
	return json_pack("{s:s, s:i, s:b, s:i, s:o}", "name", name, "size", (int)v->size, "byref",
			 (int)v->byref, "left_out", (int)(v->leaf_count - l.count), "leaves", l.list);
}

static json_t *abi_json(const struct abi *abi, const struct proto *proto, uint32_t type_count,
			struct arena *arena)
{
	const struct abi_call *call = abi_classify(abi, ABI_DOCUMENT, proto, type_count, arena);
	json_t *values = json_array();
	char name[16];

	for (uint32_t i = 0; i < call->arg_count; i++) {
		snprintf(name, sizeof(name), "arg%u", i);
		json_array_append_new(values, value_json(abi, &call->args[i], name));
	}
	json_array_append_new(values, value_json(abi, &call->result, "result"));
	return json_pack("{s:s, s:i, s:o}", "arch", abi_arch(abi), "stack_bytes",
			 (int)call->stack_bytes, "values", values);
}

static void add_abis(json_t *list, const struct proto *proto, uint32_t type_count, const char *archs)
{
	struct arena arena = ARENA_INIT;

	for (unsigned i = 0; abi_at(i); i++)
		if (strstr(archs, abi_arch(abi_at(i))))
			json_array_append_new(list, abi_json(abi_at(i), proto, type_count, &arena));
	arena_release(&arena);
}

json_t *report_picture(const char *case_text, const char *archs)
{
	struct route_proto crossing;
	json_t *list = json_array();
	struct err ignored = ERR_INIT;
	struct fuzz_case c;

	if (case_parse(&c, case_text, strlen(case_text), "case", &ignored) < 0)
		return list;
	if (route_how(c.route)->args == CARRIED_BY_VALUE) {
		add_abis(list, &c.proto, c.type_count, archs);
	} else {
		route_proto(&crossing, &c);
		add_abis(list, &crossing.proto, c.type_count, archs);
	}
	case_release(&c);
	return list;
}
