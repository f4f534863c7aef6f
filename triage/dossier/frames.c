/* frames.c: triage. The stitched stack in a dossier, with the text of each source line. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "triage/dossier/internal.h"
#include "triage/text.h"

static json_t *frame_json(const struct dossier *d, const struct frame *f)
{
	static const char *const found[] = {
#define FOUND(id, name, about) name,
#include "triage/found.def"
#undef FOUND
	};
	struct buf name = BUF_INIT;
	const char *file = NULL;
	char *text = NULL;
	json_t *json;
	int line = 0;

	if (f->symbol.name)
		buf_add(&name, f->symbol.name, frame_name_len(f));
	if (frame_line(f, &file, &line))
		text = source_line(d, file, line);
	json = json_pack("{s:o, s:o, s:o, s:o, s:i, s:o, s:s, s:s, s:s}", "pc", json_hex(f->pc),
			 "function", text_to_json(name.len ? name.ptr : NULL), "offset",
			 name.len ? json_hex(f->lookup - f->symbol.addr) : json_null(), "file",
			 text_to_json(file), "line", line, "source", text_to_json(text), "image",
			 f->image ? f->image->name : "", "found", found[f->found], "note",
			 f->note ? f->note : "");
	buf_release(&name);
	free(text);
	return json;
}

json_t *dossier_stack(const struct dossier *d)
{
	json_t *frames = json_array();

	for (uint32_t i = 0; i < d->stack->count; i++)
		json_array_append_new(frames, frame_json(d, &d->stack->frames[i]));
	if (!d->stack->count) {
		json_decref(frames);
		return json_null();
	}
	return json_pack("{s:b, s:s, s:o}", "complete", d->stack->complete, "end", d->stack->end,
			 "frames", frames);
}

static void add_place(const json_t *frame, struct buf *out)
{
	const char *file = json_text(frame, "file"), *slash = strrchr(file, '/');
	int line = (int)json_integer_value(json_object_get(frame, "line"));

	buf_addstr(out, "  ");
	if (*file)
		add_safe(out, slash ? slash + 1 : file);
	else
		add_safe(out, json_text(frame, "image"));
	if (line)
		buf_addf(out, ":%d", line);
}

void dossier_print_stack(const json_t *part, struct buf *out)
{
	const json_t *frame;
	size_t i;

	json_array_foreach(json_object_get(part, "frames"), i, frame)
	{
		const char *name = json_text(frame, "function"), *note = json_text(frame, "note");

		buf_addf(out, "#%-3zu %-14s ", i, json_text(frame, "pc"));
		add_safe(out, *name ? name : "?");
		if (*name)
			buf_addf(out, "+%s", json_text(frame, "offset"));
		add_place(frame, out);
		buf_addf(out, "  (%s%s%s)\n", json_text(frame, "found"), *note ? ": " : "", note);
		if (*json_text(frame, "source")) {
			buf_addstr(out, "         ");
			add_safe(out, json_text(frame, "source"));
			buf_addch(out, '\n');
		}
	}
	buf_addf(out, "ends: %s\n", json_text(part, "end"));
}
