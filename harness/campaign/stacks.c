/* stacks.c: campaign. High-water marks of stacks: taking them from recorders, keeping them. */
#include "campaign/stacks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "guest/turbulence.h"
#include "model/plan_text.h"
#include "triage/text.h"

const char *const stack_names[CGOFUZZ_STACKS] = {
	"",
#define STACK(id, name, overflow, about) name,
#include "guest/stack.def"
#undef STACK
};

static void release_one(struct stack_use *u)
{
	free(u->lane);
	free(u->by);
	free(u->c);
	free(u->plan);
}

void stacks_release(struct stack_uses *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		release_one(&s->uses[i]);
	free(s->uses);
	*s = (struct stack_uses){ 0 };
}

static int order(const struct stack_use *a, const struct stack_use *b)
{
	int lanes = strcmp(a->lane, b->lane);

	if (lanes)
		return lanes;
	if (a->of != b->of)
		return a->of < b->of ? -1 : 1;
	if (a->of == CGOFUZZ_OF_MAIN) /* there is one, a page more or less */
		return 0;
	return (a->size > b->size) - (a->size < b->size);
}

/* Where it stands or would stand. */
static uint32_t place_of(const struct stack_uses *s, const struct stack_use *u)
{
	uint32_t at = 0;

	while (at < s->count && order(&s->uses[at], u) < 0)
		at++;
	return at;
}

/* Is it more than what is known of its kind and size? What Go gave a goroutine's stack counts first. */
static bool is_news(const struct stack_uses *s, const struct stack_use *u)
{
	uint32_t at = place_of(s, u);
	const struct stack_use *was = &s->uses[at];

	if (at == s->count || order(was, u) != 0)
		return true;
	return u->grown > was->grown || (u->grown == was->grown && u->used > was->used);
}

/* Takes over what is news. */
static void add(struct stack_uses *s, const struct stack_use *u)
{
	uint32_t at = place_of(s, u);

	if (at < s->count && order(&s->uses[at], u) == 0) {
		release_one(&s->uses[at]);
	} else {
		s->uses = xrealloc(s->uses, (s->count + 1) * sizeof(*s->uses));
		memmove(s->uses + at + 1, s->uses + at, (s->count - at) * sizeof(*s->uses));
		s->count++;
	}
	s->uses[at] = *u;
	s->changed = true;
}

/* Can a guest have written it? */
static bool is_sound(const struct cgofuzz_mark *m)
{
	return m->of < CGOFUZZ_STACKS && m->used <= m->size && m->size >> 40 == 0 &&
		m->grown >> 40 == 0 && m->plan_len <= CGOFUZZ_PLAN_MAX_BYTES &&
		m->step < CGOFUZZ_PLAN_MAX_STEPS && m->turbulence_kind <= CGOFUZZ_TURBULENCES &&
		m->slot < CGOFUZZ_MAX_SLOTS;
}

static void take_mark(struct stack_uses *s, char *lane, const struct cgofuzz_mark *m,
		      const struct batch *b)
{
	struct stack_use u = { .lane = lane,
			       .of = (enum cgofuzz_stack_of)m->of,
			       .size = m->size,
			       .used = m->used,
			       .grown = m->grown,
			       .step = m->step,
			       .misuse = m->misuse };
	struct buf plan = BUF_INIT;

	if (!is_sound(m) || !is_news(s, &u))
		return;
	plan_print(m->plan, m->plan_len, b->count, PLAN_NO_MARK, &plan);
	u.lane = xstrdup(lane);
	u.by = xstrdup(m->turbulence_kind ? cgofuzz_turbulence_rows[m->turbulence_kind - 1].name
					  : "crossing");
	u.c = xstrdup(m->slot < b->count ? b->slots[m->slot].c.text : "");
	u.plan = buf_detach(&plan, NULL);
	add(s, &u);
}

void stacks_take(struct stack_uses *s, const char *lane, const struct cgofuzz_recorder *r,
		 const struct batch *b)
{
	char *name = xstrdup(lane);

	for (uint32_t i = 0; i < CGOFUZZ_MARKS && r->marks[i].of != CGOFUZZ_OF_NONE; i++) {
		struct cgofuzz_mark m = r->marks[i]; /* the guest may be at work */

		take_mark(s, name, &m, b);
	}
	free(name);
}

