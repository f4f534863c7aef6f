/* job.h: lane, for its own files. One build under way. */
#ifndef LANE_JOB_H
#define LANE_JOB_H

#include "base/arena.h"
#include "base/proc.h"
#include "lane/build.h"
#include "lane/cache.h"

struct job {
	const struct batch *batch;
	const struct lane *lane;
	struct toolchain tools;
	const char *build_id;
	int nice;
	struct arena arena; /* paths and arguments */
	const char *dir; /* being filled, to be published */
	const char *work; /* dir/work: intermediate files, removed at the end */
	const char *home; /* the name it is published under, for debug information */
	const char *runtime; /* cache directory of the runtime's objects */
	const char *std; /* cache directory of Go's packages; NULL on the reference path */
	bool skip[BATCH_MAX_CASES];
	char *why[BATCH_MAX_CASES]; /* of slots left out: the tool's message, malloc'd */
	/* What the first step that failed said; len 0: none failed. */
	struct buf message;
	bool fell_back; /* to the reference path, because the direct one does not fit */
	bool machine_failed; /* a tool could not be started or ran out of time: no case's fault */
};

/* A growing argument vector; strings must outlive it (literals, or the job's arena). */
#define ARGS_MAX 192
struct args {
	char *v[ARGS_MAX + 1];
	size_t n;
};
void args_add(struct args *a, const char *s);
void args_addf(struct job *j, struct args *a, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Splits "aarch64-linux-gnu-gcc-12" or clang with its --target onto the vector. */
void args_compiler(struct job *j, struct args *a, const char *cc);

/* One program under way. env, cwd: as in proc_spec. what: for messages, "callee.c". */
struct step {
	pid_t pid; /* 0: not started */
	const char *what;
	const char *err_path;
	int64_t began;
};
int step_start(struct job *j, struct step *s, const char *what, struct args *a, char *const *env,
	       const char *cwd);
/* 0 if the step ended with 0 or was never started; else -1, and the job's message is set. */
int step_wait(struct job *j, struct step *s);
int step_run(struct job *j, const char *what, struct args *a, char *const *env, const char *cwd);

/* Environment of Go's own tools: nothing of the user's settings shines through. */
char *const *go_env(struct job *j, const char *cc);

/* cache directories; made if missing */
int runtime_objects(struct job *j, struct err *e);
int std_packages(struct job *j, struct err *e);
/* Of the sources that go into every binary of the architecture, and the target's. */
int sources_hash(const struct lane *l, const struct target *t, char hex[HASH_HEX_LEN + 1],
		 struct err *e);
/* A program's identity without running it: path, size and time, added to a hash. */
void hash_program(struct hash *h, const char *program);

/* One attempt with the slots that are not skipped: from sources in work/ to fuzz-* in dir. -1: see
 * message. */
int build_direct(struct job *j);
int build_go(struct job *j);

/* Shared by both paths. */
int write_sources(struct job *j, struct err *e);
int compile_c_start(struct job *j, struct step *callee, struct step *stubs);
int compile_target(struct job *j);
/* Names of the target's files with the ending, from DATA/targets/DIR[/ARCH]; n of them. */
size_t target_files(struct job *j, const char *ending, const char *below, const char **out,
		    size_t max);
/* objects: files of the Go half, NULL-terminated. */
int link_all(struct job *j, const char *const *objects);

/* Finds the slots that the message is about and marks them; number of new ones. */
uint32_t blame_message(struct job *j);
/* Builds parts of the batch until the guilty slots are found. EXIT_ENVIRON if there are none. */
int blame_by_halves(struct job *j, int (*attempt)(struct job *j), struct err *e);

#endif
