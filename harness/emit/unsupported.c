/* unsupported.c: emit. What no code can be generated for; all else is for cgo and the compilers to say. */
#include "emit/route.h"

/* Go's pseudo-package C has no name for some C types; a pointer to one is no better. */
static const char *nameless(const struct shape *s)
{
	const char *why = NULL;

	switch (s->kind) {
	case SHAPE_SCALAR:
		if (s->scalar == SCALAR_LDOUBLE)
			return "Go has no type for long double: only [route=direct] carries it";
		if (s->scalar == SCALAR_FLOAT16)
			return "Go has no type for _Float16: only [route=direct] carries it";
		return NULL;
	case SHAPE_POINTER:
	case SHAPE_ARRAY:
	case SHAPE_COMPLEX:
	case SHAPE_VECTOR:
		return nameless(s->target);
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		for (uint32_t i = 0; i < s->count && !why; i++)
			why = nameless(s->members[i].shape);
		return why;
	case SHAPE_VOID:
	case SHAPE_ENUM:
	case SHAPE_FUNCTION:
		break;
	}
	return NULL;
}

/* cgo has arrays for vectors, and C passes arrays as pointers and returns none. */
static bool vector_by_value(const struct fuzz_case *c)
{
	const struct route_how *how = route_how(c->route);
	bool found = how->result == CARRIED_BY_VALUE && c->proto.result->kind == SHAPE_VECTOR;

	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		found |= how->args == CARRIED_BY_VALUE && c->proto.args[i]->kind == SHAPE_VECTOR;
	return found;
}

/* cgo's wrapper declares a variable of the result's type, then assigns it (cmd/cgo/out.go). */
static bool result_stays_const(const struct fuzz_case *c)
{
	struct shape unqualified = *c->proto.result;

	unqualified.qualifiers = 0;
	return route_how(c->route)->result == CARRIED_BY_VALUE && !text_assignable(&unqualified);
}

static const char *too_new(const struct fuzz_case *c, int go_minor)
{
	if (!go_minor || go_minor >= route_how(c->route)->since)
		return NULL;
	return c->route == ROUTE_NOESCAPE ? "#cgo noescape and nocallback want Go 1.24 or later"
					  : "unsafe.Slice wants Go 1.17 or later";
}

const char *emit_refused(const struct fuzz_case *c, int go_minor)
{
	if (c->route == ROUTE_DIRECT)
		return NULL;
	if (text_is_callback(c) && !route_exports(c))
		return "Go cannot export a function with this parameter or result (a vector, a const "
		       "member)";
	return too_new(c, go_minor);
}

const char *emit_unsupported(const struct fuzz_case *c, int go_minor)
{
	const char *why = nameless(c->proto.result);

	if (c->route == ROUTE_DIRECT)
		return NULL;
	for (uint32_t i = 0; i < c->proto.arg_count && !why; i++)
		why = nameless(c->proto.args[i]);
	if (!why && vector_by_value(c))
		why = "cgo has an array for a vector, which C passes as a pointer and does not return: only "
		      "[route=direct] carries it, or a struct";
	if (!why && result_stays_const(c))
		why = "cgo assigns the result, and a const member forbids that: [route=direct] "
		      "carries it, and what passes its address";
	return why ? why : emit_refused(c, go_minor);
}

void emit_fit_route(struct fuzz_case *c)
{
	if (!emit_unsupported(c, 0))
		return;
	c->route = ROUTE_CALL;
	if (emit_unsupported(c, 0))
		c->route = ROUTE_DIRECT;
}