bool stack_is_short(const struct stack_use *u, const struct headroom *h)
{
	uint64_t left = u->size - u->used;

	return u->of != CGOFUZZ_OF_GOROUTINE &&
		(left < h->bytes || left * 100 < u->size * h->percent);
}

static const struct headroom usual = { HEADROOM_BYTES, 0 };

uint32_t stacks_short(const struct stack_uses *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->count; i++)
		n += stack_is_short(&s->uses[i], &usual);
	return n;
}

static json_t *use_to_json(const struct stack_use *u, const struct headroom *h)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:s, s:i, s:o, s:o, s:b}", "lane",
			 u->lane, "stack", stack_names[u->of], "size", (json_int_t)u->size, "used",
			 (json_int_t)u->used, "left", (json_int_t)(u->size - u->used), "grown",
			 (json_int_t)u->grown, "short", stack_is_short(u, h), "by", u->by, "step",
			 (int)u->step, "case", text_to_json(u->c), "plan", text_to_json(u->plan),
			 "misuse", u->misuse);
}

json_t *stacks_to_json(const struct stack_uses *s, const struct headroom *h)
{
	json_t *stacks = json_array();

	for (uint32_t i = 0; i < s->count; i++)
		json_array_append_new(stacks, use_to_json(&s->uses[i], h));
	return json_pack("{s:i, s:o}", "version", 1, "stacks", stacks);
}

static char *path_of(const char *dir)
{
	return xasprintf("%s/stacks.json", dir);
}

int stacks_write(struct stack_uses *s, const char *dir, struct err *e)
{
	char *path = path_of(dir), *tmp = xasprintf("%s.tmp", path), *text;
	json_t *j = stacks_to_json(s, &usual);
	int rc;

	text = json_dumps(j, JSON_INDENT(1));
	rc = file_write(tmp, text, strlen(text), e);
	if (rc == 0 && rename(tmp, path) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not rename %s", tmp);
	s->changed = rc < 0;
	free(text);
	json_decref(j);
	free(tmp);
	free(path);
	return rc;
}

static const char *text_in(const json_t *j, const char *name)
{
	const char *text = json_string_value(json_object_get(j, name));

	return text ? text : "";
}

static uint64_t number_in(const json_t *j, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(j, name));

	return n > 0 ? (uint64_t)n : 0;
}

static void use_from_json(struct stack_uses *s, const json_t *j)
{
	struct stack_use u = { .size = number_in(j, "size"),
			       .used = number_in(j, "used"),
			       .grown = number_in(j, "grown"),
			       .step = (uint32_t)number_in(j, "step"),
			       .misuse = json_is_true(json_object_get(j, "misuse")) };
	const char *name = text_in(j, "stack");

	for (int of = 1; of < CGOFUZZ_STACKS; of++)
		if (!strcmp(name, stack_names[of]))
			u.of = (enum cgofuzz_stack_of)of;
	if (u.of == CGOFUZZ_OF_NONE || u.used > u.size || u.size >> 40)
		return;
	u.lane = xstrdup(text_in(j, "lane"));
	u.by = xstrdup(text_in(j, "by"));
	u.c = xstrdup(text_in(j, "case"));
	u.plan = xstrdup(text_in(j, "plan"));
	if (is_news(s, &u))
		add(s, &u);
	else
		release_one(&u);
}

int stacks_read(struct stack_uses *s, const char *dir, struct err *e)
{
	char *path = path_of(dir);
	struct buf text = BUF_INIT;
	json_error_t why;
	json_t *j = NULL;
	int rc = 0;

	if (file_exists(path)) {
		rc = file_read(path, 1 << 24, &text, e);
		j = rc == 0 ? json_loadb(text.ptr, text.len, 0, &why) : NULL;
		if (rc == 0 && !j)
			rc = err_set(e, EXIT_ENVIRON, "%s:%d: %s", path, why.line, why.text);
	}
	if (j) {
		const json_t *stacks = json_object_get(j, "stacks");

		for (size_t i = 0; i < json_array_size(stacks); i++)
			use_from_json(s, json_array_get(stacks, i));
	}
	s->changed = false;
	json_decref(j);
	buf_release(&text);
	free(path);
	return rc;
}
