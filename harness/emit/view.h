/* view.h: emit, for its own files. The tables of leaves that a C compiler fills in: where it puts what. */
#ifndef EMIT_VIEW_H
#define EMIT_VIEW_H

#include "emit/text.h"

/* One case in one generated C file. */
struct view_side {
	struct buf *out;
	const struct fuzz_case *c; /* as this file sees it */
	uint32_t slot;
	const char *prefix; /* of its types: "S17_" */
	const char *tag; /* of its tables' names: "" in callee.c */
};

/* struct A17, all arguments side by side; nothing for a case without arguments. */
void view_block(const struct view_side *s);
/* Tables of the arguments and of the result, as cgofuzz_view wants them. */
void view_tables(const struct view_side *s);
/* "{ { ... }, { ... }, ": both views, as initializers that name the tables. */
void view_initializers(const struct view_side *s, struct buf *out);
/* "void NAME17(void *in, void *result)": calls CALLEE17 with the arguments of a struct A17, keeps its
 * result. hook: a target's function around the call, or NULL. */
void view_caller(const struct view_side *s, const char *name, const char *callee, const char *hook);

#endif
