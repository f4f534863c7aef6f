/* recipe.c: tests. Fuzz driver: any bytes are a case in the limits; its text parses back. */
#include <string.h>

#include "model/case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_limits(const struct fuzz_case *c)
{
	uint32_t leaves = 0;

	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		leaves += shape_leaf_count(c->proto.args[i]);
		BUG_ON(shape_variants(c->proto.args[i]) > SHAPE_MAX_VARIANTS);
	}
	BUG_ON(leaves > SHAPE_MAX_LEAVES || shape_leaf_count(c->proto.result) > SHAPE_MAX_LEAVES);
	BUG_ON(shape_variants(c->proto.result) > SHAPE_MAX_VARIANTS);
}

/* The first byte picks the population. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum population population = size ? (enum population)(data[0] % POPULATION_COUNT)
					  : POPULATION_PLAIN;
	static struct fuzz_case lean; /* its memory is used again and again */
	struct fuzz_case c, again;
	struct err e = ERR_INIT;

	case_decode(&c, data + !!size, size - !!size, population);
	if (case_parse(&again, c.text, strlen(c.text), "<text>", &e) < 0)
		BUG("its own text does not parse: %s", e.msg);
	if (strcmp(c.text, again.text) != 0 || strcmp(c.id, again.id) != 0)
		BUG("another case came back:\n%s\n%s", c.text, again.text);
	BUG_ON(c.type_count != again.type_count);
	BUG_ON(!shape_equal(c.proto.result, again.proto.result));
	for (uint32_t i = 0; i < c.proto.arg_count; i++)
		BUG_ON(!shape_equal(c.proto.args[i], again.proto.args[i]));
	check_limits(&c);
	case_decode_lean(&lean, data + !!size, size - !!size, population);
	BUG_ON(case_spell(&lean, &e) < 0 || strcmp(lean.text, c.text) != 0);
	case_release(&again);
	case_release(&c);
	return 0;
}
