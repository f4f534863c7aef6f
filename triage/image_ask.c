/* image_ask.c: triage. What is asked of an image's reader, once each: lines, inlined functions, rows of CFI. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "triage/elf/reader.h"
#include "triage/image_private.h"

#define ANSWERS_MAX (1u << 19) /* kept of one image; real stacks want some ten thousand */

/* A death is told once, and remembered. */
static void note_death(struct image *m, const struct err *why)
{
	if (!m->deaths)
		snprintf(m->why, sizeof(m->why), "%.200s", why->msg);
	m->deaths++;
}

int image_start(struct image *m, struct buf *out, struct err *e)
{
	struct elf_ask ask = { ELF_OPEN, (uint32_t)m->machine, 0 };
	int rc = elf_child_start(&m->child, m->fd, reader_serve, e);

	if (rc == 0 && elf_child_ask(&m->child, &ask, out, e) != 1) {
		elf_child_end(&m->child);
		rc = -1;
	}
	if (rc < 0)
		note_death(m, e);
	return rc;
}

/* As elf_child_ask, with a new reader where the last one died. */
static int ask(struct image *m, uint32_t what, uint64_t addr, struct buf *out)
{
	struct elf_ask q = { what, (uint32_t)m->machine, addr };
	struct buf again = BUF_INIT;
	struct err why = ERR_INIT;
	int rc = 0;

	if (m->deaths >= IMAGE_DEATHS)
		return -1;
	if (m->child.pid && m->child.owner != getpid()) /* that of our parent */
		elf_child_end(&m->child);
	if (!m->child.pid)
		rc = image_start(m, &again, &why);
	buf_release(&again);
	if (rc < 0)
		return -1;
	rc = elf_child_ask(&m->child, &q, out, &why);
	if (rc < 0)
		note_death(m, &why);
	return rc;
}

static struct image_answer *slot_of(struct image_answer *answers, uint32_t cap, uint32_t what,
				    uint64_t addr)
{
	uint32_t i = (uint32_t)(((addr + what) * 0x9e3779b97f4a7c15u) >> 32) & (cap - 1);

	while (answers[i].what && (answers[i].addr != addr || answers[i].what != what))
		i = (i + 1) & (cap - 1);
	return &answers[i];
}

static void answers_grow(struct image *m)
{
	uint32_t cap = m->answer_cap ? 2 * m->answer_cap : 256;
	struct image_answer *answers = xcalloc(cap, sizeof(*answers));

	for (uint32_t i = 0; i < m->answer_cap; i++)
		if (m->answers[i].what)
			*slot_of(answers, cap, m->answers[i].what, m->answers[i].addr) =
				m->answers[i];
	free(m->answers);
	m->answers = answers;
	m->answer_cap = cap;
}

void image_forget(struct image *m)
{
	for (uint32_t i = 0; i < m->answer_cap; i++)
		free(m->answers[i].value);
	free(m->answers);
	m->answers = NULL;
	m->answer_cap = m->answer_count = 0;
}

static void *asked(struct image *m, uint32_t what, uint64_t addr, image_convert_fn *convert)
{
	struct image_answer *slot;
	struct buf bytes = BUF_INIT;

	if (2 * m->answer_count >= m->answer_cap)
		answers_grow(m);
	slot = slot_of(m->answers, m->answer_cap, what, addr);
	if (slot->what)
		return slot->value;
	if (m->answer_count >= ANSWERS_MAX)
		return NULL;
	m->answer_count++;
	slot->what = what;
	slot->addr = addr;
	if (ask(m, what, addr, &bytes) > 0)
		slot->value = convert(bytes.ptr, bytes.len);
	buf_release(&bytes);
	return slot->value;
}

static void *keep_bytes(const char *bytes, size_t len)
{
	return memcpy(xmalloc(len), bytes, len);
}

void *image_line_convert(const char *bytes, size_t len)
{
	struct elf_answer a = { bytes, bytes + len, false };

	elf_take32(&a);
	elf_take_text(&a);
	return a.bad || a.at != a.end ? NULL : keep_bytes(bytes, len);
}

bool image_line(struct image *m, uint64_t addr, const char **file, int *line)
{
	const char *kept = asked(m, ELF_LINE, addr, image_line_convert);
	uint32_t number;

	if (!kept)
		return false;
	memcpy(&number, kept, sizeof(number));
	*line = number <= INT32_MAX ? (int)number : 0;
	*file = kept + sizeof(number);
	return true;
}

void *image_inlines_convert(const char *bytes, size_t len)
{
	struct elf_answer a = { bytes, bytes + len, false };
	uint32_t count = elf_take32(&a);

	a.bad |= count > ELF_INLINES_MAX;
	for (uint32_t i = 0; i < count && !a.bad; i++) {
		elf_take_text(&a);
		elf_take_text(&a);
	}
	return a.bad || a.at != a.end ? NULL : keep_bytes(bytes, len);
}

void image_inlines(struct image *m, uint64_t addr, image_inline_fn *fn, void *ctx)
{
	const char *kept = asked(m, ELF_INLINES, addr, image_inlines_convert);
	uint32_t count;

	if (!kept)
		return;
	memcpy(&count, kept, sizeof(count));
	kept += sizeof(count);
	for (uint32_t i = 0; i < count; i++) {
		const char *name = kept, *file = name + strlen(name) + 1;

		fn(name, *file ? file : NULL, ctx);
		kept = file + strlen(file) + 1;
	}
}

static void rule_take(struct image_row *row, struct image_rule *rule, struct elf_answer *a,
		      uint32_t *used, uint32_t room)
{
	uint32_t kind = elf_take32(a);

	rule->count = elf_take32(a);
	a->bad |= kind >= IMAGE_RULES || rule->count > ELF_OPS_MAX || rule->count > room - *used;
	if (a->bad)
		return;
	rule->kind = kind;
	rule->ops = row->ops + *used;
	for (uint32_t i = 0; i < rule->count; i++) {
		struct image_op *op = &row->ops[(*used)++];

		op->atom = elf_take32(a);
		op->number = elf_take64(a);
		op->number2 = elf_take64(a);
	}
}

/* As put_row() in elf/row.c has written it. */
void *image_row_convert(const char *bytes, size_t len)
{
	struct elf_answer a = { bytes, bytes + len, false };
	uint32_t room = (uint32_t)(len / 20), used = 0; /* an operation has 20 bytes */
	struct image_row *row = xcalloc(1, sizeof(*row) + room * sizeof(row->ops[0]));
	uint32_t ra = elf_take32(&a);

	row->ra = ra < IMAGE_REGS ? (int)ra : -1;
	rule_take(row, &row->cfa, &a, &used, room);
	for (int n = 0; n < IMAGE_REGS && !a.bad; n++)
		rule_take(row, &row->regs[n], &a, &used, room);
	if (a.bad || a.at != a.end) {
		free(row);
		return NULL;
	}
	return row;
}

const struct image_row *image_row(struct image *m, uint64_t addr)
{
	return addr ? asked(m, ELF_ROW, addr, image_row_convert) : NULL;
}

void image_go_layout(struct image *m, struct go_layout *out)
{
	struct buf bytes = BUF_INIT;

	if (!m->layout_read) {
		m->layout_read = true;
		if (ask(m, ELF_GO, 0, &bytes) > 0 && bytes.len == sizeof(m->layout))
			memcpy(&m->layout, bytes.ptr, bytes.len);
		buf_release(&bytes);
	}
	*out = m->layout;
}
