/* ask.c: triage/elf. Words and texts of an answer, put in by the child, taken out with suspicion. */
#include "triage/elf/ask.h"

#include <string.h>

void elf_put_text(struct buf *b, const char *s)
{
	if (s)
		buf_add(b, s, strnlen(s, ELF_NAME_MAX));
	buf_addch(b, '\0');
}

static bool take(struct elf_answer *a, void *to, size_t size)
{
	a->bad |= (size_t)(a->end - a->at) < size;
	if (a->bad) {
		memset(to, 0, size);
		return false;
	}
	memcpy(to, a->at, size);
	a->at += size;
	return true;
}

uint32_t elf_take32(struct elf_answer *a)
{
	uint32_t x;

	take(a, &x, sizeof(x));
	return x;
}

uint64_t elf_take64(struct elf_answer *a)
{
	uint64_t x;

	take(a, &x, sizeof(x));
	return x;
}

const char *elf_take_text(struct elf_answer *a)
{
	const char *s = a->at, *end = a->bad ? NULL : memchr(s, '\0', (size_t)(a->end - s));

	if (!end) {
		a->bad = true;
		return "";
	}
	a->at = end + 1;
	return s;
}
