/* stacks_print.c: campaign. High-water marks of stacks for people. */
#include <string.h>

#include "campaign/stacks.h"
#include "triage/text.h"

/* "816", "12.3K", "8M": as plans write sizes. */
static void size_words(struct buf *out, uint64_t bytes)
{
	static const char units[] = { ' ', 'K', 'M', 'G' };
	double n = (double)bytes;
	size_t u = 0;

	while (n >= 1024 && u + 1 < sizeof(units)) {
		n /= 1024;
		u++;
	}
	if (!u)
		buf_addf(out, "%.0f", n);
	else
		buf_addf(out, n < 100 && (uint64_t)(10 * n + 0.5) % 10 ? "%.1f%c" : "%.0f%c", n,
			 units[u]);
}

static void cell(struct buf *out, uint64_t bytes, size_t width)
{
	struct buf word = BUF_INIT;

	size_words(&word, bytes);
	buf_addf(out, "%*s", (int)width, word.ptr);
	buf_release(&word);
}

static void print_plan(const struct stack_use *u, struct buf *out)
{
	struct buf plan = BUF_INIT;
	const char *line;
	size_t at = 0, len;

	buf_addstr(&plan, u->plan);
	buf_addstr(out, "    case ");
	text_escape(out, u->c, strlen(u->c));
	buf_addf(out, "\n    plan%s\n", u->misuse ? ", with --misuse" : "");
	while ((line = buf_line(&plan, &at, &len))) {
		buf_addstr(out, "      ");
		text_escape(out, line, len);
		buf_addch(out, '\n');
	}
	buf_release(&plan);
}

static void print_use(const struct stack_use *u, const struct headroom *h, bool plans, struct buf *out)
{
	uint64_t left = u->size - u->used;

	buf_addf(out, "  %-10s", stack_names[u->of]);
	cell(out, u->size, 8);
	cell(out, u->used, 10);
	cell(out, left, 10);
	buf_addf(out, " %4.0f %%  ", u->size ? 100 * (double)left / (double)u->size : 0);
	text_escape(out, u->by, strlen(u->by));
	buf_addf(out, ", step %u", u->step);
	if (u->grown) {
		buf_addstr(out, ", grown to ");
		size_words(out, u->grown);
	}
	buf_addstr(out, stack_is_short(u, h) ? "  <- SHORT\n" : "\n");
	if (plans)
		print_plan(u, out);
}

static void print_warning(const struct stack_uses *s, const struct headroom *h, struct buf *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->count; i++)
		n += stack_is_short(&s->uses[i], h);
	if (!n)
		return;
	buf_addf(out, "warning: %u kind%s of stack had less than ", n, n == 1 ? "" : "s");
	if (h->percent)
		buf_addf(out, "%u %%", h->percent);
	else
		size_words(out, h->bytes);
	buf_addstr(out, " left (SHORT)\n");
}

void stacks_print(const struct stack_uses *s, const struct headroom *h, bool plans, struct buf *out)
{
	const char *lane = "";

	for (uint32_t i = 0; i < s->count; i++) {
		if (strcmp(lane, s->uses[i].lane) != 0) {
			lane = s->uses[i].lane;
			text_escape(out, lane, strlen(lane));
			buf_addf(out, "\n  %-10s%8s%10s%10s%7s  %s\n", "stack", "size", "used",
				 "left", "", "most used by");
		}
		print_use(&s->uses[i], h, plans, out);
	}
	if (!s->count)
		buf_addstr(out, "no turbulent plan has been run: nothing is known\n");
	print_warning(s, h, out);
}
