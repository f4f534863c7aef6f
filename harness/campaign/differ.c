/* differ.c: campaign. Live comparison of lanes, the supervisor's half: which plans, when, and what came of it. */
#include "campaign/differ.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "campaign/run.h"

#define SHARE 2 /* a round is followed by so many times its length without one */
#define IDLE_MS 1000
#define PLANS_A_DIR 64 /* in a round */
#define AGAIN_A_DIR 16 /* of those that were compared before */
#define NICE 0 /* it has its share and no more */
#define CLIFF_EVERY 4 /* batches */

/* Where engines keep what they found, below engines/NAME/; and is its turbulence struck out? */
static const struct kept {
	const char *dir;
	bool calm;
} kept[] = {
	{ "out-turbulent/default/queue", false },
	{ "corpus-turbulent", false },
	{ "out/default/queue", true },
	{ "corpus", true },
};

bool cliff_wanted(const struct config *c, uint32_t batch_index)
{
	return batch_index % (c->lane_count > 1 ? CLIFF_EVERY : 4 * CLIFF_EVERY) == 0;
}

bool differ_wanted(const struct config *c, uint32_t batch_index)
{
	return c->lane_count > 1 || cliff_wanted(c, batch_index);
}

static void forget(struct differing *d)
{
	free(d->seen);
	d->seen = NULL;
	d->seen_count = d->seen_cap = 0;
	d->measured = false;
}

static void grow_seen(struct differing *d);

/* Notes it; was it new? */
static bool is_new(struct differing *d, uint64_t key)
{
	uint32_t at;

	key |= 1;
	if (2 * d->seen_count >= d->seen_cap)
		grow_seen(d);
	for (at = (uint32_t)key & (d->seen_cap - 1); d->seen[at]; at = (at + 1) & (d->seen_cap - 1))
		if (d->seen[at] == key)
			return false;
	d->seen[at] = key;
	d->seen_count++;
	return true;
}

static void grow_seen(struct differing *d)
{
	uint64_t *old = d->seen;
	uint32_t cap = d->seen_cap;

	d->seen_cap = cap ? 2 * cap : 1024;
	d->seen = xcalloc(d->seen_cap, sizeof(*d->seen));
	d->seen_count = 0;
	for (uint32_t i = 0; i < cap; i++)
		if (old[i])
			is_new(d, old[i]);
	free(old);
}

static int add_name(const char *name, void *ctx)
{
	if (name[0] != '.')
		strlist_add(ctx, "%s", name);
	return 0;
}

/* The last ones first: AFL++ numbers what it finds. */
static void gather_dir(struct differing *d, const struct instance *i, const struct kept *k)
{
	char *dir = xasprintf("%s/%s", i->dir, k->dir);
	struct strlist names = STRLIST_INIT;
	struct err none = ERR_INIT;
	uint32_t taken = 0;

	if (dir_exists(dir))
		dir_each(dir, add_name, &names, &none);
	for (size_t n = names.n; n > 0 && taken < PLANS_A_DIR; n--) {
		char *path = xasprintf("%s/%s", dir, names.v[n - 1]);
		bool fresh = is_new(d, hash_u64(path, strlen(path)));

		/* the others in turn */
		if (fresh || (n + d->round * AGAIN_A_DIR) % names.n < AGAIN_A_DIR)
			strlist_add(&d->plans, "%s%s%s", fresh ? "" : "+", k->calm ? "~" : "", path);
		taken += fresh;
		free(path);
	}
	strlist_release(&names);
	free(dir);
}

static void gather(struct run *r)
{
	struct differing *d = &r->differing;

	strlist_release(&d->plans);
	d->round++;
	memset(d->muted, 0, sizeof(d->muted));
	for (uint32_t n = 0; n < r->count; n++) {
		const struct instance *i = &r->instances[n];

		for (size_t k = 0;
		     r->campaign->config.lane_count > 1 && k < sizeof(kept) / sizeof(*kept); k++)
			gather_dir(d, i, &kept[k]);
		for (int w = 0; i->rec && i->batch == d->batch && w < CGOFUZZ_MAX_SLOTS / 64; w++)
			d->muted[w] |= i->rec->muted[w];
	}
}

