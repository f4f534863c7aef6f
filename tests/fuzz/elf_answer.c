/* elf_answer.c: tests. Any bytes as what the reader of an executable answers: refused, or safe to be asked again. */
#include <stdlib.h>
#include <string.h>

#include "triage/image_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use_opened(const char *data, size_t size)
{
	struct image m = { .fd = -1, .machine = 62, .opened = BUF_INIT };
	uint64_t low, high, at;
	struct err e = ERR_INIT;
	struct symbol s;

	buf_add(&m.opened, data, size);
	if (image_take_opened(&m, &e) == 0) {
		image_extent(&m, &low, &high);
		BUG_ON(low > high);
		for (uint32_t i = 0; i < m.symbol_count; i++)
			BUG_ON(strlen(m.symbols[i].name) > size);
		for (at = low; at < low + 64; at++)
			if (image_symbol(&m, at, &s))
				BUG_ON(strlen(s.name) > size);
		image_find(&m, "never there", &at);
		image_executable(&m, low);
	} else {
		BUG_ON(!*e.msg);
	}
	free(m.symbols);
	free(m.segments);
	buf_release(&m.opened);
}

static void use_row(const char *data, size_t size)
{
	struct image_row *row = image_row_convert(data, size);
	size_t ops = 0;

	if (!row)
		return;
	BUG_ON(row->ra >= IMAGE_REGS);
	for (int n = 0; n < IMAGE_REGS; n++) {
		BUG_ON(row->regs[n].kind >= IMAGE_RULES);
		for (uint32_t i = 0; i < row->regs[n].count; i++)
			ops += row->regs[n].ops[i].atom != 0;
	}
	BUG_ON(ops > size);
	free(row);
}

/* The first byte says to which question. Half of the opened ones get a head that is good. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t head[] = { ELF_GOOD, 62 };
	const char *rest = (const char *)data + !!size;
	size_t len = size - !!size;
	struct buf with_head = BUF_INIT;

	switch (size ? data[0] % 5 : 0) {
	case 0:
		use_opened(rest, len);
		break;
	case 1:
		buf_add(&with_head, head, sizeof(head));
		buf_add(&with_head, rest, len);
		use_opened(with_head.ptr, with_head.len);
		break;
	case 2:
		free(image_line_convert(rest, len));
		break;
	case 3:
		free(image_inlines_convert(rest, len));
		break;
	case 4:
		use_row(rest, len);
		break;
	}
	buf_release(&with_head);
	return 0;
}
