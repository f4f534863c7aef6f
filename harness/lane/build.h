/* build.h: lane. From a batch to fuzz binaries, through a content-addressed cache. */
#ifndef LANE_BUILD_H
#define LANE_BUILD_H

#include <stdint.h>

#include "emit/batch.h"
#include "lane/lane.h"

/* Which executables a build shall hold: a bit 1 << ENGINE for each engine; plain has no engine and no
 * DWARF: fuzz-plain PLAN... runs plan files and ends. */
#define BUILD_PLAIN (1u << ENGINE_COUNT)
#define BUILD_ENGINES (BUILD_PLAIN - 1)
#define BUILD_ALL (2u * BUILD_PLAIN - 1)

/* A published build: a directory of the cache. Files in it never change again: cases (batch_save),
 * unbuildable (slot TAB message, newlines as \n, a line each; empty if none), callee.c c0.go stubs.S,
 * lane (its name), path ("direct" or "gobuild": how it was built), objects/, id. Executables are added
 * to it, each when somebody wants it first: fuzz-afl, fuzz-libfuzzer, fuzz-plain, each with its
 * fuzz-NAME.id. */
struct build {
	char id[HASH_HEX_LEN + 1]; /* build id: batch, lane, EMIT_VERSION, value rule, runtime sources */
	char *dir; /* absolute, malloc'd */
	uint32_t built; /* slots that can be run */
	uint32_t unbuildable;
	int64_t wall_ms; /* 0 when it came from the cache */
	int hold; /* descriptor that keeps the cache from removing it; -1: none */
};

/*
 * Builds (or finds) the batch in the lane. A case that a compiler or cgo rejects is taken out and
 * recorded. EXIT_ENVIRON if tools fail for another reason or nothing can be built. Safe against
 * kill -9 (temporary directory, rename) and other processes (they build twice at worst, one wins).
 * programs: those that are missing are linked, also into a build that is there already.
 * nice: added to the niceness of the tools.
 */
int build_batch(struct build *out, const struct batch *b, const struct lane *l, unsigned programs,
		int nice, struct err *e);
/* The same, but that no case can be built is no error: built is 0 then, the file says why. */
int build_batch_any(struct build *out, const struct batch *b, const struct lane *l,
		    unsigned programs, int nice, struct err *e);
char *build_exe(const struct build *b, enum engine engine); /* malloc'd path */
char *build_plain(const struct build *b); /* of the executable without an engine */
void build_release(struct build *b);

/*
 * Runs a fuzz binary once over plan files, with no engine: the program itself executes each file in
 * order. recorder_dir is made and filled by recorder_create(). Standard error goes to stderr_path.
 * Returns 0 when the guest was started and waited for; wait_status as of waitpid. A guest without
 * heartbeat for hang_ms gets the HANGING mark and SIGSEGV to its thread, 3 s later SIGKILL.
 */
struct guest_run {
	const char *exe;
	enum engine engine; /* whose binary it is; ENGINE_COUNT: the plain one */
	const char *const *plans; /* paths */
	uint32_t plan_count;
	const char *recorder_dir;
	const char *stderr_path;
	int deadline_ms; /* of the whole run */
	bool misuse; /* steps that documentation forbids are done */
};
struct guest_result {
	int wait_status;
	bool hung, timed_out;
	uint64_t crossings, executions;
};
int guest_run(const struct guest_run *run, const struct lane *l, const struct toolchain *t,
	      struct guest_result *result, struct err *e);

/* argv prefix and environment to start a guest binary of the lane (QEMU and its variables, settings):
 * appended to NULL-terminated arrays with room for 8 more entries each; strings are static or owned
 * by the lane and toolchain. */
void guest_command(const struct lane *l, const struct toolchain *t, const char **argv,
		   const char **env);
/* What the engine's own program wants to be told, appended in the same way. */
void guest_engine_flags(enum engine engine, const char **argv);

/* dir/recorder with its header, dir/pending/. */
int recorder_create(const char *dir, const char *build_id, int arch, struct err *e);
/* Maps dir/recorder shared; checks magic, version and size. NULL and e on failure. */
struct cgofuzz_recorder *recorder_map(const char *dir, struct err *e);
void recorder_unmap(struct cgofuzz_recorder *r);

#endif
