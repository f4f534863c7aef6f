/* engine_libfuzzer.c: campaign. libFuzzer: the guest is the engine. It ends with every fault that
 * cannot be survived, and is started again behind the plan that it died of. */
#include "campaign/instance.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "campaign/corpus.h"
#include "guest/plan.h"

struct finds {
	struct instance *i;
	char *found, *corpus;
};

static int keep_find(const char *name, void *ctx)
{
	const struct finds *f = ctx;
	char *from = xasprintf("%s/%s", f->found, name), *to = xasprintf("%s/%s", f->corpus, name);

	if (name[0] != '.' && rename(from, to) == 0)
		reading_add(&f->i->reading, name);
	free(to);
	free(from);
	return 0;
}

/* What it has found joins the corpus, and what it is to read is listed. */
static int next_reading(struct instance *i, struct err *e)
{
	struct finds f = { i, instance_path(i, "found"), instance_path(i, "corpus") };
	char *list = instance_path(i, "reading");
	int rc = dir_make(f.found, e);

	if (rc == 0)
		rc = dir_each(f.found, keep_find, &f, e);
	if (rc == 0)
		rc = reading_give(&i->reading, list, e);
	free(list);
	free(f.corpus);
	free(f.found);
	return rc;
}

static int prepare(struct instance *i, struct err *e)
{
	char *corpus = instance_path(i, "corpus"), *artifacts = xasprintf("%s/artifacts", i->dir);
	int rc = corpus_prune(corpus, CORPUS_KEEP, e);

	if (rc == 0)
		rc = corpus_seed(corpus, i->seed, i->slots, i->turbulent, e);
	if (rc == 0)
		rc = dir_make(artifacts, e);
	if (rc == 0)
		rc = reading_begin(&i->reading, corpus, i->seed + i->slice, e);
	if (rc == 0)
		rc = next_reading(i, e);
	free(artifacts);
	free(corpus);
	return rc;
}

/* Deaths and hangs are the recorder's business, so libFuzzer handles no signal and no limit; nor does
 * it shorten plans, which would only mean fewer crossings for each execution. */
static const char *const flags[] = {
	"-handle_segv=0",
	"-handle_bus=0",
	"-handle_abrt=0",
	"-handle_fpe=0",
	"-handle_ill=0",
	"-handle_xfsz=0",
	"-rss_limit_mb=0",
	"-malloc_limit_mb=0",
	"-timeout=0",
	"-detect_leaks=0",
	"-len_control=0",
	"-reduce_inputs=0",
	"-prefer_small=0",
	"-reload=0",
	"-print_final_stats=0",
	"-shuffle=0",
	NULL,
};

static void command(const struct instance *i, struct strlist *argv, struct strlist *env)
{
	const char *prefix[16] = { NULL }, *settings[16] = { NULL };
	char *found = instance_path(i, "found"), *list = instance_path(i, "reading");

	guest_command(i->lane, &i->tools, prefix, settings);
	strlist_add_all(argv, prefix);
	strlist_add_all(env, settings);
	strlist_add(argv, "%s", i->exe);
	strlist_add_all(argv, flags);
	strlist_add(argv, "-max_len=%d", CGOFUZZ_PLAN_MAX_BYTES);
	strlist_add(argv, "-seed=%u",
		    (unsigned)((i->seed + i->restarts + i->slice) & 0x7fffffff) | 1u);
	strlist_add(argv, "-artifact_prefix=%s/artifacts/", i->dir);
	/* A list cannot hold a name with a ',': then it is all read again each time. */
	if (strchr(i->dir, ',')) {
		free(found);
		found = instance_path(i, "corpus");
	} else {
		strlist_add(argv, "-seed_inputs=@%s", list);
	}
	strlist_add(argv, "%s", found);
	free(list);
	free(found);
}

/* libFuzzer runs an empty plan first. */
static int resume(struct instance *i, struct err *e)
{
	const struct cgofuzz_recorder *rec = i->rec;
	char *corpus = instance_path(i, "corpus");
	int rc = 0;

	if (rec->starts != i->starts_seen)
		reading_went(&i->reading, rec->engine_exec ? rec->engine_exec - 1 : 0);
	if (i->hung || rec->state != CGOFUZZ_IDLE)
		rc = corpus_drop(corpus, rec->plan, rec->plan_len, e);
	if (rc == 0)
		rc = next_reading(i, e);
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
	.resume = resume,
	.look = look,
};
