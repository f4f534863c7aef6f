/* strlist.h: campaign. A growing list of strings, NULL-terminated, as argv and environments are. */
#ifndef CAMPAIGN_STRLIST_H
#define CAMPAIGN_STRLIST_H

#include <stddef.h>

struct strlist {
	char **v; /* v[n] is NULL; NULL as long as nothing was added */
	size_t n, cap;
};

#define STRLIST_INIT \
	{ \
		NULL, 0, 0 \
	}

void strlist_add(struct strlist *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds every string of a NULL-terminated array as it is. */
void strlist_add_all(struct strlist *l, const char *const *v);
void strlist_release(struct strlist *l); /* l may be used again */

#endif
