/* cfi.h: triage, for the unwinder. One step by a row of call frame information. */
#ifndef TRIAGE_CFI_H
#define TRIAGE_CFI_H

#include "triage/space.h"
#include "triage/unwind_arch.h"

struct unwind_regs {
	uint64_t v[UNWIND_REGS]; /* by DWARF number */
	uint64_t pc;
};

enum cfi_result {
	CFI_STEPPED,
	CFI_OUTERMOST, /* the return address is undefined: here the thread began */
	CFI_NO_ROW, /* nothing is known of this address */
	CFI_NO_MEMORY, /* a word that is needed was not copied */
};

/* The CFA of the frame with these registers, without stepping. */
enum cfi_result cfi_cfa(const struct space *s, const struct unwind_regs *r, uint64_t lookup,
			uint64_t *cfa);
/* To the caller: r is changed if CFI_STEPPED. */
enum cfi_result cfi_step(const struct space *s, const struct unwind_arch *a, struct unwind_regs *r,
			 uint64_t lookup, uint64_t *cfa);

#endif
