/* strlist.c: campaign. A growing list of strings, NULL-terminated, as argv and environments are. */
#include "campaign/strlist.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"

static void strlist_push(struct strlist *l, char *owned)
{
	if (l->n + 2 > l->cap) {
		l->cap = l->cap ? 2 * l->cap : 16;
		l->v = xrealloc(l->v, l->cap * sizeof(*l->v));
	}
	l->v[l->n++] = owned;
	l->v[l->n] = NULL;
}

void strlist_add(struct strlist *l, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	BUG_ON(n < 0);
	strlist_push(l, text);
}

void strlist_add_all(struct strlist *l, const char *const *v)
{
	for (; *v; v++)
		strlist_push(l, xstrdup(*v));
}

void strlist_release(struct strlist *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct strlist)STRLIST_INIT;
}
