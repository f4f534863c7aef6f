/* regress_all.c: campaign. Every file of corpus/regress/ in every lane it names. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "campaign/regress.h"

struct walk {
	const char *corpus, *work;
	struct regress_sum *sum;
	struct err *e;
};

static int try_lane(struct walk *w, const struct regress *r, const struct lane *l)
{
	const char *name = strrchr(r->path, '/') + 1;
	char *dir = xasprintf("%s/%s-%s", w->work, name, l->name);
	struct buf verdict = BUF_INIT;
	int rc = regress_run(r, l, dir, &verdict, w->e);

	if (rc == 0) {
		bool same = strcmp(verdict.ptr, r->expect) == 0;

		w->sum->ran++;
		w->sum->failed += !same;
		json_array_append_new(w->sum->results,
				      json_pack("{s:s, s:s, s:s, s:s}", "file", name, "lane", l->name,
						"expect", r->expect, "verdict", verdict.ptr));
		if (!same)
			log_say("regression: %s in %s: %s, expected %s", name, l->name, verdict.ptr,
				r->expect);
		if (same)
			rc = dir_remove(dir, w->e);
	}
	buf_release(&verdict);
	free(dir);
	return rc;
}

static int try_file(struct walk *w, const struct regress *r)
{
	struct lane lane;
	int rc = 0;

	if (!r->lanes) {
		for (unsigned i = 0; arch_at(i) && rc == 0; i++) {
			rc = lane_parse(&lane, "", arch_at(i), w->e);
			if (rc == 0)
				rc = try_lane(w, r, &lane);
		}
		return rc;
	}
	for (const char *p = r->lanes; *p && rc == 0;) {
		size_t len = strcspn(p, ",");
		char *text = xasprintf("%.*s", (int)len, p);

		rc = lane_parse(&lane, text, NULL, w->e);
		if (rc == 0)
			rc = try_lane(w, r, &lane);
		free(text);
		p += len + (p[len] == ',');
	}
	return rc;
}

static int each_file(const char *name, void *ctx)
{
	struct walk *w = ctx;
	size_t len = strlen(name);
	struct regress r;
	char *path;
	int rc;

	if (len < 4 || strcmp(name + len - 4, ".txt") != 0)
		return 0;
	path = xasprintf("%s/%s", w->corpus, name);
	rc = regress_load(&r, path, w->e);
	if (rc == 0)
		rc = try_file(w, &r);
	regress_release(&r);
	free(path);
	return rc;
}

int regress_all(const char *corpus, const char *work, struct regress_sum *sum, struct err *e)
{
	struct walk w = { corpus, work, sum, e };

	*sum = (struct regress_sum){ .results = json_array() };
	if (!dir_exists(corpus))
		return 0;
	return dir_make(work, e) < 0 ? -1 : dir_each(corpus, each_file, &w, e);
}
