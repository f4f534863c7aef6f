/* case.c: model. Finishing a case: one type for equal types, limits, text and identity. */
#include "model/case.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/finish.h"

const char *const route_names[ROUTE_COUNT] = {
#define ROUTE(id, name, about) [ROUTE_##id] = name,
#include "model/route.def"
#undef ROUTE
};

int case_problem_set(struct case_problem *problem, const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(problem->msg, sizeof(problem->msg), fmt, ap);
	va_end(ap);
	snprintf(problem->hint, sizeof(problem->hint), "%s", hint);
	return -1;
}

/* "the result", "argument 3" */
static const char *place_name(int where, char name[32])
{
	if (where == 0)
		return "the result";
	snprintf(name, 32, "argument %d", where);
	return name;
}

static int check_object(const struct shape *s, struct case_problem *problem)
{
	const struct node *n = node_of(s);
	const char *place;
	char name[32];

	if (n->leaves <= SHAPE_MAX_LEAVES && n->size <= SHAPE_MAX_BYTES &&
	    n->variants <= SHAPE_MAX_VARIANTS)
		return 0;
	place = place_name(problem->where, name);
	if (n->leaves > SHAPE_MAX_LEAVES)
		return case_problem_set(problem, "use fewer members or smaller arrays",
					"%s has %llu scalar leaves, SHAPE_MAX_LEAVES = %d is the most",
					place, (unsigned long long)n->leaves, SHAPE_MAX_LEAVES);
	if (n->size > SHAPE_MAX_BYTES)
		return case_problem_set(problem, "use fewer members or smaller arrays",
					"%s has %llu bytes, SHAPE_MAX_BYTES = %d is the most",
					place, (unsigned long long)n->size, SHAPE_MAX_BYTES);
	return case_problem_set(
		problem, "use smaller unions, or fewer in one",
		"the unions in %s can be used in %llu ways, SHAPE_MAX_VARIANTS = %d is the most",
		place, (unsigned long long)n->variants, SHAPE_MAX_VARIANTS);
}

static int too_long(struct case_problem *problem)
{
	return case_problem_set(problem, "use fewer or smaller types",
				"the case, its types spelled in place, is longer than "
				"CASE_MAX_TEXT = %d bytes",
				CASE_MAX_TEXT);
}

static int check_limits(struct fuzz_case *c, struct case_problem *problem)
{
	uint64_t leaves = 0, nodes;

	problem->where = 0;
	if (check_object(c->proto.result, problem) < 0)
		return -1;
	nodes = node_of(c->proto.result)->nodes;
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		problem->where = (int)i + 1;
		if (check_object(c->proto.args[i], problem) < 0)
			return -1;
		leaves += node_of(c->proto.args[i])->leaves;
		nodes += node_of(c->proto.args[i])->nodes;
		if (leaves > SHAPE_MAX_LEAVES)
			return case_problem_set(
				problem, "use fewer or smaller arguments",
				"the arguments have more than SHAPE_MAX_LEAVES = %d scalar leaves up to here",
				SHAPE_MAX_LEAVES);
	}
	problem->where = -1;
	if (nodes > CASE_MAX_TEXT) /* each is at least one character: do not even print it */
		return too_long(problem);
	return 0;
}

static int spell(struct fuzz_case *c, struct case_problem *problem)
{
	struct buf text = BUF_INIT;

	problem->where = -1;
	case_print(c, &text);
	if (text.len > CASE_MAX_TEXT) {
		buf_release(&text);
		return too_long(problem);
	}
	c->text = arena_strndup(&c->arena, text.ptr, text.len);
	hash_hex(text.ptr, text.len, c->id);
	buf_release(&text);
	return 0;
}

int case_finish_at(struct fuzz_case *c, enum finish how, struct case_problem *problem)
{
	problem->where = -1;
	if (c->proto.arg_count > PROTO_MAX_ARGS)
		return case_problem_set(problem, "pass some of them in a struct",
					"f has %u arguments, PROTO_MAX_ARGS = %d is the most",
					c->proto.arg_count, PROTO_MAX_ARGS);
	if (case_intern(c, how == FINISH_COPY, problem) < 0 || check_limits(c, problem) < 0)
		return -1;
	return how == FINISH_LEAN ? 0 : spell(c, problem);
}

int case_finish(struct fuzz_case *c, struct err *e)
{
	struct case_problem problem;

	if (case_finish_at(c, FINISH_COPY, &problem) < 0)
		return err_set(e, EXIT_USAGE, "%s: %s", problem.msg, problem.hint);
	return 0;
}

int case_spell(struct fuzz_case *c, struct err *e)
{
	struct case_problem problem;

	if (!c->text && spell(c, &problem) < 0)
		return err_set(e, EXIT_USAGE, "%s: %s", problem.msg, problem.hint);
	return 0;
}

void case_release(struct fuzz_case *c)
{
	arena_release(&c->arena);
	*c = (struct fuzz_case){ 0 };
}

void case_reset(struct fuzz_case *c)
{
	arena_reset(&c->arena);
	*c = (struct fuzz_case){ .arena = c->arena };
}
