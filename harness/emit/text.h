/* text.h: emit, for its own files. Pieces of C and Go that several generated files are made of. */
#ifndef EMIT_TEXT_H
#define EMIT_TEXT_H

#include "emit/batch.h"

/* First lines of a generated file, each after `comment` ("//", "#"). */
void text_banner(struct buf *out, const char *comment, const struct batch *b,
		 const struct emit_options *o);
bool text_skipped(const struct emit_options *o, uint32_t slot);

/* "S17_" */
void text_prefix(char prefix[16], uint32_t slot);
/* Declares or defines `name` with named parameters a0, a1, ..., as a person writes it. */
void text_function(struct buf *out, const struct proto *p, const char *prefix, const char *name);

/* The shape's type in a Go file that imports "C": "C.struct_S0_1", "*[4]C.double", "*[0]byte". */
void go_type(struct buf *out, const struct shape *s, const char *prefix);
/* As an exported function may declare it: pointers that cgo cannot export are unsafe.Pointer. */
void go_export_type(struct buf *out, const struct shape *s, const char *prefix);
bool go_exportable(const struct shape *s);
/* cgo's name of a C member: "_type" for "type". `_` stays and cannot be named in Go. */
void go_member(struct buf *out, const struct shape *s, uint32_t member);

#endif
