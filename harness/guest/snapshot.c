/* snapshot.c: guest. Copies what the host needs to unwind through C and Go: registers are there
 * already; stacks, Go's structs, the shadow stack, modules. Async-signal-safe, little stack. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "guest/runtime.h"
#include "guest/shadow.h"
#include "guest/stacks.h"
#include "regs.h"

#define PAGE 4096u
#define BELOW_SP 256u
#define C_WINDOW (128u * 1024u)
#define GO_WINDOW (128u * 1024u)
#define G0_BELOW (32u * 1024u)
#define STRUCT_BYTES 512u
#define FAULT_BELOW 128u
#define FAULT_ABOVE 192u

/* Offsets in runtime.g and runtime.m, the same in Go 1.19 to 1.27 on both architectures; m.curg
 * moved between 1.22 and 1.25 and is looked for, as is m.lockedg, which lies behind it. */
enum {
	G_STACK_LO = 0,
	G_STACK_HI = 8,
	G_M = 48,
	G_SCHED_SP = 56,
	M_G0 = 0,
	M_CURG_FIRST = 160,
	M_CURG_LAST = 224,
	M_BYTES = 1024
};

extern void *__libc_stack_end; /* ld.so: the stack pointer at _start; arguments are above */

static struct cgofuzz_module modules[CGOFUZZ_MAX_MODULES];
static uint32_t module_count;
static uint64_t tls_low, tls_high; /* main program's block in the first thread */
static int64_t g_off; /* thread pointer to Go's g; 0: not known */
static uint64_t curg_off, lockedg_off; /* in m; 0: not known */
static __thread uint64_t thread_g0; /* as last seen; where Go gives up it has another (proc.go, gcrash) */
static int no_readv, pipe_fd[2] = { -1, -1 };

static int module_add(struct dl_phdr_info *info, size_t size, void *unused)
{
	struct cgofuzz_module *m = &modules[module_count];
	const char *path = info->dlpi_name;

	(void)unused;
	if (module_count == CGOFUZZ_MAX_MODULES)
		return 1;
	m->bias = info->dlpi_addr;
	m->low = UINT64_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uint64_t at = info->dlpi_addr + p->p_vaddr;

		if (p->p_type == PT_LOAD && at < m->low)
			m->low = at;
		if (p->p_type == PT_LOAD && at + p->p_memsz > m->high)
			m->high = at + p->p_memsz;
		if (p->p_type == PT_TLS && !module_count &&
		    size >= offsetof(struct dl_phdr_info, dlpi_tls_data) + sizeof(void *)) {
			tls_low = (uintptr_t)info->dlpi_tls_data;
			tls_high = tls_low + p->p_memsz;
		}
	}
	if (!module_count && !*path) {
		ssize_t n = readlink("/proc/self/exe", m->path, sizeof(m->path) - 1);

		m->path[n > 0 ? n : 0] = 0;
	} else {
		strncpy(m->path, path, sizeof(m->path) - 1);
	}
	module_count++;
	return 0;
}

void cgofuzz_snapshot_init(void)
{
	dl_iterate_phdr(module_add, NULL);
	if (pipe2(pipe_fd, O_CLOEXEC | O_NONBLOCK) < 0)
		pipe_fd[0] = pipe_fd[1] = -1;
}

/* QEMU 7.2 has no process_vm_readv: there, write() from the address says EFAULT for a hole. */
static size_t peek_page(char *to, uint64_t from, size_t size)
{
	ssize_t n;

	if (!no_readv) {
		struct iovec local = { to, size }, remote = { (void *)(uintptr_t)from, size };

		n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
		if (n >= 0 || errno == EFAULT)
			return n > 0 ? (size_t)n : 0;
		no_readv = 1;
	}
	n = write(pipe_fd[1], (const void *)(uintptr_t)from, size);
	if (n <= 0)
		return 0;
	n = read(pipe_fd[0], to, (size_t)n);
	return n > 0 ? (size_t)n : 0;
}

size_t cgofuzz_peek(void *to, uint64_t from, size_t size)
{
	size_t done = 0;

	while (done < size) {
		size_t part = PAGE - (from + done) % PAGE, n;

		if (part > size - done)
			part = size - done;
		n = peek_page((char *)to + done, from + done, part);
		done += n;
		if (n < part)
			break;
	}
	return done;
}

static uint64_t word_at(uint64_t addr)
{
	uint64_t word = 0;

	return cgofuzz_peek(&word, addr, 8) == 8 ? word : 0;
}

/* m.curg: a g of this m that is not g0. m.lockedg, further on, is the same one: a goroutine that C
 * called into is locked to its thread. */
