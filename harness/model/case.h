/* case.h: model. A prototype plus how it is called; its text form parses back. */
#ifndef MODEL_CASE_H
#define MODEL_CASE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/shape.h"

/* Of a case's text, given or canonical, and of one name in it. */
#define CASE_MAX_TEXT 65536
#define CASE_MAX_NAME 64

enum route {
#define ROUTE(id, name, about) ROUTE_##id,
#include "model/route.def"
#undef ROUTE
	ROUTE_COUNT
};
extern const char *const route_names[ROUTE_COUNT];

struct fuzz_case {
	struct arena arena; /* owns everything below */
	struct proto proto;
	/* every struct, union and enum, and what only a typedef can say, in order of type_index */
	const struct shape **types;
	const char *notes; /* of the parser to whoever wrote the text, a line each; NULL: none */
	char *text; /* canonical print, the identity; NULL of a lean case, see case_parse_lean() */
	uint32_t type_count;
	enum route route;
	char id[HASH_HEX_LEN + 1]; /* hash of text */
};

/* Interns types, numbers them, checks the limits, makes text and id. Called by case_parse and
 * case_decode; who builds a case by hand calls it too. */
int case_finish(struct fuzz_case *c, struct err *e);
void case_release(struct fuzz_case *c);
/* As case_release(), but keeps some memory for the next case made in c by a *_lean function. */
void case_reset(struct fuzz_case *c);

/* The text form (DESIGN: "The interface"): a C declaration of f, "[route=callback]" before it.
 * len bytes at text, no NUL needed. On failure -1, status EXIT_USAGE, and a message of four lines
 * as a compiler writes them: "NAME:LINE:COL: error: what was expected", the source line (cut to 100
 * columns around the place), a caret, and what to do. name: "<case>", "<stdin>", a file. */
int case_parse(struct fuzz_case *c, const char *text, size_t len, const char *name, struct err *e);

/* As case_parse(), without text and id: for loops that only want the structure, 200,000 cases/s and
 * more. c is zeroed, or was used before: then its memory is used again. */
int case_parse_lean(struct fuzz_case *c, const char *text, size_t len, const char *name,
		    struct err *e);
/* Text and id of a case made without; nothing to do for others. -1 if it is too long. */
int case_spell(struct fuzz_case *c, struct err *e);

/* Prints the canonical text of the case (same as c->text once finished). */
void case_print(const struct fuzz_case *c, struct buf *out);

enum population {
#define POPULATION(id, name, about) POPULATION_##id,
#include "model/population.def"
#undef POPULATION
	POPULATION_COUNT
};
extern const char *const population_names[POPULATION_COUNT];

/* Total: every byte string is a case of the population, within the limits; exhausted input reads as 0,
 * the smallest choice. Never fails. RECIPE_VERSION changes when the same bytes mean another case. */
#define RECIPE_VERSION 4
#define RECIPE_MAX_BYTES 512
void case_decode(struct fuzz_case *c, const uint8_t *recipe, size_t len, enum population population);
/* As case_parse_lean() is to case_parse(). */
void case_decode_lean(struct fuzz_case *c, const uint8_t *recipe, size_t len,
		      enum population population);

/* Declares name with the given shape as C does ("int (*name)[4]"), struct, union and enum types written
 * as tags ("struct PREFIX3", prefix "S7_" gives S7_3), and types that only a typedef can say by its name
 * (S7_3). For generated code. */
void shape_declare(struct buf *out, const struct shape *s, const char *prefix, const char *name);
/* Defines one of c->types under that name, with a final ";\n"; needs those before it. Anonymous members
 * are spelled in place. Enumerators are renamed PREFIX3_0, PREFIX3_1, ... */
void shape_define(struct buf *out, const struct shape *s, const char *prefix);

#endif
