/* synthetic.h: tests. Recorders and campaigns made by hand, for the tests of triage. */
#ifndef TESTS_SYNTHETIC_H
#define TESTS_SYNTHETIC_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "guest/value.h"
#include "triage/bundle.h"

#define SYNTHETIC_BUILD "0123456789abcdef0123456789abcdef"

struct synthetic {
	char dir[64]; /* campaign */
	struct lane lane;
	struct build build;
	struct batch batch;
	struct bundle_source src;
	struct cgofuzz_recorder *rec;
	uint32_t serial;
};

/* A recorder of a fault of that kind at step 1 of a plan of two. */
static inline void synthetic_fault(struct synthetic *t, enum cgofuzz_fault_kind kind)
{
	struct cgofuzz_recorder *r = t->rec;

	memset(r, 0, sizeof(*r));
	memcpy(r->magic, CGOFUZZ_WIRE_MAGIC, 8);
	r->version = CGOFUZZ_WIRE_VERSION;
	r->size = sizeof(*r);
	memcpy(r->build_id, SYNTHETIC_BUILD, sizeof(SYNTHETIC_BUILD));
	r->arch = CGOFUZZ_ARCH_AMD64;
	r->pid = 77;
	r->engine_exec = ++t->serial;
	r->plan_len = 16;
	memset(r->plan, 0x11, 16);
	r->fault.kind = kind;
	r->fault.step = 1;
	r->fault.time_ns = 1700000000000000000u + t->serial * UINT64_C(1000000000);
}

static inline char *synthetic_path(const struct synthetic *t, const char *name)
{
	return xasprintf("%s/%s", t->dir, name);
}

static inline char *synthetic_save(const struct synthetic *t)
{
	char *path = synthetic_path(t, "x.rec");
	struct err e = ERR_INIT;

	assert_int_equal(file_write(path, t->rec, sizeof(*t->rec), &e), 0);
	return path;
}

/* Writes the recorder as a bundle; was it kept? */
static inline bool synthetic_write(struct synthetic *t)
{
	char *path = synthetic_save(t);
	struct err e = ERR_INIT;
	bool kept;

	if (bundle_write(&t->src, path, &kept, &e) < 0)
		fail_msg("%s", e.msg);
	free(path);
	return kept;
}

static inline unsigned synthetic_count(const struct synthetic *t, const char *dir)
{
	char *path = synthetic_path(t, dir);
	DIR *d = opendir(path);
	struct dirent *entry;
	unsigned n = 0;

	while (d && (entry = readdir(d)))
		n += entry->d_name[0] != '.';
	if (d)
		closedir(d);
	free(path);
	return n;
}

/* The only entry of a folder of the campaign whose name ends so; malloc'd path. */
static inline char *synthetic_only(const struct synthetic *t, const char *dir, const char *end)
{
	char *path = synthetic_path(t, dir), *found = NULL;
	DIR *d = opendir(path);
	struct dirent *entry;

	assert_non_null(d);
	while ((entry = readdir(d))) {
		size_t len = strlen(entry->d_name), n = strlen(end);

		if (entry->d_name[0] == '.' || len < n || strcmp(entry->d_name + len - n, end))
			continue;
		assert_null(found);
		found = xasprintf("%s/%s", path, entry->d_name);
	}
	closedir(d);
	free(path);
	assert_non_null(found);
	return found;
}

static inline int synthetic_setup(void **state)
{
	static const char *const cases[] = { "void f(int, struct { float x; double y[2]; })",
					     "int f(void)" };
	struct synthetic *t = xcalloc(1, sizeof(*t));
	struct err e = ERR_INIT;

	snprintf(t->dir, sizeof(t->dir), "/tmp/cgofuzz-unit-XXXXXX");
	if (!mkdtemp(t->dir) || batch_from_cases(&t->batch, cases, 2, &e) < 0)
		return -1;
	t->rec = xcalloc(1, sizeof(*t->rec));
	t->lane.arch = arch_of(CGOFUZZ_ARCH_AMD64);
	snprintf(t->lane.name, sizeof(t->lane.name), "amd64-gcc12-gcc12-O1-wO0-go1.26.8");
	snprintf(t->build.id, sizeof(t->build.id), "%s", SYNTHETIC_BUILD);
	t->build.dir = synthetic_path(t, "build");
	t->src = (struct bundle_source){ .campaign_dir = t->dir,
					 .build = &t->build,
					 .lane = &t->lane,
					 .engine = ENGINE_LIBFUZZER,
					 .target = "cgo",
					 .batch = &t->batch,
					 .seed = UINT64_MAX,
					 .stderr_text = "" };
	*state = t;
	return 0;
}

static inline int synthetic_teardown(void **state)
{
	struct synthetic *t = *state;
	struct err e = ERR_INIT;

	dir_remove(t->dir, &e);
	batch_release(&t->batch);
	free(t->build.dir);
	free(t->rec);
	free(t);
	return 0;
}

#endif
