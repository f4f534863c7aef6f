/* cgo.c: triage. The types that cgo makes for Go, member by member. */
#include "triage/cgo.h"

#include "abi/abi.h"
#include "emit/route.h"
#include "triage/guilty_place.h"
#include "triage/leaf.h"

#define POINTER_SIZE 8u

const char *const cgo_row_names[CGO_ROWS] = { "-",	    "cgo.tail",	 "cgo.round",
					      "cgo.atomic", "cgo.field", "cgo.frame" };

/* One type: as cgo counts it, and as Go's compiler then lays it out. */
struct made {
	uint32_t size, align; /* cgo's: the debug information's size, the alignment it believes in */
	uint32_t go_size, go_align;
	enum cgo_row why; /* both differ, or may further out */
};

struct maker {
	const struct abi *abi;
	enum abi_reader reader; /* the wrappers' compiler: cgo asks it */
	const struct abi_call *call;
	uint32_t type_count;
	struct arena arena;
};

/* A member that is a field of Go's struct. */
struct field {
	uint32_t member; /* index */
	uint32_t offset, go_offset;
	uint32_t pad; /* bytes of padding that cgo puts before it */
	struct made type;
};

struct record {
	struct made made;
	uint32_t count;
	struct field *fields;
};

static struct made make(struct maker *m, const struct shape *s);

static uint32_t up(uint32_t n, uint32_t to)
{
	return (n + to - 1) & -to;
}

static uint32_t at_most_pointer(uint32_t align)
{
	return align < POINTER_SIZE ? align : POINTER_SIZE;
}

static struct made same(uint32_t size, uint32_t align)
{
	return (struct made){ size, align, size, align, CGO_NONE };
}

static uint32_t size_of(struct maker *m, const struct shape *s)
{
	return abi_layout(m->abi, m->reader, s, m->type_count, NULL, &m->arena).size;
}

/* _Atomic leaves no trace in debug information. */
static uint32_t told_size(struct maker *m, const struct shape *s)
{
	struct shape plain = *s;

	plain.qualifiers = 0;
	return size_of(m, &plain);
}

static struct made make_array(struct maker *m, const struct shape *s)
{
	struct made e = make(m, s->target);

	e.size = s->count * e.size;
	e.go_size = s->count * e.go_size;
	return e;
}

static struct made make_scalar(struct maker *m, const struct shape *s)
{
	uint32_t size = told_size(m, s);

	if (s->kind == SHAPE_COMPLEX)
		return same(size, at_most_pointer(size / 2));
	if (s->kind == SHAPE_SCALAR && (s->scalar == SCALAR_INT128 || s->scalar == SCALAR_UINT128))
		return same(size, 1); /* an array of bytes: go.dev/issue/69086 */
	return same(size, size ? at_most_pointer(size) : 1);
}

/* Clang's debug information tells a bit-field as wide as its type from no other member (LLVM 14,
 * DwarfUnit::constructMemberDIE). */
static bool is_told_as_bitfield(struct maker *m, const struct member *member)
{
	return member->is_bitfield &&
		!(m->reader == ABI_CLANG && member->name &&
		  member->width == 8 * told_size(m, member->shape));
}

/* Members that get a field: no bit-fields, and none where cgo believes that Go cannot have it. Returns
 * the end of the last. */
static uint32_t take_fields(struct maker *m, const struct shape *s, struct record *r)
{
	const struct abi_field *places = m->call->types[s->type_index]->fields;
	uint32_t at = 0;

	r->fields = arena_alloc(&m->arena, s->count * sizeof(*r->fields));
	for (uint32_t i = 0; i < s->count; i++) {
		struct field *f = &r->fields[r->count];

		if (is_told_as_bitfield(m, &s->members[i]))
			continue;
		*f = (struct field){ .member = i, .offset = places[i].offset_bits / 8 };
		f->type = make(m, s->members[i].shape);
		if (f->offset & (f->type.align - 1) || f->offset < up(at, f->type.align))
			continue;
		f->pad = f->offset > up(at, f->type.align) ? f->offset - at : 0;
		at = f->offset + f->type.size;
		if (f->type.align > r->made.align)
			r->made.align = f->type.align;
		r->count++;
	}
	return at;
}

/* Go would put a byte behind a last field without size. Returns the padding that stays in its place. */
static uint32_t drop_tail(struct record *r)
{
	while (r->count && !r->fields[r->count - 1].type.size)
		if (r->fields[--r->count].pad)
			return r->fields[r->count].pad;
	return 0;
}

