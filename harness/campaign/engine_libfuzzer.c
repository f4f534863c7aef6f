/* engine_libfuzzer.c: campaign. libFuzzer: the guest is the engine. It ends with every fault that
 * cannot be survived, and is started again on the same corpus. */
#include "campaign/instance.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "campaign/corpus.h"
#include "guest/plan.h"

static int prepare(struct instance *i, struct err *e)
{
	char *corpus = instance_path(i, "corpus"), *artifacts = xasprintf("%s/artifacts", i->dir);
	int rc = corpus_prune(corpus, CORPUS_KEEP, e);

	if (rc == 0)
		rc = corpus_seed(corpus, i->seed, i->slots, i->turbulent, e);
	if (rc == 0)
		rc = dir_make(artifacts, e);
	free(artifacts);
	free(corpus);
	return rc;
}

/* Deaths and hangs are the recorder's business, so libFuzzer handles no signal and no limit; nor does
 * it shorten plans, which would only mean fewer crossings for each execution. */
static const char *const flags[] = {
	"-handle_segv=0",  "-handle_bus=0",   "-handle_abrt=0",	      "-handle_fpe=0",
	"-handle_ill=0",   "-handle_xfsz=0",  "-rss_limit_mb=0",      "-malloc_limit_mb=0",
	"-timeout=0",	   "-detect_leaks=0", "-len_control=0",	      "-reduce_inputs=0",
	"-prefer_small=0", "-reload=0",	      "-print_final_stats=0", NULL,
};

static void command(const struct instance *i, struct strlist *argv, struct strlist *env)
{
	const char *prefix[16] = { NULL }, *settings[16] = { NULL };
	char *corpus = instance_path(i, "corpus");

	guest_command(i->lane, &i->tools, prefix, settings);
	strlist_add_all(argv, prefix);
	strlist_add_all(env, settings);
	strlist_add(argv, "%s", i->exe);
	strlist_add_all(argv, flags);
	strlist_add(argv, "-max_len=%d", CGOFUZZ_PLAN_MAX_BYTES);
	strlist_add(argv, "-seed=%u",
		    (unsigned)((i->seed + i->restarts + i->slice) & 0x7fffffff) | 1u);
	strlist_add(argv, "-artifact_prefix=%s/artifacts/", i->dir);
	strlist_add(argv, "%s", corpus);
	free(corpus);
}

static int forget(struct instance *i, const void *plan, size_t len, struct err *e)
{
	char *corpus = instance_path(i, "corpus");
	int rc = corpus_drop(corpus, plan, len, e);

	free(corpus);
	return rc;
}

/* The last "#N pulse  cov: N ft: N corp: ..." line. */
static void look(struct instance *i)
{
	struct buf tail = BUF_INIT;
	const char *at, *last = NULL;

	engine_tail(i->log, 4096, &tail);
	for (at = tail.ptr; (at = strstr(at, " cov: ")); at++)
		last = at;
	if (last) {
		const char *ft = strstr(last, " ft: ");

		i->edges = strtoull(last + 6, NULL, 10);
		if (ft)
			i->features = strtoull(ft + 5, NULL, 10);
	}
	buf_release(&tail);
}

const struct engine_ops engine_libfuzzer = {
	.id = ENGINE_LIBFUZZER,
	.name = "libfuzzer",
	.is_guest = true,
	.stop_signal = SIGTERM,
	.stop_ms = 1000,
	.prepare = prepare,
	.command = command,
	.forget = forget,
	.look = look,
};
