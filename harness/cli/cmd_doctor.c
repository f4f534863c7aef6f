/* cmd_doctor.c: cli. What is installed, what is missing, what that costs and how to get it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/proc.h"
#include "cli/option.h"
#include "lane/lane.h"

enum need_kind { NEED_PROGRAM, NEED_FILE, NEED_GO };

static const struct need {
	bool required;
	enum need_kind kind;
	const char *name;
	const char *where;
	const char *version_arg; /* "" if it cannot say */
	const char *cost;
	const char *how;
} needs[] = {
#define NEED(kind, ...) { true, NEED_##kind, __VA_ARGS__ },
#define WANT(kind, ...) { false, NEED_##kind, __VA_ARGS__ },
#include "cli/doctor.def"
#undef NEED
#undef WANT
};
#define NEED_COUNT (sizeof(needs) / sizeof(*needs))

struct found {
	char *path; /* malloc'd; NULL: missing */
	char version[32]; /* "" if it does not say */
};

/* The first "12.2.0"-like word of what a program says about itself. */
static void take_version(const char *text, char *out, size_t size)
{
	size_t len = 0;

	for (; *text; text++) {
		const char *p = text + strspn(text, "0123456789");

		if (p > text && *p == '.' && isdigit((unsigned char)p[1])) {
			len = strcspn(text, " \t\r\n\033)-+~,");
			break;
		}
		if (p > text)
			text = p - 1;
	}
	snprintf(out, size, "%.*s", (int)len, text);
}

static void ask_version(const char *path, const char *arg, char *out, size_t size)
{
	struct buf said = BUF_INIT;
	char *argv[] = { (char *)path, (char *)arg, NULL };
	/* A go that would fetch another release is asked about itself. */
	char *env[] = { (char *)"GOTOOLCHAIN=local", NULL };
	struct proc_spec spec = {
		.argv = argv, .env = env, .cwd = "/", .out = &said, .err = &said, .deadline_ms = 5000
	};
	struct proc_result result;
	struct err e = ERR_INIT;

	if (proc_run(&spec, &result, &e) == 0)
		take_version(said.ptr, out, size);
	buf_release(&said);
}

/* bin/go of the GOROOT that setup wrote down, else the go in PATH. */
static char *find_go(const char *file)
{
	struct buf root = BUF_INIT;
	struct err e = ERR_INIT;
	char *go = NULL;

	if (file_read(file, 4096, &root, &e) == 0) {
		buf_rtrim(&root);
		go = xasprintf("%s/bin/go", root.ptr);
	}
	buf_release(&root);
	if (go && access(go, X_OK) == 0)
		return go;
	free(go);
	return proc_which("go");
}

static void look(const struct need *n, struct found *f)
{
	char *full = n->where[0] == '/' ? xstrdup(n->where)
					: xasprintf("%s/%s", data_dir(), n->where);

	switch (n->kind) {
	case NEED_PROGRAM:
		f->path = proc_which(n->where);
		break;
	case NEED_FILE:
		f->path = access(full, R_OK) == 0 ? xstrdup(full) : NULL;
		break;
	case NEED_GO:
		f->path = find_go(full);
		break;
	}
	if (f->path && n->version_arg[0])
		ask_version(f->path, n->version_arg, f->version, sizeof(f->version));
	free(full);
}

static void print_table(const struct found *found)
{
	for (size_t i = 0; i < NEED_COUNT; i++)
		printf("%-18s %-10s %s\n", needs[i].name,
		       !found[i].path		     ? "MISSING"
			       : found[i].version[0] ? found[i].version
						     : "-",
		       found[i].path ? found[i].path : needs[i].where);
	for (size_t i = 0; i < NEED_COUNT; i++)
		if (!found[i].path)
			printf("%s%s is missing: %s. To get it: %s\n",
			       needs[i].required ? "" : "(optional) ", needs[i].name, needs[i].cost,
			       needs[i].how);
}

static json_t *make_json(const struct found *found, bool ready)
{
	json_t *items = json_array();

	for (size_t i = 0; i < NEED_COUNT; i++) {
		const struct need *n = &needs[i];

		json_array_append_new(
			items,
			json_pack("{s:s, s:b, s:b, s:o, s:s, s:s, s:s}", "name", n->name,
				  "required", n->required, "found", found[i].path != NULL, "path",
				  found[i].path ? option_json_text(found[i].path) : json_null(),
				  "version", found[i].version, "cost", n->cost, "how", n->how));
	}
	return json_pack("{s:i, s:b, s:o}", "version", 1, "ready", ready, "items", items);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		argp_error(state, "unexpected argument '%s'", arg);
	return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

int cmd_doctor(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		.parser = parse,
		.doc = "Shows what is installed, what is missing, what that costs and how to get it.\v"
		       "Exit status: 0 if campaigns can run, 3 if something they need is missing.",
		.children = children,
	};
	struct found found[NEED_COUNT] = { 0 };
	bool ready = true;
	int status = EXIT_CLEAN;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	for (size_t i = 0; i < NEED_COUNT; i++) {
		look(&needs[i], &found[i]);
		ready &= found[i].path || !needs[i].required;
	}
	if (option_json)
		status = option_print_json(make_json(found, ready));
	else
		print_table(found);
	for (size_t i = 0; i < NEED_COUNT; i++)
		free(found[i].path);
	return status ? status : ready ? EXIT_CLEAN : EXIT_ENVIRON;
}
