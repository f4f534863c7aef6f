/* triage_reduce.c: tests. The pure part of the reducer: steps, simpler plans, simpler cases, the journal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/rng.h"
#include "triage/reduce/edit.h"
#include "triage/reduce/journal.h"
#include "triage/reduce/simpler.h"
#include "triage/reduce/steps.h"

static const char nested[] = "call 1 depth=3 seed=0x77\n"
			     "levels count=64 go=1M c=4K {\n"
			     "  callback 2 seed=0x5 captured\n"
			     "  gc times=3\n"
			     "  direct 3 {\n"
			     "    call 4 seed=0x9\n"
			     "  }\n"
			     "}\n"
			     "own 5 depth=64 seed=0xffffffff\n";

static void parse(struct plan *plan, const char *text)
{
	struct err e = ERR_INIT;

	if (plan_parse(plan, text, strlen(text), "plan", &e) < 0)
		fail_msg("%s", e.msg);
}

static void assert_plan(const struct plan *plan, const char *text)
{
	struct buf out = BUF_INIT;

	plan_print(plan->bytes, plan->len, 65536, PLAN_NO_MARK, &out);
	assert_string_equal(out.ptr, text);
	buf_release(&out);
}

static struct point point_of(const char *text)
{
	struct point p = { .plan_count = 1 };

	p.plans[0] = xcalloc(1, sizeof(*p.plans[0]));
	parse(p.plans[0], text);
	return p;
}

static void steps_come_back_as_they_were(void **state)
{
	struct plan plan = { 0 }, again = { 0 };
	struct steps s;

	(void)state;
	parse(&plan, nested);
	steps_read(&s, &plan);
	assert_int_equal(s.count, 7 + 1);
	steps_write(&s, &again);
	assert_int_equal(again.len, plan.len);
	assert_memory_equal(again.bytes, plan.bytes, plan.len);
}

static void a_dropped_step_leaves_what_it_held(void **state)
{
	struct plan plan = { 0 };
	struct steps s;

	(void)state;
	parse(&plan, nested);
	steps_read(&s, &plan);
	s.dropped[0] = s.dropped[1] = s.dropped[3] = true;
	steps_write(&s, &plan);
	assert_plan(&plan,
		    "callback 2 seed=0x5 captured\ndirect 3 seed=0x0 {\n  call 4 seed=0x9\n}\n"
		    "own 5 depth=64 seed=0xffffffff\n");
}

/* Whatever the bytes, a written plan is read as what was written. */
static void any_bytes_are_steps(void **state)
{
	struct plan plan, once, twice;
	struct steps s;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int n = 0; n < 2000; n++) {
		plan.len = (uint32_t)rng_below(&rng, 200);
		rng_fill(&rng, plan.bytes, plan.len);
		steps_read(&s, &plan);
		for (uint32_t i = 0; i < s.count; i++)
			s.dropped[i] = rng_below(&rng, 4) == 0;
		steps_write(&s, &once);
		steps_read(&s, &once);
		steps_write(&s, &twice);
		assert_int_equal(once.len, twice.len);
		assert_memory_equal(once.bytes, twice.bytes, once.len);
	}
}

static void the_failing_step_alone_comes_first(void **state)
{
	struct point p = point_of(nested);
	struct point_list l = { 0 };

	(void)state;
	simpler_plans[0].list(&p, 5, &l);
	assert_int_equal(l.count, 2);
	assert_plan(l.points[1].plans[0],
		    "levels count=64 go=1M c=4K {\n"
		    "  callback 2 seed=0x5 captured\n"
		    "  gc times=3\n"
		    "  direct 3 seed=0x0 {\n"
		    "    call 4 seed=0x9\n"
		    "  }\n"
		    "}\n");
	point_list_release(&l);
	point_release(&p);
}

