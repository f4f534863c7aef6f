/* explain.c: triage. Where each word of a signature comes from. */
#include "triage/explain.h"

#include <stdlib.h>
#include <string.h>

#include "triage/fault.h"
#include "triage/leaf.h"
#include "triage/loose.h"
#include "triage/signature.h"
#include "triage/text.h"
#include "triage/turbulent.h"

enum origin { FROM_WORDS, FROM_LEAF, FROM_ADDRESS, FROM_SIGNAL, FROM_STACK };

struct field {
	const char *name, *words;
	enum origin origin;
};

static const struct field common[] = {
	{ "version", "of the rules for signatures: other rules, another number", FROM_WORDS },
	{ "kind", "what the recorder says happened", FROM_WORDS },
	{ "oracle", "which sees such faults, by fault.def", FROM_WORDS },
	{ "direction", "of the call that was under way", FROM_WORDS },
};
#define COMMON (sizeof(common) / sizeof(common[0]))

static const struct field values[] = { { "side", "which way the value went", FROM_WORDS },
				       { "class", "", FROM_LEAF },
				       { "in", "what holds the leaf", FROM_WORDS },
				       { "seen by", "the half that compared", FROM_WORDS } };
static const struct field layouts[] = { { "side", "argument or result", FROM_WORDS },
					{ "class", "", FROM_LEAF },
					{ "in", "what holds the leaf, or what of the whole",
					  FROM_WORDS },
					{ "one", "who says so", FROM_WORDS },
					{ "other", "who says otherwise", FROM_WORDS } };
static const struct field signals[] = { { "signal", "", FROM_SIGNAL },
					{ "address", "", FROM_ADDRESS },
					{ "stack", "", FROM_STACK } };
static const struct field exits[] = { { "status", "of exit(), its low byte", FROM_WORDS },
				      { "stack", "", FROM_STACK } };
static const struct field stacks[] = { { "stack", "", FROM_STACK } };
static const struct field registers[] = { { "registers", "which were damaged", FROM_WORDS } };
static const struct field deaths[] = { { "end", "how the process ended, as a replay saw it",
					 FROM_WORDS } };
static const struct field turbulent[] = {
	{ "turbulence", "the kind of the step that saw it", FROM_WORDS },
	{ "words", "of its message, letters alone: numbers differ from run to run", FROM_WORDS }
};
static const struct field more = { "cgo row",
				   "what cgo is known for foresees this very fault (triage/cgo.c)",
				   FROM_WORDS };

#define OF(table) (*count = sizeof(table) / sizeof(table[0]), table)

static const struct field *fields_of(uint32_t kind, size_t *count)
{
	switch (kind) {
	case CGOFUZZ_FAULT_LEAF:
		return OF(values);
	case CGOFUZZ_FAULT_CAPTURE:
		return *count = 3, values;
	case CGOFUZZ_FAULT_LAYOUT:
		return OF(layouts);
	case CGOFUZZ_FAULT_SIGNAL:
		return OF(signals);
	case CGOFUZZ_FAULT_EXIT:
		return OF(exits);
	case CGOFUZZ_FAULT_DEATH:
		return OF(deaths);
	default:
		return fault_has_stack(kind)   ? OF(stacks)
			: turbulent_kind(kind) ? OF(turbulent)
					       : OF(registers);
	}
}

static void leaf_words(const struct bundle *b, struct buf *out)
{
	struct err e = ERR_INIT;
	struct fuzz_case c;

	if (case_parse(&c, b->case_text, strlen(b->case_text), "case", &e) < 0) {
		buf_addstr(out, "the record; the case cannot be read");
		return;
	}
	buf_addstr(out, "the type of ");
	leaf_name(&b->rec->fault, &c, out);
	buf_addstr(out, " in the case, not where an ABI puts it");
	case_release(&c);
}

static void origin_words(const struct bundle *b, const struct field *f, struct buf *out)
{
	const struct cgofuzz_fault *fault = &b->rec->fault;

	switch (f->origin) {
	case FROM_LEAF:
		leaf_words(b, out);
		break;
	case FROM_ADDRESS:
		buf_addf(out, "0x%llx, by the stack pointer and what the kernel says of it",
			 (unsigned long long)fault->fault_addr);
		break;
	case FROM_SIGNAL:
		buf_addf(out, "number %d", (int)fault->signo);
		break;
	case FROM_STACK:
		buf_addstr(out, "the frames, innermost first");
		break;
	case FROM_WORDS:
		buf_addstr(out, f->words);
	}
}

static void take_fields(struct explained *x, const struct bundle *b)
{
	const struct field *own;
	const char *s = x->signature.ptr;
	size_t count;

	own = fields_of(b->rec->fault.kind, &count);
	while (x->field_count < EXPLAIN_FIELDS) {
		struct explained_field *to = &x->fields[x->field_count];
		size_t i = x->field_count, len = strcspn(s, "|");
		bool row = len > 4 && !memcmp(s, "cgo.", 4);
		const struct field *f = i < COMMON   ? &common[i]
			: !row && i - COMMON < count ? &own[i - COMMON]
						     : &more;
		struct buf from = BUF_INIT;

		origin_words(b, f, &from);
		to->name = f->name;
		to->text = xasprintf("%.*s", (int)len, s);
		to->from = buf_detach(&from, NULL);
		x->field_count++;
		if (!s[len])
			break;
		s += len + 1;
	}
}

int signature_explain(struct explained *x, const struct bundle *b, struct err *e)
{
	memset(x, 0, sizeof(*x));
	buf_init(&x->signature);
	buf_init(&x->title);
	buf_init(&x->stack);
	if (signature_trace(b, &x->signature, &x->title, &x->stack, &x->weak, &x->trace, e) < 0) {
		explained_release(x);
		return -1;
	}
	x->loose = loose_signature(x->signature.ptr);
	take_fields(x, b);
	return 0;
}

void explained_release(struct explained *x)
{
	for (uint32_t i = 0; i < x->field_count; i++) {
		free(x->fields[i].text);
		free(x->fields[i].from);
	}
	x->field_count = 0;
	free(x->loose);
	x->loose = NULL;
	token_trace_release(&x->trace);
	buf_release(&x->signature);
	buf_release(&x->title);
	buf_release(&x->stack);
}
