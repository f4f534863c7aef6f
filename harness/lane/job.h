/* job.h: lane, for its own files. One build under way: its inputs, its directories, and the programs it
 * runs. A step returns -1 after it has left in `message` what a person must know; build.c then takes the
 * blamed slots out and tries again, or gives up. Nothing here prints, or touches what is published. */
#ifndef LANE_JOB_H
#define LANE_JOB_H

#include "base/arena.h"
#include "base/proc.h"
#include "lane/build.h"
#include "lane/cache.h"

struct job {
	const struct batch *batch; /* borrowed, as lane and build_id */
	const struct lane *lane;
	struct toolchain tools; /* of the lane */
	const char *build_id; /* hex, as the generated sources carry it */
	int nice; /* added to the niceness of every program */
	unsigned programs; /* to be linked, bits as of build_batch */
	struct arena arena; /* paths and arguments */
	const char *dir; /* being filled, to be published */
	const char *work; /* dir/work: intermediate files, removed at the end */
	const char *objects; /* dir/objects: what executables are linked from */
	const char *into; /* where executables go: dir, or a directory whose files go there */
	const char *home; /* the name it is published under, for debug information */
	const char *runtime; /* cache directory of the runtime's objects */
	const char *library; /* in the cache: the object that holds libraries to load */
	const char *std; /* cache directory of Go's packages; NULL on the reference path */
	bool skip[BATCH_MAX_CASES];
	char *why[BATCH_MAX_CASES]; /* of slots left out: the tool's message, malloc'd */
	/* What the first step that failed said; len 0: none failed. */
	struct buf message;
	bool fell_back; /* to the reference path, because the direct one does not fit */
	bool broken; /* a tool could not be started or ran out of time: no case's fault */
};

/* A growing argument vector; strings must outlive it (literals, or the job's arena). */
#define ARGS_MAX 192
struct args {
	char *v[ARGS_MAX + 1];
	size_t n;
};
void args_add(struct args *a, const char *s); /* BUG() when it is full */
void args_addf(struct job *j, struct args *a, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Splits "aarch64-linux-gnu-gcc-12" or clang with its --target onto the vector. */
bool is_clang(const char *cc);
void args_compiler(struct job *j, struct args *a, const char *cc);

/* One program under way. env, cwd: as in proc_spec. what: for messages, "callee.c". */
struct step {
	pid_t pid; /* 0: not started */
	const char *what;
	const char *err_path; /* its standard error, below work/ */
	int64_t began; /* clock_ms */
};
/* -1, and the job's message is set, if it could not be started. Must be waited for. */
int step_start(struct job *j, struct step *s, const char *what, struct args *a, char *const *env,
	       const char *cwd);
/* Not the fault of any case: sets the message. -1. */
int machine_failed(struct job *j, const char *what, const char *why);
/* 0 if the step ended with 0 or was never started; else -1, and the job's message is set. */
int step_wait(struct job *j, struct step *s);
/* All of them, whatever rc says: what runs must end before its directory goes. -1 if rc is or one
 * failed. */
int steps_wait(struct job *j, struct step *steps, size_t n, int rc);
int step_run(struct job *j, const char *what, struct args *a, char *const *env, const char *cwd);

/* Environment of Go's own tools: nothing of the user's settings shines through. */
char *const *go_env(struct job *j, const char *cc);

/* cache directories; made if missing */
int runtime_objects(struct job *j, struct err *e);
int std_packages(struct job *j, struct err *e);
int library_object(struct job *j, struct err *e);
/* Of the sources that go into every binary of the architecture, and the target's. */
int sources_hash(const struct lane *l, const struct target *t, char hex[HASH_HEX_LEN + 1],
		 struct err *e);
/* A program's identity without running it: path, size and time, added to a hash. */
void hash_program(struct hash *h, const char *program);

/* One attempt with the slots that are not skipped: from sources in dir to objects/ and the programs
 * in dir. -1: see message. */
int build_direct(struct job *j);
int build_go(struct job *j);

/* Shared by both paths. */
/* The runtime's Go files, a package of its own: EMIT_GUEST. NULL-terminated. */
extern const char *const guest_go_files[];
int copy_guest_go(const char *dir, struct err *e); /* to dir, made if missing */
int write_sources(struct job *j, struct err *e);
int go_release(const struct job *j); /* N of the lane's Go 1.N; 0: not known */
/* Starts callee.c and stubs.S; objects/ is empty before. */
int compile_c_start(struct job *j, struct step steps[3]);
int compile_target(struct job *j);
/* Names of the target's files with the ending, from DATA/targets/DIR[/ARCH]; n of them. */
size_t target_files(struct job *j, const char *ending, const char *below, const char **out,
		    size_t max);
/* Links fuzz-NAME into j->into from objects/, for each bit of programs. */
int link_programs(struct job *j, unsigned programs);
/* Says in dir/fuzz-NAME.id whose they are and how long; which of them are not so in dir. */
int programs_sign(const struct job *j, const char *dir, unsigned programs, struct err *e);
unsigned programs_missing(const struct job *j, const char *dir, unsigned programs);

/* cgo's files of c0.go into work/. */
int run_cgo(struct job *j);
/* Finds the slots that the message is about and marks them; number of new ones. */
uint32_t blame_message(struct job *j);
/* Builds parts of the batch until the guilty slots are found. EXIT_ENVIRON if there are none. */
int blame_by_halves(struct job *j, int (*attempt)(struct job *j), struct err *e);

#endif
