/* parse_attribute.c: model. __attribute__((...)) and _Alignas(...). */
#include <string.h>

#include "model/parse.h"

#define BIGGEST_ALIGNMENT 16 /* what aligned without a number means on both architectures */
#define HINT_KNOWN "the known ones are packed, aligned(N) and vector_size(N)"
#define HINT_ALIGN "write a power of two from 1 to 128, as in aligned(8)"

/* name with or without underscores around it */
static bool is_attribute(const struct parser *p, const char *name)
{
	const char *text = p->lex.text + p->tok.at;
	size_t len = p->tok.len;

	if (len > 4 && !strncmp(text, "__", 2) && !strncmp(text + len - 2, "__", 2)) {
		text += 2;
		len -= 4;
	}
	return !strncmp(text, name, len) && !name[len];
}

static int set_align(struct parser *p, struct attributes *a, uint64_t n, size_t at)
{
	if (a->align)
		return parse_fail(p, at, "leave one out", "the alignment is given twice");
	a->align = (uint32_t)n;
	a->align_at = at;
	return 0;
}

/* "(8)"; the name is at `at`. */
static int parse_alignment(struct parser *p, size_t *at, uint64_t *n)
{
	if (parse_expect(p, "(", HINT_ALIGN) < 0)
		return -1;
	*at = p->tok.at;
	if (parse_integer(p, "an alignment", UINT64_MAX, n) < 0)
		return -1;
	if (*n & (*n - 1) || *n > SHAPE_MAX_ALIGN)
		return parse_fail(p, *at, HINT_ALIGN, "an alignment is a power of two, at most %d",
				  SHAPE_MAX_ALIGN);
	return parse_expect(p, ")", HINT_ALIGN);
}

static int parse_aligned(struct parser *p, struct attributes *a)
{
	size_t at = p->tok.at, number_at;
	uint64_t n = BIGGEST_ALIGNMENT;

	parse_take(p);
	if (parse_is(p, '(')) {
		if (parse_alignment(p, &number_at, &n) < 0)
			return -1;
		if (!n)
			return parse_fail(p, number_at, HINT_ALIGN,
					  "an alignment is a power of two, at most %d",
					  SHAPE_MAX_ALIGN);
	}
	return set_align(p, a, n, at);
}

int parse_alignas(struct parser *p, struct attributes *a)
{
	size_t at = p->tok.at, number_at;
	uint64_t n;

	parse_take(p);
	if (parse_alignment(p, &number_at, &n) < 0)
		return -1;
	return n ? set_align(p, a, n, at) : 0; /* _Alignas(0) says nothing (C17 6.7.5) */
}

static int parse_vector_size(struct parser *p, struct attributes *a)
{
	size_t at;
	uint64_t n;

	a->vector_at = p->tok.at;
	parse_take(p);
	if (parse_expect(p, "(", "as in vector_size(16)") < 0)
		return -1;
	at = p->tok.at;
	if (parse_integer(p, "the bytes of a vector", UINT64_MAX, &n) < 0)
		return -1;
	if (n != 8 && n != 16 && n != 32)
		return parse_fail(p, at, "as in vector_size(16)",
				  "a vector has 8, 16 or 32 bytes, not %llu", (unsigned long long)n);
	if (a->vector)
		return parse_fail(p, a->vector_at, "leave one out", "vector_size is given twice");
	a->vector = (uint32_t)n;
	return parse_expect(p, ")", "as in vector_size(16)");
}

static int parse_one(struct parser *p, struct attributes *a)
{
	if (p->tok.kind != TOKEN_NAME)
		return parse_expected(p, "the name of an attribute", HINT_KNOWN);
	if (is_attribute(p, "packed")) {
		a->packed = true;
		a->packed_at = p->tok.at;
		parse_take(p);
		return 0;
	}
	if (is_attribute(p, "aligned"))
		return parse_aligned(p, a);
	if (is_attribute(p, "vector_size"))
		return parse_vector_size(p, a);
	return parse_fail(p, p->tok.at, HINT_KNOWN, "the attribute '%.*s' is not supported",
			  p->tok.len < 40 ? (int)p->tok.len : 40, p->lex.text + p->tok.at);
}

int parse_attribute_lists(struct parser *p, struct attributes *a)
{
	static const char hint[] = "as in __attribute__((packed, aligned(4)))";

	while (parse_is_word(p, WORD_ATTRIBUTE)) {
		parse_take(p);
		for (int i = 0; i < 2; i++)
			if (parse_expect(p, "(", hint) < 0)
				return -1;
		while (!parse_is(p, ')')) {
			if (parse_is(p, ',')) { /* empty ones are fine (GCC manual, 6.39) */
				parse_take(p);
				continue;
			}
			if (parse_one(p, a) < 0)
				return -1;
			if (!parse_is(p, ',') && !parse_is(p, ')'))
				return parse_expected(p, "',' or ')'", hint);
		}
		parse_take(p);
		if (parse_expect(p, ")", hint) < 0)
			return -1;
	}
	return 0;
}

int parse_no_attributes(struct parser *p, const struct attributes *a, const char *where,
			const char *hint)
{
	const char *name = a->packed ? "packed" : a->align ? "aligned" : "vector_size";
	size_t at = a->packed ? a->packed_at : a->align ? a->align_at : a->vector_at;

	if (!a->packed && !a->align && !a->vector)
		return 0;
	return parse_fail(p, at, hint, "'%s' has no place %s", name, where);
}
