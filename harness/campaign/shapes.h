/* shapes.h: campaign. Cases kept as text, one a line, and what each covers of the rule book. */
#ifndef CAMPAIGN_SHAPES_H
#define CAMPAIGN_SHAPES_H

#include "abi/cover.h"
#include "base/err.h"

/* All zero is an empty set. */
struct shapes {
	char **texts; /* as they stand in the files */
	struct cover *covers;
	uint8_t *weights; /* for cover_order(): a case that crosses to Go counts three times as much */
	uint32_t count, room;
};

/* Adds the cases of a file, or of every *.txt of a directory: lines that are neither empty nor begin with
 * '#'. EXIT_USAGE: path is not there, or a line is no case. */
int shapes_load(struct shapes *s, const char *path, struct err *e);
/* Adds a finished case. */
void shapes_add(struct shapes *s, const struct fuzz_case *c, const char *text);
/* What all of them cover, added to cover. */
void shapes_cover(const struct shapes *s, struct cover *cover);
void shapes_release(struct shapes *s);

#endif
