/* core_windows.c: triage/elf, in the child. Of a core what the unwinder wants: libraries by the dynamic linker's list,
 * and the windows of memory that a guest's snapshot has (guest/snapshot.c), found without the guest's help. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "guest/wire.h"
#include "triage/elf/ask.h"
#include "triage/elf/core.h"

enum {
	BELOW_SP = 256,
	C_WINDOW = 64 << 10,
	GO_WINDOW = 128 << 10,
	G0_BELOW = 32 << 10,
	STRUCT_BYTES = 512,
	M_BYTES = 1024,
	TLS_REACH = 512, /* Go's g lies so near to the thread pointer, if the program keeps it there */
};
/* As in guest/snapshot.c. */
enum { G_LO = 0, G_HI = 8, G_M = 48, G_SP = 56, M_G0 = 0, M_CURG_FIRST = 160, M_CURG_LAST = 224 };

/* r_debug.r_map, link_map: glibc's <link.h>. */
enum { DEBUG_MAP = 8, MAP_ADDR = 0, MAP_NAME = 8, MAP_NEXT = 24 };

static uint64_t first_map(const struct core *c)
{
	uint64_t at = c->dynamic;

	for (int i = 0; at && i < 256; i++) {
		Elf64_Dyn d;

		if (core_peek(c, at + i * sizeof(d), &d, sizeof(d)) != sizeof(d) || d.d_tag == DT_NULL)
			break;
		if (d.d_tag == DT_DEBUG)
			return d.d_un.d_ptr ? core_word(c, d.d_un.d_ptr + DEBUG_MAP) : 0;
	}
	return 0;
}

/* The first is the program itself. */
void core_put_modules(const struct core *c, struct buf *out)
{
	struct buf rows = BUF_INIT;
	uint64_t map = first_map(c);
	uint32_t count = 0;

	map = map ? core_word(c, map + MAP_NEXT) : 0;
	for (int i = 0; map && i < 4 * CORE_MODULES && count < CORE_MODULES - 1; i++) {
		char path[232] = "";

		core_peek(c, core_word(c, map + MAP_NAME), path, sizeof(path) - 1);
		if (*path == '/') {
			elf_put64(&rows, core_word(c, map + MAP_ADDR));
			elf_put_text(&rows, path);
			count++;
		}
		map = core_word(c, map + MAP_NEXT);
	}
	elf_put32(out, count);
	buf_add(out, rows.ptr, rows.len);
	buf_release(&rows);
}

struct windows {
	const struct core *c;
	struct buf rows;
	uint32_t count;
	size_t bytes;
};

static void window(struct windows *w, enum cgofuzz_mem_kind what, uint64_t from, uint64_t to)
{
	size_t size = to > from ? to - from : 0, room = CGOFUZZ_DATA_BYTES - w->bytes;
	char *bytes;

	size = size < room ? size : room;
	if (!size || w->count == CORE_WINDOWS)
		return;
	bytes = xmalloc(size);
	size = core_peek(w->c, from, bytes, size);
	if (size) {
		elf_put32(&w->rows, what);
		elf_put64(&w->rows, from);
		elf_put32(&w->rows, (uint32_t)size);
		buf_add(&w->rows, bytes, size);
		w->bytes += (size + 7) & ~(size_t)7;
		w->count++;
	}
	free(bytes);
}

/* A g of a thread: its m knows a g0 that knows the m. */
static uint64_t m_of(const struct core *c, uint64_t g)
{
	uint64_t m = g && g % 8 == 0 ? core_word(c, g + G_M) : 0;
	uint64_t g0 = m && m % 8 == 0 ? core_word(c, m + M_G0) : 0;

	return g0 && core_word(c, g0 + G_M) == m ? m : 0;
}

/* By the thread pointer; in a register (arm64: x28); or what asmcgocall has put on the stack. */
static uint64_t find_m(const struct core *c, const struct core_thread *t, uint64_t sp)
{
	uint64_t m = 0;

	for (uint64_t at = t->tp - TLS_REACH; t->tp && at < t->tp + TLS_REACH && !m; at += 8)
		m = m_of(c, core_word(c, at));
	for (int i = 0; i < CORE_REGS && !m; i++)
		m = m_of(c, t->regs[i]);
	for (uint64_t at = sp & ~UINT64_C(7); at < sp + C_WINDOW && !m; at += 8)
		m = m_of(c, core_word(c, at));
	return m;
}

static uint64_t curg_of(const struct core *c, uint64_t m)
{
	for (uint64_t o = M_CURG_FIRST; o <= M_CURG_LAST; o += 8) {
		uint64_t g = core_word(c, m + o);

		if (g && g != core_word(c, m + M_G0) && core_word(c, g + G_M) == m)
			return g;
	}
	return 0;
}

/* The environment of a main thread is nobody's business: it lies above what AT_RANDOM points to. */
static uint64_t c_end(const struct core *c, uint64_t sp)
{
	uint64_t end = core_auxv(c, AT_RANDOM);

	return sp < end && end - sp < C_WINDOW ? end : sp + C_WINDOW;
}

static void go_windows(struct windows *w, uint64_t m, uint64_t sp, bool *sp_done)
{
	const struct core *c = w->c;
	uint64_t g0 = core_word(c, m + M_G0), g0_sp = core_word(c, g0 + G_SP), curg = curg_of(c, m);
	uint64_t lo = core_word(c, curg + G_LO), hi = core_word(c, curg + G_HI);

	if (curg && sp > lo && sp <= hi) {
		window(w, CGOFUZZ_MEM_SP, sp - BELOW_SP, hi - sp < GO_WINDOW ? hi : sp + GO_WINDOW);
		*sp_done = true;
	} else if (curg && lo < hi) {
		uint64_t from = core_word(c, curg + G_SP);

		from = from > lo && from < hi ? from : lo;
		window(w, CGOFUZZ_MEM_GOROUTINE, from, hi - from < GO_WINDOW ? hi : from + GO_WINDOW);
	}
	if (g0_sp && (sp < g0_sp - C_WINDOW || sp > g0_sp + C_WINDOW))
		window(w, CGOFUZZ_MEM_G0, g0_sp - G0_BELOW, c_end(c, g0_sp));
	window(w, CGOFUZZ_MEM_STRUCT, m, m + M_BYTES);
	window(w, CGOFUZZ_MEM_STRUCT, g0, g0 + STRUCT_BYTES);
	if (curg)
		window(w, CGOFUZZ_MEM_STRUCT, curg, curg + STRUCT_BYTES);
}

void core_put_windows(const struct core *c, struct buf *out)
{
	struct windows w = { .c = c, .rows = BUF_INIT };
	const struct core_thread *t = &c->threads[0];
	uint64_t sp = t->regs[c->machine == EM_X86_64 ? 7 : 31], m;
	bool sp_done = false;

	if (c->told) {
		m = find_m(c, t, sp);
		if (m)
			go_windows(&w, m, sp, &sp_done);
		if (!sp_done)
			window(&w, CGOFUZZ_MEM_SP, sp - BELOW_SP, c_end(c, sp));
	}
	elf_put32(out, w.count);
	buf_add(out, w.rows.ptr, w.rows.len);
	buf_release(&w.rows);
}
