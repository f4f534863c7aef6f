/* core.c: triage/import. From a core and its executable to registers, memory and a stack. */
#include "triage/import/core.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "triage/elf/child.h"
#include "triage/elf/core.h"
#include "triage/fault.h"
#include "triage/space.h"
#include "triage/text.h"
#include "triage/unwind_arch.h"

#define PAGE 4096

bool core_is(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	Elf64_Ehdr eh = { 0 };
	ssize_t n = fd < 0 ? -1 : pread(fd, &eh, sizeof(eh), 0);

	if (fd >= 0)
		close(fd);
	return n >= 18 && !memcmp(eh.e_ident, ELFMAG, SELFMAG) && eh.e_type == ET_CORE;
}

struct program {
	const char *path;
	int machine;
	uint64_t entry, dynamic; /* addresses of the file; 0: it has none */
};

/* Of an executable only what its header says. */
static int program_read(struct program *p, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	Elf64_Ehdr eh = { 0 };
	ssize_t n = fd < 0 ? -1 : pread(fd, &eh, sizeof(eh), 0);
	bool good = n == sizeof(eh) && !memcmp(eh.e_ident, ELFMAG, SELFMAG) &&
		eh.e_ident[EI_CLASS] == ELFCLASS64 && eh.e_phoff < INT64_MAX / 2;

	*p = (struct program){ path, eh.e_machine, eh.e_entry, 0 };
	for (int i = 0; good && i < eh.e_phnum; i++) {
		Elf64_Phdr ph;

		if (pread(fd, &ph, sizeof(ph), (off_t)(eh.e_phoff + i * sizeof(ph))) != sizeof(ph))
			break;
		if (ph.p_type == PT_DYNAMIC)
			p->dynamic = ph.p_vaddr;
	}
	if (fd >= 0)
		close(fd);
	return good ? 0 : err_set(e, EXIT_USAGE, "%s is no executable of 64 bits", path);
}

/* All the child knows; a core that nobody survives is one that cannot be read. */
static int ask(const char *path, const struct program *p, struct buf *answer, struct err *e)
{
	struct elf_ask q = { .what = ELF_CORE, .addr = p->dynamic ? p->dynamic - p->entry : 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	struct elf_child child;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return err_set(e, EXIT_USAGE, "is no file that can be read");
	}
	rc = elf_child_start(&child, fd, core_serve, e);
	if (rc == 0) {
		rc = elf_child_ask(&child, &q, answer, e);
		if (rc >= 0)
			elf_child_end(&child);
		if (rc == 0)
			rc = err_set(e, EXIT_USAGE, "begins as a core and is none that can be read");
		else if (rc < 0)
			err_prefix(e, "cannot be read");
	}
	close(fd);
	return rc < 0 ? -1 : 0;
}

static void add_thread(struct core_crash *c, uint32_t tid, uint32_t signo, const uint64_t *regs)
{
	const struct unwind_arch *a = unwind_arch_of((int)c->arch->id);

	buf_addf(&c->text, "thread %u: %s, pc 0x%" PRIx64 ", sp 0x%" PRIx64 "\n", tid,
		 signo ? signal_name((int)signo) : "no signal", regs[a->wire_pc],
		 regs[a->wire[a->sp]]);
}

static void take_threads(struct core_crash *c, struct elf_answer *a)
{
	struct cgofuzz_regs *r = &c->rec->fault.regs;
	uint32_t count = elf_take32(a), told = elf_take32(a);

	_Static_assert(CORE_REGS == CGOFUZZ_MAX_REGS, "a core's registers are those of a record");
	a->bad |= told > CORE_THREADS;
	for (uint32_t i = 0; i < told && !a->bad; i++) {
		uint32_t tid = elf_take32(a), signo = elf_take32(a);
		uint64_t tp = elf_take64(a), regs[CORE_REGS];

		for (int n = 0; n < CORE_REGS; n++)
			regs[n] = elf_take64(a);
		add_thread(c, tid, signo, regs);
		if (i)
			continue;
		memcpy(r->gpr, regs, sizeof(r->gpr));
		r->thread_pointer = tp;
		r->valid = 1;
		c->rec->tid = (int32_t)tid;
	}
	if (count > told)
		buf_addf(&c->text, "and %u more threads\n", count - told);
}

/* The address at which the program began; 0: it does not say. */
static uint64_t take_auxv(struct core_crash *c, struct elf_answer *a)
{
	uint32_t count = elf_take32(a);
	uint64_t entry = 0;

	a->bad |= count > CORE_AUXV;
	buf_addstr(&c->text, "auxiliary vector:");
	for (uint32_t i = 0; i < count && !a->bad; i++) {
		uint64_t type = elf_take64(a), value = elf_take64(a);

		if (type == AT_ENTRY)
			entry = value;
		if (type != AT_NULL)
			buf_addf(&c->text, " %" PRIu64 "=0x%" PRIx64, type, value);
	}
	buf_addch(&c->text, '\n');
	return entry;
}

static void take_modules(struct core_crash *c, struct elf_answer *a)
{
	struct cgofuzz_fault *f = &c->rec->fault;
	uint32_t count = elf_take32(a);

	a->bad |= count >= CGOFUZZ_MAX_MODULES;
	for (f->module_count = 1; f->module_count <= count && !a->bad; f->module_count++) {
		struct cgofuzz_module *m = &f->modules[f->module_count];

		m->bias = elf_take64(a);
		snprintf(m->path, sizeof(m->path), "%s", elf_take_text(a));
	}
}

