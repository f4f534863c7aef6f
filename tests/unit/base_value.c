/* base_value.c: tests. Errors, hashes and seeded random numbers: the same everywhere. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/proc.h"
#include "base/rng.h"

static void an_error_gathers_context_on_its_way_up(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(&e, EXIT_ENVIRON, "could not open %s", "x"), -1);
	assert_string_equal(e.msg, "could not open x: No such file or directory");
	assert_int_equal(err_prefix(&e, "bundle %d", 3), -1);
	assert_string_equal(e.msg, "bundle 3: could not open x: No such file or directory");
	assert_int_equal(e.status, EXIT_ENVIRON);
	assert_int_equal(err_set(&e, EXIT_USAGE, "<%s>", e.msg + strlen("bundle 3: ")), -1);
	assert_string_equal(e.msg, "<could not open x: No such file or directory>");
	assert_int_equal(e.status, EXIT_USAGE);
}

static void an_error_too_long_is_cut(void **state)
{
	struct err e = ERR_INIT;
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, EXIT_USAGE, "%s", text);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	err_prefix(&e, "p");
	assert_memory_equal(e.msg, "p: xxx", 6);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	errno = EIO;
	err_errno(&e, EXIT_USAGE, "%s", text);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
}

static void our_own_mistakes_abort(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		close(STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		BUG_ON(1 + 1 == 2);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void hashes_are_those_of_xxh3(void **state)
{
	char hex[HASH_HEX_LEN + 1], streamed[HASH_HEX_LEN + 1];
	struct hash *h;

	(void)state;
	hash_hex("", 0, hex); /* xxhsum -H2 < /dev/null */
	assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
	assert_true(hash_u64("", 0) == 0x2d06800538d394c2u);
	h = hash_new();
	hash_add(h, "ab", 2);
	hash_add(h, NULL, 0);
	hash_add(h, "c", 1);
	hash_finish(h, streamed);
	hash_hex("abc", 3, hex);
	assert_string_equal(hex, streamed);
}

static void hashed_strings_do_not_run_together(void **state)
{
	char first[HASH_HEX_LEN + 1], second[HASH_HEX_LEN + 1];
	struct hash *h = hash_new();

	(void)state;
	hash_add_str(h, "a");
	hash_add_str(h, "bc");
	hash_finish(h, first);
	h = hash_new();
	hash_add_str(h, "ab");
	hash_add_str(h, "c");
	hash_finish(h, second);
	assert_string_not_equal(first, second);
}

static void a_file_is_hashed_by_its_bytes(void **state)
{
	char hex[HASH_HEX_LEN + 1], direct[HASH_HEX_LEN + 1], path[] = "/tmp/cgofuzz-hash-XXXXXX";
	struct err e = ERR_INIT;
	struct hash *h;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(file_write(path, "some bytes", 10, &e), 0);
	h = hash_new();
	assert_int_equal(hash_add_file(h, path), 0);
	hash_finish(h, hex);
	hash_hex("some bytes", 10, direct);
	assert_string_equal(hex, direct);
	unlink(path);
	h = hash_new();
	assert_int_equal(hash_add_file(h, path), -1);
	assert_int_equal(errno, ENOENT);
	hash_finish(h, hex);
}

static void a_seed_gives_the_same_numbers_everywhere(void **state)
{
	/* splitmix64(0), then xoshiro256**, as in the authors' reference code */
	static const uint64_t expected[] = { 0x99ec5f36cb75f2b4u, 0xbf6e1f784956452au,
					     0x1a5f849d4933e6e0u, 0x6aa594f1262d2d2cu };
	uint8_t filled[11], again[11];
	struct rng r;

	(void)state;
	rng_seed(&r, 0);
	for (int i = 0; i < 4; i++)
		assert_true(rng_next(&r) == expected[i]);
	rng_seed(&r, 0);
	rng_fill(&r, filled, sizeof(filled));
	rng_seed(&r, 0);
	rng_fill(&r, again, sizeof(again));
	assert_memory_equal(filled, again, sizeof(filled));
	assert_memory_equal(filled, "\xb4\xf2\x75\xcb\x36\x5f\xec\x99\x2a\x45\x56", sizeof(filled));
}

static void numbers_below_n_are_even(void **state)
{
	unsigned seen[7] = { 0 };
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	for (int i = 0; i < 70000; i++) {
		uint64_t x = rng_below(&r, 7);

		assert_true(x < 7);
		seen[x]++;
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 9500, 10500);
	assert_int_equal(rng_below(&r, 1), 0);
	assert_true(rng_below(&r, UINT64_MAX) < UINT64_MAX);
	assert_true(rng_entropy() != rng_entropy());
}

static void unsafe_calls_do_not_compile(void **state)
{
	static const char *const calls[] = {
		"strcpy(p, p)",	     "strcat(p, p)",  "strncpy(p, p, 1)",  "strncat(p, p, 1)",
		"sprintf(p, \"x\")", "gets(p)",	      "strtok(p, p)",	   "atoi(p)",
		"atol(p)",	     "atof(p)",	      "ctime(&t)",	   "asctime(tm)",
		"gmtime(&t)",	     "localtime(&t)", "system(p)",	   "popen(p, p)",
		"mktemp(p)",	     "tmpnam(p)",     "vsprintf(p, p, p)",
	};
	char path[] = "/tmp/cgofuzz-banned-XXXXXX", include[] = "-I" CGOFUZZ_SOURCE_DIR "/harness";
	char *argv[] = { "gcc",
			 "-Werror=implicit-function-declaration",
			 "-fsyntax-only",
			 include,
			 "-include",
			 "base/banned.h",
			 "-x",
			 "c",
			 path,
			 NULL };
	struct err e = ERR_INIT;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i <= sizeof(calls) / sizeof(*calls); i++) {
		bool harmless = i == sizeof(calls) / sizeof(*calls);
		struct buf said = BUF_INIT;
		struct proc_spec spec = { .argv = argv, .err = &said, .deadline_ms = 60000 };
		struct proc_result result;
		char *code = xasprintf("void g(char *p, time_t t, struct tm *tm);\n"
				       "void g(char *p, time_t t, struct tm *tm) { %s; }\n",
				       harmless ? "gmtime_r(&t, tm); strlen(p)" : calls[i]);

		assert_int_equal(file_write(path, code, strlen(code), &e), 0);
		assert_int_equal(proc_run(&spec, &result, &e), 0);
		assert_int_equal(result.status == 0, harmless);
		assert_true(harmless || strstr(said.ptr, "_is_banned"));
		free(code);
		buf_release(&said);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_gathers_context_on_its_way_up),
		cmocka_unit_test(an_error_too_long_is_cut),
		cmocka_unit_test(our_own_mistakes_abort),
		cmocka_unit_test(hashes_are_those_of_xxh3),
		cmocka_unit_test(hashed_strings_do_not_run_together),
		cmocka_unit_test(a_file_is_hashed_by_its_bytes),
		cmocka_unit_test(a_seed_gives_the_same_numbers_everywhere),
		cmocka_unit_test(numbers_below_n_are_even),
		cmocka_unit_test(unsafe_calls_do_not_compile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
