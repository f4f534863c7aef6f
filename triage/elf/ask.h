/* ask.h: triage/elf. What is asked of the child that reads an ELF file, and how it answers. The file is outside
 * data and so is the child, once it has read it: every answer is checked. Both ends are one program on one
 * machine: native byte order. */
#ifndef TRIAGE_ELF_ASK_H
#define TRIAGE_ELF_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum elf_question {
	ELF_OPEN, /* nothing else is asked before; machine: what is wanted */
	ELF_LINE, /* of addr: u32 line, str file */
	ELF_INLINES, /* at addr: u32 count, then str name, str file ("": none), innermost first */
	ELF_ROW, /* of call frame information at addr: see elf_put_row() */
	ELF_GO, /* u32 for each member of struct go_layout, in its order */
	ELF_CORE, /* of a core, to its own reader alone: see core.h */
	ELF_QUESTIONS
};

struct elf_ask {
	uint32_t what; /* enum elf_question */
	uint32_t machine;
	uint64_t addr;
};

/* In front of an answer. */
struct elf_reply {
	uint32_t what; /* of the question */
	uint32_t known; /* 0: the file does not say; then size is 0 */
	uint64_t size; /* bytes that follow */
};

/* ELF_OPEN answers u32 enum elf_opened, u32 machine of the file, then if GOOD: u32 count of segments that are
 * loaded, each u64 vaddr, memsz, filesz, offset, u32 flags; u32 count of functions by address, each u64 addr, size,
 * str name. */
enum elf_opened { ELF_GOOD, ELF_NO_ELF, ELF_OTHER_MACHINE };

#define ELF_ANSWER_MAX \
	((size_t)64 << 20) /* bytes; Go's largest programs have some 20 MB of symbols */
#define ELF_NAME_MAX 4096 /* bytes of a name, the rest is cut */
#define ELF_INLINES_MAX 256
#define ELF_SEGMENTS_MAX 256
#define ELF_OPS_MAX 256 /* of one rule */

static inline void elf_put32(struct buf *b, uint32_t x)
{
	buf_add(b, &x, sizeof(x));
}

static inline void elf_put64(struct buf *b, uint64_t x)
{
	buf_add(b, &x, sizeof(x));
}

void elf_put_text(struct buf *b, const char *s); /* NULL is "" */

/* Reading an answer: what is not there reads as 0 or "", and bad is set. */
struct elf_answer {
	const char *at, *end;
	bool bad;
};

uint32_t elf_take32(struct elf_answer *a);
uint64_t elf_take64(struct elf_answer *a);
const char *elf_take_text(struct elf_answer *a); /* points into the answer */

#endif