/* Every list is the same each time, and nothing in it has more steps. */
static void lists_are_the_same_and_no_longer(void **state)
{
	struct point p = point_of(nested);

	(void)state;
	for (const struct simpler *how = simpler_plans; how->name; how++) {
		struct point_list a = { 0 }, b = { 0 };

		how->list(&p, 1, &a);
		how->list(&p, 1, &b);
		assert_int_equal(a.count, b.count);
		for (uint32_t i = 0; i < a.count; i++) {
			char x[HASH_HEX_LEN + 1], y[HASH_HEX_LEN + 1];

			point_hash(&a.points[i], x);
			point_hash(&b.points[i], y);
			assert_string_equal(x, y);
			assert_true(point_last(&a.points[i])->len <= point_last(&p)->len);
		}
		point_list_release(&a);
		point_list_release(&b);
	}
	point_release(&p);
}

/* Whoever takes the first candidate of every list ends with nothing. */
static void everything_taken_ends(void **state)
{
	struct point p = point_of(nested);
	unsigned taken = 0;

	(void)state;
	for (const struct simpler *how = simpler_plans; how->name; how++)
		for (;;) {
			struct point_list l = { 0 };
			char mine[HASH_HEX_LEN + 1], other[HASH_HEX_LEN + 1];
			uint32_t i = 0;
			bool fresh = false;

			point_hash(&p, mine);
			how->list(&p, UINT32_MAX, &l);
			for (; i < l.count && !fresh; i++) {
				point_hash(&l.points[i], other);
				fresh = strcmp(mine, other) != 0;
			}
			if (fresh) {
				point_release(&p);
				point_copy(&p, &l.points[i - 1]);
			}
			point_list_release(&l);
			if (!fresh)
				break;
			assert_true(++taken < 1000);
		}
	assert_true(point_last(&p)->len <= CGOFUZZ_STEP_BYTES);
	point_release(&p);
}

static void numbers_get_small_and_mean_the_same(void **state)
{
	struct point p = point_of("own 70 depth=2 seed=0x1\ngc times=2\n");

	(void)state;
	p.plans[0]->bytes[3] = 4 * 16 + 2; /* depth 2 in another way */
	p.plans[0]->bytes[8 + 3] = 3 + 1; /* the second choice in another way */
	simpler_normal(&p, 64);
	assert_plan(p.plans[0], "own 6 depth=2 seed=0x1\ngc times=2\n");
	assert_int_equal(p.plans[0]->bytes[3], 2);
	assert_int_equal(p.plans[0]->bytes[8 + 3], 1);
	point_release(&p);
}

static struct fuzz_case case_of(const char *text)
{
	struct fuzz_case c;
	struct err e = ERR_INIT;

	if (case_parse(&c, text, strlen(text), "case", &e) < 0)
		fail_msg("%s", e.msg);
	return c;
}

static void assert_around(const char *text, uint32_t leaf, bool result, bool whole, bool other,
			  const char *wanted)
{
	struct fuzz_case c = case_of(text), smaller;
	struct edits set = { 0 };

	edits_around(&c, leaf, result, whole, other, &set);
	if (!wanted) {
		assert_int_equal(edits_apply(&smaller, &c, &set), -1);
	} else {
		assert_int_equal(edits_apply(&smaller, &c, &set), 0);
		assert_string_equal(smaller.text, wanted);
		case_release(&smaller);
	}
	edits_release(&set);
	case_release(&c);
}

static void only_the_failing_leaf_stays(void **state)
{
	static const char text[] =
		"struct { int a; float b; } f(char, struct { int x; struct { long y; "
		"double z[3]; } s[2]; }, void *)";

	(void)state;
	/* leaves: char 0, x 1, s[0].y 2, s[0].z 3-5, s[1].y 6, s[1].z 7-9 */
	assert_around(text, 6, false, false, true, "void f(struct { struct { long y; } s[2]; })");
	assert_around(text, 9, false, false, true,
		      "void f(struct { struct { double z[3]; } s[2]; })");
	assert_around(text, 0, false, false, false, "struct { int a; float b; } f(char)");
	assert_around(text, 6, false, true, true,
		      "void f(struct { int x; struct { long y; double z[3]; } s[2]; })");
	assert_around(text, 1, true, false, true, "struct { float b; } f(void)");
	assert_around("void f(int)", 0, false, false, true, NULL);
}