static void take_windows(struct core_crash *c, struct elf_answer *a)
{
	struct cgofuzz_fault *f = &c->rec->fault;
	uint32_t count = elf_take32(a);

	a->bad |= count > CGOFUZZ_MAX_MEM;
	for (uint32_t i = 0; i < count && !a->bad; i++) {
		struct cgofuzz_mem *m = &f->mem[f->mem_count++];

		m->what = elf_take32(a);
		m->addr = elf_take64(a);
		m->size = elf_take32(a);
		m->at = f->data_used;
		a->bad |= m->size > CGOFUZZ_DATA_BYTES - m->at || m->what >= CGOFUZZ_MEM_KINDS ||
			m->size > (size_t)(a->end - a->at);
		if (a->bad)
			break;
		memcpy(c->rec->data + m->at, a->at, m->size);
		a->at += m->size;
		f->data_used += (m->size + 7) & ~UINT32_C(7);
		a->bad |= f->data_used > CGOFUZZ_DATA_BYTES;
	}
	a->bad |= a->at != a->end;
}

/* Where it was loaded is where it began. Of another program, that is no multiple of pages. */
static int take_program(struct core_crash *c, const struct program *p, uint64_t entry, struct err *e)
{
	if (p->machine != c->arch->elf_machine)
		return err_set(e, EXIT_USAGE, "is of %s, %s is not", c->arch->name, p->path);
	if (entry && (entry - p->entry) % PAGE)
		return err_set(e, EXIT_USAGE, "is not a core of %s: that begins elsewhere", p->path);
	c->rec->fault.modules[0].bias = entry ? entry - p->entry : 0;
	return 0;
}

static int take(struct core_crash *c, struct elf_answer *a, const struct program *program,
		struct err *e)
{
	struct cgofuzz_fault *f = &c->rec->fault;
	uint32_t machine = elf_take32(a);
	uint64_t entry;
	bool has_info;
	int died_of;

	for (unsigned i = 0; arch_at(i) && !c->arch; i++)
		if (arch_at(i)->elf_machine == (int)machine)
			c->arch = arch_at(i);
	if (!c->arch)
		return err_set(e, EXIT_USAGE, "is of ELF machine %u; known are amd64, arm64",
			       machine);
	c->rec->arch = c->arch->id;
	died_of = (int32_t)elf_take32(a);
	f->signo = (int32_t)elf_take32(a);
	has_info = elf_take32(a) != 0;
	f->si_code = (int32_t)elf_take32(a);
	if (!has_info)
		f->si_code = FAULT_NO_ADDRESS;
	f->fault_addr = elf_take64(a);
	buf_addf(&c->text, "%s, %s", c->arch->name, signal_name(f->signo));
	if (has_info)
		buf_addf(&c->text, ", code %d, address 0x%" PRIx64, f->si_code, f->fault_addr);
	buf_addf(&c->text, "%s%s\n", died_of != f->signo ? "; in the end " : "",
		 died_of != f->signo ? signal_name(died_of) : "");
	take_threads(c, a);
	entry = take_auxv(c, a);
	take_modules(c, a);
	take_windows(c, a);
	if (a->bad)
		return err_set(e, EXIT_ENVIRON, "its reader gave no answer that can be one");
	if (!f->regs.valid)
		return err_set(e, EXIT_USAGE, "has no registers of any thread");
	return take_program(c, program, entry, e);
}

static void add_registers(struct core_crash *c)
{
	const struct unwind_arch *a = unwind_arch_of((int)c->arch->id);

	buf_addstr(&c->text, "registers:");
	for (int i = 0; i < a->wire_count; i++)
		buf_addf(&c->text, " %s=0x%" PRIx64, a->names[i], c->rec->fault.regs.gpr[i]);
	buf_addch(&c->text, '\n');
}

int core_take(struct core_crash *c, const char *answer, size_t len, const char *program,
	      struct err *e)
{
	struct elf_answer a = { answer, answer + len, false };
	struct program p;
	struct space space;

	*c = (struct core_crash){ .text = BUF_INIT, .rec = xcalloc(1, sizeof(*c->rec)) };
	if (program_read(&p, program, e) < 0 || take(c, &a, &p, e) < 0) {
		core_release(c);
		return -1;
	}
	add_registers(c);
	c->stack = xcalloc(1, sizeof(*c->stack));
	space_init(&space, c->rec, program);
	stack_unwind(c->stack, &space);
	stack_tell_refused(c->stack, &space);
	stack_print(c->stack, &c->text);
	return 0;
}

void core_release(struct core_crash *c)
{
	free(c->rec);
	free(c->stack);
	buf_release(&c->text);
}

int core_read(struct core_crash *c, const char *path, const char *program, struct err *e)
{
	struct buf answer = BUF_INIT;
	struct program p;
	int rc;

	rc = program_read(&p, program, e) < 0 || ask(path, &p, &answer, e) < 0 ? -1 : 0;
	if (rc == 0)
		rc = core_take(c, answer.ptr, answer.len, program, e);
	buf_release(&answer);
	return rc;
}
