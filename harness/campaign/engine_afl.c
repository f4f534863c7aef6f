/* engine_afl.c: campaign. AFL++: afl-fuzz starts guests over a fork server that they run themselves.
 * Its output directory is its own, engines/NAME/out, resumed from slice to slice. */
#include "campaign/instance.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "campaign/corpus.h"
#include "guest/plan.h"

/* Far above the supervisor's own limit, which sees a hang first. */
#define AFL_TIMEOUT_MS 60000
/* It runs each three to eight times before it begins to change any (calibrate_case). */
#define TURBULENT_SEEDS 96

static int prepare(struct instance *i, struct err *e)
{
	char *in = instance_path(i, "in"), *out = instance_path(i, "out");
	char *queue = xasprintf("%s/default/queue", out);
	int rc = corpus_seed(in, i->seed, i->slots, i->turbulent, e);

	if (rc == 0 && i->turbulent)
		rc = corpus_prune(in, TURBULENT_SEEDS, e);
	if (rc == 0)
		rc = corpus_prune(queue, CORPUS_KEEP, e);
	free(queue);
	free(out);
	free(in);
	return rc;
}

/*
 * The guest has a fork server of its own (guest/afl_server.c), AFL++'s is not to start (DEFER_FORKSRV). afl-fuzz
 * 4.04c looks for its marks in the program it starts, which is QEMU for arm64: it is told instead
 * (__AFL_PERSISTENT, SKIP_BIN_CHECK). Shorter plans are not better plans: no trimming. What guests print goes to the log.
 */
static const char *const settings[] = {
	"__AFL_DEFER_FORKSRV=1",
	"__AFL_PERSISTENT=1",
	"AFL_SKIP_BIN_CHECK=1",
	"AFL_NO_UI=1",
	"AFL_SKIP_CPUFREQ=1",
	"AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
	"AFL_NO_AFFINITY=1",
	"AFL_AUTORESUME=1",
	"AFL_FAST_CAL=1",
	"AFL_DISABLE_TRIM=1",
	"AFL_NO_CRASH_README=1",
	"AFL_DEBUG_CHILD=1",
	"AFL_FORKSRV_INIT_TMOUT=60000",
	"AFL_IGNORE_UNKNOWN_ENVS=1",
	/* taken away: afl-fuzz refuses to start with some values, and no guest has a sanitizer */
	"ASAN_OPTIONS",
	"MSAN_OPTIONS",
	NULL,
};

/* Of turbulent plans bytes say little. */
static void add_mutator(struct strlist *env)
{
	char *library = xasprintf("%s/build/mutate_afl.so", data_dir());

	if (file_exists(library))
		strlist_add(env, "AFL_CUSTOM_MUTATOR_LIBRARY=%s", library);
	else
		log_detail("%s is missing: AFL++ changes plans byte by byte", library);
	free(library);
}

static void command(const struct instance *i, struct strlist *argv, struct strlist *env)
{
	const char *prefix[16] = { NULL }, *guest[16] = { NULL };
	char *in = instance_path(i, "in"), *out = instance_path(i, "out");

	guest_command(i->lane, &i->tools, prefix, guest);
	strlist_add_all(env, settings);
	strlist_add_all(env, guest);
	if (i->turbulent)
		add_mutator(env);
	strlist_add(argv, "afl-fuzz");
	strlist_add(argv, "-i");
	strlist_add(argv, "%s", in);
	strlist_add(argv, "-o");
	strlist_add(argv, "%s", out);
	strlist_add(argv, "-m");
	strlist_add(argv, "none");
	strlist_add(argv, "-t");
	strlist_add(argv, "%d", AFL_TIMEOUT_MS);
	strlist_add(argv, "-g");
	strlist_add(argv, "%d", CORPUS_MIN_BYTES);
	strlist_add(argv, "-G");
	strlist_add(argv, "%d", CGOFUZZ_PLAN_MAX_BYTES);
	strlist_add(argv, "-s");
	strlist_add(argv, "%u", (unsigned)((i->seed + i->restarts + i->slice) & 0x7fffffff) | 1u);
	strlist_add(argv, "--");
	strlist_add_all(argv, prefix);
	strlist_add(argv, "%s", i->exe);
	free(out);
	free(in);
}

static void stats_line(struct instance *i, const char *name, const char *value)
{
	if (strcmp(name, "edges_found") == 0)
		i->edges = strtoull(value, NULL, 10);
	else if (strcmp(name, "stability") == 0)
		i->stability_percent = strtod(value, NULL);
}

/* "name   : value" lines. Written by afl-fuzz every minute and at its end. */
static void look(struct instance *i)
{
	char *out = instance_path(i, "out"), *path = xasprintf("%s/default/fuzzer_stats", out);
	struct buf text = BUF_INIT;
	struct err none = ERR_INIT;
	char *save = NULL, *line;

	if (file_read(path, 1 << 20, &text, &none) < 0)
		text.len = 0;
	for (line = text.len ? strtok_r(text.ptr, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		size_t len = strcspn(line, " \t:");
		const char *colon = strchr(line, ':');

		line[len] = '\0';
		if (colon)
			stats_line(i, line, colon + 1);
	}
	buf_release(&text);
	free(path);
	free(out);
}

const struct engine_ops engine_afl = {
	.id = ENGINE_AFL,
	.name = "afl",
	.is_guest = false,
	.stop_signal = SIGINT,
	.stop_ms = 3000,
	.prepare = prepare,
	.command = command,
	.look = look,
};
