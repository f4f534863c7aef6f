/* build.c: lane. From a batch to fuzz binaries: one entry of the cache. */
#include "lane/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "guest/value.h"
#include "lane/flag.h"
#include "lane/guest_list.h"
#include "lane/job.h"
#include "lane/tool.h"

static int make_id(char id[HASH_HEX_LEN + 1], const struct batch *b, const struct lane *l,
		   const struct toolchain *t, struct err *e)
{
	char sources[HASH_HEX_LEN + 1], versions[64];
	struct hash *h;

	if (sources_hash(l, b->target, sources, e) < 0)
		return -1;
	h = hash_new();
	snprintf(versions, sizeof(versions), "%d %d", EMIT_VERSION, CGOFUZZ_VALUE_RULE_VERSION);
	hash_add_str(h, versions);
	hash_add_str(h, b->id);
	hash_add_str(h, l->name);
	hash_add_str(h, sources);
	hash_add_str(h, t->go_version);
	hash_program(h, t->wrapper_cc);
	hash_program(h, t->callee_cc);
	hash_program(h, t->driver_cc);
	snprintf(versions, sizeof(versions), "%s-ld.gold", l->arch->triple); /* link.c */
	hash_program(h, versions);
	hash_finish(h, id);
	return 0;
}

struct sum {
	char *dir;
	unsigned long long count, bytes;
};

static int add_size(const char *name, void *ctx)
{
	struct sum *sum = ctx;
	char *path = xasprintf("%s/%s", sum->dir, name);
	struct stat st;

	if (stat(path, &st) == 0) {
		sum->count++;
		sum->bytes += (unsigned long long)st.st_size;
	}
	free(path);
	return 0;
}

/* What the file "id" says: after a power cut objects may be short. */
static void describe_objects(const char *dir, const char *id, struct buf *out)
{
	struct sum sum = { .dir = xasprintf("%s/objects", dir) };
	struct err e = ERR_INIT;

	dir_each(sum.dir, add_size, &sum, &e);
	buf_addf(out, "%s\n%llu objects %llu bytes\n", id, sum.count, sum.bytes);
	free(sum.dir);
}

static bool is_whole(const char *dir, const char *id)
{
	char *path = xasprintf("%s/id", dir);
	struct buf want = BUF_INIT, have = BUF_INIT;
	struct err e = ERR_INIT;
	bool whole;

	describe_objects(dir, id, &want);
	whole = file_read(path, 4096, &have, &e) == 0 && have.len == want.len &&
		!memcmp(have.ptr, want.ptr, want.len);
	buf_release(&want);
	buf_release(&have);
	free(path);
	return whole;
}

static int put(struct job *j, const char *name, const struct buf *text, struct err *e)
{
	return file_write(arena_printf(&j->arena, "%s/%s", j->dir, name), text->ptr, text->len, e);
}

/* "slot TAB message", newlines as \n. */
static void list_unbuildable(const struct job *j, struct buf *out)
{
	for (uint32_t i = 0; i < j->batch->count; i++) {
		if (!j->skip[i])
			continue;
		buf_addf(out, "%u\t", i);
		for (const char *p = j->why[i] ? j->why[i] : ""; *p; p++)
			if (*p == '\n')
				buf_addstr(out, "\\n");
			else if (*p == '\\')
				buf_addstr(out, "\\\\");
			else
				buf_addch(out, *p);
		buf_addch(out, '\n');
	}
}

static int write_rest(struct job *j, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = batch_save(j->batch, arena_printf(&j->arena, "%s/cases", j->dir), e);

	list_unbuildable(j, &text);
	if (rc == 0)
		rc = put(j, "unbuildable", &text, e);
	buf_reset(&text);
	buf_addf(&text, "%s\n", j->lane->name);
	if (rc == 0)
		rc = put(j, "lane", &text, e);
	buf_reset(&text);
	buf_addf(&text, "%s\n", j->lane->reference || j->fell_back ? "gobuild" : "direct");
	if (rc == 0)
		rc = put(j, "path", &text, e);
	buf_reset(&text);
	describe_objects(j->dir, j->build_id, &text);
	if (rc == 0)
		rc = put(j, "id", &text, e);
	if (rc == 0)
		rc = programs_sign(j, j->dir, j->programs, e);
	buf_release(&text);
	return rc < 0 ? -1 : dir_remove(j->work, e);
}