static struct record make_record(struct maker *m, const struct shape *s)
{
	struct record r = { .made = same(told_size(m, s), 1) };
	uint32_t end = take_fields(m, s, &r), at = 0, tail = r.made.size - end;

	if (end && !tail)
		tail = drop_tail(&r);
	for (uint32_t i = 0; i < r.count; i++) {
		struct field *f = &r.fields[i];

		f->go_offset = up(at + f->pad, f->type.go_align);
		at = f->go_offset + f->type.go_size;
		if (f->type.go_align > r.made.go_align)
			r.made.go_align = f->type.go_align;
		if (f->type.why > r.made.why)
			r.made.why = f->type.why;
	}
	r.made.go_size = up(at + tail, r.made.go_align);
	if (r.made.go_align != r.made.align)
		r.made.why = CGO_TAIL;
	else if (r.made.go_size != r.made.size && !r.made.why)
		r.made.why = CGO_ROUND;
	return r;
}

static struct made make(struct maker *m, const struct shape *s)
{
	switch (s->kind) {
	case SHAPE_STRUCT:
		return make_record(m, s).made;
	case SHAPE_UNION:
		return same(told_size(m, s), 1); /* an array of bytes */
	case SHAPE_ARRAY:
		return make_array(m, s);
	case SHAPE_VECTOR:
		return same(told_size(m, s), make(m, s->target).align);
	default:
		return make_scalar(m, s);
	}
}

/* Where in Go's value the leaf lies, against C's: bytes on. false: no field holds it. */
static bool find_leaf(struct maker *m, const struct shape *s, uint32_t leaf, int64_t *further)
{
	struct record r;
	uint32_t i = 0, j = 0;

	if (s->kind == SHAPE_ARRAY) {
		struct made e = make(m, s->target);
		uint32_t each = shape_leaf_count(s->target);

		*further += (int64_t)(leaf / each) * ((int64_t)e.go_size - e.size);
		return find_leaf(m, s->target, leaf % each, further);
	}
	if (s->kind != SHAPE_STRUCT)
		return true;
	for (;; i++) {
		const struct member *member = &s->members[i];
		uint32_t count = member->is_bitfield ? member->name != NULL
						     : shape_leaf_count(member->shape);

		if (leaf < count)
			break;
		leaf -= count;
	}
	r = make_record(m, s);
	while (j < r.count && r.fields[j].member != i)
		j++;
	if (j == r.count)
		return false;
	*further += (int64_t)r.fields[j].go_offset - r.fields[j].offset;
	return find_leaf(m, s->members[i].shape, leaf, further);
}

/* Arguments and result, side by side: does the value lie elsewhere in Go's frame than in the struct of
 * cgo's wrapper? which: an argument's number, or arg_count for the result, which is aligned to a pointer
 * where Go is the caller. */
static bool is_shifted(struct maker *m, const struct proto *p, uint32_t which, uint32_t result_align)
{
	uint32_t at = 0, go_at = 0;
	struct made t;

	for (uint32_t i = 0; i < which; i++) {
		t = make(m, p->args[i]);
		at = up(at, t.align) + t.size;
		go_at = up(go_at, t.go_align) + t.go_size;
	}
	if (which == p->arg_count) {
		at = up(at, result_align);
		go_at = up(go_at, result_align);
	}
	t = make(m, which == p->arg_count ? p->result : p->args[which]);
	return up(at, t.align) != up(go_at, t.go_align);
}

static enum cgo_row layout_row(struct maker *m, const struct cgofuzz_fault *f,
			       const struct shape *s, const struct fault_leaf *leaf)
{
	struct made t = make(m, s);
	int64_t further = 0;

	if (f->sides >> 8 != CGOFUZZ_SIDE_GO || f->got == f->expected)
		return CGO_NONE;
	if (f->leaf == CGOFUZZ_LAYOUT_SIZE && f->expected != size_of(m, s))
		return CGO_NONE; /* the callees' compiler has another opinion */
	if (f->leaf == CGOFUZZ_LAYOUT_SIZE)
		return f->got != t.go_size ? CGO_NONE : t.go_size == t.size ? CGO_ATOMIC : t.why;
	if (!leaf->found || !find_leaf(m, s, leaf->index, &further))
		return CGO_NONE;
	return (int64_t)(f->got - f->expected) == further ? t.why : CGO_NONE;
}