static void probe_m(uint64_t g0, uint64_t m)
{
	uint64_t curg = 0;

	for (uint64_t o = M_CURG_FIRST; o <= M_CURG_LAST && !curg_off; o += 8) {
		curg = word_at(m + o);
		if (curg && curg != g0 && word_at(curg + G_M) == m)
			curg_off = o;
	}
	for (uint64_t o = curg_off + 8; curg_off && o < M_BYTES && !lockedg_off; o += 8)
		if (word_at(m + o) == curg)
			lockedg_off = o;
}

int cgofuzz_snapshot_has_g(void)
{
	return g_off && *(const uint64_t *)(uintptr_t)(cgofuzz_thread_pointer() + (uint64_t)g_off);
}

static uint64_t goroutine_of(uint64_t m);

static struct cgofuzz_bounds bounds_of(uint64_t g, enum cgofuzz_stack_of of)
{
	return (struct cgofuzz_bounds){ word_at(g + G_STACK_LO), word_at(g + G_STACK_HI), of, 0 };
}

static uint64_t load(uint64_t address)
{
	return *(const uint64_t *)(uintptr_t)address;
}

/* The same without system calls, where g0 called C. */
static uint64_t stacks_here(struct cgofuzz_bounds *g0, struct cgofuzz_bounds *goroutine)
{
	uint64_t g = load(cgofuzz_thread_pointer() + (uint64_t)g_off), m = g ? load(g + G_M) : 0;
	uint64_t curg = m && load(m + M_G0) == g ? load(m + curg_off) : 0;

	if (!curg)
		return 0;
	thread_g0 = g;
	*g0 = (struct cgofuzz_bounds){ load(g + G_STACK_LO), load(g + G_STACK_HI),
				       CGOFUZZ_OF_GO_THREAD, 0 };
	*goroutine = (struct cgofuzz_bounds){ load(curg + G_STACK_LO), load(curg + G_STACK_HI),
					      CGOFUZZ_OF_GOROUTINE, 0 };
	return load(curg + G_SCHED_SP);
}

uint64_t cgofuzz_snapshot_stacks(uint64_t thread_pointer, struct cgofuzz_bounds *g0,
				 struct cgofuzz_bounds *goroutine)
{
	uint64_t g, m, curg;

	*g0 = *goroutine = (struct cgofuzz_bounds){ 0 };
	if (!g_off || !curg_off)
		return 0;
	if (!thread_pointer)
		return stacks_here(g0, goroutine);
	g = word_at(thread_pointer + (uint64_t)g_off);
	m = g ? word_at(g + G_M) : 0;
	if (!m)
		return 0;
	*g0 = bounds_of(word_at(m + M_G0), CGOFUZZ_OF_GO_THREAD);
	curg = goroutine_of(m);
	if (!curg)
		return 0;
	*goroutine = bounds_of(curg, CGOFUZZ_OF_GOROUTINE);
	return word_at(curg + G_SCHED_SP);
}

/* Called in C that Go called: there the thread's g is m.g0, and m.curg is another g of the same m. */
void cgofuzz_snapshot_probe(void)
{
	uint64_t tp = cgofuzz_thread_pointer();

	for (uint64_t at = (tls_low + 7) & ~7ull; at + 8 <= tls_high && !g_off; at += 8) {
		uint64_t g = *(const uint64_t *)(uintptr_t)at, m = g ? word_at(g + G_M) : 0;

		if (!m || word_at(m + M_G0) != g)
			continue;
		g_off = (int64_t)(at - tp);
		probe_m(g, m);
	}
}

static void copy(struct cgofuzz_fault *f, enum cgofuzz_mem_kind what, uint64_t from, uint64_t to)
{
	struct cgofuzz_mem *m = &f->mem[f->mem_count];
	size_t size = to > from ? to - from : 0, room = CGOFUZZ_DATA_BYTES - f->data_used;

	if (f->mem_count == CGOFUZZ_MAX_MEM || !size)
		return;
	size = cgofuzz_peek(cgofuzz_rec->data + f->data_used, from, size < room ? size : room);
	if (!size)
		return;
	m->addr = from;
	m->size = (uint32_t)size;
	m->at = f->data_used;
	m->what = what;
	f->data_used += (uint32_t)((size + 7) & ~(size_t)7);
	f->mem_count++;
}

/* The end of a window that begins at `sp` on a C stack: the main thread's arguments and environment
 * are nobody's business. */
static uint64_t c_end(uint64_t sp)
{
	uint64_t end = (uintptr_t)__libc_stack_end + 64;

	return sp < end && end - sp < C_WINDOW ? end : sp + C_WINDOW;
}

