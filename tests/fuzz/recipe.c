/* recipe.c: tests. Fuzz driver: any bytes are a case in the limits; its text parses back. */
#include <string.h>

#include "model/case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_case c, again;
	struct err e = ERR_INIT;
	uint32_t leaves = 0;

	case_decode(&c, data, size);
	if (case_parse(&again, c.text, strlen(c.text), "<text>", &e) < 0)
		BUG("its own text does not parse: %s", e.msg);
	if (strcmp(c.text, again.text) != 0 || strcmp(c.id, again.id) != 0)
		BUG("another case came back:\n%s\n%s", c.text, again.text);
	BUG_ON(!shape_equal(c.proto.result, again.proto.result));
	for (uint32_t i = 0; i < c.proto.arg_count; i++) {
		BUG_ON(!shape_equal(c.proto.args[i], again.proto.args[i]));
		leaves += shape_leaf_count(c.proto.args[i]);
	}
	BUG_ON(leaves > SHAPE_MAX_LEAVES || shape_leaf_count(c.proto.result) > SHAPE_MAX_LEAVES);
	case_release(&again);
	case_release(&c);
	return 0;
}
