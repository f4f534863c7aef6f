/* purity_make.h: bench. The pieces that a set of labelled bundles is made of, each made once. */
#ifndef BENCH_PURITY_MAKE_H
#define BENCH_PURITY_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "emit/batch.h"
#include "lane/build.h"

/* A target in a lane, with what is needed to run plans of it. */
struct purity_ground {
	const char *target;
	enum engine engine; /* in whose executables plans are run */
	struct lane lane;
	struct toolchain tools;
	struct batch batch;
	struct build build;
};

/* Is there the piece of this name, made of the same build? EXIT_ENVIRON: it is of another. */
int piece_is_done(const char *piece, const char *build_id, bool *done, struct err *e);
int piece_done(const char *piece, const char *build_id, struct err *e);

/* Runs plans, in which each exhibit shows in turn, in guests that no engine drives; what they record becomes bundles of the
 * set. round: which of the depths and seeds. */
int purity_plans(const struct purity_ground *g, unsigned round, struct err *e);
/* A campaign on lanes joined by ',', for so long after its first bundle; its bundles become the set's. */
int purity_campaign(const char *target, const char *lanes, unsigned seed, int seconds, struct err *e);

#endif
