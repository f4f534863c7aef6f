/* classify.c: triage. What a word of a fault may mean, from the stacks, images and structs of Go that its
 * recorder kept. A guess where nobody wrote it down: only what must be so is said. */
#include <inttypes.h>
#include <string.h>

#include "guest/value.h"
#include "triage/dossier/internal.h"

#define NULL_BYTES 65536u /* mmap_min_addr */
#define ARENA_BYTES (64u << 20) /* heapArenaBytes, runtime/malloc.go, 64-bit Linux */
#define BRK_REACH \
	(256u << 20) /* the heap of brk() begins behind the program, a random bit further */
#define GO_HEAP_OLD 0xc0 /* runtime/malloc.go: 0x00c0 << 32, until Go 1.26 made the base random */
#define MOST_LEN (1u << 20) /* of a slice or string that is believed */

static bool same_arena(uint64_t a, uint64_t b)
{
	return a && b && a / ARENA_BYTES == b / ARENA_BYTES;
}

/* Goroutines' stacks, and g and m but for the first, are memory of Go's heap. */
static bool in_go_heap(const struct dossier *d, uint64_t addr)
{
	const struct cgofuzz_fault *f = d->f;

	if (addr >> 32 == GO_HEAP_OLD || same_arena(addr, f->bounds[CGOFUZZ_BOUNDS_GOROUTINE].low))
		return true;
	for (uint32_t i = 0; i < f->mem_count; i++)
		if ((f->mem[i].what == CGOFUZZ_MEM_GOROUTINE || f->mem[i].what == CGOFUZZ_MEM_STRUCT) &&
		    !space_image_at(&d->space, f->mem[i].addr) && same_arena(addr, f->mem[i].addr))
			return true;
	return false;
}

static const char *stack_about(const struct dossier *d, uint64_t addr)
{
	static const char *const kinds[] = {
		"",
#define STACK(id, name, overflow, about) name " stack",
#include "guest/stack.def"
#undef STACK
	};
	static const char *const windows[CGOFUZZ_MEM_KINDS] = {
		[CGOFUZZ_MEM_SP] = "stack",
		[CGOFUZZ_MEM_GOROUTINE] = "goroutine stack",
		[CGOFUZZ_MEM_G0] = "g0 stack",
		[CGOFUZZ_MEM_STRUCT] = "Go's g or m",
		[CGOFUZZ_MEM_SHADOW] = "shadow stack"
	};
	const struct cgofuzz_fault *f = d->f;

	for (int i = CGOFUZZ_MAX_BOUNDS; i-- > 0;)
		if (f->bounds[i].of < CGOFUZZ_STACKS && f->bounds[i].low &&
		    addr >= f->bounds[i].low && addr < f->bounds[i].high)
			return kinds[f->bounds[i].of];
	for (uint32_t i = 0; i < f->mem_count; i++)
		if (windows[f->mem[i].what] && addr >= f->mem[i].addr &&
		    addr - f->mem[i].addr < f->mem[i].size)
			return windows[f->mem[i].what];
	return NULL;
}

static void add_symbol(const struct dossier *d, uint64_t addr, const struct space_image *i,
		       struct buf *out)
{
	struct symbol s;

	if (space_symbol(&d->space, addr, &s) && (!s.size || addr - s.addr < s.size) &&
	    image_executable(i->image, addr - i->bias))
		buf_addf(out, "text %s+0x%" PRIx64, s.name, addr - s.addr);
	else
		buf_addf(out, "data of %s", i->name);
}

/* Where the C heap of the main arena begins: behind the program. */
static bool in_c_heap(const struct dossier *d, uint64_t addr)
{
	const struct space_image *exe = d->space.image_count ? &d->space.images[0] : NULL;
	uint64_t pool = d->b->rec->live.pool;

	return (pool && addr >= pool && addr - pool < CGOFUZZ_POOL_BYTES) ||
		(exe && addr >= exe->high && addr - exe->high < BRK_REACH);
}

bool classify_address(const struct dossier *d, uint64_t addr, struct buf *out)
{
	const struct space_image *image = space_image_at(&d->space, addr);
	const char *stack = stack_about(d, addr);

	if (d->f->signo && addr && addr == d->f->fault_addr && d->f->si_code == 2)
		buf_addstr(out, "guard");
	else if (addr < NULL_BYTES)
		buf_addstr(out, addr ? "" : "null");
	else if (addr >> 48)
		buf_addstr(out, "non-canonical");
	else if (stack)
		buf_addstr(out, stack);
	else if (image)
		add_symbol(d, addr, image, out);
	else if (in_c_heap(d, addr))
		buf_addstr(out, "C heap");
	else if (in_go_heap(d, addr))
		buf_addstr(out, "Go heap");
	return out->len > 0;
}

bool classify_header(const struct dossier *d, uint64_t at, struct buf *out)
{
	uint64_t data, len, cap;
	struct buf where = BUF_INIT;
	bool slice;

	if (!space_read(&d->space, at, &data) || !space_read(&d->space, at + 8, &len) || !len ||
	    len > MOST_LEN || data < NULL_BYTES || data >> 48 || space_image_at(&d->space, len))
		return false;
	slice = space_read(&d->space, at + 16, &cap) && cap >= len && cap <= MOST_LEN &&
		!space_image_at(&d->space, cap);
	/* Small numbers beside addresses are common: the data must lie where such data lies. */
	if (classify_address(d, data, &where) && strncmp(where.ptr, "text", 4)) {
		buf_addf(out, "%s", slice ? "slice?" : "string?");
		buf_addf(out, " of %" PRIu64, len);
		if (slice)
			buf_addf(out, ", capacity %" PRIu64, cap);
	}
	buf_release(&where);
	return out->len > 0;
}
