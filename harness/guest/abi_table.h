/* abi_table.h: guest, shared with the host. Where the architecture's ABI document wants every leaf of a
 * batch: one read-only file, written by the host (harness/emit) and linked into the fuzz binary, little
 * endian, no pointers: everything is found by its offset from the start. */
#ifndef GUEST_ABI_TABLE_H
#define GUEST_ABI_TABLE_H

#include <stdint.h>

#define CGOFUZZ_ABI_MAGIC 0x34494241u /* "ABI4" */

enum cgofuzz_place {
	CGOFUZZ_PLACE_GENERAL, /* number: as in struct cgofuzz_captured of the architecture */
	CGOFUZZ_PLACE_VECTOR,
	CGOFUZZ_PLACE_X87,
	CGOFUZZ_PLACE_STACK, /* counted from the first stacked argument at entry */
	CGOFUZZ_PLACE_MEMORY, /* a result, where the caller's hidden pointer points */
	CGOFUZZ_PLACES
};

/* So many bits of one leaf lie here. The pieces of a leaf cover its value once. */
struct cgofuzz_piece {
	uint16_t leaf; /* index, as in struct cgofuzz_leaf */
	uint8_t kind; /* enum cgofuzz_leaf_kind */
	uint8_t place; /* enum cgofuzz_place */
	uint8_t number; /* of the register */
	uint8_t by_reference; /* the place holds the address of a copy, memory_bit counts from there */
	uint16_t value_bits; /* of the whole leaf */
	uint16_t leaf_bit; /* first bit of the leaf that lies here */
	uint16_t bits; /* how many */
	uint32_t place_bit; /* first bit in the place */
	uint32_t memory_bit;
};

/* Where a leaf lies in its object (an argument, the result): the classifier's layout. */
struct cgofuzz_abi_leaf {
	uint16_t leaf;
	uint8_t arg;
	uint8_t known; /* 0: it is not compared */
	uint32_t bit;
};

struct cgofuzz_abi_size {
	uint32_t size, align; /* bytes of one argument or of the result */
	uint32_t known, pad;
};

/* The layout of a case as one document has it. */
struct cgofuzz_abi_layout {
	uint32_t arg_leaves, arg_leaf_count; /* struct cgofuzz_abi_leaf */
	uint32_t result_leaves, result_leaf_count;
	uint32_t arg_sizes, arg_size_count; /* struct cgofuzz_abi_size */
	struct cgofuzz_abi_size result_size;
};

enum {
	CGOFUZZ_LAYOUT_OWN, /* the document of the guest's architecture */
	CGOFUZZ_LAYOUT_ACROSS, /* another's: known only where the documents must agree */
	CGOFUZZ_LAYOUTS
};

#define CGOFUZZ_NO_REGISTER 0xff

struct cgofuzz_abi_slot {
	/* struct cgofuzz_piece: offset of the first, and how many. Twice, since compilers may be known
	 * to read the document differently: [0] as the wrappers' compiler places them, [1] as the
	 * callees' does. */
	uint32_t args[2], arg_count[2];
	uint32_t results[2], result_count[2];
	struct cgofuzz_abi_layout layouts[CGOFUZZ_LAYOUTS];
	uint32_t stack_bytes; /* of the stacked arguments */
	uint8_t known; /* 0: the classifier has nothing to say about this case */
	uint8_t pad[3];
	/* General register that brings the result's address, and that must return it, or
	 * CGOFUZZ_NO_REGISTER: [0] when Go's side calls, [1] when C's does. */
	uint8_t hidden[2], hidden_back[2];
};

struct cgofuzz_abi_table {
	uint32_t magic, slot_count;
	uint32_t across, pad; /* enum cgofuzz_side: whose document CGOFUZZ_LAYOUT_ACROSS is */
	struct cgofuzz_abi_slot slots[];
};

extern const struct cgofuzz_abi_table cgofuzz_abi; /* in the guest: stubs.S takes the file in */

#endif
