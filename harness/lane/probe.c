/* probe.c: lane. Asks a lane's cgo what it can carry, by building one small case of every class of types
 * on every route and reading what could not be built. */
#include "lane/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "emit/batch.h"
#include "lane/build.h"
#include "lane/cache.h"
#include "lane/job.h"
#include "lane/tool.h"

const char *const probe_class_names[PROBE_CLASSES] = {
#define CLASS(id, name, text) name,
#include "lane/probe.def"
#undef CLASS
};
const char *const probe_class_texts[PROBE_CLASSES] = {
#define CLASS(id, name, text) text,
#include "lane/probe.def"
#undef CLASS
};
const char *const probe_way_names[] = { "by name", "opaque", "only direct" };

#define TABLE_LIMIT ((size_t)1 << 20)

/* Questions that are built together. */
struct round {
	struct probe_table *t;
	const struct lane *lane;
	int nice;
	struct {
		enum probe_class class;
		enum route route;
	} asked[BATCH_MAX_CASES];
	uint32_t count;
	bool names; /* does Go name the leaves? */
};

static void ask(struct round *r, enum probe_class class, enum route route)
{
	BUG_ON(r->count == BATCH_MAX_CASES);
	r->asked[r->count].class = class;
	r->asked[r->count++].route = route;
}

/* "typedef ...; [route=slice] int f(T0)": brackets come after typedefs. */
static char *question(enum probe_class class, enum route route)
{
	const char *text = probe_class_texts[class], *end = strrchr(text, ';');
	int typedefs = strncmp(text, "typedef", 7) ? 0 : (int)(end + 1 - text);

	return xasprintf("%.*s [route=%s] %s", typedefs, text, route_names[route], text + typedefs);
}

/* A tool knows the leaf under no name, where all else would do: the Go compiler alone says so. */
static bool is_nameless(const char *why)
{
	return strstr(why, "no field or method") || strstr(why, "cannot refer to");
}

/* Of a tool's message the line with the error, newlines of which are \n; what was before is cut off. */
static const char *the_error(char *why)
{
	char *line = why, *end;

	for (; (end = strstr(line, "\\n")); line = end + 2) {
		*end = '\0';
		if (strstr(line, "error") || strstr(line, ".go:") || strstr(line, "undefined"))
			return line;
	}
	return strstr(line, "error") || strstr(line, ".go:") ? line : why;
}

static void answer(struct round *r, uint32_t i, char *why)
{
	struct probe_table *t = r->t;
	uint8_t *way = &t->way[r->asked[i].class][r->asked[i].route];
	const char **place = &t->why[r->asked[i].class][r->asked[i].route];

	if (r->names && is_nameless(why)) {
		*way = PROBE_OPAQUE;
		return;
	}
	*way = PROBE_ONLY_DIRECT;
	*place = arena_strdup(&t->arena, the_error(why));
}

/* Lines "SLOT TAB MESSAGE", newlines as \n, of a build's file. */
static int read_answers(struct round *r, const char *dir, struct err *e)
{
	char *path = xasprintf("%s/unbuildable", dir), *rest, *line;
	struct buf text = BUF_INIT;
	int rc = file_read(path, TABLE_LIMIT, &text, e);

	rest = text.ptr;
	while (rc == 0 && (line = strsep(&rest, "\n")) && *line) {
		char *why;
		unsigned long slot = strtoul(line, &why, 10);

		if (*why != '\t' || slot >= r->count) {
			rc = err_set(e, EXIT_ENVIRON, "%s: not a line of a build: %s", path, line);
			break;
		}
		answer(r, (uint32_t)slot, why + 1);
	}
	buf_release(&text);
	free(path);
	return rc;
}

static int build_round(struct round *r, struct err *e)
{
	char *texts[BATCH_MAX_CASES];
	struct batch batch = { 0 };
	struct build build = { 0 };
	int rc;

	if (!r->count)
		return 0;
	for (uint32_t i = 0; i < r->count; i++)
		texts[i] = question(r->asked[i].class, r->asked[i].route);
	rc = batch_from_cases(&batch, (const char *const *)texts, r->count, e);
	if (rc == 0) {
		batch_for_probe(&batch, r->names);
		rc = build_batch_any(&build, &batch, r->lane, BUILD_PLAIN, r->nice, e);
	}
	if (rc == 0)
		rc = read_answers(r, build.dir, e);
	for (uint32_t i = 0; i < r->count; i++)
		free(texts[i]);
	build_release(&build);
	batch_release(&batch);
	return rc;
}

static bool is_direct(const struct probe_table *t, unsigned class, enum route route)
{
	return t->way[class][route] == PROBE_ONLY_DIRECT;
}

static void copy_answer(struct probe_table *t, unsigned class, enum route from, unsigned to)
{
	t->way[class][to] = t->way[class][from];
	t->why[class][to] = t->why[class][from];
}

/* Do values stay in memory, so that cgo sees no more than pointers to them? */
static bool is_by_address(enum route route)
{
	return route == ROUTE_POINTER || route == ROUTE_GO_POINTER || route == ROUTE_SLICE ||
		route == ROUTE_BYTES;
}

/* What holds for one route until the route itself is asked, and is not if the other said no. */
static void ask_rest(struct round *r, struct probe_table *t, unsigned class)
{
	bool value = !is_direct(t, class, ROUTE_CALL);

	for (unsigned route = 0; route < ROUTE_COUNT; route++) {
		enum route like = is_by_address(route) && !value ? ROUTE_SLICE : ROUTE_CALL;

		if (route == ROUTE_DIRECT || route == like)
			continue;
		copy_answer(t, class, like, route);
		if (!is_direct(t, class, like))
			ask(r, class, route);
	}
}

