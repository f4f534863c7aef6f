/* differ.c: triage. The same plan in several lanes side by side. */
#include "triage/differ.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* Digests are sums of all before: from where two part, they stay apart. */
void difference_of(struct difference *d, const struct shown *expected, const struct shown *got)
{
	const struct cgofuzz_done *a = expected->trail, *b = got->trail;
	uint32_t n = expected->head.trail_len, m = got->head.trail_len, i = 0;

	while (i < n && i < m && a[i].step == b[i].step && a[i].digest == b[i].digest)
		i++;
	if (i < n && i < m) {
		d->how = a[i].step == b[i].step ? DIFFER_VALUE : DIFFER_ORDER;
		d->step = a[i].step;
		d->expected = a[i].digest;
		d->got = b[i].digest;
		d->capped = a[i].capped || b[i].capped;
	} else { /* or after the last step was done for the first time */
		d->how = n == m ? DIFFER_VALUE : DIFFER_FEWER;
		d->step = n == m ? (n ? a[n - 1].step : 0) : n > m ? a[i].step : b[i].step;
		d->expected = expected->head.digest;
		d->got = got->head.digest;
		d->capped = expected->head.capped || got->head.capped;
	}
}

#define FAULTS_MAX 8 /* of a guest before another is started */

static int start(struct differ *d, uint32_t i, struct err *e)
{
	d->faults[i] = 0;
	if (show_start(&d->shows[i], &d->specs[i], e) < 0)
		return -1;
	show_mute(&d->shows[i], d->muted);
	return 0;
}

static int restart(struct differ *d, uint32_t i, struct err *e)
{
	show_stop(&d->shows[i]);
	return start(d, i, e);
}

/* What is not the same in all lanes is skipped in all: a case that one of them cannot build, or nest. */
static void mute_unlike(struct differ *d)
{
	for (uint32_t slot = 0; slot < CGOFUZZ_MAX_SLOTS; slot++) {
		uint8_t first = d->shows[0].hello.slot[slot];

		for (uint32_t i = 0; i < d->count; i++)
			if (!first || d->shows[i].hello.slot[slot] != first)
				d->muted[slot / 64] |= (uint64_t)1 << slot % 64;
	}
	for (uint32_t i = 0; i < d->count; i++)
		show_mute(&d->shows[i], d->muted);
}

int differ_open(struct differ *d, struct show_spec *specs, uint32_t count, struct err *e)
{
	int rc = 0;

	*d = (struct differ){ .specs = specs, .count = count };
	d->shows = xcalloc(count, sizeof(*d->shows));
	d->shown = xcalloc(count, sizeof(*d->shown));
	d->faults = xcalloc(count, sizeof(*d->faults));
	for (uint32_t i = 0; i < count; i++)
		d->shows[i] = (struct show){ .to = -1, .from = -1 };
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = show_begin(&d->shows[i], &specs[i], e);
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = show_ready(&d->shows[i], e);
	if (rc == 0)
		mute_unlike(d);
	else
		differ_close(d);
	return rc;
}

void differ_close(struct differ *d)
{
	for (uint32_t i = 0; i < d->count; i++)
		show_stop(&d->shows[i]);
	free(d->shows);
	free(d->shown);
	free(d->faults);
	*d = (struct differ){ 0 };
}

static enum differ_end compare(const struct shown *a, const struct shown *b)
{
	struct difference d;

	if (a->head.fault != CGOFUZZ_FAULT_NONE || b->head.fault != CGOFUZZ_FAULT_NONE)
		return DIFFER_FAULT;
	if (a->head.digest == b->head.digest)
		return DIFFER_EQUAL;
	difference_of(&d, a, b);
	return d.capped ? DIFFER_CAPPED : DIFFER_FOUND;
}

int differ_plan(struct differ *d, const uint8_t *plan, uint32_t len, enum differ_end *end,
		uint32_t *at, struct err *e)
{
	*end = DIFFER_EQUAL;
	for (uint32_t i = 0; i < d->count; i++)
		show_ask(&d->shows[i], plan, len, CGOFUZZ_WANT_DIGEST);
	for (uint32_t i = 0; i < d->count; i++) {
		enum differ_end now = DIFFER_GONE;

		if (show_answer(&d->shows[i], &d->shown[i]))
			now = *end == DIFFER_EQUAL ? compare(&d->shown[0], &d->shown[i])
						   : DIFFER_EQUAL;
		/* What faults leave behind in a guest might be seen in the next plans: a difference is confirmed
		 * in fresh ones, so it costs no more than these. */
		d->faults[i] += now != DIFFER_GONE && d->shown[i].head.fault != CGOFUZZ_FAULT_NONE;
		if ((now == DIFFER_GONE || d->faults[i] == FAULTS_MAX) && restart(d, i, e) < 0)
			return -1;
		if (now != DIFFER_EQUAL && *end != DIFFER_GONE) {
			*end = now;
			*at = i;
		}
	}
	return 0;
}

int differ_confirm(struct differ *d, const uint8_t *plan, uint32_t len, uint32_t at, int tries,
		   enum differ_end *end, struct err *e)
{
	const uint32_t pair[2] = { 0, at };
	uint64_t digest[2] = { 0, 0 };
	int differed = 0;

	*end = DIFFER_UNSTEADY;
	for (int n = 0; n < tries; n++) {
		for (int k = 0; k < 2; k++) {
			struct shown *shown = &d->shown[pair[k]];

			if (restart(d, pair[k], e) < 0)
				return -1;
			show_ask(&d->shows[pair[k]], plan, len, CGOFUZZ_WANT_DIGEST);
			if (!show_answer(&d->shows[pair[k]], shown))
				return start(d, pair[k], e);
			if (n && shown->head.digest != digest[k])
				return 0;
			digest[k] = shown->head.digest;
		}
		differed += compare(&d->shown[0], &d->shown[at]) == DIFFER_FOUND;
	}
	*end = differed == tries ? DIFFER_FOUND : differed ? DIFFER_UNSTEADY : DIFFER_EQUAL;
	return 0;
}