/* An exported function is declared without _Atomic in its parameters and result: does the wrappers'
 * compiler look elsewhere for the value then? */
static bool is_declared_otherwise(struct maker *m, const struct proto *p, uint32_t which)
{
	struct shape *plain = arena_alloc(&m->arena, (p->arg_count + 1) * sizeof(*plain));
	const struct shape **args = arena_alloc(&m->arena, (p->arg_count + 1) * sizeof(*args));
	struct proto bare = { .result = plain, .args = args, .arg_count = p->arg_count };
	const struct abi_call *call;

	plain[0] = *p->result;
	for (uint32_t i = 0; i < p->arg_count; i++) {
		plain[i + 1] = *p->args[i];
		args[i] = &plain[i + 1];
	}
	for (uint32_t i = 0; i <= p->arg_count; i++)
		plain[i].qualifiers = 0;
	call = abi_classify(m->abi, m->reader, &bare, m->type_count, &m->arena);
	return which == p->arg_count ? !abi_same_value(&call->result, &m->call->result)
				     : !abi_same_value(&call->args[which], &m->call->args[which]);
}

/* Routes by pointer on which Go assigns the value to the memory that it passes. */
static bool go_copies(enum route route)
{
	return route == ROUTE_POINTER || route == ROUTE_SLICE;
}

static enum cgo_row value_row(struct maker *m, const struct cgofuzz_fault *f,
			      const struct fuzz_case *c, const struct shape *s,
			      const struct fault_leaf *leaf)
{
	uint32_t which = f->is_result ? c->proto.arg_count : leaf->arg;
	bool by_value = f->direction == CGOFUZZ_C_TO_GO || /* exported functions always take values */
		route_how(c->route)->args == CARRIED_BY_VALUE;
	int64_t further = 0;

	if (!leaf->found || (!by_value && !go_copies(c->route)))
		return CGO_NONE;
	if (by_value &&
	    is_shifted(m, &c->proto, which, f->direction == CGOFUZZ_C_TO_GO ? 1 : POINTER_SIZE))
		return CGO_FRAME;
	if (by_value && f->direction == CGOFUZZ_C_TO_GO && is_declared_otherwise(m, &c->proto, which))
		return CGO_ATOMIC;
	return find_leaf(m, s, leaf->index, &further) ? CGO_NONE : CGO_FIELD;
}

/* A signal on the way into Go: of one argument that is declared otherwise all others lie elsewhere, pointers too. */
static enum cgo_row signal_row(struct maker *m, const struct cgofuzz_fault *f, const struct proto *p)
{
	for (uint32_t i = 0; f->direction == CGOFUZZ_C_TO_GO && i <= p->arg_count; i++)
		if (is_declared_otherwise(m, p, i))
			return CGO_ATOMIC;
	return CGO_NONE;
}

enum cgo_row cgo_row_of(const struct cgofuzz_fault *f, const struct fuzz_case *c,
			const struct lane *lane)
{
	struct maker m = { .abi = abi_find(lane->arch->name),
			   .reader = documents_reader(lane->wrapper),
			   .type_count = c->type_count };
	struct fault_leaf leaf = leaf_find(f, c);
	uint32_t arg = leaf.found ? leaf.arg : f->arg;
	const struct shape *s;
	enum cgo_row row = CGO_NONE;

	if (f->control != CGOFUZZ_CONTROL_NONE || f->direction == CGOFUZZ_C_TO_C)
		return CGO_NONE;
	if (f->leaf == CGOFUZZ_LEAF_ERRNO || (!f->is_result && arg >= c->proto.arg_count))
		return CGO_NONE;
	s = f->is_result ? c->proto.result : c->proto.args[arg];
	m.call = abi_classify(m.abi, m.reader, &c->proto, c->type_count, &m.arena);
	if (f->kind == CGOFUZZ_FAULT_LAYOUT)
		row = layout_row(&m, f, s, &leaf);
	else if (f->kind == CGOFUZZ_FAULT_LEAF || f->kind == CGOFUZZ_FAULT_CAPTURE)
		row = value_row(&m, f, c, s, &leaf);
	else if (f->kind == CGOFUZZ_FAULT_SIGNAL)
		row = signal_row(&m, f, &c->proto);
	arena_release(&m.arena);
	return row;
}
