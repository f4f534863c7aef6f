/* triage_exhibit.c: tests. Which exhibit a record of a planted target shows. */
#include "triage/exhibit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* after the four above */
#include <cmocka.h>

static struct batch turbulent, planted;
static struct cgofuzz_recorder *rec;

static uint32_t slot_of(const struct batch *b, const char *name)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (!strcmp(b->slots[i].row->name, name))
			return i;
	fail_msg("no exhibit %s", name);
	return 0;
}

static void record(enum cgofuzz_fault_kind kind, uint32_t slot)
{
	memset(rec, 0, sizeof(*rec));
	rec->fault.kind = kind;
	rec->fault.slot = slot;
}

static void acted(const char *name)
{
	rec->live.acted |= (uint64_t)1 << slot_of(&turbulent, name);
}

static void without_turbulence_it_is_the_case_that_failed(void **state)
{
	const uint32_t slot = slot_of(&planted, "null-read");

	(void)state;
	record(CGOFUZZ_FAULT_SIGNAL, slot);
	assert_int_equal(exhibit_slot(&planted, rec), slot);
	record(CGOFUZZ_FAULT_SIGNAL, CGOFUZZ_MAX_SLOTS); /* a guest gone mad */
	assert_int_equal(exhibit_slot(&planted, rec), planted.count);
}

static void in_turbulence_it_is_who_acted(void **state)
{
	const uint32_t bystander = slot_of(&turbulent, "environment");

	(void)state;
	record(CGOFUZZ_FAULT_OUTCOME, bystander);
	assert_int_equal(exhibit_slot(&turbulent, rec), turbulent.count);
	acted("errno-lost");
	assert_int_equal(exhibit_slot(&turbulent, rec), slot_of(&turbulent, "errno-lost"));
	acted("thread-per-call"); /* a LEAK */
	assert_int_equal(exhibit_slot(&turbulent, rec), slot_of(&turbulent, "errno-lost"));
	acted("freed-twice"); /* an OUTCOME: which of the two? */
	assert_int_equal(exhibit_slot(&turbulent, rec), turbulent.count);
	acted("environment"); /* the case that failed, of those that acted */
	assert_int_equal(exhibit_slot(&turbulent, rec), bystander);
}

static void what_only_comparison_shows_has_its_case(void **state)
{
	const uint32_t slot = slot_of(&turbulent, "differs-on-arm64");

	(void)state;
	record(CGOFUZZ_FAULT_DIFFERENTIAL, slot);
	assert_int_equal(exhibit_slot(&turbulent, rec), slot);
}

static int setup(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	rec = xcalloc(1, sizeof(*rec));
	return batch_from_target(&turbulent, target_find("turbulent"), CGOFUZZ_ARCH_ARM64, &e) ||
		batch_from_target(&planted, target_find("planted"), CGOFUZZ_ARCH_ARM64, &e);
}

static int teardown(void **state)
{
	(void)state;
	free(rec);
	batch_release(&turbulent);
	batch_release(&planted);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_turbulence_it_is_the_case_that_failed),
		cmocka_unit_test(in_turbulence_it_is_who_acted),
		cmocka_unit_test(what_only_comparison_shows_has_its_case),
	};

	return cmocka_run_group_tests_name("triage_exhibit", tests, setup, teardown);
}
