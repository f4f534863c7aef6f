/* instance.h: campaign. One engine process, again and again: a slice of the campaign is one batch
 * given to one instance. Everything a slice leaves is in a directory of its own:
 *
 *   engines/NAME/              the engine's own files: AFL++ in/ out/, libFuzzer corpus/; and
 *                              in-turbulent/ and so on, for slices in which plans are turbulent
 *   engines/NAME/slice-N/      the recorder's directory: recorder, pending/, slice.json
 *
 * which is removed only when all in it has become bundles. So whoever is killed whenever, the next run
 * finds what is left (recover.h). */
#ifndef CAMPAIGN_INSTANCE_H
#define CAMPAIGN_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "campaign/config.h"
#include "campaign/engine.h"
#include "campaign/reading.h"
#include "campaign/share.h"
#include "guest/wire.h"
#include "lane/build.h"

struct prepared;
struct stack_uses;

#define INSTANCE_SPREADS 64 /* faults of turbulence of which it is known how far they spread */
#define INSTANCE_SPREAD \
	4 /* seen with as many cases a fault of turbulence is none of theirs: no points */
#define INSTANCE_THIN_OUT 12 /* and with so many it costs too many plans; deaths do at once */

enum instance_state {
	INSTANCE_IDLE, /* no process, no slice */
	INSTANCE_RUNNING,
	INSTANCE_STOPPING, /* was told to end */
};

/* Hang detection: where the guest was when it was last seen to move. */
struct watch {
	uint64_t heartbeat, executions;
	int32_t pid;
	uint32_t state;
	int64_t since_ms; /* when it last moved */
	int64_t last_ms; /* last look */
	int64_t marked_ms; /* HANGING was written and the signal sent; 0: not */
	struct share share; /* what it had of the machine when it had not moved for a while */
	int64_t share_ms; /* that was then; 0: it was not looked at yet */
};

struct instance {
	/* fixed */
	const struct engine_ops *ops;
	const struct lane *lane;
	struct toolchain tools;
	char *name, *dir, *log;
	uint64_t seed;
	uint32_t lane_index;
	uint32_t slots; /* of a batch */
	int hang_ms;
	enum turbulence_mode turbulence;
	const char *target;
	struct stack_uses *stacks; /* takes what a guest has marked when it ends; NULL: nobody asks */
	/* Hands over a finished recorder file; the file is removed afterwards. -1 ends the campaign. */
	int (*record)(void *ctx, struct instance *i, const char *rec_path, struct err *e);
	void *record_ctx;

	/* this slice */
	struct prepared *batch; /* what it runs; NULL: tests */
	struct build build; /* borrowed strings */
	char *exe;
	char *slice_dir;
	struct cgofuzz_recorder *rec;
	int64_t started_ms, stop_at_ms; /* stop_at_ms: SIGKILL then */
	uint64_t starts_seen; /* rec->starts when the process was started */
	enum instance_state state;
	uint32_t slice; /* number of the next slice */
	pid_t pid;
	uint32_t failures; /* starts in a row without a plan run */
	uint32_t muted_now; /* cases skipped for the rest of the slice */
	bool misuse; /* fixed: steps that documentation forbids are done */
	bool turbulent; /* this slice's plans keep their turbulence */
	bool killed; /* SIGKILL was sent */
	bool hung; /* this process was killed since it hung in rec->plan */
	struct reading reading; /* engines that are guests */
	struct watch watch;
	uint8_t points[CGOFUZZ_MAX_SLOTS]; /* against a slot: muted at INSTANCE_MUTE */
	uint32_t taken[CGOFUZZ_MAX_SLOTS]; /* kinds of fault of which a bundle was asked for, as bits */
	struct spread { /* a fault around turbulence: with which cases it was seen */
		uint64_t key; /* the turbulence, the kind of fault and its words; 0: none */
		uint64_t slots[CGOFUZZ_MAX_SLOTS / 64];
	} spread[INSTANCE_SPREADS];
	uint64_t last_executions, last_crossings, last_starts, last_lumped, last_capped;
	uint64_t last_diverged[CGOFUZZ_DIVERGENCES];

	/* since the run's start; the sums of a campaign are those of its runs (status.h) */
	uint64_t executions, crossings, records;
	uint64_t restarts; /* of the engine's process, by itself */
	uint64_t guest_restarts, muted, lumped; /* as in struct status_lane */
	uint64_t run_ms; /* with a process */
	uint64_t turbulent_executions, turbulent_crossings, turbulent_ms,
		capped; /* in turbulent slices */
	uint64_t diverged[CGOFUZZ_DIVERGENCES];
	/* as the engine says; 0 and -1: not known */
	uint64_t edges, features;
	double stability_percent;
};

/* Points of a fault: one that is survived only ends its plan, a death costs a start, a hang seconds. */
#define INSTANCE_MUTE 8
#define INSTANCE_POINTS_DEATH 4
#define INSTANCE_POINTS_HANG 8
#define INSTANCE_START_TRIES 3
#define INSTANCE_START_MS 60000 /* until the first plan has run */

/* The engine's own directory for plans of this slice's kind, "in" or "in-turbulent". Malloc'd. */
char *instance_path(const struct instance *i, const char *name);
/* Begins a slice and starts the engine. build is borrowed until the slice ends. -1: EXIT_ENVIRON. */
int instance_start(struct instance *i, const struct build *build, struct err *e);
/* Marks the recorder and tells the engine to end. now: at once, by SIGKILL. */
void instance_stop(struct instance *i, bool now);
/* Call every ~100 ms, and with exited when its process was reaped. Collects, watches, restarts an
 * engine that ended by itself, finishes a slice that was stopped (state is IDLE then). */
int instance_tick(struct instance *i, int64_t now_ms, struct err *e);
int instance_exited(struct instance *i, int wait_status, int64_t now_ms, struct err *e);
void instance_release(struct instance *i); /* kills what runs */
/* Is nothing left to run in this slice: every case that could be built is muted? */
bool instance_spent(const struct instance *i);

/* watch.c: is the guest hanging? Marks, signals, kills. */
int watch_tick(struct instance *i, int64_t now_ms, struct err *e);
void watch_reset(struct instance *i, int64_t now_ms);
/* Is pid a process of the slice in dir (environment CGOFUZZ_DIR)? */
bool slice_owns(const char *dir, pid_t pid);
/* SIGKILL to every process whose CGOFUZZ_DIR lies in or below dir. Their number. */
int slice_kill_all(const char *dir);

#endif
