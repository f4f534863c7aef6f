/* loose.c: triage. From a strict signature to a loose one: only words are read, so it can be done of old ones. */
#include "triage/loose.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define FIELDS 8

struct words {
	const char *at[FIELDS];
	size_t len[FIELDS];
	int count;
};

static bool is(const struct words *w, int i, const char *word)
{
	return i < w->count && w->len[i] == strlen(word) && !memcmp(w->at[i], word, w->len[i]);
}

static void split(struct words *w, const char *s)
{
	w->count = 0;
	for (bool last = false; !last && w->count < FIELDS; w->count++) {
		size_t n = strcspn(s, "|");

		w->at[w->count] = s;
		w->len[w->count] = n;
		last = !s[n];
		s += n + !last;
	}
}

/* AAPCS64 5.1 and the psABI's 3.2.3 sort leaves into the same few classes. */
static const char *leaf_class(const struct words *w, int i)
{
	static const char *const classes[][2] = {
		{ "bool", "integer" },
		{ "int8", "integer" },
		{ "int16", "integer" },
		{ "int32", "integer" },
		{ "int64", "integer" },
		{ "int128", "integer" },
		{ "pointer", "integer" },
		{ "half", "fp" },
		{ "float", "fp" },
		{ "double", "fp" },
		{ "long double", "long-double" },
	};

	for (size_t k = 0; k < sizeof(classes) / sizeof(classes[0]); k++)
		if (is(w, i, classes[k][0]))
			return classes[k][1];
	return "-";
}

/* The innermost word of the stack that says which side of the boundary it was on. */
static const char *boundary_role(const struct words *w, int i)
{
	static const char *const roles[] = { "CALLEE",	   "CALLBACK",	  "CGO_STUB",
					     "DRIVER",	   "CALLER",	  "cgocall",
					     "asmcgocall", "cgocallback", "parked" };
	const char *s = w->at[i], *end = s + w->len[i];

	while (s < end) {
		size_t n = strcspn(s, " |()+");

		for (size_t k = 0; k < sizeof(roles) / sizeof(roles[0]); k++)
			if (n == strlen(roles[k]) && !memcmp(s, roles[k], n))
				return roles[k];
		s += n + 1;
	}
	return "-";
}

static const char *class_of(const struct words *w)
{
	if (is(w, 1, "leaf") || is(w, 1, "capture") || is(w, 1, "layout"))
		return leaf_class(w, 5);
	if (is(w, 1, "signal") && w->count > 6)
		return boundary_role(w, 6);
	if (is(w, 1, "exit") && w->count > 5)
		return boundary_role(w, 5);
	if ((is(w, 1, "go-panic") || is(w, 1, "hang")) && w->count > 4)
		return boundary_role(w, 4);
	return "-";
}

char *loose_signature(const char *strict)
{
	struct words w;

	split(&w, strict);
	if (w.count < 4)
		return xstrdup(strict);
	return xasprintf("%.*s|%.*s|%.*s|%s", (int)w.len[0], w.at[0], (int)w.len[1], w.at[1],
			 (int)w.len[3], w.at[3], class_of(&w));
}
