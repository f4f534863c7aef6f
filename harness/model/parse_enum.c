/* parse_enum.c: model. The enumerators of an enum and their values. */
#include <string.h>

#include "model/parse.h"

#define HINT_ENUM "as in enum { A, B = 7 }"

/* "-7", "+3", "-2147483647 - 1" */
static int parse_value(struct parser *p, const char *name, int64_t *value)
{
	size_t at = p->tok.at;
	bool first = true;

	*value = 0;
	do {
		bool negative = parse_is(p, '-');
		uint64_t n;

		if (negative || parse_is(p, '+'))
			parse_take(p);
		if (parse_integer(p, "an integer", (uint64_t)INT64_MAX + (first && negative), &n) < 0)
			return -1;
		if (negative ? __builtin_sub_overflow(*value, n, value)
			     : __builtin_add_overflow(*value, n, value))
			return parse_fail(p, at, "choose a smaller value",
					  "the value of '%s' does not fit 64 bits", name);
		first = false;
	} while (parse_is(p, '-') || parse_is(p, '+'));
	return 0;
}

static int parse_enumerator(struct parser *p, struct enumerator *list, uint32_t i)
{
	size_t at = p->tok.at;

	if (p->tok.kind != TOKEN_NAME)
		return parse_expected(p, "the name of an enumerator",
				      "name its values, as in enum { A, B = 7 }");
	if (parse_check_name(p, p->tok) < 0)
		return -1;
	list[i].name = parse_word(p, p->tok);
	list[i].value = 0;
	for (uint32_t j = 0; j < i; j++)
		if (!strcmp(list[j].name, list[i].name))
			return parse_fail(p, at, "choose another name",
					  "two enumerators are named '%s'", list[i].name);
	parse_take(p);
	if (parse_is(p, '=')) {
		parse_take(p);
		return parse_value(p, list[i].name, &list[i].value);
	}
	if (i && !shape_enumerator_follows(list[i - 1].value))
		return parse_fail(p, at, "write it out, as in B = 4294967296",
				  "no value comes of itself after %lld, which is no int or the last",
				  (long long)list[i - 1].value);
	list[i].value = i ? list[i - 1].value + 1 : 0;
	return 0;
}

int parse_enumerators(struct parser *p, struct shape *s)
{
	struct enumerator list[SHAPE_MAX_MEMBERS], *kept;

	parse_take(p);
	do {
		if (s->count == SHAPE_MAX_MEMBERS)
			return parse_fail(p, p->tok.at, "use fewer",
					  "more than SHAPE_MAX_MEMBERS = %d enumerators",
					  SHAPE_MAX_MEMBERS);
		if (parse_enumerator(p, list, s->count) < 0)
			return -1;
		s->count++;
		if (!parse_is(p, ','))
			break;
		parse_take(p);
	} while (!parse_is(p, '}'));
	kept = arena_alloc(p->arena, s->count * sizeof(*kept));
	memcpy(kept, list, s->count * sizeof(*kept));
	s->enumerators = kept;
	if (!parse_is(p, '}'))
		return parse_expected(p, "',' or '}'", HINT_ENUM);
	parse_take(p);
	return 0;
}
