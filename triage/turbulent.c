/* turbulent.c: triage. Faults that a step of turbulence saw, or that happened around one. */
#include "triage/turbulent.h"

#include <ctype.h>
#include <string.h>

#include "guest/turbulence.h"
#include "triage/fault.h"
#include "triage/text.h"

#define WORDS_MAX 96 /* bytes of the fault's text that sign it */

bool turbulent_kind(uint32_t kind)
{
	return kind == CGOFUZZ_FAULT_FRAME || kind == CGOFUZZ_FAULT_STATE ||
		kind == CGOFUZZ_FAULT_OUTCOME || kind == CGOFUZZ_FAULT_LEAK ||
		kind == CGOFUZZ_FAULT_CLIFF || kind == CGOFUZZ_FAULT_DIFFERENTIAL;
}

const char *turbulent_name(const struct cgofuzz_fault *f)
{
	uint32_t kind = f->turbulence_kind - 1;

	return kind < CGOFUZZ_TURBULENCES ? cgofuzz_turbulence_rows[kind].name : "-";
}

/* Letters alone, words joined by '-': numbers and addresses differ from run to run. */
static void add_words(const char *text, struct buf *out)
{
	size_t start = out->len;

	for (; *text && out->len - start < WORDS_MAX; text++)
		if (isalpha((unsigned char)*text))
			buf_addch(out, *text);
		else if (out->len > start && out->ptr[out->len - 1] != '-')
			buf_addch(out, '-');
	if (out->len == start)
		buf_addch(out, '-');
}

bool turbulent_of_step(uint32_t kind)
{
	return kind == CGOFUZZ_FAULT_FRAME || kind == CGOFUZZ_FAULT_OUTCOME ||
		kind == CGOFUZZ_FAULT_LEAK;
}

void turbulent_sign(const struct cgofuzz_fault *f, struct buf *sig, struct buf *title)
{
	buf_addf(sig, "%s|", turbulent_of_step(f->kind) ? turbulent_name(f) : "-");
	add_words(f->text, sig);
	if (turbulent_of_step(f->kind))
		buf_addf(title, "in %s: ", turbulent_name(f));
	if (f->text[0])
		text_escape(title, f->text, strlen(f->text));
	else
		buf_addstr(title, fault_about(f->kind));
}

void turbulent_describe(const struct cgofuzz_fault *f, struct buf *out)
{
	static const char *const families[CGOFUZZ_FAMILIES] = { "depth",   "threads", "stacks",
								"signals", "memory",  "control",
								"FP" };
	const char *before = "; around it ";

	if (!f->turbulence_kind)
		return;
	buf_addf(out, "  turbulence: in %s", turbulent_name(f));
	for (int i = 0; i < CGOFUZZ_FAMILIES; i++)
		if (f->turbulence >> i & 1) {
			buf_addf(out, "%s%s", before, families[i]);
			before = ", ";
		}
	buf_addch(out, '\n');
}
