/* turbulence.h: guest, shared with the host. Steps that do something around crossings (plan.h): byte 0
 * modulo the number of rows of turbulence.def is what; byte 1 how many of the following steps are its
 * body; bytes 3 to 6 its parameters, each modulo the number of choices. */
#ifndef GUEST_TURBULENCE_H
#define GUEST_TURBULENCE_H

#include <stddef.h>

#include "guest/plan.h"

enum cgofuzz_turbulence_kind {
#define NO
#define P(name, list)
#define TURBULENCE(id, name, family, body, p0, p1, p2, p3, about) CGOFUZZ_TURB_##id,
#include "guest/turbulence.def"
#undef TURBULENCE
#undef P
#undef NO
	CGOFUZZ_TURBULENCES
};

_Static_assert(CGOFUZZ_TURBULENCES <= 64, "cgofuzz_recorder.muted_turbulence has a bit for each");

/* Families, in the words of docs/turbulence.md. */
enum cgofuzz_family {
	CGOFUZZ_FAMILY_DEPTH,
	CGOFUZZ_FAMILY_THREADS,
	CGOFUZZ_FAMILY_STACKS,
	CGOFUZZ_FAMILY_SIGNALS,
	CGOFUZZ_FAMILY_MEMORY,
	CGOFUZZ_FAMILY_CONTROL,
	CGOFUZZ_FAMILY_FP,
	CGOFUZZ_FAMILIES
};

#define CGOFUZZ_TURB_PARAMS 4

struct cgofuzz_choice {
	const char *word;
	uint32_t value;
};

struct cgofuzz_param {
	const char *name; /* NULL: there is no such parameter */
	const struct cgofuzz_choice *choices;
	uint32_t count;
};

struct cgofuzz_turbulence_row {
	const char *name, *about;
	uint8_t family;
	uint8_t body; /* 1: it holds other steps; 2: and does them many times */
	uint8_t misuse; /* documentation forbids it: only done under --misuse */
	struct cgofuzz_param params[CGOFUZZ_TURB_PARAMS];
};

/* A decoded step: param[i] is an index into its row's choices, value[i] what stands there. */
struct cgofuzz_turbulence {
	uint8_t kind; /* enum cgofuzz_turbulence_kind */
	uint8_t body; /* steps that follow and belong to it, 0..127; 0 where the row has no body */
	uint8_t param[CGOFUZZ_TURB_PARAMS];
	uint32_t value[CGOFUZZ_TURB_PARAMS];
};

#define LIST(id) static const struct cgofuzz_choice cgofuzz_choices_##id[] = {
#define CHOICE(word, value) { word, value },
#define END(id) \
	} \
	;
#include "guest/turbulence_choice.def"
#undef LIST
#undef CHOICE
#undef END

#define NO \
	{ \
		NULL, cgofuzz_choices_NONE, 1 \
	}
#define P(name, list) \
	{ \
		name, cgofuzz_choices_##list, \
			sizeof(cgofuzz_choices_##list) / sizeof(*cgofuzz_choices_##list) \
	}
#define TURBULENCE(id, name, family, body, p0, p1, p2, p3, about) \
	{ name, about, CGOFUZZ_FAMILY_##family, body, 0, { p0, p1, p2, p3 } },
#define MISUSE(id, name, family, body, p0, p1, p2, p3, about) \
	{ name, about, CGOFUZZ_FAMILY_##family, body, 1, { p0, p1, p2, p3 } },
static const struct cgofuzz_turbulence_row cgofuzz_turbulence_rows[] = {
#include "guest/turbulence.def"
};
#undef TURBULENCE
#undef P
#undef NO

/* Byte 1: mostly short bodies. */
static inline uint32_t cgofuzz_body_steps(uint32_t byte)
{
	return byte < 128 ? byte & 7 : byte & 127;
}

/* Decodes a word that cgofuzz_word_is_turbulence(). */
static inline struct cgofuzz_turbulence cgofuzz_word_turbulence(uint64_t word)
{
	struct cgofuzz_turbulence t;
	const struct cgofuzz_turbulence_row *row;

	t.kind = (uint8_t)((word & 0xff) % CGOFUZZ_TURBULENCES);
	row = &cgofuzz_turbulence_rows[t.kind];
	t.body = (uint8_t)(row->body ? cgofuzz_body_steps(word >> 8 & 0xff) : 0);
	for (int i = 0; i < CGOFUZZ_TURB_PARAMS; i++) {
		t.param[i] = (uint8_t)((word >> (24 + 8 * i) & 0xff) % row->params[i].count);
		t.value[i] = row->params[i].choices[t.param[i]].value;
	}
	return t;
}

#endif
