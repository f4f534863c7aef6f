/* case_text.c: tests. Fuzz driver: a text is a case that parses back, or a clear error. */
#include <string.h>

#include "model/case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct fuzz_case *a, const struct fuzz_case *b)
{
	if (strcmp(a->text, b->text) != 0 || strcmp(a->id, b->id) != 0 || a->route != b->route ||
	    a->type_count != b->type_count)
		BUG("not a fixed point:\n%s\n%s", a->text, b->text);
	BUG_ON(!shape_equal(a->proto.result, b->proto.result));
	for (uint32_t i = 0; i < a->proto.arg_count; i++)
		BUG_ON(!shape_equal(a->proto.args[i], b->proto.args[i]));
}

/* Generated code is made of any case. */
static void check_definitions(const struct fuzz_case *c)
{
	struct buf out = BUF_INIT;

	for (uint32_t i = 0; i < c->type_count; i++) {
		size_t from = out.len;

		shape_define(&out, c->types[i], "S0_");
		BUG_ON(out.len - from < 3 || strcmp(out.ptr + out.len - 2, ";\n") != 0);
		BUG_ON(c->types[i]->type_index != i);
	}
	shape_declare(&out, c->proto.result, "S0_", "r");
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_case lean; /* its memory is used again and again */
	struct fuzz_case c, again;
	struct err e = ERR_INIT;
	int lines = 0;

	if (case_parse(&c, (const char *)data, size, "<fuzz>", &e) < 0) {
		for (const char *p = e.msg; *p; p++)
			lines += *p == '\n';
		if (e.status != EXIT_USAGE || lines != 3 || strncmp(e.msg, "<fuzz>:", 7) != 0)
			BUG("not an error of four lines: %s", e.msg);
		return 0;
	}
	if (case_parse(&again, c.text, strlen(c.text), "<text>", &e) < 0)
		BUG("its own text does not parse: %s", e.msg);
	check_same(&c, &again);
	if (case_parse_lean(&lean, (const char *)data, size, "<fuzz>", &e) < 0 ||
	    case_spell(&lean, &e) < 0)
		BUG("lean parsing fails: %s", e.msg);
	check_same(&c, &lean);
	check_definitions(&c);
	case_release(&again);
	case_release(&c);
	return 0;
}
