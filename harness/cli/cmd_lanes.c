/* cmd_lanes.c: cli. What can be built here; fetches Go releases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/proc.h"
#include "cli/lanes_probe.h"
#include "cli/option.h"
#include "lane/lane.h"

struct options {
	const char *verb; /* NULL or "fetch" */
	const char *version;
	bool probe;
	const char *lane; /* to be probed; NULL: the default one */
};

static const struct argp_option option_table[] = {
	{ "probe", 'p', "LANE", OPTION_ARG_OPTIONAL,
	  "what cgo of the lane can carry, by type and route", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct err e = ERR_INIT;

	switch (key) {
	case 'p':
		o->probe = true;
		o->lane = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->verb && !strcmp(arg, "fetch")) {
			o->verb = arg;
		} else if (o->verb && !o->version) {
			o->version = arg;
		} else {
			err_set(&e, EXIT_USAGE, "'%s' is not expected; as in: lanes fetch go1.22.5",
				arg);
			option_reject(state, &e);
		}
		return 0;
	case ARGP_KEY_END:
		if (o->verb && !o->version) {
			err_set(&e, EXIT_USAGE, "which release? as in: lanes fetch go1.22.5");
			option_reject(state, &e);
		}
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int fetch(const char *version)
{
	struct err e = ERR_INIT;
	char *goroot;
	int status = EXIT_CLEAN;

	if (toolchain_fetch_go(version, &goroot, &e) < 0)
		return option_fail(&e);
	if (option_json)
		status = option_print_json(json_pack("{s:i, s:o, s:o}", "version", 1, "go",
						     option_json_text(version), "goroot",
						     option_json_text(goroot)));
	else
		printf("%s is in %s\n", version, goroot);
	free(goroot);
	return status;
}

/* One lane as if it were to be built: can it, and if not, why? */
static void show_lane(const char *text, const struct arch_info *arch, json_t *list, unsigned *can)
{
	struct err e = ERR_INIT;
	struct toolchain t;
	struct lane l;
	bool ok = lane_parse(&l, text, arch, &e) == 0 && toolchain_resolve(&t, &l, &e) == 0;

	*can += ok;
	if (list)
		json_array_append_new(list,
				      json_pack("{s:o, s:b, s:o}", "lane", option_json_text(l.name),
						"ready", ok, "why",
						option_json_text(ok ? "" : e.msg)));
	else if (ok)
		printf("  %s\n", l.name);
	else
		printf("  %s  NO: %s\n", l.name,
		       e.msg + (strstr(e.msg, ": ") ? strstr(e.msg, ": ") - e.msg + 2 : 0));
}

static void show_sets(json_t *list)
{
	const struct lane_set *set;

	for (unsigned i = 0; (set = lane_set_at(i)); i++)
		if (list)
			json_array_append_new(list,
					      json_pack("{s:s, s:s, s:s}", "name", set->name,
							"lanes", set->lanes, "about", set->about));
		else
			printf("  %-8s %s: %s\n", set->name, set->about, set->lanes);
}

static int show_all(void)
{
	json_t *lanes = option_json ? json_array() : NULL, *sets = option_json ? json_array() : NULL;
	unsigned can = 0;
	int status = EXIT_CLEAN;

	if (!option_json)
		printf("One compiler on both sides (mix them as in arm64-gcc12-clang14):\n");
	for (unsigned a = 0; arch_at(a); a++)
		for (unsigned i = 0; lane_compilers[i]; i++)
			show_lane(lane_compilers[i], arch_at(a), lanes, &can);
	if (!option_json)
		printf("Named sets:\n");
	show_sets(sets);
	if (option_json)
		status = option_print_json(
			json_pack("{s:i, s:o, s:o}", "version", 1, "lanes", lanes, "sets", sets));
	return status ? status : can ? EXIT_CLEAN : EXIT_ENVIRON;
}

int cmd_lanes(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.args_doc = "[fetch RELEASE]",
		.doc = "Shows which lanes can be built here. \"lanes fetch go1.22.5\" brings any Go release.\v"
		       "A lane is written as its parts joined by '-': arm64-gcc12-clang14-O2-wO0-go1.26.8-qemu7.2, "
		       "then +GOGC=1; parts left out take the default's. Exit status 3: none can.",
		.children = children,
	};
	struct options o = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.probe)
		return lanes_probe(o.lane);
	return o.verb ? fetch(o.version) : show_all();
}
