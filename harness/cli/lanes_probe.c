/* lanes_probe.c: cli. `cgofuzz lanes --probe`: what cgo of a lane can carry, by type and route. */
#include <stdio.h>
#include <string.h>

#include "cli/lanes_probe.h"
#include "cli/option.h"
#include "lane/probe.h"

/* Of a column: its head's, but room for each of the words. */
static int width(unsigned route)
{
	int head = (int)strlen(route_names[route]);

	return head < 6 ? 6 : head;
}

static void print_class(const struct probe_table *t, unsigned class)
{
	static const char *const words[] = { "name", "opaque", "direct" };
	const char *why = "";

	printf("%-22s", probe_class_names[class]);
	for (unsigned route = 0; route < ROUTE_COUNT; route++) {
		if (route == ROUTE_DIRECT)
			continue;
		printf(" %*s", width(route), words[t->way[class][route]]);
		if (!*why)
			why = t->why[class][route];
	}
	printf("%s%s\n", *why ? "  " : "", why);
}

static void print_table(const struct probe_table *t)
{
	printf("%-22s", "");
	for (unsigned route = 0; route < ROUTE_COUNT; route++)
		if (route != ROUTE_DIRECT)
			printf(" %*s", width(route), route_names[route]);
	printf("\n");
	for (unsigned class = 0; class < PROBE_CLASSES; class ++)
		print_class(t, class);
	printf("name: Go names every leaf; opaque: some have only a place; direct: only C to C, for the "
	       "reason at the end\n");
}

static json_t *pack_class(const struct probe_table *t, unsigned class)
{
	json_t *routes = json_object();

	for (unsigned route = 0; route < ROUTE_COUNT; route++)
		if (route != ROUTE_DIRECT)
			json_object_set_new(routes, route_names[route],
					    json_pack("{s:s, s:o}", "way",
						      probe_way_names[t->way[class][route]], "why",
						      option_json_text(t->why[class][route])));
	return json_pack("{s:s, s:s, s:o}", "type", probe_class_names[class], "case",
			 probe_class_texts[class], "routes", routes);
}

static int print_json(const struct lane *l, const struct probe_table *t)
{
	json_t *types = json_array();

	for (unsigned class = 0; class < PROBE_CLASSES; class ++)
		json_array_append_new(types, pack_class(t, class));
	return option_print_json(json_pack("{s:i, s:o, s:o}", "version", 1, "lane",
					   option_json_text(l->name), "types", types));
}

int lanes_probe(const char *text)
{
	struct err e = ERR_INIT;
	struct probe_table t;
	struct lane l;
	int status = EXIT_CLEAN;

	if (lane_parse(&l, text, NULL, &e) < 0 || probe_lane(&t, &l, 0, &e) < 0)
		return option_fail(&e);
	if (option_json)
		status = print_json(&l, &t);
	else
		print_table(&t);
	probe_release(&t);
	return status;
}
