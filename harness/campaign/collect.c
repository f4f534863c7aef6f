/* collect.c: campaign. From recorders to finished files, from finished files to bundles. */
#include "campaign/collect.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/proc.h"
#include "guest/turbulence.h"
#include "triage/turbulent.h"

/* A bundle takes ten fsyncs: repeated faults are not to keep engines waiting for their restart. */
#define COLLECT_MS 50

static const bool survivable[CGOFUZZ_FAULT_KINDS] = {
#define FAULT(id, name, oracle, survivable, about) [CGOFUZZ_FAULT_##id] = survivable,
#include "guest/fault.def"
#undef FAULT
};

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

bool collect_read_fault(const char *path, struct cgofuzz_fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0
		? -1
		: pread(fd, fault, sizeof(*fault), offsetof(struct cgofuzz_recorder, fault));

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)sizeof(*fault);
}

static struct spread *spread_of(struct instance *i, const struct cgofuzz_fault *fault)
{
	uint64_t words = hash_u64(fault->text, strnlen(fault->text, sizeof(fault->text)));
	uint64_t key = (words ^ (uint64_t)fault->kind << 8 ^ fault->turbulence_kind) | 1;

	for (int n = 0; n < INSTANCE_SPREADS; n++) {
		if (!i->spread[n].key)
			i->spread[n].key = key;
		if (i->spread[n].key == key)
			return &i->spread[n];
	}
	return NULL;
}

static bool is_of_step(const struct cgofuzz_fault *fault)
{
	return turbulent_of_step(fault->kind) && fault->turbulence_kind &&
		fault->turbulence_kind <= CGOFUZZ_TURBULENCES;
}

/* With how many cases the same fault of the same turbulence was seen: where that is more than a few, it is the
 * turbulence's. A fault of a case: 1. */
static int spread(struct instance *i, const struct cgofuzz_fault *fault)
{
	struct spread *s;
	int cases = 0;

	if (!is_of_step(fault))
		return 1;
	s = spread_of(i, fault);
	if (!s)
		return 1;
	s->slots[fault->slot / 64] |= (uint64_t)1 << fault->slot % 64;
	for (int w = 0; w < CGOFUZZ_MAX_SLOTS / 64; w++)
		cases += __builtin_popcountll(s->slots[w]);
	return cases;
}

/* It would end one plan after the other: most plans do without. */
static void thin_out(struct instance *i, const struct cgofuzz_fault *fault)
{
	uint64_t bit = (uint64_t)1 << (fault->turbulence_kind - 1);

	if (i->rec->thinned & bit)
		return;
	i->rec->thinned |= bit;
	log_detail("%s: %s shows the same fault again and again: one plan of eight has it for the rest of the slice",
		   i->name, turbulent_name(fault));
}

/* Easy faults must not starve the rest: after a few, their case is skipped for the slice, or the turbulence is thinned
 * out whose step is at fault; of a batch with few cases there is no telling by others. */
static void give_points(struct instance *i, const struct cgofuzz_fault *fault)
{
	uint64_t bit = (uint64_t)1 << (fault->slot % 64);
	int points, cases;

	if (fault->kind >= CGOFUZZ_FAULT_KINDS || fault->slot >= CGOFUZZ_MAX_SLOTS)
		return;
	cases = spread(i, fault);
	if (cases >= (survivable[fault->kind] ? INSTANCE_THIN_OUT : INSTANCE_SPREAD))
		thin_out(i, fault);
	if (cases >= INSTANCE_SPREAD)
		return;
	points = i->points[fault->slot];
	points += fault->kind == CGOFUZZ_FAULT_HANG ? INSTANCE_POINTS_HANG
		: survivable[fault->kind]	    ? 1
						    : INSTANCE_POINTS_DEATH;
	i->points[fault->slot] = (uint8_t)(points < INSTANCE_MUTE ? points : INSTANCE_MUTE);
	if (points < INSTANCE_MUTE || i->rec->muted[fault->slot / 64] & bit)
		return;
	if (survivable[fault->kind] && is_of_step(fault)) {
		thin_out(i, fault);
		return;
	}
	i->rec->muted[fault->slot / 64] |= bit;
	i->muted_now++;
	i->muted++;
}