/* One stack window around sp. A page that is missing just below sp (overflow) is left out. */
static void copy_sp(struct cgofuzz_fault *f, uint64_t sp, uint64_t end)
{
	char probe;
	uint64_t from = sp - BELOW_SP;

	if (!cgofuzz_peek(&probe, from, 1))
		from = (sp & ~7ull);
	if (!cgofuzz_peek(&probe, from, 1)) /* sp itself is in the guard: from the next page on */
		from = (sp + PAGE) & ~(uint64_t)(PAGE - 1);
	copy(f, CGOFUZZ_MEM_SP, from, end);
}

/* The one that runs on this thread; or, if it waits, the one that the thread is kept for. */
static uint64_t goroutine_of(uint64_t m)
{
	uint64_t curg = curg_off && m ? word_at(m + curg_off) : 0;

	return curg || !lockedg_off || !m ? curg : word_at(m + lockedg_off);
}

/* Go's stack of C: that of m.g0, or of the one that was it until the runtime gave up on it. */
static uint64_t g0_of(uint64_t m)
{
	if (thread_g0 && word_at(thread_g0 + G_M) == m)
		return thread_g0;
	return m ? word_at(m + M_G0) : 0;
}

static void copy_go(struct cgofuzz_fault *f, uint64_t g, uint64_t sp, int *sp_done)
{
	uint64_t m = word_at(g + G_M), g0 = g0_of(m);
	uint64_t curg = goroutine_of(m);
	uint64_t lo = word_at(curg + G_STACK_LO), hi = word_at(curg + G_STACK_HI);

	if (curg && sp > lo && sp <= hi) { /* a fault in Go */
		copy_sp(f, sp, hi - sp < GO_WINDOW ? hi : sp + GO_WINDOW);
		*sp_done = 1;
	} else if (curg && lo < hi) {
		uint64_t from = word_at(curg + G_SCHED_SP);

		from = from > lo && from < hi ? from : lo;
		copy(f, CGOFUZZ_MEM_GOROUTINE, from, hi - from < GO_WINDOW ? hi : from + GO_WINDOW);
	}
	copy(f, CGOFUZZ_MEM_STRUCT, m, m ? m + M_BYTES : 0);
	copy(f, CGOFUZZ_MEM_STRUCT, g0, g0 ? g0 + STRUCT_BYTES : 0);
	if (g != g0)
		copy(f, CGOFUZZ_MEM_STRUCT, g, g + STRUCT_BYTES);
	if (curg && curg != g)
		copy(f, CGOFUZZ_MEM_STRUCT, curg, curg + STRUCT_BYTES);
}

/* Where C has used much of it, or is on another one: its outer end, as much as there is room for. */
static void copy_g0(struct cgofuzz_fault *f, uint64_t g, uint64_t sp)
{
	uint64_t g0 = g0_of(word_at(g + G_M)), g0_sp = word_at(g0 + G_SCHED_SP);
	uint64_t lo = word_at(g0 + G_STACK_LO), hi = word_at(g0 + G_STACK_HI),
		 from = g0_sp - G0_BELOW;

	if (g0 && g0_sp && (sp < lo || sp > hi + C_WINDOW || g0_sp >= sp + C_WINDOW))
		copy(f, CGOFUZZ_MEM_G0, from > lo ? from : lo, c_end(g0_sp));
}

/* What lies around the address that could not be used: on one side of it there may be memory. */
static void copy_fault(struct cgofuzz_fault *f)
{
	uint64_t at = f->fault_addr & ~7ull, from = at - FAULT_BELOW, to = at + FAULT_ABOVE, word;

	if (!f->signo || at < PAGE || at > UINT64_MAX / 2)
		return;
	if (cgofuzz_peek(&word, from, 8) != 8)
		from = at;
	if (cgofuzz_peek(&word, from, 8) != 8)
		from = (at + PAGE) & ~(uint64_t)(PAGE - 1);
	copy(f, CGOFUZZ_MEM_FAULT, from, to);
}

void cgofuzz_snapshot(struct cgofuzz_fault *f)
{
	uint64_t sp = cgofuzz_regs_sp(&f->regs), shadow_from, shadow_to;
	uint64_t g = g_off ? word_at(f->regs.thread_pointer + (uint64_t)g_off) : 0;
	int sp_done = 0;

	f->mem_count = 0;
	f->data_used = 0;
	memcpy(f->modules, modules, sizeof(modules));
	f->module_count = module_count;
	copy_fault(f);
	if (g)
		copy_go(f, g, sp, &sp_done);
	cgofuzz_shadow_used(&shadow_from, &shadow_to);
	copy(f, CGOFUZZ_MEM_SHADOW, shadow_from, shadow_to);
	if (!sp_done)
		copy_sp(f, sp, c_end(sp));
	if (g)
		copy_g0(f, g, sp);
}