/* Builds, leaving out what the tools reject, until all that is left builds: nothing at worst. */
static int attempt_all(struct job *j, int (*attempt)(struct job *j), struct err *e)
{
	for (;;) {
		buf_reset(&j->message);
		if (write_sources(j, e) < 0)
			return -1;
		if (attempt(j) == 0)
			return 0;
		if (!blame_message(j) && blame_by_halves(j, attempt, e) < 0)
			return -1;
	}
}

static void leave_out_unsupported(struct job *j)
{
	for (uint32_t i = 0; i < j->batch->count; i++) {
		const struct fuzz_case *c = &j->batch->slots[i].c;
		const char *why = j->batch->probe ? emit_refused(c, go_release(j))
						  : emit_unsupported(c, go_release(j));

		if (!why)
			why = lane_flag_refuses(j->lane, c);
		if (why) {
			j->skip[i] = true;
			j->why[i] = xstrdup(why);
		}
	}
}

/* A release whose tools do not fit the direct path is built by its own go command. */
static int make(struct job *j, struct err *e)
{
	if (dir_make(j->work, e) < 0 || runtime_objects(j, e) < 0 || library_object(j, e) < 0)
		return -1;
	leave_out_unsupported(j);
	if (!j->lane->reference) {
		struct err why = ERR_INIT;

		if (std_packages(j, &why) == 0 && attempt_all(j, build_direct, &why) == 0)
			return write_rest(j, e);
		j->fell_back = true;
		log_detail("lane %s: not by the direct path, so by go build (%s)", j->lane->name,
			   why.msg);
	}
	return attempt_all(j, build_go, e) < 0 ? -1 : write_rest(j, e);
}

static int make_entry(struct job *j, struct cache_entry *entry, struct err *e)
{
	int rc;

	j->dir = j->into = arena_strdup(&j->arena, entry->tmp);
	j->home = arena_strdup(&j->arena, entry->dir);
	j->work = arena_printf(&j->arena, "%s/work", entry->tmp);
	j->objects = arena_printf(&j->arena, "%s/objects", entry->tmp);
	rc = make(j, e);
	return rc == 0 ? cache_publish(entry, e) : rc;
}

/* Moves fuzz-NAME, then what says that it is whole, from j->into to the published directory. */
static int publish_programs(struct job *j, unsigned programs, struct err *e)
{
	static const char *const endings[] = { "", ".id" };

	for (unsigned i = 0; guest_engines[i]; i++)
		for (unsigned k = 0; k < 2 && programs >> i & 1; k++) {
			const char *name =
				arena_printf(&j->arena, "fuzz-%s%s", guest_engines[i], endings[k]);
			const char *to = arena_printf(&j->arena, "%s/%s", j->dir, name);

			if (rename(arena_printf(&j->arena, "%s/%s", j->into, name), to) < 0)
				return err_errno(e, EXIT_ENVIRON, "could not make %s", to);
		}
	return 0;
}

/* Programs that nobody has wanted of a published build so far are linked and put into it. */
static int add_programs(struct job *j, const char *dir, struct err *e)
{
	struct cache_entry entry;
	int rc;

	if (!programs_missing(j, dir, j->programs))
		return 0;
	if (cache_extend(&entry, "build", j->build_id, e) < 0)
		return -1;
	j->dir = j->home = arena_strdup(&j->arena, dir);
	j->work = j->into = arena_strdup(&j->arena, entry.tmp);
	j->objects = arena_printf(&j->arena, "%s/objects", dir);
	j->programs = programs_missing(j, dir, j->programs); /* others may have made some */
	rc = runtime_objects(j, e);
	if (rc == 0)
		rc = library_object(j, e);
	buf_reset(&j->message);
	if (rc == 0 && link_programs(j, j->programs) < 0)
		rc = err_set(e, EXIT_ENVIRON, "linking in lane %s failed:\n%.1500s", j->lane->name,
			     j->message.ptr);
	if (rc == 0)
		rc = programs_sign(j, j->into, j->programs, e);
	if (rc == 0)
		rc = publish_programs(j, j->programs, e);
	cache_release(&entry);
	return rc < 0 ? -1 : j->programs != 0;
}

