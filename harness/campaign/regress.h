/* regress.h: campaign. The files of corpus/regress/: cases that once showed a fault, or must never. */
#ifndef CAMPAIGN_REGRESS_H
#define CAMPAIGN_REGRESS_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "lane/lane.h"

/*
 * One file: '#' comments; "lane: NAME[,NAME]" (default: the default lane of each architecture);
 * "expect: ok", a kind of fault.def ("leaf", "signal", ...) or "unbuildable" (default: ok); every
 * other line is a case.
 */
struct regress {
	char *path;
	char *expect;
	char *lanes; /* comma list or NULL */
	char **cases;
	uint32_t case_count;
};

/* EXIT_USAGE with the line that makes no sense. */
int regress_load(struct regress *r, const char *path, struct err *e);
void regress_release(struct regress *r);

/* Builds and runs the cases in one lane, work files below dir. verdict: "ok", "unbuildable" or the
 * first fault's kind. -1: could not be tried. */
int regress_run(const struct regress *r, const struct lane *l, const char *dir, struct buf *verdict,
		struct err *e);

struct regress_sum {
	uint32_t ran, failed;
	json_t *results; /* array of {file, lane, expect, verdict} */
};
/* All files of a directory, *.txt, in every lane they name. -1 if one could not be tried. */
int regress_all(const char *corpus, const char *work, struct regress_sum *sum, struct err *e);

#endif
