/* plan_parse.c: model. Text to a plan. One step a line, so words are found by hand and not by C's lexer. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/turbulence.h"
#include "model/lex.h"
#include "model/plan_text.h"

#define BODY_MAX 127 /* cgofuzz_body_steps() */
#define DEPTH_MAX 64

struct reader {
	struct lexer text; /* at: where we are */
	const char *name;
	struct plan *plan;
	struct err *e;
};

/* A word of a line; len 0: the line is over. */
struct span {
	size_t at, len;
};

static int wrong(const struct reader *r, size_t at, const char *msg, const char *hint)
{
	return lex_error(&r->text, r->name, at, msg, hint, r->e);
}

static struct span next_word(struct reader *r)
{
	const char *text = r->text.text;
	struct span s;

	while (r->text.at < r->text.len &&
	       (text[r->text.at] == ' ' || text[r->text.at] == '\t' || text[r->text.at] == '\r'))
		r->text.at++;
	s.at = r->text.at;
	if (s.at < r->text.len && text[s.at] != '#' && text[s.at] != '\n')
		while (r->text.at < r->text.len && !isspace((unsigned char)text[r->text.at]) &&
		       text[r->text.at] != '#')
			r->text.at++;
	s.len = r->text.at - s.at;
	return s;
}

/* Behind the end of this line, which holds nothing more than a comment. */
static void next_line(struct reader *r)
{
	while (r->text.at < r->text.len && r->text.text[r->text.at++] != '\n')
		;
}

static bool span_is(const struct reader *r, struct span s, const char *word)
{
	return s.len == strlen(word) && memcmp(r->text.text + s.at, word, s.len) == 0;
}

/* "name=": what stands behind it, or len 0. */
static struct span span_value(const struct reader *r, struct span s, const char *name)
{
	size_t n = strlen(name);

	if (s.len <= n + 1 || memcmp(r->text.text + s.at, name, n) != 0 ||
	    r->text.text[s.at + n] != '=')
		return (struct span){ s.at, 0 };
	return (struct span){ s.at + n + 1, s.len - n - 1 };
}

static int read_number(const struct reader *r, struct span s, unsigned long max, const char *what,
		       uint32_t *out)
{
	char digits[24], msg[96], *end;
	unsigned long n;

	snprintf(digits, sizeof(digits), "%.*s", (int)(s.len < 20 ? s.len : 20), r->text.text + s.at);
	errno = 0;
	n = strtoul(digits, &end, 0);
	if (!isdigit((unsigned char)digits[0]) || *end || errno || s.len > 20 || n > max) {
		snprintf(msg, sizeof(msg), "%s is a number from 0 to %lu", what, max);
		return wrong(r, s.at, msg, "decimal, or hexadecimal with 0x");
	}
	*out = (uint32_t)n;
	return 0;
}

static uint8_t *add_step(struct reader *r, size_t at)
{
	uint8_t *step = r->plan->bytes + r->plan->len;

	if (r->plan->len == CGOFUZZ_PLAN_MAX_BYTES) {
		wrong(r, at, "a plan has at most 256 steps", "split it");
		return NULL;
	}
	r->plan->len += CGOFUZZ_STEP_BYTES;
	memset(step, 0, CGOFUZZ_STEP_BYTES);
	return step;
}

/* What follows "call" and the like up to the end of the line or a brace, which `last` is then. */
static int read_crossing(struct reader *r, uint8_t route, uint8_t *step, struct span *last)
{
	uint32_t slot = 0, depth = 0, seed = 0;
	bool captured = false;
	struct span s = next_word(r), value;

	if (!s.len)
		return wrong(r, s.at, "which case? the slot is missing", "call 3 depth=2 seed=0x17");
	if (read_number(r, s, 65535, "a slot", &slot) < 0)
		return -1;
	while ((s = next_word(r)).len && !span_is(r, s, "{")) {
		if (span_is(r, s, "captured"))
			captured = true;
		else if ((value = span_value(r, s, "depth")).len) {
			if (read_number(r, value, DEPTH_MAX, "depth", &depth) < 0)
				return -1;
		} else if ((value = span_value(r, s, "seed")).len) {
			if (read_number(r, value, UINT32_MAX, "seed", &seed) < 0)
				return -1;
		} else {
			return wrong(r, s.at, "a crossing has no such word",
				     "depth=, seed= and captured may follow the slot");
		}
	}
	step[0] = (uint8_t)slot;
	step[1] = (uint8_t)(slot >> 8);
	step[2] = (uint8_t)(route + (captured ? CGOFUZZ_CAPTURED_BYTE : 0));
	step[3] = (uint8_t)(depth < 4 ? depth : depth + 191);
	for (int i = 0; i < 4; i++)
		step[4 + i] = (uint8_t)(seed >> 8 * i);
	*last = s;
	return 0;
}

