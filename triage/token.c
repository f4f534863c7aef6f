/* token.c: triage. From stack frames to the words of a signature. */
#include "triage/token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "triage/text.h"

enum where { WHERE_C = 1, WHERE_GO = 2, WHERE_ANY = 3 };

static const struct {
	enum where where;
	const char *pattern, *word;
} roles[] = {
#define ROLE(where, pattern, word) { WHERE_##where, pattern, word },
#include "triage/role.def"
#undef ROLE
};

static bool matches(const char *p, const char *s, size_t len)
{
	for (; *p; p++) {
		if (*p == '*') {
			for (size_t i = 0; i <= len; i++)
				if (matches(p + 1, s + i, len - i))
					return true;
			return false;
		}
		if (*p == '#') {
			if (!len || !isdigit((unsigned char)*s))
				return false;
			while (len && isdigit((unsigned char)*s))
				s++, len--;
			continue;
		}
		if (!len || *p != *s)
			return false;
		s++;
		len--;
	}
	return len == 0;
}

/* The harness's own C, by where it stands; its Go has a package of its own (role.def). */
static bool is_harness(bool go, const char *file)
{
	return !go && file && strstr(file, "harness/guest/");
}

/* rule: the pattern that decides, NULL if none does. */
static bool word_of(struct buf *out, const char *name, size_t len, bool go, const char *file,
		    const char **rule)
{
	const char *dot = go ? NULL : memchr(name, '.', len);
	size_t start = out->len;

	*rule = NULL;
	/* "f.cold", "f.part.0": but a Go name in C's text ("runtime.x" of an old linker) stays. */
	if (dot && dot > name && strncmp(name, "runtime.", 8))
		len = (size_t)(dot - name);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if ((roles[i].where & (go ? WHERE_GO : WHERE_C)) &&
		    matches(roles[i].pattern, name, len)) {
			*rule = roles[i].pattern;
			buf_addstr(out, roles[i].word);
			return *roles[i].word != '\0';
		}
	if (!len || is_harness(go, file))
		return false;
	text_escape(out, name, len < 200 ? len : 200);
	for (size_t i = start; i < out->len; i++)
		if (out->ptr[i] == ' ' || out->ptr[i] == '|')
			out->ptr[i] = '_';
	return true;
}

bool token_of(struct buf *out, const char *name, size_t len, bool go, const char *file)
{
	const char *rule;

	return word_of(out, name, len, go, file, &rule);
}

static bool is_word(const char *w, const char *is)
{
	return w && !strcmp(w, is);
}

/* At the outer side of the innermost crossing the story ends: what is beyond is only depth. So it does
 * where Go's stack could not grow: any function might have been the one that asked. */
static bool is_outer(const char *w)
{
	return is_word(w, "CALLER") || is_word(w, "DRIVER") || is_word(w, TOKEN_NO_STACK);
}

/* Says nothing by itself: a stack of these alone is weak. */
static bool is_plumbing(const char *w)
{
	static const char *const words[] = { "cgocall",	 "asmcgocall", "cgocallback",
					     "CGO_STUB", "sigpanic",   "gopanic",
					     "throw",	 "fatal",      "parked" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(w, words[i]))
			return true;
	return false;
}

/* A stub beside its crossing says nothing more, and compilers turn the last call of one into a jump. */
static bool is_echo(const char *last, const char *w)
{
	bool crossing = is_word(last, "asmcgocall") || is_word(last, "cgocall");

	return is_word(last, w) ? (isupper((unsigned char)*w) && !islower((unsigned char)w[1]))
		: is_word(w, "CGO_STUB") ? crossing
		: is_word(w, "CALLBACK") ? is_word(last, "cgocallback")
					 : false;
}

struct cutter {
	struct arena arena;
	const char *words[STACK_MAX_FRAMES];
	unsigned count;
	const struct frame *frame; /* at work */
	uint32_t index; /* of it */
	bool inlined;
	bool guessed, done;
	struct token_trace *trace; /* or NULL */
};

