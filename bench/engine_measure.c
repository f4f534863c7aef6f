/* engine_measure.c: bench. One engine process on one batch, measured from outside by its recorder. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "bench/guest.h"

#define WORDS 48
#define START_MS 60000

static const char dir[] = "build/bench/engine";

struct words {
	char *word[WORDS];
	int n;
};

static __attribute__((format(printf, 2, 3))) void word_add(struct words *w, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list args;
	char text[1024];

	BUG_ON(w->n + 1 >= WORDS);
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_addstr(&b, text);
	w->word[w->n++] = buf_detach(&b, NULL);
	w->word[w->n] = NULL;
}

static void words_release(struct words *w)
{
	while (w->n)
		free(w->word[--w->n]);
}

/* The engine's own build of the guest, and what it takes to run it. */
static void add_guest(struct words *argv, struct words *env, const struct subject *s,
		      enum engine engine)
{
	char *exe = build_exe(&s->build, engine);
	const char *prefix[16] = { NULL }, *guest[16] = { NULL };

	guest_command(&s->lane, &s->tools, prefix, guest);
	for (int i = 0; prefix[i]; i++)
		word_add(argv, "%s", prefix[i]);
	for (int i = 0; guest[i]; i++)
		word_add(env, "%s", guest[i]);
	word_add(argv, "%s", exe);
	free(exe);
}

static void command_afl(struct words *argv, struct words *env, const struct subject *s,
			uint32_t min_bytes, uint32_t max_bytes, int persistent)
{
	static const char *const settings[] = {
		"__AFL_DEFER_FORKSRV=1",
		"AFL_SKIP_BIN_CHECK=1",
		"AFL_NO_UI=1",
		"AFL_SKIP_CPUFREQ=1",
		"AFL_NO_AFFINITY=1",
		"AFL_FAST_CAL=1",
		"AFL_DISABLE_TRIM=1",
		"AFL_FORKSRV_INIT_TMOUT=60000",
		"AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
	};

	for (unsigned i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		word_add(env, "%s", settings[i]);
	if (persistent)
		word_add(env, "__AFL_PERSISTENT=1");
	word_add(argv, "afl-fuzz");
	word_add(argv, "-i%s/in", dir);
	word_add(argv, "-o%s/out", dir);
	word_add(argv, "-mnone");
	word_add(argv, "-t60000");
	word_add(argv, "-g%u", min_bytes);
	word_add(argv, "-G%u", max_bytes);
	word_add(argv, "-s1");
	word_add(argv, "--");
	add_guest(argv, env, s, ENGINE_AFL);
}

static void command_libfuzzer(struct words *argv, struct words *env, const struct subject *s,
			      uint32_t max_bytes)
{
	add_guest(argv, env, s, ENGINE_LIBFUZZER);
	word_add(argv, "-handle_segv=0");
	word_add(argv, "-handle_abrt=0");
	word_add(argv, "-rss_limit_mb=0");
	word_add(argv, "-detect_leaks=0");
	word_add(argv, "-len_control=0");
	word_add(argv, "-reduce_inputs=0");
	word_add(argv, "-max_len=%u", max_bytes);
	word_add(argv, "-seed=1");
	word_add(argv, "%s/in", dir);
}

static double stability(void)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	char *path = xasprintf("%s/out/default/fuzzer_stats", dir);
	const char *at = NULL;
	double percent = -1;

	if (file_read(path, 1 << 20, &text, &e) == 0)
		at = strstr(text.ptr, "stability");
	if (at && (at = strchr(at, ':')))
		percent = strtod(at + 1, NULL);
	buf_release(&text);
	free(path);
	return percent;
}

/* Waits for the first plans, then lets it run; counts what lies between. */
static int watch(struct cgofuzz_recorder *rec, pid_t pid, int seconds, struct engine_rate *out,
		 struct err *e)
{
	int64_t start = clock_ms(), from;
	uint64_t executions, crossings;
	double passed;

	while (rec->executions < 20) {
		if (clock_ms() - start > START_MS || waitpid(pid, NULL, WNOHANG) == pid)
			return err_set(e, EXIT_ENVIRON, "the engine ran no plan; see %s/log", dir);
		usleep(50 * 1000);
	}
	usleep(2000 * 1000);
	from = clock_ms();
	executions = rec->executions;
	crossings = rec->live.crossings;
	usleep((useconds_t)seconds * 1000 * 1000);
	passed = (double)(clock_ms() - from) / 1000;
	out->executions = (double)(rec->executions - executions) / passed;
	out->crossings = (double)(rec->live.crossings - crossings) / passed;
	return 0;
}

static int seed_corpus(uint32_t min_steps, uint32_t max_steps, struct err *e)
{
	static const char in[] = "build/bench/engine/in";
	int rc = 0;

	if (dir_remove(dir, e) < 0 || dir_make(in, e) < 0)
		return -1;
	for (uint32_t n = min_steps, i = 0; rc == 0 && n <= max_steps; n += 16, i++) {
		char *path = xasprintf("%s/seed-%u", in, i);

		rc = plan_write(path, PLAN_MIXED, n, i + 1, e);
		free(path);
	}
	return rc;
}

int engine_measure(const struct subject *s, enum engine engine, uint32_t min_steps,
		   uint32_t max_steps, int persistent, int seconds, struct engine_rate *out,
		   struct err *e)
{
	uint32_t min_bytes = min_steps * CGOFUZZ_STEP_BYTES,
		 max_bytes = max_steps * CGOFUZZ_STEP_BYTES;
	struct words argv = { .n = 0 }, env = { .n = 0 };
	struct cgofuzz_recorder *rec;
	char *log = xasprintf("%s/log", dir);
	pid_t pid;
	int rc = seed_corpus(min_steps, max_steps, e);

	if (rc == 0)
		rc = recorder_create(dir, s->build.id, (int)s->lane.arch->id, e);
	rec = rc == 0 ? recorder_map(dir, e) : NULL;
	if (!rec) {
		free(log);
		return -1;
	}
	word_add(&env, "%s=%s", CGOFUZZ_DIR_ENV, dir);
	word_add(&env, "CGOFUZZ_TURBULENCE=0");
	if (engine == ENGINE_AFL)
		command_afl(&argv, &env, s, min_bytes, max_bytes, persistent);
	else
		command_libfuzzer(&argv, &env, s, max_bytes);
	rc = proc_start(&(struct proc_spec){ .argv = argv.word,
					     .env = env.word,
					     .out_path = log,
					     .err_path = log,
					     .die_with_parent = true },
			&pid, e);
	if (rc == 0)
		rc = watch(rec, pid, seconds, out, e);
	if (rc == 0) {
		rec->stopping = CGOFUZZ_STOPPING;
		kill(pid, SIGINT);
		waitpid(pid, NULL, 0);
	}
	out->stability_percent = engine == ENGINE_AFL ? stability() : -1;
	recorder_unmap(rec);
	words_release(&argv);
	words_release(&env);
	free(log);
	return rc;
}
