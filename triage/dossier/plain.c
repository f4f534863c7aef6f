/* plain.c: triage. The parts of a dossier that are text as it is: the case as C, what the guest said, where
 * it ran, and what to type next. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "emit/route.h"
#include "model/case.h"
#include "triage/command.h"
#include "triage/dossier/internal.h"
#include "triage/text.h"

#define SAID_KEPT 2000

static char *read_text(char *path)
{
	struct buf read = BUF_INIT;
	struct err e = ERR_INIT;
	char *text = NULL;

	if (file_exists(path) && file_read(path, CASE_MAX_TEXT, &read, &e) == 0) {
		buf_rtrim(&read);
		text = buf_detach(&read, NULL);
	}
	buf_release(&read);
	free(path);
	return text;
}

/* The smaller case that a reduction has left (triage/reduce), if there is one. */
static char *reduced_case(const struct dossier *d)
{
	char *text = read_text(xasprintf("%s/../../reduced/%s/case", d->b->dir, d->b->name));

	return text ? text : read_text(xasprintf("%s.reduced/case", d->b->dir));
}

static void put_case(struct buf *out, const struct fuzz_case *c)
{
	for (uint32_t i = 0; i < c->type_count; i++)
		shape_define(out, c->types[i], "S");
	route_function(out, c, "S", "f");
	buf_addstr(out, ";\n");
}

json_t *dossier_case_c(const struct dossier *d)
{
	char *smaller = reduced_case(d);
	struct fuzz_case c = { 0 };
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	bool reduced = smaller && case_parse(&c, smaller, strlen(smaller), "reduced", &e) == 0;
	json_t *json = json_null();

	if (reduced || d->has_case) {
		put_case(&text, reduced ? &c : &d->c);
		json = json_pack("{s:s, s:b, s:s}", "route",
				 route_names[(reduced ? &c : &d->c)->route], "reduced", reduced,
				 "text", text.ptr);
	}
	if (reduced)
		case_release(&c);
	buf_release(&text);
	free(smaller);
	return json;
}

/* Lines, each with some space before it. */
static void put_lines(struct buf *out, const char *text)
{
	struct buf safe = BUF_INIT;
	size_t at = 0, len;
	const char *p;

	text_escape_lines(&safe, text, strlen(text));
	while ((p = buf_line(&safe, &at, &len)))
		buf_addf(out, "  %.*s\n", (int)len, p);
	buf_release(&safe);
}

void dossier_print_case_c(const json_t *part, struct buf *out)
{
	if (json_is_true(json_object_get(part, "reduced")))
		buf_addstr(out, "  /* reduced */\n");
	if (strcmp(json_text(part, "route"), "call") != 0)
		buf_addf(out, "  /* route %s */\n", json_text(part, "route"));
	put_lines(out, json_text(part, "text"));
}

json_t *dossier_said(const struct dossier *d)
{
	char *path = xasprintf("%s/stderr.txt", d->b->dir);
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *json = NULL;

	if (file_exists(path) && file_read(path, 64 << 20, &text, &e) == 0 && text.len) {
		size_t from = text.len > SAID_KEPT ? text.len - SAID_KEPT : 0;
		struct buf safe = BUF_INIT;

		text_escape_lines(&safe, text.ptr + from, text.len - from);
		json = json_pack("{s:b, s:o}", "cut", from > 0, "text", text_to_json(safe.ptr));
		buf_release(&safe);
	}
	buf_release(&text);
	free(path);
	return json ? json : json_pack("{s:b, s:s}", "cut", false, "text", "");
}

void dossier_print_said(const json_t *part, struct buf *out)
{
	const char *text = json_text(part, "text");

	if (json_is_true(json_object_get(part, "cut")))
		buf_addstr(out, "(its end)\n");
	buf_addstr(out, *text ? text : "  (nothing)\n");
	if (*text && text[strlen(text) - 1] != '\n')
		buf_addch(out, '\n');
}

static void add_fact(json_t *list, const char *name, const char *value)
{
	if (value && *value)
		json_array_append_new(
			list, json_pack("{s:s, s:o}", "name", name, "value", text_to_json(value)));
}

json_t *dossier_environment(const struct dossier *d)
{
	json_t *list = json_array();
	struct err e = ERR_INIT;
	struct lane lane;

	add_fact(list, "lane", d->b->lane);
	if (lane_parse(&lane, d->b->lane, d->space.arch, &e) == 0) {
		add_fact(list, "architecture", lane.arch->name);
		add_fact(list, "go", lane.go);
		add_fact(list, "compiler of the wrappers", lane.wrapper);
		add_fact(list, "its optimisation", lane.wrapper_opt);
		add_fact(list, "compiler of C", lane.callee);
		add_fact(list, "optimisation of C", lane.callee_opt);
		add_fact(list, "qemu", lane.qemu);
		add_fact(list, "settings", lane.settings);
	}
	add_fact(list, "engine", d->b->engine);
	add_fact(list, "build", d->b->build_id);
	for (uint32_t i = 0; i < d->f->module_count; i++)
		add_fact(list, i ? "library" : "program", d->f->modules[i].path);
	return list;
}

void dossier_print_environment(const json_t *part, struct buf *out)
{
	const json_t *fact;
	size_t i;

	json_array_foreach(part, i, fact)
	{
		buf_addf(out, "  %-24s ", json_text(fact, "name"));
		add_safe(out, json_text(fact, "value"));
		buf_addch(out, '\n');
	}
}

json_t *dossier_commands(const struct dossier *d)
{
	char *replay = command_text("replay", d->b->dir), *gdb = command_text("gdb", d->b->dir);
	char *emit = command_text("emit --bundle", d->b->dir);
	json_t *json = json_pack("{s:o, s:o, s:o}", "replay", text_to_json(replay), "gdb",
				 text_to_json(gdb), "upstream", text_to_json(emit));

	free(replay);
	free(gdb);
	free(emit);
	return json;
}

void dossier_print_commands(const json_t *part, struct buf *out)
{
	buf_addf(out, "again: %s\ndebug: %s\nupstream: %s\n", json_text(part, "replay"),
		 json_text(part, "gdb"), json_text(part, "upstream"));
}
