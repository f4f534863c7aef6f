/* engine.h: campaign. What the supervisor must know of an engine: one ops struct for each, in
 * engine_NAME.c. */
#ifndef CAMPAIGN_ENGINE_H
#define CAMPAIGN_ENGINE_H

#include <stdbool.h>

#include "campaign/strlist.h"
#include "lane/lane.h"

struct instance;

struct engine_ops {
	enum engine id;
	const char *name;
	bool is_guest; /* the engine's process is the guest: its end is the guest's end */
	int stop_signal; /* ends it cleanly */
	int stop_ms; /* how long that may take before SIGKILL */
	/* Makes what the engine wants below i->dir. Before each slice. */
	int (*prepare)(struct instance *i, struct err *e);
	/* Appends the command and the environment ("NAME=value") that run i->exe. */
	void (*command)(const struct instance *i, struct strlist *argv, struct strlist *env);
	/* The process has ended by itself and is started again: not to begin where it was. i->rec says how far it came.
	 * NULL: nothing to do. */
	int (*resume)(struct instance *i, struct err *e);
	/* Reads coverage and stability from what the engine writes. Now and then. */
	void (*look)(struct instance *i);
};

extern const struct engine_ops engine_afl, engine_libfuzzer;
const struct engine_ops *engine_ops_of(enum engine id);

/* The last `size` bytes of a file at most, appended to out; nothing if it cannot be read. */
struct buf;
void engine_tail(const char *path, size_t size, struct buf *out);

#endif
