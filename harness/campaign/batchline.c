/* batchline.c: campaign. The next batch is built while the current one runs: a child fills the cache,
 * then the supervisor finds everything there. */
#include "campaign/batchline.h"

#include "base/log.h"

void batchline_init(struct batchline *l, const struct config *c, const char *dir, uint32_t first_index)
{
	*l = (struct batchline){
		.config = c, .dir = dir, .job = JOB_INIT, .index = first_index, .first = true
	};
}

static int build_in_child(void *ctx, struct buf *out, struct err *e)
{
	const struct batchline *l = ctx;
	struct prepared *p = prepared_build(l->config, l->dir, l->index, 0, e);

	(void)out;
	if (!p)
		return -1;
	prepared_drop(p);
	return 0;
}

/* One batch more that could not be built. */
static int failed(struct batchline *l, struct err *e)
{
	l->failures++;
	if (l->first || config_fixed(l->config) || l->failures >= BATCHLINE_TRIES)
		return -1;
	log_warn("batch %u could not be built, going on with the next: %s", l->index, e->msg);
	l->index++;
	return 0;
}

int batchline_poll(struct batchline *l, struct err *e)
{
	int rc;

	if (l->next)
		return 1;
	if (!job_running(&l->job)) {
		if (job_start(&l->job, build_in_child, l, l->first ? 0 : BATCHLINE_NICE, e) < 0)
			return -1;
		return 0;
	}
	rc = job_poll(&l->job, e);
	if (rc == 0)
		return 0;
	if (rc > 0)
		l->next = prepared_build(l->config, l->dir, l->index, 0, e); /* from the cache */
	if (!l->next)
		return failed(l, e);
	l->failures = 0;
	l->first = false;
	return 1;
}

struct prepared *batchline_take(struct batchline *l)
{
	struct prepared *p = l->next;

	l->next = NULL;
	if (p)
		l->index++;
	return p;
}

void batchline_release(struct batchline *l)
{
	job_release(&l->job);
	prepared_drop(l->next);
	l->next = NULL;
}
