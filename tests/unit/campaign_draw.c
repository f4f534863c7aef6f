/* campaign_draw.c: tests. The cases of a campaign's batches: from where, and the same once more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/draw.h"
#include "campaign/shapes.h"
#include "lane/probe.h"
#include "tests/unit/scratch.h"

#define CASES 40

static struct config drawn_as(enum population population, uint32_t corpus, uint32_t neighbours,
			      uint32_t fresh)
{
	return (struct config){ .population = population,
				.batch_cases = CASES,
				.mix = { corpus, neighbours, fresh } };
}

static void draw(struct batch *b, const struct config *c, const char *dir, uint32_t index,
		 uint64_t seed)
{
	struct err e = ERR_INIT;

	if (draw_batch(b, c, dir, index, seed, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(b->count, CASES);
}

static uint32_t from_corpus(const struct batch *b, const struct shapes *corpus)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->count; i++)
		for (uint32_t k = 0; k < corpus->count; k++)
			if (strcmp(b->slots[i].c.text, corpus->texts[k]) == 0) {
				n++;
				break;
			}
	return n;
}

static void a_batch_has_of_each_what_the_mix_says(void **state)
{
	struct config c = drawn_as(POPULATION_WHOLE, 2, 1, 1),
		      plain = drawn_as(POPULATION_PLAIN, 0, 0, 1);
	struct shapes corpus = { 0 };
	struct err e = ERR_INIT;
	struct batch first, second, fresh;

	(void)state;
	assert_int_equal(shapes_load(&corpus, CGOFUZZ_SOURCE_DIR "/corpus/shapes", &e), 0);
	draw(&first, &c, NULL, 0, 1);
	draw(&second, &c, NULL, 1, 1);
	draw(&fresh, &plain, NULL, 0, 1);
	/* a neighbour or a fresh one may be in the corpus by chance; hardly twice */
	assert_in_range(from_corpus(&first, &corpus), CASES / 2, CASES / 2 + 2);
	assert_in_range(from_corpus(&fresh, &corpus), 0, 2);
	/* the next batch goes on in the corpus */
	assert_string_not_equal(first.slots[0].c.text, second.slots[0].c.text);
	batch_release(&first);
	batch_release(&second);
	batch_release(&fresh);
	shapes_release(&corpus);
}

static void the_same_seed_and_index_give_the_same_batch(void **state)
{
	struct config c = drawn_as(POPULATION_WHOLE, 1, 2, 1);
	struct batch a, b, other;

	(void)state;
	draw(&a, &c, NULL, 3, 9);
	draw(&b, &c, NULL, 3, 9);
	draw(&other, &c, NULL, 3, 10);
	assert_string_equal(a.id, b.id);
	assert_string_not_equal(a.id, other.id);
	batch_release(&a);
	batch_release(&b);
	batch_release(&other);
}

static void nothing_is_drawn_that_cgo_is_known_not_to_carry(void **state)
{
	struct config c = drawn_as(POPULATION_WHOLE, 1, 1, 1);
	uint32_t direct = 0;

	(void)state;
	for (uint32_t index = 0; index < 4; index++) {
		struct batch b;

		draw(&b, &c, NULL, index, index);
		for (uint32_t i = 0; i < b.count; i++) {
			assert_null(emit_unsupported(&b.slots[i].c, 0));
			direct += b.slots[i].c.route == ROUTE_DIRECT;
		}
		batch_release(&b);
	}
	assert_in_range(direct, 1, 4 * CASES / 2 - 1); /* most cases cross to Go */
}

static void fresh_cases_take_every_route_that_the_lane_carries(void **state)
{
	struct config c = drawn_as(POPULATION_WHOLE, 0, 0, 1);
	struct probe_table carried;
	struct err e = ERR_INIT;
	struct lane lane;
	uint32_t seen = 0;

	(void)state;
	if (lane_parse(&lane, "amd64", NULL, &e) < 0 || probe_lane(&carried, &lane, 0, &e) < 0)
		fail_msg("%s", e.msg);
	c.lanes = &lane;
	c.lane_count = 1;
	for (uint32_t index = 0; index < 24; index++) {
		struct batch b;

		draw(&b, &c, NULL, index, index);
		for (uint32_t i = 0; i < b.count; i++) {
			const struct fuzz_case *drawn = &b.slots[i].c;

			seen |= 1u << drawn->route;
			assert_int_equal(probe_route(&carried, drawn, NULL), drawn->route);
		}
		batch_release(&b);
	}
	assert_int_equal(seen, (1u << ROUTE_COUNT) - 1);
	probe_release(&carried);
}

