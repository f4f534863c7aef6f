/* dossier.c: triage. A bundle opened for its dossier, and the parts one after the other. */
#include "triage/dossier/dossier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "triage/dossier/internal.h"
#include "triage/text.h"

json_t *json_hex(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

const char *json_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

void add_safe(struct buf *out, const char *text)
{
	text_escape(out, text, strlen(text));
}

static void dossier_open(struct dossier *d, const struct bundle *b)
{
	struct toolchain tools = { 0 };
	struct err e = ERR_INIT;
	struct lane lane;
	char *exe = bundle_exe(b);

	*d = (struct dossier){ .b = b, .f = &b->rec->fault };
	d->regs = unwind_arch_of((int)b->rec->arch);
	d->stack = xcalloc(1, sizeof(*d->stack));
	space_init(&d->space, b->rec, exe);
	if (d->f->regs.valid && d->regs)
		stack_unwind(d->stack, &d->space);
	d->has_case = b->case_text &&
		case_parse(&d->c, b->case_text, strlen(b->case_text), "case", &e) == 0;
	if (lane_parse(&lane, b->lane, arch_of((int)b->rec->arch), &e) == 0 &&
	    toolchain_resolve(&tools, &lane, &e) == 0)
		d->goroot = xstrdup(tools.goroot);
	free(exe);
}

static void dossier_close(struct dossier *d)
{
	if (d->has_case)
		case_release(&d->c);
	free(d->goroot);
	free(d->stack);
}

/* An oracle's report has the runtime on top; what it is about lies below. */
const struct frame *dossier_frame(const struct dossier *d)
{
	static const char *const own[] = { "cgofuzz_", "example.com/fuzzb/guest." };

	for (uint32_t i = 0; i < d->stack->count; i++) {
		const struct frame *f = &d->stack->frames[i];
		bool ours = false;

		for (size_t k = 0; f->symbol.name && k < sizeof(own) / sizeof(own[0]); k++)
			ours |= !strncmp(f->symbol.name, own[k], strlen(own[k]));
		if (f->image && !ours)
			return f;
	}
	return d->stack->count ? &d->stack->frames[0] : NULL;
}

json_t *dossier_make(const struct bundle *b)
{
	json_t *json = json_object();
	struct dossier d;

	dossier_open(&d, b);
#define PART(name, title) json_object_set_new(json, #name, dossier_##name(&d));
#include "triage/dossier/part.def"
#undef PART
	dossier_close(&d);
	return json;
}

void dossier_print(const json_t *dossier, struct buf *out)
{
	static const struct {
		const char *name, *title;
		void (*print)(const json_t *part, struct buf *out);
	} parts[] = {
#define PART(name, title) { #name, title, dossier_print_##name },
#include "triage/dossier/part.def"
#undef PART
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const json_t *part = json_object_get(dossier, parts[i].name);

		if (!part || json_is_null(part))
			continue;
		buf_addf(out, "%s:\n", parts[i].title);
		parts[i].print(part, out);
	}
}
