/* exhibit.h: emit, for its own files. The source of one exhibit of a target, taken out of its folder. */
#ifndef EMIT_EXHIBIT_H
#define EMIT_EXHIBIT_H

#include "base/buf.h"
#include "base/err.h"
#include "emit/target.h"

/* Of the files DIR/ *SUFFIX (".c", ".go", ".S") the pieces that define a word of `wanted`, with what else of their
 * file those use; of assembly all macros too. Appends; 1: found some, 0: none, -1 and e. */
int exhibit_take(struct buf *out, const char *dir, const char *suffix, const char *wanted,
		 struct err *e);

#endif