/* A finished file that waits to become a bundle. */
struct waiting {
	char *path;
	bool first; /* none of its kind and case has been taken in this slice, or it ended a guest */
};

struct queue {
	struct instance *i;
	struct waiting *files;
	uint32_t count, cap;
};

/* Unreadable ones are for record() to complain about. */
static bool goes_first(const struct instance *i, const struct cgofuzz_fault *fault)
{
	if (fault->kind >= CGOFUZZ_FAULT_KINDS || fault->slot >= CGOFUZZ_MAX_SLOTS)
		return true;
	return !survivable[fault->kind] || !(i->taken[fault->slot] >> fault->kind & 1);
}

static int note_file(const char *name, void *ctx)
{
	struct cgofuzz_fault *fault;
	struct queue *q = ctx;
	struct waiting *w;

	if (!ends_with(name, ".rec"))
		return 0;
	if (q->count == q->cap) {
		q->cap = q->cap ? 2 * q->cap : 16;
		q->files = xrealloc(q->files, q->cap * sizeof(*q->files));
	}
	w = &q->files[q->count++];
	w->path = xasprintf("%s/pending/%s", q->i->slice_dir, name);
	fault = xcalloc(1, sizeof(*fault));
	w->first = !collect_read_fault(w->path, fault) || goes_first(q->i, fault);
	free(fault);
	return 0;
}

static int take_file(struct instance *i, const char *path, struct err *e)
{
	struct cgofuzz_fault *fault = xcalloc(1, sizeof(*fault));
	int rc;

	if (collect_read_fault(path, fault)) {
		give_points(i, fault);
		if (fault->kind < CGOFUZZ_FAULT_KINDS && fault->slot < CGOFUZZ_MAX_SLOTS)
			i->taken[fault->slot] |= 1u << fault->kind;
	}
	free(fault);
	rc = i->record(i->record_ctx, i, path, e);
	if (rc == 0) {
		unlink(path);
		i->records++;
	}
	return rc;
}

/* Of several files of one new fault the first is taken, the others wait with the rest. */
static bool still_first(const struct instance *i, const char *path)
{
	struct cgofuzz_fault *fault = xcalloc(1, sizeof(*fault));
	bool first = !collect_read_fault(path, fault) || goes_first(i, fault);

	free(fault);
	return first;
}

static int take_some(struct queue *q, bool first, int64_t until_ms, struct err *e)
{
	for (uint32_t n = 0; n < q->count; n++) {
		struct waiting *w = &q->files[n];

		if (!w->path || (first && (!w->first || !still_first(q->i, w->path))))
			continue;
		if (until_ms && clock_ms() >= until_ms)
			return 0;
		if (take_file(q->i, w->path, e) < 0)
			return -1;
		free(w->path);
		w->path = NULL;
	}
	return 0;
}

static int collect(struct instance *i, int64_t until_ms, struct err *e)
{
	char *dir = xasprintf("%s/pending", i->slice_dir);
	struct queue q = { .i = i };
	int rc = dir_exists(dir) ? dir_each(dir, note_file, &q, e) : 0;

	_Static_assert(CGOFUZZ_FAULT_KINDS <= 32, "instance.taken has a bit for each");
	if (rc == 0)
		rc = take_some(&q, true, 0, e);
	if (rc == 0)
		rc = take_some(&q, false, until_ms, e);
	for (uint32_t n = 0; n < q.count; n++)
		free(q.files[n].path);
	free(q.files);
	free(dir);
	return rc;
}

int collect_some(struct instance *i, struct err *e)
{
	return collect(i, clock_ms() + COLLECT_MS, e);
}

