/* outcome.h: guest tests. One guest over plans, without an engine, and what it left behind; for the programs
 * that planted.t and turbulence.t compile, one file each. */
#ifndef TESTS_GUEST_OUTCOME_H
#define TESTS_GUEST_OUTCOME_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "lane/build.h"
#include "tests/guest/tap.h"

static const char *const kind_names[] = {
#define FAULT(id, name, oracle, survivable, about) name,
#include "guest/fault.def"
#undef FAULT
};

static struct lane lane;
static struct toolchain tools;
static const char *work_dir;

/* What one run of a guest over plans left behind. */
struct outcome {
	struct guest_result run;
	struct cgofuzz_fault fault; /* the last one; kind NONE: none */
	uint32_t faults; /* files in pending/, and what died in the recorder */
	uint64_t registers[2]; /* bit sets of DWARF numbers that the faults name */
	uint64_t counted; /* all that the guest saw */
	uint32_t state;
	char *stderr_path;
};

static void take_fault(struct outcome *o, const struct cgofuzz_recorder *r)
{
	o->fault = r->fault;
	o->faults++;
	if (r->fault.reg < 128)
		o->registers[r->fault.reg / 64] |= 1ull << (r->fault.reg % 64);
}

static int take_pending(const char *name, void *ctx)
{
	struct outcome *o = ctx;
	char *path = xasprintf("%s/rec/pending/%s", work_dir, name);
	struct buf data = BUF_INIT;
	struct err e = ERR_INIT;

	if (file_read(path, 0, &data, &e) || data.len < sizeof(struct cgofuzz_recorder))
		bail(&e);
	take_fault(o, (const struct cgofuzz_recorder *)(void *)data.ptr);
	buf_release(&data);
	free(path);
	return 0;
}

/* A recorder that is not idle belongs to a guest that died: with its own last words, or without. */
static void take_recorder(struct outcome *o, const char *dir)
{
	struct err e = ERR_INIT;
	struct cgofuzz_recorder *r = recorder_map(dir, &e);

	if (!r)
		bail(&e);
	o->state = r->state;
	o->counted = r->faults;
	if (r->state != CGOFUZZ_IDLE) {
		take_fault(o, r);
		if (r->fault.kind == CGOFUZZ_FAULT_NONE) {
			o->fault.kind = o->run.hung ? CGOFUZZ_FAULT_HANG : CGOFUZZ_FAULT_DEATH;
			o->fault.direction = r->live.direction;
			o->fault.slot = r->live.slot;
		}
	}
	recorder_unmap(r);
}

static struct outcome run_plans(const struct build *b, const char *const *plans, uint32_t count)
{
	struct outcome o = { 0 };
	char *dir = xasprintf("%s/rec", work_dir), *exe = build_exe(b, ENGINE_LIBFUZZER);
	char *pending = xasprintf("%s/pending", dir);
	struct err e = ERR_INIT;
	struct guest_run run = { exe, ENGINE_LIBFUZZER, plans, count, dir, NULL, 120000 };

	o.stderr_path = xasprintf("%s/stderr", work_dir);
	run.stderr_path = o.stderr_path;
	if (dir_remove(dir, &e) || recorder_create(dir, b->id, lane.arch->id, &e) ||
	    guest_run(&run, &lane, &tools, &o.run, &e) || dir_each(pending, take_pending, &o, &e))
		bail(&e);
	take_recorder(&o, dir);
	free(pending);
	free(exe);
	free(dir);
	return o;
}

static char *save_plan(const char *name, const uint8_t *plan, size_t len)
{
	char *path = xasprintf("%s/%s", work_dir, name);
	struct err e = ERR_INIT;

	if (file_write(path, plan, len, &e))
		bail(&e);
	return path;
}

static void explain(const struct outcome *o)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	printf("# fault: %s%s%.400s, direction %u, slot %u, faults %u, counted %llu, state %u, %s%s\n",
	       kind_names[o->fault.kind], o->fault.text[0] ? ": " : "", o->fault.text,
	       o->fault.direction, o->fault.slot, o->faults, (unsigned long long)o->counted,
	       o->state, proc_describe(o->run.wait_status), o->run.hung ? ", hung" : "");
	if (file_read(o->stderr_path, 1 << 20, &text, &e))
		return;
	for (const char *line = text.ptr; *line; line += strspn(line, "\n")) {
		int len = (int)strcspn(line, "\n");

		printf("# | %.*s\n", len, line);
		line += len;
	}
	buf_release(&text);
}

/* ARCH DIR of the command line: the default lane of the architecture, and where to work. */
static void outcome_init(const char *arch, const char *dir)
{
	struct err e = ERR_INIT;

	work_dir = path_absolute(dir);
	tap_prefix = xasprintf("%s: ", arch);
	if (dir_make(work_dir, &e) || lane_parse(&lane, "", arch_find(arch), &e) ||
	    toolchain_resolve(&tools, &lane, &e))
		bail(&e);
}

#endif
