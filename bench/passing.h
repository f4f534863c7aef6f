/* passing.h: bench. Prototypes whose arguments and results are compared with compilers, and their C text. */
#ifndef BENCH_PASSING_H
#define BENCH_PASSING_H

#include <stdio.h>

#include "abi/abi.h"
#include "bench/types.h"

#define PASSING_CASES 500 /* in one file */
#define PASSING_ARGS 12

struct compiler {
	const char *arch, *name;
	enum abi_reader reader;
	const char *argv[3];
	const char *run; /* "": native */
};

struct passing {
	const struct compiler *compiler;
	const struct abi *abi;
	const char *level; /* "-O0" */
	uint64_t cases, alike, explained, unexplained;
	uint64_t crashes; /* others, that the compiler cannot compile */
	uint64_t rows[RULE_COUNT];
	FILE *differences;
};

struct prototype {
	struct types types;
	struct proto proto;
	const struct shape *args[PASSING_ARGS];
	const struct abi_call *call; /* as the compiler's reader has it */
	bool explained, wrong;
};

/* What goes into one file, and is about it. The arena and the buffers are its own. */
struct sheet {
	struct arena arena;
	struct rng rng;
	struct prototype cases[PASSING_CASES];
	struct buf code, cases_table, checks;
};

/* Draws the next prototype; one that the compiler crashes at is counted and drawn anew. */
void passing_make(struct passing *p, struct sheet *s, uint32_t number);
/* Appends its types, its caller and its callee to the sheet, and what there is to check. */
void passing_write(const struct passing *p, struct sheet *s, uint32_t number);

#endif