/* Each change makes the case smaller, so taking any of them ends. */
static void taking_changes_ends(void **state)
{
	static const char long_one[] =
		"[route=errno] struct { int a : 3; struct { const double _Complex c; } s[4]; } f(union { "
		"unsigned long l; float v __attribute__((vector_size(16))); }, enum { A, B = 7 }, int "
		"(*)(char))";
	static const char aligned[] =
		"typedef double T0 __attribute__((aligned(4))); T0 f(struct { char a; T0 b; } "
		"__attribute__((packed)), long double, unsigned __int128, _Bool)";
	static const char *const texts[] = {
		long_one,
		aligned,
		"void f(struct { struct { int a; }; struct { char c[0]; } e; unsigned char d[17]; })",
	};

	(void)state;
	for (size_t t = 0; t < sizeof(texts) / sizeof(*texts); t++) {
		struct fuzz_case c = case_of(texts[t]);
		bool changed = true;
		struct rng rng;
		int taken = 0;

		rng_seed(&rng, t);
		while (changed) {
			struct edits all = { 0 };
			uint32_t first;

			edits_of(&c, &all);
			changed = false;
			first = all.count ? (uint32_t)rng_below(&rng, all.count) : 0;
			for (uint32_t i = 0; i < all.count && !changed; i++) {
				struct edits one = { &all.e[(first + i) % all.count], 1, 1 };
				struct fuzz_case next;

				changed = edits_apply(&next, &c, &one) == 0;
				if (changed) {
					case_release(&c);
					c = next;
				}
			}
			edits_release(&all);
			assert_true(++taken < 200);
		}
		assert_string_equal(c.text, "void f(void)");
		case_release(&c);
	}
}

static void a_journal_outlives_half_a_line(void **state)
{
	char dir[] = "/tmp/cgofuzz-journal-XXXXXX", *path;
	char key[2][HASH_HEX_LEN + 1];
	struct err e = ERR_INIT;
	struct journal j;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	hash_hex("a", 1, key[0]);
	hash_hex("b", 1, key[1]);
	assert_int_equal(journal_open(&j, dir, "about", &e), 0);
	assert_int_equal(journal_add(&j, key[0], true, &e), 0);
	assert_int_equal(journal_add(&j, key[1], false, &e), 0);
	journal_close(&j);
	path = xasprintf("%s/journal", dir);
	f = fopen(path, "a");
	assert_non_null(f);
	fprintf(f, "%.20s", key[0]);
	fclose(f);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(journal_open(&j, dir, "about", &e), 0);
		assert_int_equal(j.count, 2);
		assert_int_equal(journal_find(&j, key[0]), 1);
		assert_int_equal(journal_find(&j, key[1]), 0);
		journal_close(&j);
	}
	assert_int_equal(journal_open(&j, dir, "something else", &e), -1);
	assert_int_equal(e.status, EXIT_USAGE);
	free(path);
	dir_remove(dir, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_come_back_as_they_were),
		cmocka_unit_test(a_dropped_step_leaves_what_it_held),
		cmocka_unit_test(any_bytes_are_steps),
		cmocka_unit_test(the_failing_step_alone_comes_first),
		cmocka_unit_test(lists_are_the_same_and_no_longer),
		cmocka_unit_test(everything_taken_ends),
		cmocka_unit_test(numbers_get_small_and_mean_the_same),
		cmocka_unit_test(only_the_failing_leaf_stays),
		cmocka_unit_test(taking_changes_ends),
		cmocka_unit_test(a_journal_outlives_half_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
