/* set.c: lane. Lists of lanes: several names joined by ',', named sets among them. */
#include <stdlib.h>
#include <string.h>

#include "lane/lane.h"

static const struct lane_set sets[] = {
#define LANE_SET(name, lanes, about) { name, lanes, about },
#include "lane/set.def"
#undef LANE_SET
	{ NULL, NULL, NULL },
};

const struct lane_set *lane_set_at(unsigned i)
{
	return i < sizeof(sets) / sizeof(*sets) && sets[i].name ? &sets[i] : NULL;
}

static const struct lane_set *set_find(const char *name)
{
	for (unsigned i = 0; lane_set_at(i); i++)
		if (!strcmp(sets[i].name, name))
			return &sets[i];
	return NULL;
}

/* The same lane twice would be built and reported twice. */
static int add_one(struct lane_list *list, const char *text, const struct arch_info *arch,
		   struct err *e)
{
	struct lane l;

	if (lane_parse(&l, text, arch, e) < 0)
		return -1;
	for (uint32_t i = 0; i < list->count; i++)
		if (!strcmp(list->lanes[i].name, l.name))
			return 0;
	list->lanes = xrealloc(list->lanes, (list->count + 1) * sizeof(*list->lanes));
	list->lanes[list->count++] = l;
	return 0;
}

static bool names_arch(const char *text)
{
	size_t len = strcspn(text, "-+");
	char first[32];

	if (len >= sizeof(first))
		return false;
	memcpy(first, text, len);
	first[len] = '\0';
	return arch_find(first) != NULL;
}

static int add_set(struct lane_list *list, const struct lane_set *set, const struct arch_info *arch,
		   struct err *e)
{
	char *copy = xstrdup(set->lanes), *rest = copy, *text;
	int rc = 0;

	while (rc == 0 && (text = strsep(&rest, ",")))
		for (unsigned i = 0; rc == 0 && arch_at(i); i++) {
			if (names_arch(text) && i)
				break;
			if (arch && arch != arch_at(i))
				continue;
			rc = add_one(list, text, names_arch(text) ? NULL : arch_at(i), e);
		}
	free(copy);
	return rc;
}

int lane_list_add(struct lane_list *list, const char *texts, const struct arch_info *arch,
		  struct err *e)
{
	char *copy = xstrdup(texts), *rest = copy, *text;
	int rc = 0;

	while (rc == 0 && (text = strsep(&rest, ","))) {
		const struct lane_set *set = set_find(text);

		if (!*text)
			rc = err_set(e, EXIT_USAGE, "lanes '%s': nothing between two commas", texts);
		else if (set)
			rc = add_set(list, set, arch, e);
		else
			rc = add_one(list, text, arch, e);
	}
	free(copy);
	return rc;
}

void lane_list_release(struct lane_list *list)
{
	free(list->lanes);
	*list = (struct lane_list){ NULL, 0 };
}