/* A corpus of two cases, where nearly everything is news. */
static void ship_little(void)
{
	static const char text[] =
		"void f(int)\nstruct { float a; char b; } f(struct { double c; long d[2]; })\n";
	char *dir = in_scratch("corpus/shapes"), *path = in_scratch("corpus/shapes/two.txt");
	struct err e = ERR_INIT;

	assert_int_equal(dir_make(dir, &e), 0);
	assert_int_equal(file_write(path, text, sizeof(text) - 1, &e), 0);
	assert_int_equal(setenv("CGOFUZZ_DATA", scratch, 1), 0);
	free(dir);
	free(path);
}

/* In a campaign's directory, where what was drawn stays, and what is news is kept. */
static void a_batch_is_drawn_once(void **state)
{
	struct config c = drawn_as(POPULATION_WHOLE, 1, 2, 1);
	char *cases = in_scratch("cases"), *kept = in_scratch("kept.txt");
	char *shipped = in_scratch("corpus/shapes");
	struct err e = ERR_INIT;
	struct shapes news = { 0 };
	struct batch a, b;
	uint32_t count;

	(void)state;
	ship_little();
	assert_int_equal(dir_make(cases, &e), 0);
	draw(&a, &c, scratch, 0, 1);
	draw(&b, &c, scratch, 0, 2); /* another seed: it is not asked */
	assert_string_equal(a.id, b.id);
	batch_release(&b);
	draw(&b, &c, scratch, 1, 1);
	batch_release(&b);
	assert_int_equal(shapes_load(&news, kept, &e), 0);
	count = news.count;
	assert_true(count > 10);
	/* each adds coverage to the corpus and to those kept before it */
	for (uint32_t i = 0; i < count; i++) {
		struct cover *have = xcalloc(1, sizeof(*have));
		struct shapes corpus = { 0 };

		assert_int_equal(shapes_load(&corpus, shipped, &e), 0);
		shapes_cover(&corpus, have);
		for (uint32_t k = 0; k < i; k++)
			cover_merge(have, &news.covers[k]);
		assert_true(cover_gain(have, &news.covers[i]) > 0);
		shapes_release(&corpus);
		free(have);
	}
	shapes_release(&news);
	batch_release(&a);
	unsetenv("CGOFUZZ_DATA");
	free(shipped);
	free(cases);
	free(kept);
}

static void a_mix_is_read_and_its_mistakes_named(void **state)
{
	static const char *const wrong[] = { "",       "1",	 "1:2",	     "1:2:3:4",
					     "0:0:0",  "-1:1:1", "1:1:1001", "1:1:x",
					     "1:1:1 ", ":::",	 "1::1" };
	uint32_t mix[MIX_COUNT];
	struct err e = ERR_INIT;
	char text[40];

	(void)state;
	assert_int_equal(mix_parse(mix, "10:0:3", POPULATION_PLAIN, &e), 0);
	mix_print(mix, text);
	assert_string_equal(text, "10:0:3");
	assert_int_equal(mix_parse(mix, NULL, POPULATION_PLAIN, &e), 0);
	assert_int_equal(mix[MIX_CORPUS] + mix[MIX_NEIGHBOURS], 0);
	assert_int_equal(mix_parse(mix, NULL, POPULATION_WHOLE, &e), 0);
	assert_true(mix[MIX_CORPUS] && mix[MIX_NEIGHBOURS] && mix[MIX_FRESH]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(mix_parse(mix, wrong[i], POPULATION_PLAIN, &e), -1);
		assert_int_equal(e.status, EXIT_USAGE);
		assert_non_null(strstr(e.msg, "2:1:1"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_has_of_each_what_the_mix_says),
		cmocka_unit_test(the_same_seed_and_index_give_the_same_batch),
		cmocka_unit_test(nothing_is_drawn_that_cgo_is_known_not_to_carry),
		cmocka_unit_test(fresh_cases_take_every_route_that_the_lane_carries),
		cmocka_unit_test(a_batch_is_drawn_once),
		cmocka_unit_test(a_mix_is_read_and_its_mistakes_named),
	};

	return cmocka_run_group_tests_name("campaign_draw", tests, scratch_make, scratch_remove);
}
