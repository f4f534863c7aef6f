/* classify.h: abi, for amd64's files. */
#ifndef ABI_AMD64_CLASSIFY_H
#define ABI_AMD64_CLASSIFY_H

#include "abi/internal.h"

enum { AMD64_RDI = 0, AMD64_RDX = 2, AMD64_GENERAL = 6, AMD64_RAX = 6, AMD64_VECTOR = 8 };

/* psABI 3.2.3, "Definitions". */
enum amd64_class {
	CLASS_NO,
	CLASS_INTEGER,
	CLASS_SSE,
	CLASS_SSEUP,
	CLASS_X87,
	CLASS_X87UP,
	CLASS_COMPLEX_X87,
	CLASS_MEMORY,
};

/* Classes of the two eightbytes that can be passed in registers; MEMORY in both for what cannot.
 * rules gets what decided. */
struct amd64_classes {
	enum amd64_class eightbyte[2];
};
struct amd64_classes amd64_classify(struct abi_work *w, const struct abi_value *v,
				    struct rule_set *rules);

bool amd64_is_flexible(const struct shape *s); /* has it, or a struct in it, a flexible array? */

void amd64_argument(struct abi_work *w, struct abi_cursor *at, struct abi_value *v);
void amd64_result(struct abi_work *w, struct abi_cursor *at, struct abi_value *v);

#endif
