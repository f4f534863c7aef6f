/* cfi.c: triage. Rows of call frame information, interpreted: the image has parsed them, memory is ours. */
#include "triage/cfi.h"

#include <dwarf.h>
#include <string.h>

#define DEPTH 16 /* of the expression stack; what compilers and we write needs 4 */

struct machine {
	const struct space *s;
	const struct unwind_regs *r;
	uint64_t cfa;
	uint64_t stack[DEPTH];
	int depth;
	bool value; /* the result is the value itself, not its address */
	bool failed;
};

static void push(struct machine *m, uint64_t x)
{
	if (m->depth < DEPTH)
		m->stack[m->depth++] = x;
	else
		m->failed = true;
}

static uint64_t pop(struct machine *m)
{
	if (m->depth)
		return m->stack[--m->depth];
	m->failed = true;
	return 0;
}

static uint64_t reg(struct machine *m, uint64_t n)
{
	if (n < UNWIND_REGS)
		return n == 16 && m->s->rec->arch == CGOFUZZ_ARCH_AMD64 ? m->r->pc : m->r->v[n];
	m->failed = true;
	return 0;
}

static void deref(struct machine *m)
{
	uint64_t x = 0;

	if (!space_read(m->s, pop(m), &x))
		m->failed = true;
	push(m, x);
}

static bool binary(struct machine *m, unsigned op)
{
	uint64_t b = pop(m), a = pop(m);
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (op) {
	case DW_OP_plus:
		a += b;
		break;
	case DW_OP_minus:
		a -= b;
		break;
	case DW_OP_mul:
		a *= b;
		break;
	case DW_OP_and:
		a &= b;
		break;
	case DW_OP_or:
		a |= b;
		break;
	case DW_OP_xor:
		a ^= b;
		break;
	case DW_OP_shl:
		a = b < 64 ? a << b : 0;
		break;
	case DW_OP_shr:
		a = b < 64 ? a >> b : 0;
		break;
	case DW_OP_eq:
		a = a == b;
		break;
	case DW_OP_ne:
		a = a != b;
		break;
	case DW_OP_ge:
		a = sa >= sb;
		break;
	case DW_OP_gt:
		a = sa > sb;
		break;
	case DW_OP_le:
		a = sa <= sb;
		break;
	case DW_OP_lt:
		a = sa < sb;
		break;
	case DW_OP_swap:
		push(m, b);
		break;
	case DW_OP_over:
		push(m, a);
		push(m, b);
		break;
	default:
		return false;
	}
	push(m, a);
	return true;
}

static bool constant(struct machine *m, const struct image_op *op)
{
	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31)
		push(m, op->atom - DW_OP_lit0);
	else if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31)
		push(m, reg(m, op->atom - DW_OP_breg0) + op->number);
	else if (op->atom >= DW_OP_const1u && op->atom <= DW_OP_consts)
		push(m, op->number);
	else
		return false;
	return true;
}

static void run_one(struct machine *m, const struct image_op *op)
{
	uint64_t x;

	switch (op->atom) {
	case DW_OP_addr:
		push(m, op->number);
		return;
	case DW_OP_bregx:
		push(m, reg(m, op->number) + op->number2);
		return;
	case DW_OP_regx:
		push(m, reg(m, op->number));
		m->value = true;
		return;
	case DW_OP_call_frame_cfa:
		push(m, m->cfa);
		return;
	case DW_OP_plus_uconst:
		push(m, pop(m) + op->number);
		return;
	case DW_OP_stack_value:
		m->value = true;
		return;
	case DW_OP_deref:
		deref(m);
		return;
	case DW_OP_dup:
		x = pop(m);
		push(m, x);
		push(m, x);
		return;
	case DW_OP_drop:
		pop(m);
		return;
	case DW_OP_nop:
		return;
	}
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31) {
		push(m, reg(m, op->atom - DW_OP_reg0));
		m->value = true;
	} else if (!constant(m, op) && !binary(m, op->atom)) {
		m->failed = true;
	}
}

static bool run(struct machine *m, const struct image_rule *rule, uint64_t *result)
{
	for (uint32_t i = 0; i < rule->count && !m->failed; i++)
		run_one(m, &rule->ops[i]);
	*result = pop(m);
	return !m->failed;
}

static const struct image_row *row_of(const struct space *s, uint64_t lookup)
{
	const struct space_image *i = space_image_at(s, lookup);

	return i ? image_row(i->image, lookup - i->bias) : NULL;
}

static enum cfi_result row_cfa(const struct space *s, const struct unwind_regs *r,
			       const struct image_row *row, uint64_t *cfa)
{
	struct machine m = { .s = s, .r = r };

	if (row->cfa.kind != IMAGE_RULE_OPS)
		return CFI_NO_ROW;
	return run(&m, &row->cfa, cfa) ? CFI_STEPPED : CFI_NO_MEMORY;
}

enum cfi_result cfi_cfa(const struct space *s, const struct unwind_regs *r, uint64_t lookup,
			uint64_t *cfa)
{
	const struct image_row *row = row_of(s, lookup);

	return row ? row_cfa(s, r, row, cfa) : CFI_NO_ROW;
}

enum rule { RULE_SAME, RULE_UNDEFINED, RULE_FOUND, RULE_FAILED };

static enum rule register_rule(const struct space *s, const struct unwind_regs *r,
			       const struct image_rule *rule, uint64_t cfa, uint64_t *value)
{
	struct machine m = { .s = s, .r = r, .cfa = cfa };

	if (rule->kind == IMAGE_RULE_SAME)
		return RULE_SAME;
	if (rule->kind == IMAGE_RULE_UNDEFINED)
		return RULE_UNDEFINED;
	/* An expression of CFI finds the CFA on its stack; libdw puts an op for that in front. */
	if (rule->kind != IMAGE_RULE_OPS || !run(&m, rule, value))
		return RULE_FAILED;
	if (!m.value && !space_read(s, *value, value))
		return RULE_FAILED;
	return RULE_FOUND;
}

enum cfi_result cfi_step(const struct space *s, const struct unwind_arch *a, struct unwind_regs *r,
			 uint64_t lookup, uint64_t *cfa)
{
	const struct image_row *row = row_of(s, lookup);
	struct unwind_regs next = *r;
	enum cfi_result rc;
	enum rule rule;
	int ra;

	if (!row)
		return CFI_NO_ROW;
	rc = row_cfa(s, r, row, cfa);
	if (rc != CFI_STEPPED)
		return rc;
	ra = row->ra;
	if (ra < 0)
		return CFI_NO_ROW;
	for (int n = 0; n < UNWIND_REGS - 1; n++) {
		uint64_t value;

		if (n == ra || (a->wire[n] < 0))
			continue;
		/* A register that was not copied keeps a stale value: few are needed. */
		if (register_rule(s, r, &row->regs[n], *cfa, &value) == RULE_FOUND)
			next.v[n] = value;
		else if (n == a->sp)
			next.v[n] = *cfa;
	}
	rule = register_rule(s, r, &row->regs[ra], *cfa, &next.pc);
	if (rule == RULE_UNDEFINED)
		return CFI_OUTERMOST;
	if (rule == RULE_SAME && a->lr == ra)
		next.pc = r->v[ra];
	else if (rule != RULE_FOUND)
		return CFI_NO_MEMORY;
	if (a->lr >= 0)
		next.v[a->lr] = next.pc;
	*r = next;
	return CFI_STEPPED;
}
