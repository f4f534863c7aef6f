/* main.c: shapes. The shape loop: libFuzzer makes recipes, this says what each is worth, in counters
 * instead of instrumentation, and in the end writes the small set. libFuzzer has the real main(). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/option.h"
#include "shapes/pool.h"

#define DEFAULT_RUNS 1500000
#define DEFAULT_SEED 1
#define RUNS_PER_TRY 75 /* reducing takes about as long as the loop */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One counter for each feature that a case may have, and one more for cases that cross to Go: what they
 * do not cover yet is news although others do. libFuzzer reads and clears all of them after each run. */
enum { ALL, CROSSING, SEEN };
#define COUNTERS 16384
__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t counters[SEEN * COUNTERS];
static uint16_t counter_of[COVER_FEATURES];

static struct {
	uint64_t seed, runs;
	int64_t time_ms; /* instead of runs */
	const char *out;
	uint64_t done;
	struct timespec began;
	struct cover seen[SEEN];
	struct pool pool;
} loop = { .seed = DEFAULT_SEED, .runs = DEFAULT_RUNS };

enum { KEY_SEED = 0x2000, KEY_RUNS, KEY_TIME, KEY_OUT };

static const struct argp_option options[] = {
	{ "seed", KEY_SEED, "N", 0, "same seed and runs, same result (1)", 0 },
	{ "runs", KEY_RUNS, "N", 0, "how many recipes (1500000)", 0 },
	{ "time", KEY_TIME, "TIME", 0,
	  "how long instead: 60s, 5m; the result says how many runs it was", 0 },
	{ "out", KEY_OUT, "FILE", 0, "where the cases go", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct err e = ERR_INIT;

	switch (key) {
	case KEY_SEED:
		option_u64(arg, "--seed", &loop.seed, &e);
		break;
	case KEY_RUNS:
		option_u64(arg, "--runs", &loop.runs, &e);
		break;
	case KEY_TIME:
		option_duration(arg, &loop.time_ms, &e);
		break;
	case KEY_OUT:
		loop.out = arg;
		break;
	case ARGP_KEY_END:
		if (!loop.out)
			err_set(&e, EXIT_USAGE, "--out FILE is needed");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (e.status)
		option_reject(state, &e);
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse_option,
	.doc = "The shape loop: searches the rule book for cases, without a compiler, and writes a small set "
	       "that covers what it found.",
};

/* Number 0 is everyone's: libFuzzer gives up if its first inputs exercise nothing. */
static void number_counters(void)
{
	uint16_t next = 1;

	for (int r = 0; r < RULE_COUNT; r++) {
		counter_of[r] = next++;
		for (int other = 0; other < r; other++)
			if (rule_info[other].abi == rule_info[r].abi)
				counter_of[cover_pair(r, other)] = next++;
		for (uint32_t i = 0; i < COVER_WHERES && rule_info[r].kind != RULE_LAYOUT; i++)
			counter_of[cover_combination(r, i)] = next++;
	}
	BUG_ON(next > COUNTERS);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char runs[] = "-runs=-1", seed[32], len[] = "-max_len=512",
		    quick[] = "-len_control=0", plain[] = "-entropic=0", quiet[] = "-verbosity=0",
		    crash[] = "-handle_segv=0", slow[] = "-timeout=0";
	static char *args[] = { NULL, runs, seed, len, quick, plain, quiet, crash, slow, NULL };

	_Static_assert(RECIPE_MAX_BYTES == 512, "-max_len");
	argp_parse(&argp, *argc, *argv, 0, NULL, NULL);
	/* 0 stands for a seed of libFuzzer's own choice */
	snprintf(seed, sizeof(seed), "-seed=%u", (uint32_t)loop.seed ? (uint32_t)loop.seed : 1);
	args[0] = (*argv)[0];
	*argv = args;
	*argc = (int)(sizeof(args) / sizeof(*args)) - 1;
	number_counters();
	clock_gettime(CLOCK_MONOTONIC, &loop.began);
	return 0;
}

static int64_t since_ms(clockid_t clock, const struct timespec *began)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (now.tv_sec - began->tv_sec) * 1000 + (now.tv_nsec - began->tv_nsec) / 1000000;
}

static void finish(void)
{
	int64_t ms = since_ms(CLOCK_PROCESS_CPUTIME_ID, &(struct timespec){ 0 });
	struct texts texts = { 0 };
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	fprintf(stderr,
		"shape loop: %" PRIu64 " recipes in %" PRId64 " ms of CPU time, %zu worth keeping\n",
		loop.done, ms, loop.pool.count);
	pool_reduce(&loop.pool, loop.seed, loop.done / RUNS_PER_TRY, &texts);
	buf_addf(&out,
		 "# Cases that cover the rule book (cgofuzz cover). Sorted. Made, and not to be edited, by\n"
		 "#     make shapes SEED=%" PRIu64 " RUNS=%" PRIu64 "\n"
		 "# with recipes of version %d, %d rules and libFuzzer of clang 14: %u features, %zu cases.\n",
		 loop.seed, loop.done, RECIPE_VERSION, RULE_COUNT, texts.features, texts.count);
	for (size_t i = 0; i < texts.count; i++)
		buf_addf(&out, "%s\n", texts.list[i]);
	if (file_publish(loop.out, out.ptr, out.len, &e) < 0) {
		fprintf(stderr, "cgofuzz-shapes: %s\n", e.msg);
		_exit(EXIT_ENVIRON);
	}
	fprintf(stderr, "%s: %zu cases, %u features\n", loop.out, texts.count, texts.features);
	texts_release(&texts);
	buf_release(&out);
	pool_release(&loop.pool);
	_exit(EXIT_CLEAN); /* libFuzzer takes exit() for a crash */
}

/* Counts what has not been seen yet, and is seen from now on: libFuzzer keeps such inputs, and the rest,
 * hundreds of pairs in each input, would only cost it time. */
static bool count_news(struct cover *seen, const struct cover *cover, uint8_t *out)
{
	bool news = false;

	for (size_t i = 0; i < COVER_WORDS; i++) {
		uint64_t word = cover->word[i] & ~seen->word[i];

		seen->word[i] |= word;
		news |= word != 0;
		for (; word; word &= word - 1)
			out[counter_of[64 * i + (size_t)__builtin_ctzll(word)]] = 1;
	}
	return news;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recipe r = { .bytes = (uint8_t *)data, .len = size };
	bool news;

	counters[0] = 1;
	pool_measure(&loop.pool, &r);
	news = count_news(&loop.seen[ALL], &r.cover, counters);
	if (!(r.rank & POOL_DIRECT))
		news |= count_news(&loop.seen[CROSSING], &r.cover, counters + COUNTERS);
	if (news)
		pool_add(&loop.pool, &r);
	loop.done++;
	if (loop.time_ms
		    ? loop.done % 1024 == 0 && since_ms(CLOCK_MONOTONIC, &loop.began) >= loop.time_ms
		    : loop.done >= loop.runs)
		finish();
	return 0;
}