static void note(struct cutter *c, const char *name, size_t len, const char *word, const char *why,
		 const char *rule)
{
	struct token_trace *t = c->trace;

	if (!t)
		return;
	t->steps = xrealloc(t->steps, (t->count + 1) * sizeof(*t->steps));
	t->steps[t->count++] = (struct token_step){ .frame = c->index,
						    .inlined = c->inlined,
						    .name = xasprintf("%.*s", (int)len, name),
						    .word = word ? xstrdup(word) : NULL,
						    .why = why,
						    .rule = rule };
}

/* The last word is none after all. */
static void note_taken_back(struct cutter *c)
{
	uint32_t i = c->trace ? c->trace->count : 0;

	while (i && !c->trace->steps[i - 1].word)
		i--;
	if (!i)
		return;
	free(c->trace->steps[i - 1].word);
	c->trace->steps[i - 1].word = NULL;
	c->trace->steps[i - 1].why = "dropped: the crossing beside it says it";
}

void token_trace_release(struct token_trace *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		free(t->steps[i].name);
		free(t->steps[i].word);
	}
	free(t->steps);
	free(t->words);
	memset(t, 0, sizeof(*t));
}

static const char *why_kept(const char *word, const char *rule)
{
	static const char *const crossings[] = { "cgocall", "asmcgocall", "cgocallback" };

	for (size_t i = 0; i < sizeof(crossings) / sizeof(crossings[0]); i++)
		if (!strcmp(word, crossings[i]))
			return "boundary";
	return rule ? "role" : "kept";
}

static void cut_name(struct cutter *c, const char *name, size_t len, const char *file)
{
	struct buf word = BUF_INIT;
	const char *last = c->count ? c->words[c->count - 1] : NULL, *rule = NULL;

	if (c->done || c->count >= STACK_MAX_FRAMES) {
		note(c, name, len, NULL, "beyond the innermost crossing: depth", NULL);
	} else if (!word_of(&word, name, len, c->frame->go, file, &rule)) {
		note(c, name, len, NULL, rule ? "dropped: plumbing" : "dropped: of the harness",
		     rule);
	} else if (is_echo(last, word.ptr)) {
		note(c, name, len, NULL, "dropped: says what the one before says", rule);
	} else {
		if (is_word(word.ptr, "asmcgocall") && is_word(last, "CGO_STUB") && c->count > 1) {
			c->count--;
			note_taken_back(c);
		}
		note(c, name, len, word.ptr, why_kept(word.ptr, rule), rule);
		c->words[c->count++] = arena_strdup(&c->arena, word.ptr);
		c->guessed |= c->frame->found == FOUND_GUESS;
		c->done = is_outer(word.ptr);
	}
	buf_release(&word);
}

static void cut_inlined(const char *name, const char *file, void *ctx)
{
	struct cutter *c = ctx;

	c->inlined = true;
	cut_name(c, name, strlen(name), file);
	c->inlined = false;
}

/* What a compiler inlines differs from lane to lane: inlined functions count as frames. */
static void cut_frame(struct cutter *c, const struct frame *f)
{
	const char *file = NULL, *name = f->symbol.name;
	int line;

	c->frame = f;
	/* Other images are libc and the like; nothing of a person's is inlined into Go's runtime. */
	if (!name || !f->image || f->image->bias) {
		note(c, name ? name : "", name ? frame_name_len(f) : 0, NULL,
		     !name || !f->image ? "dropped: has no name"
					: "dropped: of a library, not of the program",
		     NULL);
		return;
	}
	if (!f->go || !strncmp(name, "main.", 5)) {
		if (f->image->image)
			image_inlines(f->image->image, f->lookup - f->image->bias, cut_inlined, c);
		frame_line(f, &file, &line);
	}
	cut_name(c, name, frame_name_len(f), file);
}

