/* guilty_place.h: triage, for guilty.c. What the ABI documents say of the value that a fault is about,
 * and what the lane's compilers are known to make of it. */
#ifndef TRIAGE_GUILTY_PLACE_H
#define TRIAGE_GUILTY_PLACE_H

#include "abi/abi.h"
#include "triage/leaf.h"

struct documents {
	const struct fuzz_case *c;
	const struct cgofuzz_fault *f;
	struct fault_leaf leaf;
	const struct abi *abi;
	struct arena arena;
	const struct abi_call *call[ABI_READERS];
	bool by_value; /* arguments and results are passed as the prototype says */
};

void documents_open(struct documents *d, const char *arch, const struct cgofuzz_fault *f,
		    const struct fuzz_case *c);
void documents_close(struct documents *d);

/* The compiler as the classifier knows it: "gcc12" is ABI_GCC. */
enum abi_reader documents_reader(const char *compiler);
/* Does the reader put the failing leaf, or the value that holds it, elsewhere than the document? */
bool documents_deviates(const struct documents *d, enum abi_reader reader);
/* The row of rule.def that says so; -1: none. */
int documents_deviation(const struct documents *d, enum abi_reader reader);
/* "AAPCS64 hfa (5.9.5.1), C.2 (6.8.2)": the rules that decide how the value is passed; of a
 * layout fault, how its type is laid out. */
void documents_sections(const struct documents *d, struct buf *out);
void documents_section(int rule, struct buf *out); /* of one */
/* Of a layout fault: what a reader has, in the fault's unit. false: it has nothing to say. */
bool documents_number(const struct documents *d, enum abi_reader reader, uint64_t *number);
/* "x0", "sp+8 bits 3-5", "memory that x8 points to": where a capture fault looked. */
void documents_place(const struct abi *abi, const struct cgofuzz_fault *f, struct buf *out);

#endif
