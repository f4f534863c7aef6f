/* abi.h: abi. Layout of C types and the places of arguments and results, as the ABI documents say. */
#ifndef ABI_ABI_H
#define ABI_ABI_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/rule.h"
#include "base/arena.h"
#include "base/buf.h"
#include "model/shape.h"

/*
 * Whose reading of the document is asked for. The document's is the reference. The compilers' differ
 * from it only where a row of rule.def says so, in the words of its columns gcc and clang.
 */
enum abi_reader { ABI_DOCUMENT, ABI_GCC, ABI_CLANG, ABI_READERS };
extern const char *const abi_reader_names[ABI_READERS]; /* "document", "gcc", "clang" */

enum abi_where { ABI_GENERAL, ABI_VECTOR, ABI_X87, ABI_STACK };

/* A register as the capture oracle numbers it: general and vector arguments first, in their order. */
struct abi_register {
	const char *name; /* "x0", "xmm1" */
	enum abi_where where;
	unsigned number; /* within its class */
};

/* One member of a struct or union: one entry for each, in order. */
struct abi_field {
	uint32_t offset_bits;
	uint32_t size_bits; /* 0 of empty structs, arrays without elements and ": 0" */
};

/* A struct or union laid out. */
struct abi_type {
	const struct shape *shape;
	uint32_t size; /* bytes */
	uint32_t align;
	uint32_t natural; /* of its members alone: without aligned() on the type itself */
	const struct abi_field *fields;
	struct rule_set rules; /* that decided its layout; those of inner types are theirs */
	uint64_t events; /* the same before they are an ABI's: bits of enum layout_event */
	bool alike; /* no document has it otherwise, nor what it holds by value */
	bool bitfields; /* it has some itself */
};

/* Part of a leaf in one place. Bytes from 0, least significant first; bits count within byte. */
struct abi_piece {
	uint8_t where; /* enum abi_where; of a value passed by reference: where the pointer is */
	uint8_t number; /* of the register */
	uint8_t size; /* bytes, those of a bit-field that are not its own whole included */
	uint8_t bit, bits; /* of a bit-field: lowest bit, counted in the byte at `byte`; how many */
	uint8_t leaf_byte; /* where in the leaf it begins; of a bit-field: leaf_bit / 8 */
	uint8_t leaf_bit; /* of a bit-field: its lowest bit here */
	uint32_t slot; /* ABI_STACK: offset from the first stacked argument at function entry */
	uint32_t byte; /* within the register or slot; by reference: within what is pointed to */
};

#define ABI_MAX_PIECES 2 /* no leaf is longer than two registers */

/* A leaf, in the order of shape_each_leaf(SHAPE_EVERY_VARIANT): the n-th here is index n there. */
struct abi_leaf {
	const struct shape *shape; /* SHAPE_SCALAR, SHAPE_ENUM, SHAPE_POINTER */
	const struct member *bitfield;
	uint32_t offset_bits; /* within the argument or result */
	uint32_t size_bits;
	uint32_t piece_count;
	struct abi_piece pieces[ABI_MAX_PIECES];
};

/* A run of bytes of a value in one place, padding included. */
struct abi_part {
	uint8_t where;
	uint8_t number;
	uint32_t slot; /* ABI_STACK */
	uint32_t byte; /* within the register */
	uint32_t value_byte; /* within the value */
	uint32_t size; /* by reference: that of the value */
};

#define ABI_MAX_PARTS 8

/* An argument or the result. */
struct abi_value {
	const struct shape *shape;
	uint32_t size, align; /* bytes */
	bool byref; /* the only part holds a pointer to the value */
	uint8_t general_used, vector_used; /* argument registers gone before it: the pressure */
	uint32_t part_count; /* 0: void, or without size, or without members */
	struct abi_part parts[ABI_MAX_PARTS];
	uint32_t leaf_count; /* 0 until they are placed */
	struct abi_leaf *leaves;
	struct rule_set rules; /* that decided how it is passed; layout is in the types */
};

struct abi;

/* One prototype, classified. All memory is the arena's. */
struct abi_call {
	const struct abi *abi;
	enum abi_reader reader;
	struct abi_value result;
	uint32_t arg_count;
	struct abi_value *args;
	uint32_t stack_bytes; /* of the stack argument area, a multiple of 8 */
	const struct abi_type **types; /* by type_index; NULL: no struct or union held by value */
	uint32_t type_count;
	struct rule_set rules; /* all of them, layout and passing */
};

/* By GOARCH, NULL if there is none; by number from 0, NULL after the last, in the order of abi.def. */
const struct abi *abi_find(const char *arch);
const struct abi *abi_at(unsigned i);
const char *abi_arch(const struct abi *abi); /* "amd64" */
int abi_id(const struct abi *abi); /* enum abi_id of rule.h */
/* The general register in which a callee returns the address of a result in memory. */
#define ABI_NO_REGISTER 0xff
uint8_t abi_address_back(const struct abi *abi);
unsigned abi_long_double_bits(const struct abi *abi); /* the others of its 16 bytes are padding */
/* All registers that can hold a piece. */
const struct abi_register *abi_registers(const struct abi *abi, unsigned *count);
/* "x0", "xmm1", "st0"; ABI_STACK has none: "sp". */
const char *abi_register_name(const struct abi *abi, enum abi_where where, unsigned number);

/*
 * Lays out and classifies a prototype; never fails. Shapes must be those of a finished case, or have
 * type_index below type_count, different for each different struct or union.
 */
struct abi_call *abi_classify(const struct abi *abi, enum abi_reader reader,
			      const struct proto *proto, uint32_t type_count, struct arena *arena);

/* By the document for every ABI, for loops over many cases: calls[i] is that of abi_at(i). What the documents
 * lay out alike is laid out once; values have parts and rules, but no leaves before abi_place(). */
void abi_classify_all(const struct proto *proto, uint32_t type_count, struct arena *arena,
		      struct abi_call *calls[ABI_COUNT]);
/* Finds the leaves of all values and where their parts put them; abi_classify() has done it. */
void abi_place(struct abi_call *call, struct arena *arena);

/* Size, alignment and rules of one type of any kind; types, if not NULL, gets the table of
 * struct and union types, type_count of them. fields is NULL but for structs and unions. */
struct abi_type abi_layout(const struct abi *abi, enum abi_reader reader, const struct shape *shape,
			   uint32_t type_count, const struct abi_type ***types, struct arena *arena);

/* Do all documents, read so, want s laid out alike: does no rule decide it on which they differ? */
bool abi_must_agree(const struct shape *s, uint32_t type_count, enum abi_reader reader);

/* Adds the rules on which the ABIs' documents differ, of those that decided something of s or of what it
 * holds by value: s is laid out otherwise for another ABI only if there are some. */
void abi_apart(const struct abi_type *const *types, const struct shape *s, struct rule_set *rules);

/* Are size, alignment, offsets, places and stack bytes alike? Rules are not compared. */
bool abi_same_layout(const struct abi_type *a, const struct abi_type *b);
bool abi_same_value(const struct abi_value *a, const struct abi_value *b);
bool abi_same_call(const struct abi_call *a, const struct abi_call *b);
bool abi_same_layouts(const struct abi_call *a,
		      const struct abi_call *b); /* of all types held by value */

/* The picture of explain: types byte by byte, then registers and stack slots with what is in them,
 * each with the rules that decided; then where compilers read the document differently. */
void abi_print(struct buf *out, const struct abi *abi, const struct proto *proto,
	       uint32_t type_count, struct arena *arena);

#endif