static int read_param(struct reader *r, const struct cgofuzz_turbulence_row *row, struct span s,
		      uint8_t *step)
{
	struct buf hint = BUF_INIT;
	int rc;

	for (int i = 0; i < CGOFUZZ_TURB_PARAMS && row->params[i].name; i++) {
		const struct cgofuzz_param *p = &row->params[i];
		struct span value = span_value(r, s, p->name);

		for (uint32_t c = 0; value.len && c < p->count; c++)
			if (span_is(r, value, p->choices[c].word)) {
				step[3 + i] = (uint8_t)c;
				return 0;
			}
		for (uint32_t c = 0; value.len && c < p->count; c++)
			buf_addf(&hint, "%s%s", c ? ", " : "one of ", p->choices[c].word);
		if (value.len) {
			rc = wrong(r, value.at, "no such choice", hint.ptr);
			buf_release(&hint);
			return rc;
		}
	}
	for (int i = 0; i < CGOFUZZ_TURB_PARAMS && row->params[i].name; i++)
		buf_addf(&hint, "%s%s=", i ? ", " : "it has ", row->params[i].name);
	rc = wrong(r, s.at, "no such parameter", hint.len ? hint.ptr : "it has none");
	buf_release(&hint);
	return rc;
}

static int read_turbulence(struct reader *r, uint32_t kind, uint8_t *step, struct span *last)
{
	const struct cgofuzz_turbulence_row *row = &cgofuzz_turbulence_rows[kind];
	struct span s;

	step[0] = (uint8_t)kind;
	step[2] = CGOFUZZ_TURBULENCE_BYTE;
	while ((s = next_word(r)).len && !span_is(r, s, "{"))
		if (read_param(r, row, s, step) < 0)
			return -1;
	if (s.len && !row->body)
		return wrong(r, s.at, "this step holds no others", "remove the braces");
	*last = s;
	return 0;
}

static int unknown_step(struct reader *r, struct span s)
{
	struct buf hint = BUF_INIT;
	int rc;

	buf_addstr(&hint, "own, call, callback, direct");
	for (uint32_t i = 0; i < CGOFUZZ_TURBULENCES; i++)
		buf_addf(&hint, ", %s", cgofuzz_turbulence_rows[i].name);
	rc = wrong(r, s.at, "no such step", hint.ptr);
	buf_release(&hint);
	return rc;
}

/* The step that begins with word s; its body, if a brace opened one, is still to be read. head: the step
 * that has the length of the body. */
static int read_step(struct reader *r, struct span s, uint8_t **head, struct span *last)
{
	static const char *const routes[CGOFUZZ_ROUTES] = { "own", "call", "callback", "direct" };
	uint8_t *step = add_step(r, s.at);

	*head = step;
	if (!step)
		return -1;
	for (int i = 0; i < CGOFUZZ_ROUTES; i++) {
		uint8_t crossing[CGOFUZZ_STEP_BYTES] = { 0 };

		if (!span_is(r, s, routes[i]))
			continue;
		if (read_crossing(r, (uint8_t)i, crossing, last) < 0)
			return -1;
		if (last->len) { /* steps within it */
			step[0] = CGOFUZZ_TURB_WITHIN;
			step[2] = CGOFUZZ_TURBULENCE_BYTE;
			step = add_step(r, s.at);
			if (!step)
				return -1;
		}
		memcpy(step, crossing, sizeof(crossing));
		return 0;
	}
	for (uint32_t i = 0; i < CGOFUZZ_TURBULENCES; i++)
		if (span_is(r, s, cgofuzz_turbulence_rows[i].name))
			return read_turbulence(r, i, step, last);
	return unknown_step(r, s);
}

/* Up to the closing brace, or the end of the text. at: where the brace stands that opened it. */
static int read_steps(struct reader *r, bool braced, size_t at)
{
	for (;;) {
		struct span s = next_word(r), last = { 0, 0 };
		uint8_t *head;
		uint32_t from;

		if (!s.len && r->text.at >= r->text.len)
			return braced ? wrong(r, at, "this brace is not closed", "add a line with }")
				      : 0;
		if (!s.len) {
			next_line(r);
			continue;
		}
		if (span_is(r, s, "}")) {
			if (!braced)
				return wrong(r, s.at, "nothing is open here", "remove the brace");
			return 0;
		}
		from = r->plan->len + CGOFUZZ_STEP_BYTES;
		if (read_step(r, s, &head, &last) < 0)
			return -1;
		if (!last.len)
			continue;
		if (next_word(r).len)
			return wrong(r, last.at, "steps begin on the next line",
				     "nothing may follow the brace");
		if (read_steps(r, true, last.at) < 0)
			return -1;
		from = (r->plan->len - from) / CGOFUZZ_STEP_BYTES;
		if (from > BODY_MAX)
			return wrong(r, last.at, "a step holds at most 127 others", "split it");
		head[1] = (uint8_t)(from < 8 ? from : 128 + from);
	}
}

int plan_parse(struct plan *plan, const char *text, size_t len, const char *name, struct err *e)
{
	struct reader r = { { .text = text, .len = len }, name, plan, e };
	size_t bad = lex_bad_byte(text, len);

	plan->len = 0;
	if (bad < len)
		return wrong(&r, bad, "a NUL byte, or not UTF-8", "plans are plain text");
	return read_steps(&r, false, 0);
}
