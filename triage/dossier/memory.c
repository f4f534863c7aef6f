/* memory.c: triage. Memory near the stack pointer and at the address of a fault: bytes, and what each word
 * may mean. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "triage/dossier/internal.h"
#include "triage/text.h"

#define ROW 16
#define BELOW_SP 64
#define ABOVE_SP 192
#define AROUND 64

static json_t *word_means(const struct dossier *d, uint64_t addr, uint64_t word)
{
	struct buf where = BUF_INIT, header = BUF_INIT;
	json_t *json;

	if (word)
		classify_address(d, word, &where);
	if (classify_header(d, addr, &header)) {
		buf_addf(&header, " at %s", where.ptr);
		json = text_to_json(header.ptr);
	} else {
		json = text_to_json(where.ptr);
	}
	buf_release(&where);
	buf_release(&header);
	return json;
}

/* NULL: nothing of the row was kept. */
static json_t *row_json(const struct dossier *d, uint64_t addr)
{
	struct buf bytes = BUF_INIT, text = BUF_INIT;
	json_t *means = json_array(), *json = NULL;
	bool any = false;

	for (unsigned at = 0; at < ROW; at += 8) {
		uint64_t word;
		bool there = space_read(&d->space, addr + at, &word);

		any |= there;
		for (unsigned i = 0; i < 8; i++) {
			unsigned c = there ? (unsigned)(word >> 8 * i & 0xff) : 0;

			buf_addstr(&bytes, at || i ? " " : "");
			if (there)
				buf_addf(&bytes, "%02x", c);
			else
				buf_addstr(&bytes, "--");
			buf_addch(&text, (char)(c >= ' ' && c < 0x7f ? c : '.'));
		}
		json_array_append_new(means,
				      there ? word_means(d, addr + at, word) : json_string(""));
	}
	if (any)
		json = json_pack("{s:o, s:s, s:s, s:O}", "address", json_hex(addr), "bytes",
				 bytes.ptr, "text", text.ptr, "means", means);
	json_decref(means);
	buf_release(&bytes);
	buf_release(&text);
	return json;
}

static void add_window(const struct dossier *d, json_t *windows, const char *about, uint64_t addr,
		       uint64_t from, uint64_t to)
{
	json_t *rows = json_array();

	for (uint64_t at = from & ~(uint64_t)(ROW - 1); at < to && to - at < 4096; at += ROW) {
		json_t *row = row_json(d, at);

		if (row)
			json_array_append_new(rows, row);
	}
	json_array_append_new(windows,
			      json_pack("{s:s, s:o, s:o}", "about", about, "address",
					json_hex(addr), "rows", rows));
}

json_t *dossier_memory(const struct dossier *d)
{
	const struct cgofuzz_fault *f = d->f;
	const struct frame *shown = dossier_frame(d);
	uint64_t sp = shown ? shown->sp : 0, fault = f->fault_addr;
	json_t *windows = json_array();
	struct buf about = BUF_INIT, means = BUF_INIT;

	if (sp)
		add_window(d, windows, "stack pointer", sp, sp > BELOW_SP ? sp - BELOW_SP : 0,
			   sp + ABOVE_SP);
	if (f->signo && fault >= AROUND && fault < UINT64_MAX - AROUND) {
		buf_addstr(&about, "address of the fault");
		if (classify_address(d, fault, &means))
			buf_addf(&about, " (%s)", means.ptr);
		add_window(d, windows, about.ptr, fault, fault - AROUND, fault + AROUND);
	}
	buf_release(&about);
	buf_release(&means);
	if (json_array_size(windows))
		return windows;
	json_decref(windows);
	return json_null();
}

static void print_row(const json_t *row, const char *mark, struct buf *out)
{
	const json_t *means = json_object_get(row, "means");

	buf_addf(out, "  %14s  %s  %s", json_text(row, "address"), json_text(row, "bytes"),
		 json_text(row, "text"));
	for (size_t i = 0; i < json_array_size(means); i++) {
		const char *text = json_string_value(json_array_get(means, i));

		if (!text || !*text)
			continue;
		buf_addf(out, "  +%zu ", 8 * i);
		add_safe(out, text);
	}
	buf_addf(out, "%s\n", mark);
}

void dossier_print_memory(const json_t *part, struct buf *out)
{
	const json_t *window, *row;
	size_t i, k;

	json_array_foreach(part, i, window)
	{
		const json_t *rows = json_object_get(window, "rows");
		uint64_t at = strtoull(json_text(window, "address"), NULL, 16);

		buf_addf(out, " %s %s%s:\n", json_text(window, "about"), json_text(window, "address"),
			 json_array_size(rows) ? "" : ", of which nothing was kept");
		json_array_foreach(rows, k, row)
		{
			uint64_t addr = strtoull(json_text(row, "address"), NULL, 16);

			print_row(row, at - addr < ROW ? "  <" : "", out);
		}
	}
}
