/* reduce_file.c: triage/reduce. reduce.json of a reduced bundle: what it is of, and how much smaller. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "triage/reduce/under_way.h"

#define LIMIT ((size_t)1 << 20)

static json_t *size_json(const struct reduce_size *s)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "plans", (int)s->plans, "steps",
			 (int)s->steps, "depth", (int)s->depth, "arguments", (int)s->arguments,
			 "leaves", (int)s->leaves, "text", (int)s->text);
}

static uint32_t number(const json_t *object, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(object, key));
}

static void size_read(struct reduce_size *s, const json_t *object)
{
	*s = (struct reduce_size){ number(object, "plans"),  number(object, "steps"),
				   number(object, "depth"),  number(object, "arguments"),
				   number(object, "leaves"), number(object, "text") };
}

int reduced_write(const struct reduced *r, const char *dir, const char *input, struct err *e)
{
	json_t *o = json_pack(
		"{s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:i, s:i, s:b, s:b, s:s*, s:I}",
		"version", 1, "input", input, "signature", r->signature.ptr, "title", r->title.ptr,
		"case", r->case_text.ptr, "plan", r->plan_text.ptr, "before", size_json(&r->before),
		"after", size_json(&r->after), "same", r->same, "tries", r->tries, "unfinished",
		r->unfinished, "need_earlier", r->need_earlier, "case_why", r->case_why, "wall_ms",
		(json_int_t)r->wall_ms);
	char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
	char *path = xasprintf("%s/reduce.json", dir);
	int rc = text ? file_write(path, text, strlen(text), e)
		      : err_set(e, EXIT_ENVIRON, "could not describe %s: not UTF-8", dir);

	json_decref(o);
	free(text);
	free(path);
	return rc;
}

static void take_text(struct buf *to, const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	buf_addstr(to, text ? text : "");
}

/* One of the program's own sentences: reduce_cases.c. */
static const char *take_why(const json_t *o)
{
	static char why[256];
	const char *text = json_string_value(json_object_get(o, "case_why"));

	snprintf(why, sizeof(why), "%s", text ? text : "");
	return text ? why : NULL;
}

static void take(struct reduced *r, const json_t *o)
{
	take_text(&r->signature, o, "signature");
	take_text(&r->title, o, "title");
	take_text(&r->case_text, o, "case");
	take_text(&r->plan_text, o, "plan");
	size_read(&r->before, json_object_get(o, "before"));
	size_read(&r->after, json_object_get(o, "after"));
	r->same = (int)number(o, "same");
	r->tries = (int)number(o, "tries");
	r->wall_ms = json_integer_value(json_object_get(o, "wall_ms"));
	r->need_earlier = json_is_true(json_object_get(o, "need_earlier"));
	r->case_why = take_why(o);
	r->before_already = true;
}

int reduced_read(struct reduced *r, const char *dir, const char *input, struct err *e)
{
	char *path = xasprintf("%s/reduce.json", dir);
	struct buf text = BUF_INIT;
	const char *of;
	json_t *o = NULL;
	int rc = 0;

	if (file_exists(path) && file_read(path, LIMIT, &text, e) == 0)
		o = json_loadb(text.ptr, text.len, 0, NULL);
	of = json_string_value(json_object_get(o, "input"));
	if ((dir_exists(dir) || file_exists(dir)) && (!of || strcmp(of, input) != 0))
		rc = err_set(e, EXIT_USAGE,
			     "%s is there and not what became of this bundle: choose another --out",
			     dir);
	else if (of && !json_is_true(json_object_get(o, "unfinished"))) {
		take(r, o);
		rc = 1;
	}
	json_decref(o);
	buf_release(&text);
	free(path);
	return rc;
}
