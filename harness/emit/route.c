/* route.c: emit. What the C function of a case looks like on each route, and who can call it. */
#include "emit/route.h"

#include "abi/abi.h"

static const struct route_how hows[ROUTE_COUNT] = {
	[ROUTE_ERRNO] = { .sets_errno = true },
	[ROUTE_CALLBACK_ERRNO] = { .sets_errno = true },
	[ROUTE_POINTER] = { .args = CARRIED_BY_POINTER },
	[ROUTE_GO_POINTER] = { .args = CARRIED_BY_POINTER, .result = CARRIED_BY_POINTER },
	[ROUTE_SLICE] = { .args = CARRIED_BY_POINTER,
			  .result = CARRIED_BY_POINTER,
			  .element = 1,
			  .since = 17 }, /* unsafe.Slice */
	[ROUTE_BYTES] = { .args = CARRIED_AS_BYTES, .result = CARRIED_AS_BYTES },
	[ROUTE_NOESCAPE] = { .since = 24 },
};

const struct route_how *route_how(enum route route)
{
	return &hows[route];
}

static bool is_void(const struct fuzz_case *c)
{
	return c->proto.result->kind == SHAPE_VOID;
}

static const struct shape nothing = { .kind = SHAPE_VOID };

static const struct shape *pointer_to(struct shape *room, const struct shape *target)
{
	*room = (struct shape){ .kind = SHAPE_POINTER, .target = target };
	return room;
}

void route_proto(struct route_proto *out, const struct fuzz_case *c)
{
	const struct route_how *how = route_how(c->route);
	uint32_t n = c->proto.arg_count;

	out->proto = (struct proto){ c->proto.result, out->args, n };
	for (uint32_t i = 0; i < n; i++)
		out->args[i] = how->args == CARRIED_BY_VALUE
			? c->proto.args[i]
			: pointer_to(&out->pointers[i],
				     how->args == CARRIED_AS_BYTES ? &nothing : c->proto.args[i]);
	if (is_void(c) || how->result == CARRIED_BY_VALUE)
		return;
	if (how->result == CARRIED_AS_BYTES) {
		out->proto.result = pointer_to(&out->address, &nothing);
		return;
	}
	out->args[n] = pointer_to(&out->pointers[n], c->proto.result);
	out->proto.arg_count++;
	out->proto.result = &nothing;
}

void route_function(struct buf *out, const struct fuzz_case *c, const char *prefix, const char *name)
{
	struct route_proto rp;

	route_proto(&rp, c);
	text_function_of(out, &rp.proto, c->proto.arg_count, prefix, name);
}

static void put_list(struct buf *out, const struct fuzz_case *c, const char *before)
{
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		buf_addf(out, "%s%sa%u", i ? ", " : "", before, i);
}

/* The value is the second of two elements. */
static void slice_c_call(struct buf *out, const struct fuzz_case *c, const char *callee)
{
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		buf_addf(out, "\t__typeof__(a->a%u) p%u[2] = { a->a%u, a->a%u };\n", i, i, i, i);
	if (!is_void(c))
		buf_addstr(out, "\t_Alignas(__typeof__(*r)) char results[2 * sizeof(*r)];\n");
	buf_addf(out, "\t%s(", callee);
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		buf_addf(out, "%sp%u", i ? ", " : "", i);
	if (is_void(c)) {
		buf_addstr(out, ");\n");
		return;
	}
	buf_addf(out,
		 "%s(void *)results);\n\t__builtin_memcpy(r, results + sizeof(*r), sizeof(*r));\n",
		 c->proto.arg_count ? ", " : "");
}

void route_c_call(struct buf *out, const struct fuzz_case *c, const char *callee)
{
	const struct route_how *how = route_how(c->route);
	const char *object = how->args == CARRIED_BY_VALUE ? "a->" : "&a->";
	bool pass = how->result == CARRIED_BY_POINTER && !is_void(c);

	if (how->element) {
		slice_c_call(out, c, callee);
		return;
	}
	buf_addch(out, '\t');
	if (how->result == CARRIED_BY_VALUE)
		text_keep_begin(out, c->proto.result);
	else if (!is_void(c) && how->result == CARRIED_AS_BYTES)
		buf_addstr(out, "__builtin_memcpy(r, ");
	buf_addf(out, "%s(", callee);
	put_list(out, c, object);
	if (pass)
		buf_addf(out, "%sr", c->proto.arg_count ? ", " : "");
	buf_addstr(out, ")");
	if (!is_void(c) && how->result == CARRIED_AS_BYTES)
		buf_addstr(out, ", sizeof(*r))");
	buf_addstr(out, ";\n");
	if (how->result == CARRIED_BY_VALUE)
		text_keep_end(out, c->proto.result);
}

/* Vectors are arrays to Go, and those cannot be exported. What has a const member cannot be assigned, which
 * cgo's C half of an export does. */
static bool is_exported(const struct shape *s)
{
	struct shape unqualified = *s;

	unqualified.qualifiers = 0;
	return s->kind != SHAPE_VECTOR && text_assignable(&unqualified);
}

bool route_exports(const struct fuzz_case *c)
{
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		if (!is_exported(c->proto.args[i]))
			return false;
	return is_exported(c->proto.result);
}

uint32_t route_align(const struct fuzz_case *c, const struct shape *s)
{
	struct arena arena = { 0 };
	uint32_t most = 1;

	for (unsigned i = 0; abi_at(i); i++)
		for (int reader = 0; reader < ABI_READERS; reader++) {
			struct abi_type type = abi_layout(abi_at(i), (enum abi_reader)reader, s,
							  c->type_count, NULL, &arena);

			most = type.align > most ? type.align : most;
		}
	arena_release(&arena);
	return most;
}

bool route_any(const struct batch *b, const struct emit_options *o,
	       bool (*test)(const struct fuzz_case *c))
{
	for (uint32_t i = 0; i < b->count; i++)
		if (!text_skipped(o, i) && test(&b->slots[i].c))
			return true;
	return false;
}

bool route_pins(const struct fuzz_case *c)
{
	return c->route == ROUTE_GO_POINTER;
}

bool route_allocates(const struct fuzz_case *c)
{
	return c->route == ROUTE_POINTER || c->route == ROUTE_SLICE || c->route == ROUTE_BYTES;
}
