/* import.c: triage/import. A file of a crash from elsewhere: what it is, and the bundle it becomes. */
#include "triage/import/import.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/proc.h"
#include "guest/wire.h"
#include "lane/lane.h"
#include "triage/bundle.h"
#include "triage/fault.h"
#include "triage/import/core.h"
#include "triage/import/traceback.h"
#include "triage/text.h"

#define FILE_LIMIT ((size_t)64 << 20)
#define SAID_LIMIT ((size_t)4 << 20)

/* What is known of one crash, on its way into a bundle. */
struct crash {
	const char *path;
	struct buf bytes; /* the file's */
	struct buf said; /* standard error of its run, or the text that the file is */
	struct traceback t;
	int wait_status;
	const char *arch; /* of where it crashed */
	struct cgofuzz_recorder *core; /* of a core: registers, memory, libraries; else NULL */
};

static int is_crash(const struct traceback *t)
{
	return t->kind != CGOFUZZ_FAULT_NONE;
}

/* Gives the input to the program. What it prints says most, then how it ended. */
static int run_program(struct crash *c, const struct import_options *o, struct err *e)
{
	char *argv[] = { (char *)o->program, o->input_on_stdin ? NULL : (char *)c->path, NULL };
	char *env[] = { "GOTRACEBACK=system", NULL };
	struct proc_spec spec = { .argv = argv,
				  .env = env,
				  .stdin_path = o->input_on_stdin ? c->path : NULL,
				  .err = &c->said,
				  .limit = SAID_LIMIT,
				  .deadline_ms = o->deadline_ms,
				  .die_with_parent = true };
	struct proc_result result;

	if (proc_run(&spec, &result, e) < 0)
		return -1;
	traceback_release(&c->t);
	traceback_parse(&c->t, c->said.ptr, c->said.len);
	c->wait_status = result.status;
	if (result.timed_out) {
		c->t.kind = CGOFUZZ_FAULT_HANG;
	} else if (c->t.kind == CGOFUZZ_FAULT_NONE && WIFSIGNALED(result.status)) {
		c->t.kind = CGOFUZZ_FAULT_SIGNAL;
		c->t.signo = WTERMSIG(result.status);
	}
	return is_crash(&c->t) ? 0
			       : err_set(e, EXIT_USAGE, "%s does not crash on it (%s)", o->program,
					 proc_describe(result.status));
}

/* "id:000000,sig:11,src:000000,..", as AFL++ names them. */
static bool signal_by_name(struct crash *c, const char *name)
{
	const char *sig = strstr(name, "sig:");
	long signo = sig ? strtol(sig + 4, NULL, 10) : 0;

	if (strncmp(name, "id:", 3) != 0 || signo < 1 || signo > 31)
		return false;
	c->t.kind = CGOFUZZ_FAULT_SIGNAL;
	c->t.signo = (int)signo;
	return true;
}

/* What the file itself says comes first: it needs no run. */
static int find_out(struct crash *c, struct import_result *r, const char *name,
		    const struct import_options *o, struct err *e)
{
	traceback_release(&c->t);
	traceback_parse(&c->t, c->bytes.ptr, c->bytes.len);
	if (is_crash(&c->t)) {
		r->from = "traceback";
		buf_add(&c->said, c->bytes.ptr, c->bytes.len);
		return 0;
	}
	if (o->program) {
		r->from = "run";
		return run_program(c, o, e);
	}
	r->from = "file name";
	return signal_by_name(c, name)
		? 0
		: err_set(e, EXIT_USAGE,
			  "holds no traceback; if it is an input, --program FILE says of which program");
}

/* What is kept of a core is what was read of it: it may be larger than the disk. */
static int find_out_core(struct crash *c, struct import_result *r, const struct import_options *o,
			 struct err *e)
{
	struct core_crash core;

	if (!o->program)
		return err_set(e, EXIT_USAGE, "is a core; --program FILE says of which executable");
	if (core_read(&core, c->path, o->program, e) < 0)
		return -1;
	r->from = "core";
	c->arch = core.arch->name;
	c->core = core.rec;
	c->t.kind = CGOFUZZ_FAULT_SIGNAL;
	c->t.signo = core.rec->fault.signo;
	c->t.si_code = core.rec->fault.si_code;
	c->t.addr = core.rec->fault.fault_addr;
	for (uint32_t i = 0; i < core.stack->count; i++) {
		const struct frame *f = &core.stack->frames[i];
		const char *file = NULL;
		int line = 0;

		frame_line(f, &file, &line);
		if (f->symbol.name)
			traceback_frame(&c->t, f->symbol.name, frame_name_len(f), file, line);
	}
	buf_add(&c->said, core.text.ptr, core.text.len);
	buf_add(&c->bytes, core.text.ptr, core.text.len);
	core.rec = NULL; /* is ours now */
	core_release(&core);
	return 0;
}

/* Addresses are known from the text alone: the class that they have in a signature follows from this. */
static struct cgofuzz_recorder *record_of(const struct crash *c, const char *id)
{
	struct cgofuzz_recorder *r = xcalloc(1, sizeof(*r));
	struct cgofuzz_fault *f = &r->fault;

