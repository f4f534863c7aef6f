/* show.h: lane. A guest that runs plans one after the other and says what each has shown (guest/show.h). */
#ifndef LANE_SHOW_H
#define LANE_SHOW_H

#include <sys/types.h>

#include "guest/show.h"
#include "lane/build.h"

/* One guest. Borrowed: lane, tools and the strings; dir is made, and holds the recorder and its streams. */
struct show_spec {
	const struct lane *lane;
	const struct toolchain *tools;
	const char *exe; /* fuzz-plain */
	const char *build_id;
	const char *dir;
	bool misuse; /* do what documentation forbids (--misuse) */
	int nice;
};

struct show {
	struct show_spec spec;
	pid_t pid; /* 0: none */
	int to, from;
	struct cgofuzz_recorder *rec;
	struct cgofuzz_hello hello;
};

/* Starts it and reads what its cases can do. -1: it does not start; nothing is held then. May be called again
 * after show_stop(), with the same struct. */
int show_start(struct show *s, const struct show_spec *spec, struct err *e);
/* The same in two parts, for several guests that start side by side. */
int show_begin(struct show *s, const struct show_spec *spec, struct err *e);
int show_ready(struct show *s, struct err *e);
/* Slots whose steps are skipped from now on. */
void show_mute(struct show *s, const uint64_t muted[CGOFUZZ_MAX_SLOTS / 64]);
/* Hands it a plan. Several guests may be at work at once: ask all, then read. */
void show_ask(struct show *s, const uint8_t *plan, uint32_t len, enum cgofuzz_wanted wanted);

struct shown {
	struct cgofuzz_shown head;
	struct cgofuzz_done trail[CGOFUZZ_PLAN_MAX_STEPS];
};
/* What came of it. false: the guest died or hung, and has been stopped. */
bool show_answer(struct show *s, struct shown *out);
void show_stop(struct show *s); /* harmless if none runs */

#endif
