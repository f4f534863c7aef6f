/* target.c: emit. The registry of what can be fuzzed. A further target is one row of `targets`, and
 * a folder of targets/ with a table if it is more than generated cases. */
#include "emit/target.h"

#include <stddef.h>
#include <string.h>

#include "guest/wire.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define AMD64 (1u << CGOFUZZ_ARCH_AMD64)
#define ARM64 (1u << CGOFUZZ_ARCH_ARM64)

/* A row names the kind of fault it must be seen as; fault.def says which oracle sees that kind. */
#define FAULT(id, name, oracle, survivable, about) static const char oracle_##id[] = oracle;
#include "guest/fault.def"
#undef FAULT

static const struct target_case planted_cases[] = {
#define PLANTED(name, archs, kind, direction, side, hook, go_hook, stub, other, text, about) \
	{ name,	   text, TARGET_##side, archs, CGOFUZZ_FAULT_##kind, oracle_##kind, about, hook, \
	  go_hook, stub, other,		NULL },
#include "targets/planted/planted.def"
#undef PLANTED
};

static const struct target_case turbulent_cases[] = {
#define TURBULENT(name, archs, kind, direction, side, hook, go_hook, text, plan, about) \
	{ name,	   text, TARGET_##side, archs, CGOFUZZ_FAULT_##kind, oracle_##kind, about, hook, \
	  go_hook, NULL, NULL,		plan },
#include "targets/turbulent/turbulent.def"
#undef TURBULENT
};

static const struct target targets[] = {
	{ "cgo", "generated cases across cgo: no fault is expected", NULL, 0, NULL },
	{ "planted", "deliberate faults, one for each oracle and more: all must be found",
	  planted_cases, COUNT(planted_cases), "planted" },
	{ "turbulent", "deliberate faults that only turbulence brings out: all must be found",
	  turbulent_cases, COUNT(turbulent_cases), "turbulent" },
};

const struct target *target_at(uint32_t i)
{
	return i < COUNT(targets) ? &targets[i] : NULL;
}

const struct target *target_find(const char *name)
{
	for (uint32_t i = 0; i < COUNT(targets); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return NULL;
}
