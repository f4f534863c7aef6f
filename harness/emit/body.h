/* body.h: emit. A batch's float-heavy bodies (model/expr.h), in C for callee.c and in Go for c0.go. */
#ifndef EMIT_BODY_H
#define EMIT_BODY_H

#include "emit/batch.h"

/* Of a batch that has some: of large ones each fourth, since they take a tenth of the time that 64 cases take to
 * build; of small ones each. */
#define BODY_COUNT 4
#define BODY_EVERY 4
#define BODY_SMALL 48

/* Has the batch bodies? */
bool body_wanted(const struct batch *b);
/* Number n of those of the batch. */
struct expr_body;
void body_of(struct expr_body *body, const struct batch *b, unsigned n);

void body_c(struct buf *out, const struct expr_body *body, unsigned n);
void body_go(struct buf *out, const struct expr_body *body, unsigned n);
/* All of a batch, with the tables that guest/body_table.h and guest/go/turb_body.go want. */
void body_all_c(struct buf *out, const struct batch *b);
void body_all_go(struct buf *out, const struct batch *b);

#endif
