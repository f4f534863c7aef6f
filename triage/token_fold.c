/* token_fold.c: triage. What is no identity of a stack, folded: how often a recursion went round, how Go's
 * runtime ends where it has no stack, and how deep it was where nothing else is known. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "triage/token.h"

#define CYCLE_MAX 6 /* functions that call each other in a ring */

static bool same(const char **a, const char **b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(a[i], b[i]))
			return false;
	return true;
}

/* A ring has no beginning: it is written from its smallest word on. */
static const char *ring_text(struct arena *a, const char **words, unsigned n)
{
	struct buf text = BUF_INIT;
	unsigned best = 0;
	const char *out;

	for (unsigned i = 1; i < n; i++)
		for (unsigned k = 0; k < n; k++) {
			int order = strcmp(words[(i + k) % n], words[(best + k) % n]);

			if (order < 0)
				best = i;
			if (order)
				break;
		}
	for (unsigned k = 0; k < n; k++)
		buf_addf(&text, "%s%s", k ? " " : n > 1 ? "(" : "", words[(best + k) % n]);
	buf_addstr(&text, n > 1 ? ")+" : "+");
	out = arena_strndup(a, text.ptr, text.len);
	buf_release(&text);
	return out;
}

/* The length of a ring that begins at words[0] and goes round at least twice, 0 if there is none;
 * *used: how many words it covers, a last round that was cut short included. */
static unsigned ring_at(const char **words, unsigned count, unsigned *used)
{
	for (unsigned n = 1; n <= CYCLE_MAX && 2 * n <= count; n++) {
		unsigned at = n;

		if (!same(words, words + n, n))
			continue;
		while (at < count && !strcmp(words[at], words[at % n]))
			at++;
		*used = at;
		return n;
	}
	return 0;
}

unsigned tokens_fold(struct arena *a, const char **words, unsigned count)
{
	unsigned out = 0, used;

	for (unsigned i = 0; i < count;) {
		unsigned n = ring_at(words + i, count - i, &used);

		if (n) {
			words[out++] = ring_text(a, words + i, n);
			i += used;
		} else {
			words[out++] = words[i++];
		}
	}
	return out;
}

unsigned tokens_fold_no_stack(const char **words, unsigned count)
{
	if (!count || strcmp(words[count - 1], TOKEN_NO_STACK) != 0)
		return count;
	for (unsigned i = 0; i + 1 < count; i++)
		if (strcmp(words[i], "throw") != 0)
			return count;
	words[0] = words[count - 1];
	return 1;
}

unsigned tokens_fold_boundary(const char **words, unsigned count)
{
	static const char *const crossings[] = { "cgocall", "asmcgocall", "cgocallback" };

	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < sizeof(crossings) / sizeof(*crossings); k++)
			if (!strcmp(words[i], crossings[k]))
				return i + 1;
	return count;
}