static void job_free(struct job *j)
{
	for (uint32_t i = 0; i < j->batch->count; i++)
		free(j->why[i]);
	buf_release(&j->message);
	arena_release(&j->arena);
	free(j);
}

/* How many slots a published build leaves out. */
static int read_counts(struct build *out, const struct batch *b, struct err *e)
{
	char *path = xasprintf("%s/unbuildable", out->dir);
	struct buf text = BUF_INIT;
	int rc = file_read(path, 0, &text, e);

	for (size_t i = 0; i < text.len; i++)
		out->unbuildable += text.ptr[i] == '\n';
	out->built = b->count - out->unbuildable;
	buf_release(&text);
	free(path);
	return rc;
}

/* A published directory that is not whole is made again. */
static int begin(struct cache_entry *entry, const char *id, struct err *e)
{
	int rc = cache_begin(entry, "build", id, e);

	if (rc == 1 && !is_whole(entry->dir, id)) {
		if (dir_remove(entry->dir, e) < 0)
			rc = -1;
		cache_release(entry);
		return rc < 0 ? -1 : cache_begin(entry, "build", id, e);
	}
	return rc;
}

/* 1: made or added to, 0: all was there. */
static int make_or_find(struct job *j, struct build *out, struct err *e)
{
	struct cache_entry entry;
	int rc = begin(&entry, out->id, e);
	bool made = rc == 0;

	if (rc < 0)
		return -1;
	if (made)
		rc = make_entry(j, &entry, e);
	if (rc >= 0) {
		out->dir = xstrdup(entry.dir);
		out->hold = cache_hold(out->dir);
	}
	cache_release(&entry);
	if (rc >= 0)
		rc = made ? 1 : add_programs(j, out->dir, e);
	if (rc == 1 && out->id[0] == '0') /* now and then: the walk takes as long as some tools */
		cache_trim(CACHE_LIMIT_BYTES, &(struct err)ERR_INIT);
	return rc;
}

int build_batch_any(struct build *out, const struct batch *b, const struct lane *l,
		    unsigned programs, int nice, struct err *e)
{
	struct job *j = xcalloc(1, sizeof(*j));
	int64_t began = clock_ms();
	int rc;

	*out = (struct build){ .hold = -1 };
	*j = (struct job){ .batch = b,
			   .lane = l,
			   .nice = nice,
			   .programs = programs,
			   .build_id = out->id,
			   .message = BUF_INIT };
	rc = toolchain_resolve(&j->tools, l, e);
	if (rc == 0)
		rc = make_id(out->id, b, l, &j->tools, e);
	if (rc == 0)
		rc = make_or_find(j, out, e);
	if (rc >= 0) {
		out->wall_ms = rc ? clock_ms() - began : 0;
		rc = read_counts(out, b, e);
	}
	job_free(j);
	if (rc < 0)
		build_release(out);
	return rc;
}

/* What the tools said about the first case. */
static int none_built(const struct build *build, const struct lane *l, struct err *e)
{
	char *path = xasprintf("%s/unbuildable", build->dir);
	struct buf text = BUF_INIT;

	file_read(path, 0, &text, e);
	free(path);
	err_set(e, EXIT_ENVIRON, "none of %u cases can be built in lane %s; about the first: %.1500s",
		build->unbuildable, l->name, text.ptr + strcspn(text.ptr, "\t"));
	buf_release(&text);
	return -1;
}

int build_batch(struct build *out, const struct batch *b, const struct lane *l, unsigned programs,
		int nice, struct err *e)
{
	int rc = build_batch_any(out, b, l, programs, nice, e);

	if (rc == 0 && !out->built) {
		rc = none_built(out, l, e);
		build_release(out);
	}
	return rc;
}

char *build_exe(const struct build *b, enum engine engine)
{
	return xasprintf("%s/fuzz-%s", b->dir, engine_names[engine]);
}

char *build_plain(const struct build *b)
{
	return xasprintf("%s/fuzz-plain", b->dir);
}

void build_release(struct build *b)
{
	cache_let_go(b->hold);
	free(b->dir);
	*b = (struct build){ .hold = -1 };
}
