/* build.c: lane. From a batch to fuzz binaries: one entry of the cache. */
#include "lane/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "guest/value.h"
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
	hash_finish(h, id);
	return 0;
}

/* Sizes of the executables, as the file "id" has them: after a power cut they may be short. */
static void describe_files(const char *dir, const char *id, struct buf *out)
{
	buf_addf(out, "%s\n", id);
	for (unsigned i = 0; guest_engines[i]; i++) {
		char *path = xasprintf("%s/fuzz-%s", dir, guest_engines[i]);
		struct stat st;

		buf_addf(out, "fuzz-%s %lld\n", guest_engines[i],
			 stat(path, &st) == 0 ? (long long)st.st_size : -1);
		free(path);
	}
}

static bool is_whole(const char *dir, const char *id)
{
	char *path = xasprintf("%s/id", dir);
	struct buf want = BUF_INIT, have = BUF_INIT;
	struct err e = ERR_INIT;
	bool whole;

	describe_files(dir, id, &want);
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
	describe_files(j->dir, j->build_id, &text);
	if (rc == 0)
		rc = put(j, "id", &text, e);
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

/* A release whose tools do not fit the direct path is built by its own go command. */
static int make(struct job *j, struct err *e)
{
	if (dir_make(j->work, e) < 0 || runtime_objects(j, e) < 0)
		return -1;
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

	j->dir = arena_strdup(&j->arena, entry->tmp);
	j->home = arena_strdup(&j->arena, entry->dir);
	j->work = arena_printf(&j->arena, "%s/work", entry->tmp);
	rc = make(j, e);
	if (rc == 0)
		rc = cache_publish(entry, e);
	for (uint32_t i = 0; i < j->batch->count; i++)
		free(j->why[i]);
	buf_release(&j->message);
	arena_release(&j->arena);
	return rc;
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

int build_batch_any(struct build *out, const struct batch *b, const struct lane *l, int nice,
		    struct err *e)
{
	struct job *j = xcalloc(1, sizeof(*j));
	int64_t began = clock_ms();
	struct cache_entry entry = { NULL, NULL, -1, -1 };
	int rc;

	*out = (struct build){ .hold = -1 };
	*j = (struct job){
		.batch = b, .lane = l, .nice = nice, .build_id = out->id, .message = BUF_INIT
	};
	rc = toolchain_resolve(&j->tools, l, e);
	if (rc == 0)
		rc = make_id(out->id, b, l, &j->tools, e);
	if (rc == 0)
		rc = begin(&entry, out->id, e);
	if (rc >= 0) {
		bool made = rc == 0;

		if (made)
			rc = make_entry(j, &entry, e);
		if (rc >= 0) {
			out->dir = xstrdup(entry.dir);
			out->hold = cache_hold(out->dir);
			out->wall_ms = made ? clock_ms() - began : 0;
			rc = read_counts(out, b, e);
		}
		cache_release(&entry);
		if (rc == 0 && made)
			cache_trim(CACHE_LIMIT_BYTES, &(struct err)ERR_INIT);
	}
	free(j);
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

int build_batch(struct build *out, const struct batch *b, const struct lane *l, int nice,
		struct err *e)
{
	int rc = build_batch_any(out, b, l, nice, e);

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
