/* cmd_explain_signature.c: cli. How the signature of a bundle came about, field by field and frame by frame. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/option.h"
#include "triage/explain.h"
#include "triage/text.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **dir = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*dir)
			argp_error(state, "one bundle at a time: %s or %s", *dir, arg);
		*dir = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which bundle? cgofuzz explain-signature BUNDLE");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static json_t *fields_json(const struct explained *x)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < x->field_count; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:o}", "name", x->fields[i].name,
						"text", option_json_text(x->fields[i].text), "from",
						option_json_text(x->fields[i].from)));
	return list;
}

static json_t *tokens_json(const struct explained *x)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < x->trace.count; i++) {
		const struct token_step *s = &x->trace.steps[i];

		json_array_append_new(list,
				      json_pack("{s:i, s:b, s:o, s:o, s:s, s:o}", "frame",
						(int)s->frame, "inlined", s->inlined, "function",
						text_to_json(s->name), "token", text_to_json(s->word),
						"why", s->why, "rule", text_to_json(s->rule)));
	}
	return list;
}

static int print_json(const struct explained *x, const struct bundle *b)
{
	return option_print_json(
		json_pack("{s:i, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "version", 1, "bundle",
			  text_to_json(b->dir), "signature", text_to_json(x->signature.ptr),
			  "loose", text_to_json(x->loose), "title", text_to_json(x->title.ptr),
			  "weak", x->weak, "fields", fields_json(x), "tokens", tokens_json(x),
			  "words", text_to_json(x->trace.words)));
}

static void print_step(const struct token_step *s)
{
	struct buf name = BUF_INIT;

	text_escape(&name, s->name, strlen(s->name));
	printf("  #%-3u %-36s %-16s %s%s%s%s%s\n", s->frame, name.len ? name.ptr : "?",
	       s->word ? s->word : "-", s->why, s->rule ? " (role.def: " : "",
	       s->rule ? s->rule : "", s->rule ? ")" : "", s->inlined ? ", inlined" : "");
	buf_release(&name);
}

/* What lies beyond the last that says something is told in one line. */
static void print_tokens(const struct token_trace *t)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < t->count; i++)
		if (t->steps[i].word)
			last = i;
	puts("frames:");
	for (uint32_t i = 0; i <= last && i < t->count; i++)
		print_step(&t->steps[i]);
	if (last + 1 < t->count)
		printf("  and %u more beyond the innermost crossing: they are only depth\n",
		       t->count - last - 1);
	printf("words: %s\n", t->words);
}

static void print_text(const struct explained *x)
{
	printf("%s%s\nstrict: %s\n", x->title.ptr, x->weak ? " (weak)" : "", x->signature.ptr);
	for (uint32_t i = 0; i < x->field_count; i++)
		printf("  %-10s %-24s %s\n", x->fields[i].name, x->fields[i].text, x->fields[i].from);
	printf("loose: %s\n", x->loose);
	if (!x->trace.words)
		return;
	print_tokens(&x->trace);
	printf("then recursion folds to one word and a '+', and of the rest %d words are kept at most\n",
	       TOKENS_MAX);
	if (x->weak)
		puts("weak: too little of the stack is known, or a part of it was guessed");
}

int cmd_explain_signature(int argc, char **argv)
{
	static const struct argp_child children[] = { OPTION_COMMON, { 0 } };
	static const struct argp argp = {
		NULL,
		parse,
		"BUNDLE",
		"Shows how the signature of a bundle came about: where each field is from, and what each "
		"frame of the stack became.\vdocs/TRIAGE.md tells the rules.",
		children,
		NULL,
		NULL
	};
	const char *dir = NULL;
	struct err e = ERR_INIT;
	struct explained x;
	struct bundle b;
	int rc = EXIT_CLEAN;

	argp_parse(&argp, argc, argv, 0, NULL, &dir);
	if (bundle_load(&b, dir, &e) < 0)
		return option_fail(&e);
	if (signature_explain(&x, &b, &e) < 0) {
		rc = option_fail(&e);
	} else {
		if (option_json)
			rc = print_json(&x, &b);
		else
			print_text(&x);
		explained_release(&x);
	}
	bundle_release(&b);
	return rc;
}
