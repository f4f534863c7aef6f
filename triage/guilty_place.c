/* guilty_place.c: triage. What the ABI documents say of the value that a fault is about. */
#include "triage/guilty_place.h"

#include <inttypes.h>
#include <string.h>

#define MAX_SECTIONS 6 /* of a value; what comes after is about registers that ran out */

static bool passes_values(enum route route)
{
	return route != ROUTE_POINTER && route != ROUTE_GO_POINTER && route != ROUTE_SLICE &&
		route != ROUTE_BYTES;
}

void documents_open(struct documents *d, const char *arch, const struct cgofuzz_fault *f,
		    const struct fuzz_case *c)
{
	*d = (struct documents){ .c = c, .f = f, .abi = abi_find(arch) };
	d->leaf = leaf_find(f, c);
	d->by_value = passes_values(c->route);
	for (int r = 0; r < ABI_READERS; r++)
		d->call[r] = abi_classify(d->abi, (enum abi_reader)r, &c->proto, c->type_count,
					  &d->arena);
}

void documents_close(struct documents *d)
{
	arena_release(&d->arena);
}

enum abi_reader documents_reader(const char *compiler)
{
	return strncmp(compiler, "clang", 5) ? ABI_GCC : ABI_CLANG;
}

/* The argument or result that the fault is about; NULL: none. */
static const struct abi_value *value_of(const struct documents *d, enum abi_reader reader)
{
	const struct abi_call *call = d->call[reader];
	uint32_t arg = d->leaf.found ? d->leaf.arg : d->f->arg;

	if (d->f->is_result)
		return &call->result;
	return arg < call->arg_count ? &call->args[arg] : NULL;
}

static const struct abi_leaf *leaf_of(const struct documents *d, enum abi_reader reader)
{
	const struct abi_value *v = value_of(d, reader);

	return v && d->leaf.found && d->leaf.index < v->leaf_count ? &v->leaves[d->leaf.index] : NULL;
}

bool documents_deviates(const struct documents *d, enum abi_reader reader)
{
	const struct abi_value *a = value_of(d, ABI_DOCUMENT), *b = value_of(d, reader);

	return d->by_value && a && b && !abi_same_value(a, b);
}

static int deviating(const struct rule_set *rules, enum abi_reader reader)
{
	for (int r = rule_next(rules, 0); r >= 0; r = rule_next(rules, r + 1))
		if (*rule_deviation(r, reader == ABI_GCC))
			return r;
	return -1;
}

int documents_deviation(const struct documents *d, enum abi_reader reader)
{
	const struct abi_value *a = value_of(d, ABI_DOCUMENT), *b = value_of(d, reader);
	const struct rule_set *sets[] = { a ? &a->rules : NULL, b ? &b->rules : NULL,
					  &d->call[ABI_DOCUMENT]->rules, &d->call[reader]->rules };
	int found = -1;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]) && found < 0; i++)
		if (sets[i])
			found = deviating(sets[i], reader);
	return found;
}

void documents_section(int rule, struct buf *out)
{
	buf_addf(out, "%s (%s)", rule_info[rule].id, rule_info[rule].section);
}

void documents_sections(const struct documents *d, struct buf *out)
{
	const struct abi_value *v = value_of(d, ABI_DOCUMENT);
	const struct rule_set *rules = v && d->by_value ? &v->rules : NULL;
	size_t start = out->len;
	int n = 0;

	if (d->f->kind == CGOFUZZ_FAULT_LAYOUT)
		rules = v && shape_is_aggregate(v->shape)
			? &d->call[ABI_DOCUMENT]->types[v->shape->type_index]->rules
			: NULL;
	for (int r = rules ? rule_next(rules, 0) : -1; r >= 0 && n < MAX_SECTIONS;
	     r = rule_next(rules, r + 1), n++) {
		if (out->len > start)
			buf_addstr(out, ", ");
		documents_section(r, out);
	}
}

/* Go counts offsets of leaves in bytes, C in bits. */
static uint64_t unit_of(const struct cgofuzz_fault *f)
{
	return (f->sides & 0xff) == CGOFUZZ_SIDE_GO || f->sides >> 8 == CGOFUZZ_SIDE_GO ? 8 : 1;
}

bool documents_number(const struct documents *d, enum abi_reader reader, uint64_t *number)
{
	const struct abi_value *v = value_of(d, reader);
	const struct abi_leaf *l = leaf_of(d, reader);

	if (!v)
		return false;
	if (d->f->leaf == CGOFUZZ_LAYOUT_SIZE)
		*number = v->size;
	else if (d->f->leaf == CGOFUZZ_LAYOUT_ALIGN)
		*number = v->align;
	else if (l)
		*number = l->offset_bits / unit_of(d->f);
	return d->f->leaf >= CGOFUZZ_LAYOUT_ALIGN || l;
}

void documents_place(const struct abi *abi, const struct cgofuzz_fault *f, struct buf *out)
{
	const struct cgofuzz_piece *p = &f->piece;
	bool memory = p->place == CGOFUZZ_PLACE_MEMORY;
	uint32_t bit = p->place_bit;

	if (memory || p->by_reference)
		buf_addstr(out, "memory that ");
	if (p->place == CGOFUZZ_PLACE_STACK) {
		buf_addf(out, "sp+%u", bit / 8);
		bit %= 8;
	} else if (memory) {
		buf_addstr(out, "the caller's address of the result");
	} else {
		buf_addstr(out, abi_register_name(abi, (enum abi_where)p->place, p->number));
	}
	if (memory || p->by_reference) {
		buf_addf(out, " points to, byte %u", p->memory_bit / 8);
		bit = p->memory_bit % 8;
	} else if (p->place != CGOFUZZ_PLACE_STACK && bit >= 8 && bit % 8 == 0) {
		buf_addf(out, " byte %u", bit / 8);
		bit = 0;
	}
	if (bit || p->bits % 8)
		buf_addf(out, " bits %u-%u", bit, bit + p->bits - 1);
}
