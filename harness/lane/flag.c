/* flag.c: lane. What callees of a lane are compiled with besides their level. */
#include "lane/flag.h"

#include <string.h>

#include "guest/value.h"

#define AMD64 (1u << CGOFUZZ_ARCH_AMD64)
#define ARM64 (1u << CGOFUZZ_ARCH_ARM64)
#define YMM 32 /* bytes of a register that only AVX has */

static const struct lane_flag flags[] = {
#define FLAG(name, archs, option, processor, about) { name, option, about, archs, processor },
#include "lane/flag.def"
#undef FLAG
};

const struct lane_flag *lane_flag_at(unsigned i)
{
	return i < sizeof(flags) / sizeof(*flags) ? &flags[i] : NULL;
}

const struct lane_flag *lane_flag_find(const char *name)
{
	const struct lane_flag *f;

	for (unsigned i = 0; (f = lane_flag_at(i)); i++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

bool lane_flag_works(const struct lane_flag *f)
{
#ifdef __x86_64__
	return !f->processor || __builtin_cpu_supports("avx");
#else
	return !f->processor;
#endif
}

static bool is_ymm(const struct shape *s)
{
	return s->kind == SHAPE_VECTOR && s->count * scalar_info[s->target->scalar].size >= YMM;
}

static bool is_float(const struct shape *s)
{
	if (s->kind == SHAPE_VECTOR || s->kind == SHAPE_COMPLEX)
		return true;
	if (s->kind != SHAPE_SCALAR)
		return false;
	switch (scalar_info[s->scalar].leaf_kind) {
	case CGOFUZZ_LEAF_F16:
	case CGOFUZZ_LEAF_F32:
	case CGOFUZZ_LEAF_F64:
	case CGOFUZZ_LEAF_LDOUBLE:
		return true;
	default:
		return false;
	}
}

/* By value: not behind a pointer. */
static bool holds(const struct shape *s, bool (*is)(const struct shape *s))
{
	bool found = is(s) || (s->kind == SHAPE_ARRAY && holds(s->target, is));

	for (uint32_t i = 0; i < s->count && (s->kind == SHAPE_STRUCT || s->kind == SHAPE_UNION); i++)
		found |= holds(s->members[i].shape, is);
	return found;
}

static bool case_holds(const struct fuzz_case *c, bool (*is)(const struct shape *s))
{
	bool found = holds(c->proto.result, is);

	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		found |= holds(c->proto.args[i], is);
	return found;
}

const char *lane_flag_refuses(const struct lane *l, const struct fuzz_case *c)
{
	const struct lane_flag *f = lane_flag_find(l->flag);

	if (f && f->processor && case_holds(c, is_ymm))
		return "-mavx passes vectors of 32 bytes in registers, which callers without it do not "
		       "have: psABI 3.2.3";
	/* gcc says so itself, of those that are not in memory */
	if (f && !strcmp(f->name, "mgeneral") && !strncmp(l->callee, "clang", 5) &&
	    case_holds(c, is_float))
		return "-mgeneral-regs-only has no registers for floats; clang takes others, without a "
		       "word";
	return NULL;
}
