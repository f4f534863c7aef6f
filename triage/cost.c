/* cost.c: triage. What a plan costs in a lane, and that it costs too much as a fault. */
#include "triage/cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "triage/differ.h"

uint64_t cost_measure(struct show *s, const uint8_t *plan, uint32_t len, enum cgofuzz_wanted wanted)
{
	static struct shown shown;

	show_ask(s, plan, len, wanted);
	return show_answer(s, &shown) ? cost_of(&shown) : 0;
}

struct cgofuzz_recorder *cost_record(const struct show_spec *spec, const uint8_t *plan,
				     uint32_t len, uint32_t slots, enum cgofuzz_wanted wanted,
				     uint64_t cost, uint64_t elsewhere)
{
	struct cgofuzz_recorder *r = recorder_make(spec, plan, len);
	static const struct difference whole = { .how = DIFFER_VALUE };
	static const char *const routes[] = { "call", "callback", "call of C by C" };
	struct cgofuzz_fault *f = &r->fault;

	differ_fault(f, &whole, plan, len, slots);
	f->kind = CGOFUZZ_FAULT_CLIFF;
	f->expected = elsewhere;
	f->got = cost;
	f->reg = wanted;
	snprintf(f->text, sizeof(f->text), "a %s%s costs a multiple of what it does elsewhere",
		 wanted == CGOFUZZ_WANT_BARE ? "bare " : "", routes[f->direction % 3]);
	return r;
}
