/* classify.h: abi, for arm64's files. */
#ifndef ABI_ARM64_CLASSIFY_H
#define ABI_ARM64_CLASSIFY_H

#include "abi/internal.h"

#define ARM64_REGISTERS 8 /* x0-x7, v0-v7 for arguments (AAPCS64 6.1) */
#define ARM64_X8 8 /* the indirect result location register */

void arm64_argument(struct abi_work *w, struct abi_cursor *at, struct abi_value *v);
void arm64_result(struct abi_work *w, struct abi_cursor *at, struct abi_value *v);

/* A homogeneous aggregate (AAPCS64 5.9.5): count members of unit bytes each; 0 bytes: none. */
struct homogeneous {
	uint32_t unit, count;
	bool vector; /* short vectors; else floating-point */
	const struct shape *base; /* of vectors: the first */
};
/* Is the type one, of one to four members? Complex numbers are. rules gets what decided. */
bool arm64_homogeneous(struct abi_work *w, const struct shape *s, struct homogeneous *h,
		       struct rule_set *rules);

#endif
