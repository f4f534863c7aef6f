/* triage_known.c: tests. The file of known issues: what an entry explains, and what is wrong with a file. */
#include "synthetic.h"

#include "triage/known.h"

#define LANE "amd64-gcc12-gcc12-O1-wO0-go1.26.8"
#define OLD "amd64-gcc12-gcc12-O1-wO0-go1.22.5"

static enum known_why ask(const char *text, const char *signature, const char *guilty,
			  const char *lanes, const char *today, int ok)
{
	struct known_case c = { signature, guilty, lanes, today, ok, 3 };
	const struct known_issue *issue;
	struct known_issues k;
	struct err e = ERR_INIT;
	enum known_why why;

	if (known_parse(&k, text, strlen(text), "known", &e) < 0)
		fail_msg("%s", e.msg);
	why = known_find(&k, &c, &issue);
	assert_true((why == KNOWN_NOT) == !issue);
	known_release(&k);
	return why;
}

static void an_entry_may_name_a_class_of_signatures(void **state)
{
	static const char text[] = "- signature: '2|leaf|leaf|*|bit-field|*'\n"
				   "  guilty: go\n"
				   "  lanes: ['*-go1.26*', 'arm64-*']\n"
				   "  link: https://example.org/3\n";
	static const char sig[] = "2|leaf|leaf|go->c|argument|int32|bit-field|c";

	(void)state;
	assert_int_equal(ask(text, sig, "go", LANE, "2026-01-01", 3), KNOWN_EXPLAINED);
	assert_int_equal(ask(text, sig, "go", LANE ",arm64-x", "2026-01-01", 3), KNOWN_EXPLAINED);
	assert_int_equal(ask(text, sig, "go", LANE "," OLD, "2026-01-01", 3), KNOWN_NOT);
	assert_int_equal(ask(text, sig, "callee", LANE, "2026-01-01", 3), KNOWN_NOT);
	assert_int_equal(ask(text, "2|leaf|leaf|go->c|argument|int32|struct|c", "go", LANE,
			     "2026-01-01", 3),
			 KNOWN_NOT);
}

static void an_entry_holds_until_its_last_day(void **state)
{
	static const char text[] = "- {signature: 'a|b', link: x, expires: 2026-11-22}\n";
	static const char both[] = "- {signature: 'a|b', link: x, expires: 2026-11-22}\n"
				   "- {signature: 'a|*', link: y}\n";

	(void)state;
	assert_int_equal(ask(text, "a|b", "", LANE, "2026-11-22T23:59:59Z", 3), KNOWN_EXPLAINED);
	assert_int_equal(ask(text, "a|b", "", LANE, "2026-11-23T00:00:00Z", 3), KNOWN_EXPIRED);
	assert_int_equal(ask(both, "a|b", "", LANE, "2026-11-23T00:00:00Z", 3), KNOWN_EXPLAINED);
}

static void the_expected_verdict_counts(void **state)
{
	static const char fixed[] =
		"- {signature: 'a|b', link: x, verdict: ok, lanes: ['*-go1.26*']}\n"
		"- {signature: 'a|b', link: x}\n";
	static const char flaky[] = "- {signature: 'a|b', link: x, verdict: flaky}\n";
	static const char over[] =
		"- {signature: 'a|b', link: x, verdict: ok, expires: 2020-01-01}\n";

	(void)state;
	assert_int_equal(ask(fixed, "a|b", "", LANE, "2026-01-01", 3), KNOWN_FIXED);
	assert_int_equal(ask(fixed, "a|b", "", OLD, "2026-01-01", 3), KNOWN_EXPLAINED);
	assert_int_equal(ask(flaky, "a|b", "", LANE, "2026-01-01", 2), KNOWN_EXPLAINED);
	assert_int_equal(ask(flaky, "a|b", "", LANE, "2026-01-01", 3), KNOWN_STEADY);
	assert_int_equal(ask(over, "a|b", "", LANE, "2026-01-01", 3), KNOWN_NOT);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "# x\n\n- signature: a|b\n  lanes: [x]\n",
		  "known:4: Missing required mapping field: link" },
		{ "- signature: a|b\n  link: x\n- signature: a|b\n  lonk: x\n",
		  "known:3: Unexpected key: lonk" },
		{ "- {signature: a|b, link: x}\n- {signature: hello, link: x}\n",
		  "known:2: signature is none" },
		{ "- {signature: a|b, link: x, expires: tomorrow}\n", "known:1: expires is no date" },
		{ "- {signature: a|b, link: x, expires: 2026-13-01}\n",
		  "known:1: expires is no date" },
		{ "- {signature: a|b, link: x, verdict: maybe}\n", "known:1: " },
		{ "- {signature: a|b, link: x, lanes: x}\n", "known:1: Expecting SEQUENCE" },
		{ "- {signature: a|b, link: \"x\\e[31m\"}\n", "known:1: a text holds a control" },
		{ "- {signature: a|b, link: x}\n---\n- {signature: a|b, link: x}\n",
		  "known:2: a second document" },
		{ "- &a {signature: a|b, link: x}\n- *a\n", "known:2: YAML alias unsupported" },
		{ "1|a|b\tgo\tlanes\tlink\tnote\n", "known:1: Expecting SEQUENCE, got event: SCALAR" },
		{ "- signature: [\n", "known:1: " },
		{ "- signature: a|b\n\tlink: x\n", "known:2: libyaml: found a tab" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct known_issues k;
		struct err e = ERR_INIT;

		assert_int_equal(known_parse(&k, rows[i].text, strlen(rows[i].text), "known", &e),
				 -1);
		assert_int_equal(e.status, EXIT_USAGE);
		if (strncmp(e.msg, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s, not %s", e.msg, rows[i].says);
		assert_non_null(strstr(e.msg, "docs/TRIAGE.md"));
	}
}

static void nothing_at_all_is_no_issue(void **state)
{
	static const char *const texts[] = { "", "# nothing\n", "[]\n", "---\n[]\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(ask(texts[i], "a|b", "", LANE, "2026-01-01", 3), KNOWN_NOT);
}

static void the_file_that_is_shipped_is_good(void **state)
{
	struct known_issues k;
	struct err e = ERR_INIT;

	(void)state;
	if (known_read(&k, "corpus/known-issues.yaml", &e) < 0)
		fail_msg("%s", e.msg);
	assert_true(k.count >= 17);
	assert_true(k.issues[1].line > k.issues[0].line);
	known_release(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_may_name_a_class_of_signatures),
		cmocka_unit_test(an_entry_holds_until_its_last_day),
		cmocka_unit_test(the_expected_verdict_counts),
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(nothing_at_all_is_no_issue),
		cmocka_unit_test(the_file_that_is_shipped_is_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