	if (c->core)
		memcpy(r, c->core, sizeof(*r));
	memcpy(r->magic, CGOFUZZ_WIRE_MAGIC, sizeof(r->magic));
	r->version = CGOFUZZ_WIRE_VERSION;
	r->size = sizeof(*r);
	snprintf(r->build_id, sizeof(r->build_id), "%s", id);
	r->arch = (uint32_t)arch_find(c->arch)->id;
	f->kind = c->t.kind;
	f->direction = c->t.from_c ? CGOFUZZ_C_TO_GO : CGOFUZZ_GO_TO_C;
	f->signo = c->t.signo;
	f->si_code = c->t.si_code;
	f->fault_addr = c->t.addr;
	f->wait_status = c->wait_status;
	f->time_ns = (uint64_t)time(NULL) * 1000000000u;
	snprintf(f->text, sizeof(f->text), "%s", c->t.message);
	return r;
}

static json_t *meta_json(const struct crash *c, const char *id, const char *name, const char *from)
{
	char created[32], presig[24];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(presig, sizeof(presig), "%016" PRIx64, hash_u64(id, strlen(id)));
	return json_pack(
		"{s:i, s:[o], s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:{s:o, s:s}, s:{s:s}}",
		"version", BUNDLE_VERSION, "lanes", json_sprintf("%s-foreign", c->arch), "engine",
		"foreign", "build_id", id, "created", created, "target", "foreign", "seed", "0",
		"presig", presig, "slots", 1, "earlier", 0, "foreign", "file", text_to_json(name),
		"from", from, "fault", "kind", fault_kind_name(c->t.kind));
}

static int put(const char *dir, const char *name, const void *data, size_t len, struct err *e)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = file_write(path, data, len, e);

	free(path);
	return rc;
}

static int put_bundle(const char *dir, const struct crash *c, const char *id, const char *name,
		      const char *from, struct err *e)
{
	struct cgofuzz_recorder *r = record_of(c, id);
	json_t *meta = meta_json(c, id, name, from);
	char *text = json_dumps(meta, JSON_INDENT(2));
	int rc = put(dir, "meta.json", text, strlen(text), e);

	rc = rc < 0 ? rc : put(dir, "recorder", r, sizeof(*r), e);
	rc = rc < 0 ? rc : put(dir, "plan", "", 0, e);
	rc = rc < 0 ? rc : put(dir, "case", "", 0, e);
	rc = rc < 0 ? rc : put(dir, "frames", c->t.frames.ptr, c->t.frames.len, e);
	rc = rc < 0 ? rc : put(dir, "stderr.txt", c->said.ptr, c->said.len, e);
	rc = rc < 0 ? rc : put(dir, "input", c->bytes.ptr, c->bytes.len, e);
	free(text);
	json_decref(meta);
	free(r);
	return rc;
}

/* Is that bundle of the same bytes? */
static bool is_same(const char *dir, const char *id)
{
	struct err ignored = ERR_INIT;
	struct bundle b;
	bool same = false;

	if (bundle_load(&b, dir, &ignored) == 0) {
		same = b.foreign && !strcmp(b.build_id, id);
		bundle_release(&b);
	}
	return same;
}

/* A bundle has the name of its file; another of that name gets a number. */
static char *bundle_dir(const char *spool, const char *name, const char *id, bool *there)
{
	for (unsigned n = 1;; n++) {
		char *dir = n == 1
			? xasprintf("%s/%s%s", spool, *name == '.' ? "_" : "", name)
			: xasprintf("%s/%s%s.%u", spool, *name == '.' ? "_" : "", name, n);

		*there = dir_exists(dir) && is_same(dir, id);
		if (*there || !dir_exists(dir))
			return dir;
		free(dir);
	}
}

static int store(struct import_result *r, const struct crash *c, const char *name,
		 const struct import_options *o, struct err *e)
{
	char *out = path_absolute(o->out), *spool = xasprintf("%s/spool", out), *tmp;
	char id[HASH_HEX_LEN + 1];
	int rc;

	hash_hex(c->bytes.ptr, c->bytes.len, id);
	tmp = xasprintf("%s/.import-%ld", spool, (long)getpid());
	r->bundle = bundle_dir(spool, name, id, &r->there);
	r->kind = c->t.kind;
	r->frames = c->t.frame_count;
	rc = r->there ? 0 : dir_make(tmp, e);
	if (rc == 0 && !r->there) {
		rc = put_bundle(tmp, c, id, name, r->from, e);
		rc = rc < 0 ? rc : dir_publish(tmp, r->bundle, e);
		if (rc < 0)
			dir_remove(tmp, &(struct err)ERR_INIT);
	}
	free(tmp);
	free(spool);
	free(out);
	return rc < 0 ? -1 : 0;
}

int import_file(struct import_result *r, const char *path, const struct import_options *o,
		struct err *e)
{
	struct crash c = { .path = path, .bytes = BUF_INIT, .said = BUF_INIT, .arch = o->arch };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	int rc;

	memset(r, 0, sizeof(*r));
	r->file = xstrdup(path);
	traceback_parse(&c.t, "", 0);
	if (core_is(path)) {
		rc = find_out_core(&c, r, o, e);
	} else {
		rc = file_read(path, FILE_LIMIT, &c.bytes, e);
		if (rc < 0)
			e->status = EXIT_USAGE;
		else
			rc = find_out(&c, r, name, o, e);
	}
	if (rc < 0)
		err_prefix(e, "%s", path);
	if (rc == 0)
		rc = store(r, &c, name, o, e);
	traceback_release(&c.t);
	buf_release(&c.bytes);
	buf_release(&c.said);
	free(c.core);
	if (rc < 0)
		import_result_release(r);
	return rc;
}

void import_result_release(struct import_result *r)
{
	free(r->file);
	free(r->bundle);
	memset(r, 0, sizeof(*r));
}