/* Nothing but plumbing: then the runtime's own innermost function is all there is to tell. */
static const char *innermost_runtime(struct cutter *c, const struct stack *st)
{
	static const char *const relays[] = { "runtime.raise*",	      "runtime.dieFromSignal",
					      "runtime.abort",	      "runtime.crash*",
					      "runtime.fatalthrow*",  "runtime.throw*",
					      "runtime.systemstack*", "runtime.sig*",
					      "runtime.tgkill",	      "runtime.futex*" };

	for (uint32_t i = 0; i < st->count; i++) {
		const struct frame *f = &st->frames[i];
		size_t len = frame_name_len(f);
		bool relay = !f->go || !f->symbol.name;

		for (size_t k = 0; !relay && k < sizeof(relays) / sizeof(relays[0]); k++)
			relay = matches(relays[k], f->symbol.name, len);
		if (!relay)
			return arena_strndup(&c->arena, f->symbol.name, len);
	}
	return NULL;
}

/* The words as they are when every frame has been looked at. */
static void note_words(struct cutter *c)
{
	struct buf text = BUF_INIT;

	for (unsigned i = 0; c->trace && i < c->count; i++)
		buf_addf(&text, "%s%s", i ? " " : "", c->words[i]);
	if (c->trace)
		c->trace->words = buf_detach(&text, NULL);
	buf_release(&text);
}

/* Is a throw among the frames above? */
static bool gave_up(const struct stack *st, uint32_t before)
{
	for (uint32_t i = 0; i < before; i++)
		if (frame_is(&st->frames[i], "runtime.throw") ||
		    frame_is(&st->frames[i], "runtime.fatal"))
			return true;
	return false;
}

static void cut_stack(struct cutter *c, const struct stack *st, bool from_panic)
{
	uint32_t first = 0;

	for (uint32_t i = 0; from_panic && i < st->count && !first; i++)
		if (frame_is(&st->frames[i], "runtime.gopanic"))
			first = i;
	for (uint32_t i = 0; i < st->count && (!c->done || c->trace); i++) {
		const struct frame *f = &st->frames[i];

		c->index = i;
		/* Where Go gives up in a handler, it is chance what the signal interrupted. */
		if (f->found == FOUND_SIGNAL && gave_up(st, i) && !c->done) {
			c->done = true;
			note(c, f->symbol.name ? f->symbol.name : "", frame_name_len(f), NULL,
			     "dropped: interrupted by the signal that Go gave up in", NULL);
		} else if (i >= first)
			cut_frame(c, f);
		else
			note(c, f->symbol.name ? f->symbol.name : "", frame_name_len(f), NULL,
			     "dropped: only reports the panic", NULL);
	}
	note_words(c);
}

void tokens_make(struct tokens *t, const struct stack *st, bool from_panic, struct token_trace *trace)
{
	struct cutter *c = xcalloc(1, sizeof(*c));
	const char *top = NULL, *deep;

	memset(t, 0, sizeof(*t));
	buf_init(&t->text);
	buf_init(&t->top);
	c->trace = trace;
	cut_stack(c, st, from_panic);
	c->count = tokens_fold_no_stack(c->words, c->count);
	for (unsigned i = 0; i < c->count && !top; i++)
		top = is_plumbing(c->words[i]) ? NULL : c->words[i];
	deep = !top || (is_outer(top) && !is_word(top, TOKEN_NO_STACK)) ? innermost_runtime(c, st)
									: NULL;
	if (!top && deep)
		c->count = tokens_fold_boundary(c->words, c->count);
	c->count = tokens_fold(&c->arena, c->words, c->count);
	if (deep) {
		buf_addstr(&t->text, deep);
		top = deep;
	}
	for (unsigned i = 0; i < c->count && i + (deep != NULL) < TOKENS_MAX; i++)
		buf_addf(&t->text, "%s%s", t->text.len ? " " : "", c->words[i]);
	if (top)
		buf_addstr(&t->top, top);
	t->gave_up = gave_up(st, st->count);
	t->runtime_only = deep != NULL;
	t->weak = !top || c->guessed;
	arena_release(&c->arena);
	free(c);
}

void tokens_release(struct tokens *t)
{
	buf_release(&t->text);
	buf_release(&t->top);
}
