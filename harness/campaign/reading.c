/* reading.c: campaign. What an engine that begins by reading its corpus has still to read. */
#include "campaign/reading.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rng.h"

static int add_name(const char *name, void *ctx)
{
	if (name[0] != '.')
		strlist_add(ctx, "%s", name);
	return 0;
}

int reading_begin(struct reading *r, const char *dir, uint64_t seed, struct err *e)
{
	struct rng rng;

	reading_release(r);
	r->dir = xstrdup(dir);
	if (dir_each(dir, add_name, &r->names, e) < 0)
		return -1;
	rng_seed(&rng, seed);
	for (size_t i = r->names.n; i > 1; i--) { /* Fisher and Yates */
		size_t other = rng_below(&rng, i);
		char *name = r->names.v[other];

		r->names.v[other] = r->names.v[i - 1];
		r->names.v[i - 1] = name;
	}
	return 0;
}

static void give(const struct reading *r, uint32_t i, struct buf *out)
{
	buf_addf(out, "%s%s/%s", out->len ? "," : "", r->dir, r->names.v[i]);
}

int reading_give(struct reading *r, const char *path, struct err *e)
{
	const uint32_t read = r->next, count = (uint32_t)r->names.n;
	struct buf list = BUF_INIT;
	int rc;

	r->given = count - read;
	for (uint32_t i = read; i < count; i++)
		give(r, i, &list);
	for (uint32_t i = 0; i < READING_AGAIN && i < read; i++)
		give(r, r->again++ % read, &list);
	rc = file_write(path, list.len ? list.ptr : "", list.len, e);
	buf_release(&list);
	return rc;
}

void reading_went(struct reading *r, uint32_t plans)
{
	r->next += plans < r->given ? plans : r->given;
}

/* Before what is still to be read. */
void reading_add(struct reading *r, const char *name)
{
	size_t last = r->names.n;
	char *mine;

	strlist_add(&r->names, "%s", name);
	mine = r->names.v[last];
	r->names.v[last] = r->names.v[r->next];
	r->names.v[r->next++] = mine;
}

void reading_release(struct reading *r)
{
	strlist_release(&r->names);
	free(r->dir);
	*r = (struct reading){ 0 };
}
