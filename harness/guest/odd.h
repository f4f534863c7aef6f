/* odd.h: guest. Views with unions, bit-fields and leaves of more than eight bytes. */
#ifndef GUEST_ODD_H
#define GUEST_ODD_H

#include "guest/table.h"

/* Which variant a block made from the seed uses: the same in go/value.go and on the host. */
uint32_t cgofuzz_variant_of(const struct cgofuzz_unusual *u, uint64_t seed);

/* One leaf's value (cgofuzz_value_odd) into and out of a block; other bits stay. */
void cgofuzz_odd_put(const struct cgofuzz_odd_leaf *l, void *block, const uint64_t value[2]);
void cgofuzz_odd_get(const struct cgofuzz_odd_leaf *l, const void *block, uint64_t value[2]);

/* All odd leaves of a variant. check: the first that differs, or NULL. */
void cgofuzz_odd_fill(const struct cgofuzz_variant *v, void *block, uint64_t seed, uint64_t pool);
const struct cgofuzz_odd_leaf *cgofuzz_odd_check(const struct cgofuzz_variant *v, const void *block,
						 uint64_t seed, uint64_t pool);

/* Finds out where C keeps the bit-fields, once: before that none may be filled or checked. NULL, or
 * the first whose sample is not what it should be. */
const struct cgofuzz_odd_leaf *cgofuzz_odd_measure(struct cgofuzz_unusual *u);

#endif