/* Each in a build of its own: by value and by name; by address, what does not cross by value; the other
 * routes, of what is known to go at all. cgo ends at the first type that is foreign to it: these are
 * asked for least often. */
static int ask_all(struct probe_table *t, const struct lane *l, int nice, struct err *e)
{
	struct round by_value = { .t = t, .lane = l, .nice = nice, .names = true };
	struct round by_address = by_value, rest = by_value;

	for (unsigned class = 0; class < PROBE_CLASSES; class ++)
		ask(&by_value, class, ROUTE_CALL);
	if (build_round(&by_value, e) < 0)
		return -1;
	for (unsigned class = 0; class < PROBE_CLASSES; class ++)
		if (is_direct(t, class, ROUTE_CALL))
			ask(&by_address, class, ROUTE_SLICE);
	if (build_round(&by_address, e) < 0)
		return -1;
	rest.names = false;
	for (unsigned class = 0; class < PROBE_CLASSES; class ++)
		ask_rest(&rest, t, class);
	return build_round(&rest, e);
}

static void print_table(const struct probe_table *t, struct buf *out)
{
	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		for (unsigned route = 0; route < ROUTE_COUNT; route++)
			buf_addf(out, "%u\t%u\t%u\t%s\n", k, route, t->way[k][route],
				 t->why[k][route]);
}

static int read_table(struct probe_table *t, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	char *rest, *line;
	int rc = file_read(path, TABLE_LIMIT, &text, e);

	rest = text.ptr;
	while (rc == 0 && (line = strsep(&rest, "\n")) && *line) {
		unsigned k, route, way;
		int at = 0;

		if (sscanf(line, "%u\t%u\t%u\t%n", &k, &route, &way, &at) != 3 || !at ||
		    k >= PROBE_CLASSES || route >= ROUTE_COUNT || way > PROBE_ONLY_DIRECT) {
			rc = err_set(e, EXIT_ENVIRON, "%s: not a line of a probe's table: %s", path,
				     line);
			break;
		}
		t->way[k][route] = (uint8_t)way;
		t->why[k][route] = arena_strdup(&t->arena, line + at);
	}
	buf_release(&text);
	return rc;
}

/* The callees' compiler does not matter: the lane that is asked has one on both sides. */
static int probed_lane(struct lane *out, const struct lane *l, struct err *e)
{
	char *name = xasprintf("%s-%s-%s-%s", l->arch->name, l->wrapper, l->wrapper, l->go);
	int rc = lane_parse(out, name, l->arch, e);

	free(name);
	return rc;
}

static int make_key(char key[HASH_HEX_LEN + 1], const struct lane *l, struct err *e)
{
	char sources[HASH_HEX_LEN + 1], version[16];
	struct toolchain tools;
	struct hash *h;

	if (toolchain_resolve(&tools, l, e) < 0 || sources_hash(l, NULL, sources, e) < 0)
		return -1;
	h = hash_new();
	snprintf(version, sizeof(version), "%d", EMIT_VERSION);
	hash_add_str(h, version);
	hash_add_str(h, l->name);
	hash_add_str(h, sources);
	hash_add_str(h, tools.go_version);
	hash_program(h, tools.wrapper_cc);
	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		hash_add_str(h, probe_class_texts[k]);
	for (unsigned route = 0; route < ROUTE_COUNT; route++)
		hash_add_str(h, route_names[route]);
	hash_finish(h, key);
	return 0;
}

static int make_table(struct probe_table *t, struct cache_entry *entry, const struct lane *l,
		      int nice, struct err *e)
{
	char *path = xasprintf("%s/table", entry->tmp);
	struct buf text = BUF_INIT;
	int rc = ask_all(t, l, nice, e);

	if (rc == 0) {
		print_table(t, &text);
		rc = file_write(path, text.ptr, text.len, e);
	}
	if (rc == 0)
		rc = cache_publish(entry, e);
	buf_release(&text);
	free(path);
	return rc;
}

int probe_lane(struct probe_table *t, const struct lane *l, int nice, struct err *e)
{
	char key[HASH_HEX_LEN + 1], *path;
	struct cache_entry entry;
	struct lane asked;
	int rc;

	*t = (struct probe_table){ 0 };
	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		for (unsigned route = 0; route < ROUTE_COUNT; route++)
			t->why[k][route] = "";
	if (probed_lane(&asked, l, e) < 0 || make_key(key, &asked, e) < 0)
		return -1;
	rc = cache_begin(&entry, "probe", key, e);
	if (rc < 0)
		return -1;
	path = xasprintf("%s/table", entry.dir);
	rc = rc ? read_table(t, path, e) : make_table(t, &entry, &asked, nice, e);
	free(path);
	cache_release(&entry);
	if (rc < 0)
		probe_release(t);
	return rc;
}

void probe_release(struct probe_table *t)
{
	arena_release(&t->arena);
}

enum route probe_route(const struct probe_table *t, const struct fuzz_case *c, const char **why)
{
	uint64_t classes = probe_classes(c);

	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		if (classes >> k & 1 && is_direct(t, k, c->route)) {
			if (why)
				*why = t->why[k][c->route];
			return ROUTE_DIRECT;
		}
	return c->route;
}