static int start(struct run *r, int64_t now_ms, struct err *e)
{
	struct differing *d = &r->differing;

	if (d->batch != r->current) {
		prepared_drop(d->batch);
		d->batch = prepared_use(r->current);
		forget(d);
	}
	if (!differ_wanted(&r->campaign->config, d->batch->index))
		return 0;
	gather(r);
	d->measure = !d->measured && cliff_wanted(&r->campaign->config, d->batch->index);
	d->next_ms = now_ms + IDLE_MS;
	if (!d->plans.n && !d->measure)
		return 0;
	d->measured |= d->measure;
	if (!d->dir)
		d->dir = campaign_path(r->campaign, "differ");
	if (dir_remove(d->dir, e) < 0 || dir_make(d->dir, e) < 0)
		return -1;
	d->began_ms = now_ms;
	return job_start(&d->job, differ_round, r, NICE, e);
}

/* "NUMBER AT OTHER" of a comparison, "NUMBER AT ENGINE" of a lane alone */
static int take_found(struct run *r, const char *words, bool alone, struct err *e)
{
	struct differing *d = &r->differing;
	const struct config *c = &r->campaign->config;
	unsigned number, at;
	int last, other;
	bool is_kept = false;
	struct err why = ERR_INIT;
	struct bundle_source src;
	char *path;
	int rc;

	if (sscanf(words, "%u %u %d", &number, &at, &last) != 3 || at >= c->lane_count ||
	    last >= (alone ? ENGINE_COUNT : (int)c->lane_count) || (alone && last < 0))
		return err_set(e, EXIT_ENVIRON, "unexpected answer of a comparison: %.40s", words);
	other = alone ? -1 : last;
	src = (struct bundle_source){
		.campaign_dir = r->campaign->dir,
		.build = &d->batch->builds[at],
		.lane = &c->lanes[at],
		.other_build = other < 0 ? NULL : &d->batch->builds[other],
		.other_lane = other < 0 ? NULL : &c->lanes[other],
		.engine = alone ? (enum engine)last : ENGINE_COUNT,
		.target = c->target.name,
		.batch = &d->batch->batches[at],
		.seed = c->seed,
	};
	path = xasprintf("%s/%u.rec", d->dir, number);
	rc = bundle_write(&src, path, &is_kept, &why);
	free(path);
	if (rc < 0)
		return err_set(e, why.status, "%s", why.msg);
	r->recorded++;
	r->kept += is_kept;
	return 0;
}

static int take_answer(struct run *r, struct err *e)
{
	struct differing *d = &r->differing;
	char *save = NULL, *line;
	int rc = 0;

	for (line = strtok_r(d->job.answer.ptr, "\n", &save); line && rc == 0;
	     line = strtok_r(NULL, "\n", &save)) {
		char name[32];
		uint64_t n;

		if (strncmp(line, "found ", 6) == 0)
			rc = take_found(r, line + 6, false, e);
		else if (strncmp(line, "alone ", 6) == 0)
			rc = take_found(r, line + 6, true, e);
		else if (sscanf(line, "count %31s %" SCNu64, name, &n) != 2)
			rc = err_set(e, EXIT_ENVIRON, "unexpected answer of a comparison: %.40s",
				     line);
		else if (strcmp(name, "compared") == 0)
			d->compared += n;
		else if (strcmp(name, "differences") == 0)
			d->differences += n;
		else if (strcmp(name, "cliffs") == 0)
			d->cliffs += n;
		else
			d->incomparable += n;
	}
	return rc;
}

void differ_tick(struct run *r, int64_t now_ms)
{
	struct differing *d = &r->differing;
	struct err e = ERR_INIT;
	int rc = 0;

	if (job_running(&d->job)) {
		rc = job_poll(&d->job, &e);
		if (rc != 0)
			d->next_ms = now_ms + SHARE * (now_ms - d->began_ms);
		if (rc > 0)
			rc = take_answer(r, &e);
		if (rc >= 0 && !job_running(&d->job))
			log_detail("lanes compared for %lld ms%s, %zu plans offered; so far %llu plans "
				   "compared, %llu could not be",
				   (long long)(now_ms - d->began_ms),
				   d->measure ? ", with costs" : "", d->plans.n,
				   (unsigned long long)d->compared,
				   (unsigned long long)d->incomparable);
	} else if (r->phase == RUN_FUZZING && now_ms >= d->next_ms && r->current) {
		rc = start(r, now_ms, &e);
	}
	if (rc < 0)
		log_warn("comparing lanes: %s", e.msg);
}

void differ_release(struct run *r)
{
	struct differing *d = &r->differing;
	struct err none = ERR_INIT;

	job_release(&d->job);
	if (d->dir)
		dir_remove(d->dir, &none);
	free(d->dir);
	strlist_release(&d->plans);
	prepared_drop(d->batch);
	free(d->seen);
}
