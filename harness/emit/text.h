/* text.h: emit, for its own files. Pieces of C and Go that several generated files are made of. */
#ifndef EMIT_TEXT_H
#define EMIT_TEXT_H

#include "emit/batch.h"

/* First lines of a generated file, each after `comment` ("//", "#"). */
void text_banner(struct buf *out, const char *comment, const struct batch *b,
		 const struct emit_options *o);
/* Is its first crossing C's call of Go? Does Go export a function of the case? */
bool text_is_callback(const struct fuzz_case *c);
bool text_has_export(const struct fuzz_case *c);
bool text_skipped(const struct emit_options *o, uint32_t slot);

/* Does C let an object of the type be assigned: is no member const? */
bool text_assignable(const struct shape *s);
/* Around the call whose result goes to *r: "*r = ", or a copy where C does not let it be assigned. */
void text_keep_begin(struct buf *out, const struct shape *result);
void text_keep_end(struct buf *out, const struct shape *result);

/* Is a complex number among the types? */
bool text_has_complex(const struct fuzz_case *c);

/* "S17_" */
void text_prefix(char prefix[16], uint32_t slot);
/* Declares or defines `name` with named parameters a0, a1, ..., as a person writes it. */
void text_function(struct buf *out, const struct proto *p, const char *prefix, const char *name);
/* The same, but parameters from number `named` on are called r. */
void text_function_of(struct buf *out, const struct proto *p, uint32_t named, const char *prefix,
		      const char *name);

/* The shape's type in a Go file that imports "C": "C.struct_S0_1", "*[4]C.double", "*[0]byte". */
void go_type(struct buf *out, const struct shape *s, const char *prefix);
/* As an exported function may declare it: pointers that cgo cannot export are unsafe.Pointer. */
void go_export_type(struct buf *out, const struct shape *s, const char *prefix);
bool go_exportable(const struct shape *s);
/* Is every leaf of the type at a place that Go's reflection finds in the same order: no unions,
 * bit-fields, attributes, ...? */
bool go_plain(const struct shape *s);
/* " a0.b a0.z+4 -": where Go finds each leaf below `object`, by name and byte offset; "-": only C knows. */
void go_names(struct buf *out, const struct shape *s, const char *object);
/* cgo's name of a C member: "_type" for "type". `_` stays and cannot be named in Go. */
void go_member(struct buf *out, const struct shape *s, uint32_t member);

#endif
