/* across.c: bench. Random types laid out for amd64 and for arm64: alike, but for what the documents say. */
#include "bench/across.h"

#include "abi/abi.h"
#include "bench/types.h"

struct across {
	const struct abi *abis[2];
	enum abi_reader reader;
	FILE *differences;
	uint64_t types, alike, explained, unexplained;
	uint64_t rows[RULE_COUNT];
};

static void compare(struct across *a, const struct types *t, const struct abi_type **const laid[2],
		    uint32_t i)
{
	struct rule_set rules = { { 0 } };
	struct buf text = BUF_INIT;

	a->types++;
	if (abi_same_layout(laid[0][i], laid[1][i])) {
		a->alike++;
		return;
	}
	for (int n = 0; n < 2; n++)
		abi_apart(laid[n], t->list[i], &rules);
	for (int r = 0; (r = rule_next(&rules, r)) >= 0; r++)
		a->rows[r]++;
	if (rule_next(&rules, 0) >= 0) {
		a->explained++;
		return;
	}
	a->unexplained++;
	types_define(&text, t, "T");
	fprintf(a->differences, "%s beside %s, %s: type %u: size %u and %u, align %u and %u\n%s\n",
		abi_arch(a->abis[0]), abi_arch(a->abis[1]), abi_reader_names[a->reader], i,
		laid[0][i]->size, laid[1][i]->size, laid[0][i]->align, laid[1][i]->align, text.ptr);
	buf_release(&text);
}

static void compare_case(struct across *a, struct rng *rng, struct arena *arena)
{
	struct types t = { .rng = rng, .arena = arena, .half = true };
	const struct abi_type **laid[2];
	const struct shape *s = types_struct(&t);

	for (int n = 0; n < 2; n++)
		abi_layout(a->abis[n], a->reader, s, t.count, &laid[n], arena);
	for (uint32_t i = 0; i < t.count; i++)
		if (laid[0][i])
			compare(a, &t, laid, i);
}

static void report(const struct across *a, json_t *rows)
{
	const char *reader = abi_reader_names[a->reader];
	char name[96];

	printf("  amd64 beside arm64, %s: %lu types, %lu alike, %lu differ as a row says, %lu unexplained\n",
	       reader, a->types, a->alike, a->explained, a->unexplained);
	for (int r = 0; r < RULE_COUNT; r++)
		if (a->rows[r])
			printf("    %6lu  %s: %s\n", a->rows[r], rule_info[r].id,
			       rule_info[r].statement);
	snprintf(name, sizeof(name), "amd64 beside arm64, %s: differences no row explains", reader);
	figure_add(rows,
		   &(struct figure){ .name = name,
				     .unit = "types",
				     .value = (double)a->unexplained,
				     .target = 0.5,
				     .below = 1 });
}

void layout_across(json_t *rows, FILE *differences, uint64_t seed, uint64_t types)
{
	struct arena arena = ARENA_INIT;
	struct rng rng;

	for (int reader = 0; reader < ABI_READERS; reader++) {
		struct across a = { .abis = { abi_find("amd64"), abi_find("arm64") },
				    .reader = (enum abi_reader)reader,
				    .differences = differences };

		rng_seed(&rng, seed);
		while (a.types < types) {
			compare_case(&a, &rng, &arena);
			arena_reset(&arena);
		}
		report(&a, rows);
	}
	arena_release(&arena);
}
