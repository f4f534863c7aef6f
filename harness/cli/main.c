/* main.c: cli. cgofuzz VERB: finds the verb in the table and runs it. */
#include <argp.h>
#include <errno.h> /* program_invocation_name too */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/option.h"
#include "triage/command.h"

#define CGOFUZZ_VERSION "cgofuzz 0.1"

static const struct command {
	const char *name;
	const char *about;
	int (*run)(int argc, char **argv);
} commands[] = {
#define COMMAND(name, about) { #name, about, cmd_##name },
#define COMMAND_NAMED(name, verb, about) { verb, about, cmd_##name },
#include "cli/command.def"
#undef COMMAND
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

static void print_help(FILE *to)
{
	fprintf(to,
		"Usage: cgofuzz VERB [OPTION...] [ARGUMENT...]\n"
		"Fuzzes the boundary between Go and C, natively and under QEMU.\n\nVerbs:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(to, "  %-17s %s\n", commands[i].name, commands[i].about);
	fprintf(to,
		"\n\"cgofuzz VERB --help\" tells more. "
		"Exit status: 0 clean, 1 found a fault that is not a known issue,\n"
		"2 wrong use, 3 the environment failed.\n");
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static int unknown_verb(const char *name)
{
	const char *names[COMMAND_COUNT + 1];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i].name;
	names[COMMAND_COUNT] = NULL;
	option_choice(name, "verb", names, &e);
	return option_fail(&e);
}

/* An installed program finds its data beside itself: PREFIX/bin/cgofuzz, PREFIX/share/cgofuzz. */
static void find_installed_data(void)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *data, *slash;

	if (getenv("CGOFUZZ_DATA") || len <= 0)
		return;
	exe[len] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return;
	*slash = '\0';
	data = xasprintf("%s/../share/cgofuzz", exe);
	if (dir_exists(data)) {
		char *real = realpath(data, NULL);

		setenv("CGOFUZZ_DATA", real ? real : data, 1);
		free(real);
	}
	free(data);
}

/* What was printed must have arrived: a full disk is no success. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "cgofuzz: could not write to standard output: %s\n", strerror(errno));
		if (status == EXIT_CLEAN)
			status = EXIT_ENVIRON;
	}
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	static char name[64]; /* outlives this function: error() and argp refer to it */

	snprintf(name, sizeof(name), "cgofuzz %s", command->name);
	argv[0] = name;
	program_invocation_name = name;
	program_invocation_short_name = name;
	return finish(command->run(argc, argv));
}

int main(int argc, char **argv)
{
	static char help[] = "--help";
	const struct command *command;

	command_program(argc > 0 ? argv[0] : NULL);
	argp_err_exit_status = EXIT_USAGE;
	argp_program_version = CGOFUZZ_VERSION;
	find_installed_data();
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts(CGOFUZZ_VERSION);
		return finish(EXIT_CLEAN);
	}
	if (strcmp(argv[1], "help") == 0 && argc > 2) { /* "help fuzz" is "fuzz --help" */
		argv[1] = argv[2];
		argv[2] = help;
		argc = 3;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return finish(EXIT_CLEAN);
	}
	command = command_find(argv[1]);
	if (!command)
		return unknown_verb(argv[1]);
	return run(command, argc - 1, argv + 1);
}
