/* replay.c: triage. The plan of a bundle once more, and whether the same comes of it. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "triage/replay_private.h"

#define DEADLINE_MS 60000

/* Paths of the plans to run: the earlier ones, oldest first, then the one; NULL-terminated. */
static char **plan_paths(const struct bundle *b, bool with_earlier, uint32_t *count)
{
	uint32_t earlier = with_earlier ? b->earlier_count : 0;
	char **paths = xcalloc(earlier + 2, sizeof(*paths));

	for (*count = 0; *count < earlier; ++*count)
		paths[*count] = xasprintf("%s/earlier-%u", b->dir, *count);
	paths[(*count)++] = xasprintf("%s/plan", b->dir);
	return paths;
}

/* Slots that were skipped when it happened are skipped again. */
static int mute(const struct rerun *x, const char *dir, struct err *e)
{
	struct cgofuzz_recorder *r = recorder_map(dir, e);

	if (!r)
		return -1;
	for (unsigned i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		r->muted[i] = x->muted[i];
	recorder_unmap(r);
	return 0;
}

/* Of the run whose recorder is kept. */
static void keep_stderr(const struct rerun *x, const struct judgement *j, const char *log)
{
	char *to = x->how && x->how->keep && j->same ? xasprintf("%s.stderr", x->how->keep) : NULL;
	struct err e = ERR_INIT;

	if (to && !file_exists(to) && file_copy(log, to, &e) < 0)
		buf_addf(x->text, "    %s\n", e.msg);
	free(to);
}

static int run_once(struct rerun *x, bool with_earlier, struct judgement *j, struct err *e)
{
	char *dir = xasprintf("%s/%u", x->dir, x->runs++), *log = xasprintf("%s.stderr", dir);
	struct guest_result result = { 0 };
	struct guest_run run = { .exe = x->exe,
				 .engine = x->engine,
				 .recorder_dir = dir,
				 .stderr_path = log,
				 .deadline_ms = DEADLINE_MS,
				 .misuse = x->b->rec->misuse == 1 };
	char **paths = plan_paths(x->b, with_earlier, &run.plan_count);
	int rc;

	*j = (struct judgement){ .x = x, .layout = -1 };
	run.plans = (const char *const *)paths;
	rc = recorder_create(dir, x->build.dir ? x->build.id : x->b->build_id,
			     (int)x->lane.arch->id, e);
	if (rc == 0)
		rc = mute(x, dir, e);
	if (rc == 0)
		rc = guest_run(&run, &x->lane, &x->tools, &result, e);
	if (rc == 0) {
		j->wait_status = result.wait_status;
		j->hung = result.hung;
		replay_judge(j, dir);
		keep_stderr(x, j, log);
		buf_addf(x->text, "  %s%s: %s%s\n",
			 with_earlier ? "with the plans before it" : "plan alone",
			 result.hung ? ", hung" : "", j->same ? "same fault" : "not the same",
			 j->seen ? "" : " (no fault)");
	}
	for (uint32_t i = 0; paths[i]; i++)
		free(paths[i]);
	free(paths);
	free(dir);
	free(log);
	return rc;
}

/* Layouts are compared at the first use of a slot in a process, and a bad slot is then skipped: to
 * the process that found the fault this may have happened long before. */
static int run_past_layouts(struct rerun *x, bool with_earlier, bool *same, struct err *e)
{
	struct judgement j = { .layout = -1 };

	for (uint32_t i = 0; i < x->b->slots; i++) {
		if (run_once(x, with_earlier, &j, e) < 0)
			return -1;
		if (j.same || j.layout < 0 || (x->muted[j.layout / 64] >> (j.layout % 64) & 1))
			break;
		x->muted[j.layout / 64] |= 1ull << (j.layout % 64);
	}
	*same = j.same;
	return 0;
}

/* What is needed to start a guest is less than what is needed to build one. */
static int find_tools(struct rerun *x, bool reference, struct err *e)
{
	int engine = -1;

	for (int i = 0; i < ENGINE_COUNT; i++)
		if (!strcmp(engine_names[i], x->b->engine))
			engine = i;
	if (engine < 0)
		return err_set(e, EXIT_ENVIRON, "%s: unknown engine %s", x->b->name, x->b->engine);
	x->engine = (enum engine)engine;
	if (lane_parse(&x->lane, x->b->lane, arch_of((int)x->b->rec->arch), e) < 0)
		return err_prefix(e, "%s", x->b->name);
	if (x->lane.arch->id != (enum cgofuzz_arch)x->b->rec->arch)
		return err_set(e, EXIT_ENVIRON, "%s: lane %s is not of the recorder's architecture",
			       x->b->name, x->lane.name);
	if (toolchain_resolve(&x->tools, &x->lane, e) == 0)
		return 0;
	memset(&x->tools, 0, sizeof(x->tools));
	if (reference)
		return -1;
	if (*x->lane.arch->qemu && !(x->tools.qemu = proc_which(x->lane.arch->qemu)))
		return err_set(e, EXIT_ENVIRON, "no %s in PATH: run `cgofuzz doctor`",
			       x->lane.arch->qemu);
	return 0;
}

/* The same cases once more, by plain `go build`. */
static int build_reference(struct rerun *x, struct err *e)
{
	char *path = bundle_build_file(x->b, "cases");
	struct lane lane = x->lane;
	struct batch batch;
	struct buf name = BUF_INIT;
	int rc = -1;

	/* "gobuild" goes before the settings. */
	buf_addf(&name, "%.*s-gobuild%s", (int)strcspn(x->lane.name, "+"), x->lane.name,
		 x->lane.name + strcspn(x->lane.name, "+"));
	if (!x->lane.reference && lane_parse(&lane, name.ptr, x->lane.arch, e) < 0)
		goto out;
	if (batch_load(&batch, path, e) < 0)
		goto out;
	rc = build_batch(&x->build, &batch, &lane, 1u << x->engine, 0, e);
	batch_release(&batch);
	if (rc == 0)
		x->exe = build_exe(&x->build, x->engine);
	else
		memset(&x->build, 0, sizeof(x->build));
out:
	buf_release(&name);
	free(path);
	return rc;
}

static int rerun_open(struct rerun *x, bool reference, struct err *e)
{
	uint32_t slot = x->b->rec->fault.slot;
	struct buf title = BUF_INIT;
	bool weak;
	int rc;

	if (find_tools(x, reference, e) < 0)
		return -1;
	for (unsigned i = 0; i < CGOFUZZ_MAX_SLOTS / 64; i++)
		x->muted[i] = x->b->rec->muted[i];
	x->muted[slot / 64] &= ~(1ull << (slot % 64));
	if (x->how)
		buf_addstr(&x->wanted, x->how->wanted);
	rc = x->how ? 0 : replay_signature(x->b, &x->wanted, &title, &weak, e);
	buf_release(&title);
	if (rc < 0 || (reference && build_reference(x, e) < 0))
		return -1;
	if (!x->exe)
		x->exe = bundle_exe(x->b);
	if (!file_exists(x->exe))
		return err_set(e, EXIT_ENVIRON,
			       "%s: its executable %s is not there: copy the bundle with its campaign's "
			       "builds/%s",
			       x->b->name, x->exe, x->b->build_id);
	x->dir = replay_temp_make(e);
	return x->dir ? 0 : -1;
}

static void rerun_close(struct rerun *x)
{
	struct err ignored;

	if (x->dir)
		dir_remove(x->dir, &ignored);
	if (x->build.dir)
		build_release(&x->build);
	buf_release(&x->wanted);
	buf_release(&x->others);
	free(x->dir);
	free(x->exe);
}

static int try_all(struct rerun *x, bool with_earlier, struct err *e)
{
	x->r->same = 0;
	x->r->with_earlier = with_earlier;
	for (int i = 0; i < x->r->tries; i++) {
		bool same;

		if (run_past_layouts(x, with_earlier, &same, e) < 0)
			return -1;
		x->r->same += same;
	}
	return 0;
}

static void replay_init(struct replay *r, int tries)
{
	memset(r, 0, sizeof(*r));
	buf_init(&r->signature);
	buf_init(&r->title);
	r->tries = tries > 0 ? tries : 1;
}

bool replay_compares(const struct bundle *b)
{
	return b->rec->fault.kind == CGOFUZZ_FAULT_DIFFERENTIAL ||
		b->rec->fault.kind == CGOFUZZ_FAULT_CLIFF;
}

int replay_again(struct replay *r, const struct bundle *b, const struct replay_how *how,
		 struct buf *text, struct err *e)
{
	struct rerun x = {
		.b = b, .r = r, .how = how, .text = text, .wanted = BUF_INIT, .others = BUF_INIT
	};
	int rc;

	replay_init(r, how->tries);
	if (replay_compares(b))
		return replay_lanes(r, b, how->keep, false, text, e);
	rc = rerun_open(&x, false, e);
	if (rc == 0)
		rc = try_all(&x, b->earlier_count > 0, e);
	rerun_close(&x);
	return rc;
}

int replay_run(struct replay *r, const struct bundle *b, int tries, bool reference,
	       struct buf *text, struct err *e)
{
	struct rerun x = { .b = b, .r = r, .text = text, .wanted = BUF_INIT, .others = BUF_INIT };
	int rc;

	replay_init(r, tries);
	if (b->foreign)
		return err_set(e, EXIT_USAGE,
			       "%s was imported: run the program that it is of again", b->dir);
	if (replay_compares(b))
		return replay_lanes(r, b, NULL, reference, text, e);
	rc = rerun_open(&x, reference, e);
	if (rc == 0)
		rc = try_all(&x, false, e);
	if (rc == 0 && r->same == 0 && b->earlier_count)
		rc = try_all(&x, true, e);
	rerun_close(&x);
	return rc;
}

void replay_release(struct replay *r)
{
	buf_release(&r->signature);
	buf_release(&r->title);
}
