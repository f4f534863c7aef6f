/* table.h: bench, for the guest of the part `passing`. What is called, and where values must lie. */
#ifndef PASSING_TABLE_H
#define PASSING_TABLE_H

#include <stdint.h>

enum { PASSING_GENERAL, PASSING_VECTOR, PASSING_X87, PASSING_STACK }; /* as enum abi_where */

/* Some bytes of a value, or of a bit-field's, and their place. */
struct passing_check {
	uint8_t where, number, bit, bits; /* bits 0: whole bytes */
	uint8_t byref;
	uint32_t slot, byte, size; /* as of struct abi_piece */
	uint32_t offset_bits; /* in the value */
	const unsigned char *value;
};

struct passing_case {
	uint32_t number;
	void (*call)(void); /* calls a function of the case's prototype, which is passing_dump */
	void (*result)(void); /* returns the result; called through passing_capture */
	uint32_t x87; /* values that it leaves on the x87 stack */
	uint32_t arg_checks, result_checks; /* so many follow each other in passing_checks */
};

extern const struct passing_case passing_cases[];
extern const uint32_t passing_case_count;
extern const struct passing_check passing_checks[];

#define PASSING_STACK_BYTES 8192
/* Filled by assembly; offsets are those that it knows. */
struct passing_state {
	uint64_t general[16]; /* numbered as in abi.c */
	unsigned char vector[16][16];
	unsigned char x87[2][16];
	unsigned char stack[PASSING_STACK_BYTES];
};
extern struct passing_state passing_state;

/* Calls fn with memory as the place of a result in memory; stores the result registers. */
void passing_capture(void (*fn)(void), void *memory, uint32_t x87);

#endif