int collect_pending(struct instance *i, struct err *e)
{
	return collect(i, 0, e);
}

struct looking {
	const char *slice_dir;
	const struct cgofuzz_fault *fault;
};

static int same_fault(const char *name, void *ctx)
{
	struct looking *l = ctx;
	struct cgofuzz_fault *fault = xcalloc(1, sizeof(*fault));
	char *path = xasprintf("%s/pending/%s", l->slice_dir, name);
	bool same = ends_with(name, ".rec") && collect_read_fault(path, fault) &&
		fault->time_ns == l->fault->time_ns && fault->kind == l->fault->kind &&
		fault->slot == l->fault->slot;

	free(path);
	free(fault);
	return same ? -1 : 0;
}

bool collect_has(const char *slice_dir, const struct cgofuzz_fault *fault)
{
	struct looking l = { slice_dir, fault };
	char *dir = xasprintf("%s/pending", slice_dir);
	struct err none = ERR_INIT;
	bool has = dir_each(dir, same_fault, &l, &none) < 0;

	free(dir);
	return has;
}

/* Where the plan was becomes the place of the fault. */
static void describe(struct cgofuzz_recorder *copy, enum cgofuzz_fault_kind kind, int wait_status)
{
	struct cgofuzz_fault *f = &copy->fault;
	const struct cgofuzz_live *live = &copy->live;
	struct timespec now;

	f->wait_status = wait_status;
	if (f->kind != CGOFUZZ_FAULT_NONE)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	f->seen_by = CGOFUZZ_BY_SUPERVISOR;
	f->wait_status = wait_status;
	f->slot = live->slot;
	f->step = live->step;
	f->level = live->level;
	f->route = live->route;
	f->depth = live->depth;
	f->direction = live->direction;
	f->step_seed = live->step_seed;
	f->time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int collect_image(const char *slice_dir, const struct cgofuzz_recorder *rec,
		  enum cgofuzz_fault_kind kind, int wait_status, struct err *e)
{
	static uint32_t counter;
	struct cgofuzz_recorder *copy = xmalloc(sizeof(*copy));
	char *path = xasprintf("%s/pending/host-%ld-%u.rec", slice_dir, (long)getpid(), counter++);
	int rc;

	memcpy(copy, rec, sizeof(*copy));
	describe(copy, kind, wait_status);
	rc = file_publish(path, copy, sizeof(*copy), e);
	free(path);
	free(copy);
	return rc;
}

int collect_recorder(struct instance *i, enum cgofuzz_fault_kind kind, int wait_status, struct err *e)
{
	int rc = collect_image(i->slice_dir, i->rec, kind, wait_status, e);

	if (rc == 0) {
		i->rec->state = CGOFUZZ_IDLE;
		i->rec->fault.kind = CGOFUZZ_FAULT_NONE;
	}
	return rc;
}

/*
 * A fault that was seen but not filed yet is kept in any case. A guest that died without a word is a
 * fault only if nobody told it to: not while stopping, and not when AFL++ was ended from outside and
 * took its guest along.
 */
int collect_last(struct instance *i, int wait_status, struct err *e)
{
	const struct cgofuzz_recorder *rec = i->rec;
	uint32_t stopping = rec->stopping;

	if (rec->state == CGOFUZZ_IDLE)
		return 0;
	if (rec->fault.kind != CGOFUZZ_FAULT_NONE)
		return collect_has(i->slice_dir, &rec->fault)
			? 0
			: collect_recorder(i, CGOFUZZ_FAULT_DEATH, wait_status, e);
	if (stopping == CGOFUZZ_STOPPING || !i->ops->is_guest)
		return 0;
	return collect_recorder(
		i, stopping == CGOFUZZ_HANGING ? CGOFUZZ_FAULT_HANG : CGOFUZZ_FAULT_DEATH,
		wait_status, e);
}
