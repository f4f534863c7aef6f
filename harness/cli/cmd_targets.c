/* cmd_targets.c: cli. What can be fuzzed; for a target with a table, each fault that is in it. */
#include <stdio.h>

#include "cli/option.h"
#include "emit/target.h"
#include "lane/lane.h"

static json_t *archs_json(unsigned archs)
{
	json_t *names = json_array();
	const struct arch_info *arch;

	for (unsigned i = 0; (arch = arch_at(i)); i++)
		if (archs & 1u << arch->id)
			json_array_append_new(names, json_string(arch->name));
	return names;
}

static json_t *target_json(const struct target *t)
{
	json_t *faults = json_array();

	for (uint32_t i = 0; i < t->case_count; i++)
		json_array_append_new(faults,
				      json_pack("{s:s, s:o, s:s}", "name", t->cases[i].name,
						"archs", archs_json(t->cases[i].archs), "oracle",
						t->cases[i].oracle));
	return json_pack("{s:s, s:s, s:o}", "name", t->name, "about", t->about, "faults", faults);
}

static json_t *all_json(void)
{
	json_t *targets = json_array();
	const struct target *t;

	for (uint32_t i = 0; (t = target_at(i)); i++)
		json_array_append_new(targets, target_json(t));
	return json_pack("{s:i, s:o}", "version", 1, "targets", targets);
}

static void print_archs(unsigned archs)
{
	const struct arch_info *arch;
	int width = 0;

	for (unsigned i = 0; (arch = arch_at(i)); i++)
		if (archs & 1u << arch->id)
			width += printf("%s%s", width ? "," : "", arch->name);
	printf("%*s", 13 - width, "");
}

static void print_target(const struct target *t)
{
	printf("%-22s %s\n", t->name, t->about);
	for (uint32_t i = 0; i < t->case_count; i++) {
		printf("  %-20s ", t->cases[i].name);
		print_archs(t->cases[i].archs);
		printf("%-9s %s\n", t->cases[i].oracle, t->cases[i].about);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		argp_error(state, "unexpected argument '%s'", arg);
	return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

int cmd_targets(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.parser = parse,
		.doc = "Shows what can be fuzzed: the values of --target. Below a target with planted "
		       "faults, each fault with its architectures and the oracle that must see it.",
		.children = children,
	};
	const struct target *t;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (option_json)
		return option_print_json(all_json());
	for (uint32_t i = 0; (t = target_at(i)); i++)
		print_target(t);
	return EXIT_CLEAN;
}
