/* cover_order.c: abi. Cases in an order in which few of them cover much. */
#include <stdlib.h>

#include "abi/cover.h"
#include "base/buf.h"

struct ordering {
	const struct cover *covers;
	const uint8_t *weights;
	uint32_t count;
	struct cover have;
	uint32_t *gains; /* weighted; what it was when last asked, and gains only fall */
	bool *taken;
};

static uint32_t lead_of(const struct ordering *o)
{
	uint32_t lead = o->count;

	for (uint32_t i = 0; i < o->count; i++)
		if (!o->taken[i] && (lead == o->count || o->gains[i] > o->gains[lead]))
			lead = i;
	return lead;
}

static uint32_t next_of(struct ordering *o)
{
	for (;;) {
		uint32_t lead = lead_of(o);
		uint32_t gain = o->weights[lead] * cover_gain(&o->have, &o->covers[lead]);

		if (gain == o->gains[lead])
			return lead;
		o->gains[lead] = gain;
	}
}

void cover_order(const struct cover *covers, const uint8_t *weights, uint32_t count, uint32_t *order)
{
	struct ordering o = { .covers = covers, .weights = weights, .count = count };

	o.gains = xcalloc(count + 1, sizeof(*o.gains));
	o.taken = xcalloc(count + 1, sizeof(*o.taken));
	for (uint32_t i = 0; i < count; i++)
		o.gains[i] = UINT32_MAX;
	for (uint32_t i = 0; i < count; i++) {
		order[i] = next_of(&o);
		o.taken[order[i]] = true;
		cover_merge(&o.have, &covers[order[i]]);
	}
	free(o.gains);
	free(o.taken);
}
