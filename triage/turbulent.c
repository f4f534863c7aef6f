/* turbulent.c: triage. Faults that a step of turbulence saw, or that happened around one. */
#include "triage/turbulent.h"

#include <ctype.h>
#include <string.h>

#include "guest/turbulence.h"
#include "triage/fault.h"
#include "triage/text.h"

#define MASK_FEW 3
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

void turbulent_words(const char *text, struct buf *out)
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

/* Which signals are blocked now and were not, and the other way round; of many, that they are many. */
static void mask_words(const struct cgofuzz_fault *f, struct buf *out)
{
	static const char *const ways[] = { "blocked", "unblocked" };
	const uint64_t changed[] = { f->got & ~f->expected, f->expected & ~f->got };
	size_t start = out->len;

	for (int w = 0; w < 2; w++) {
		if (!changed[w])
			continue;
		buf_addf(out, "%s%s", out->len > start ? "," : "", ways[w]);
		if (__builtin_popcountll(changed[w]) > MASK_FEW)
			buf_addstr(out, "+many");
		else
			for (int bit = 0; bit < 64; bit++)
				if (changed[w] >> bit & 1)
					buf_addf(out, "+%s", signal_name(bit + 1));
	}
}

bool turbulent_of_step(uint32_t kind)
{
	return kind == CGOFUZZ_FAULT_FRAME || kind == CGOFUZZ_FAULT_OUTCOME ||
		kind == CGOFUZZ_FAULT_LEAK;
}

void turbulent_sign(const struct cgofuzz_fault *f, struct buf *sig, struct buf *title)
{
	buf_addf(sig, "%s|", turbulent_of_step(f->kind) ? turbulent_name(f) : "-");
	turbulent_words(f->text, sig);
	if (f->kind == CGOFUZZ_FAULT_STATE && f->reg == CGOFUZZ_STATE_MASK) {
		buf_addch(sig, '|');
		mask_words(f, sig);
	}
	if (turbulent_of_step(f->kind))
		buf_addf(title, "in %s: ", turbulent_name(f));
	if (f->text[0])
		text_escape(title, f->text, strlen(f->text));
	else
		buf_addstr(title, fault_about(f->kind));
	if (f->kind == CGOFUZZ_FAULT_STATE && f->reg == CGOFUZZ_STATE_MASK) {
		buf_addstr(title, ": ");
		mask_words(f, title);
	}
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
