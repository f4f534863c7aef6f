/* core.c: tests. Cores that were altered at random, read by their child; and any bytes as what that child answers. */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "triage/elf/child.h"
#include "triage/elf/core.h"
#include "triage/import/core.h"

#define STACK UINT64_C(0x7ffff000)
#define STACK_BYTES 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long files, deaths;

static __attribute__((destructor)) void say(void)
{
	if (files)
		fprintf(stderr, "core: %lu files, of which %lu killed their reader\n", files, deaths);
}

static void add_note(struct buf *out, uint32_t type, const void *desc, uint32_t size)
{
	Elf64_Nhdr nh = { 5, size, type };

	buf_add(out, &nh, sizeof(nh));
	buf_add(out, "CORE\0\0\0", 8);
	buf_add(out, desc, size);
}

/* A thread that died of SIGABRT, below it a frame of SIGSEGV, and a g, an m and a g0 that know each other. */
static void make_core(struct buf *out, bool arm64)
{
	uint64_t status[49] = { 0 },
		 aux[6] = { AT_ENTRY, 0x401000, AT_PHDR, STACK, AT_RANDOM, STACK + 4096 };
	uint64_t info[16] = { 6, 0, 0 }, stack[STACK_BYTES / 8] = { 0 };
	Elf64_Ehdr eh = { .e_ident = ELFMAG, .e_type = ET_CORE, .e_version = 1, .e_phnum = 2 };
	Elf64_Phdr ph[2] = { { .p_type = PT_NOTE, .p_align = 4 },
			     { .p_type = PT_LOAD, .p_flags = 6 } };
	struct buf notes = BUF_INIT;

	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	eh.e_ident[EI_VERSION] = EV_CURRENT;
	eh.e_machine = arm64 ? EM_AARCH64 : EM_X86_64;
	eh.e_phoff = eh.e_ehsize = sizeof(eh);
	eh.e_phentsize = sizeof(ph[0]);
	for (int i = 14; i < 49; i++)
		status[i] = STACK + 1024;
	status[1] = (uint64_t)6 << 32;
	stack[128] = 11; /* at sp: siginfo */
	stack[129] = 1;
	stack[200] = STACK + 8 * 210; /* g0's m, and back */
	stack[206] = STACK + 8 * 210;
	stack[210] = STACK + 8 * 200;
	stack[220] = STACK + 8 * 200;
	add_note(&notes, NT_PRSTATUS, status, sizeof(status));
	add_note(&notes, NT_SIGINFO, info, sizeof(info));
	add_note(&notes, NT_AUXV, aux, sizeof(aux));
	ph[0].p_offset = sizeof(eh) + sizeof(ph);
	ph[0].p_filesz = notes.len;
	ph[1].p_offset = ph[0].p_offset + notes.len;
	ph[1].p_vaddr = STACK;
	ph[1].p_filesz = ph[1].p_memsz = sizeof(stack);
	buf_add(out, &eh, sizeof(eh));
	buf_add(out, ph, sizeof(ph));
	buf_add(out, notes.ptr, notes.len);
	buf_add(out, stack, sizeof(stack));
	buf_release(&notes);
}

/* Four bytes each: where (16 bits), how, and what. */
static void alter(struct buf *file, const uint8_t *data, size_t size)
{
	for (; size >= 4 && file->len > 64; data += 4, size -= 4) {
		size_t at = (size_t)(data[0] | data[1] << 8) % (file->len - 8);

		if (data[2] < 128)
			file->ptr[at] = (char)data[3];
		else if (data[2] < 254)
			memset(file->ptr + at, (int8_t)data[3] >> 7, 1u << data[2] % 4);
		else
			file->len = at + 8;
	}
}

static void use(const char *answer, size_t len)
{
	struct core_crash c;
	struct err e = ERR_INIT;

	if (core_take(&c, answer, len, "/proc/self/exe", &e) < 0) {
		BUG_ON(!*e.msg);
		return;
	}
	BUG_ON(!c.text.len || c.stack->count > STACK_MAX_FRAMES || !c.rec->fault.regs.valid);
	core_release(&c);
}

static void read_altered(const uint8_t *data, size_t size)
{
	static struct elf_child child = { .fd = -1 };
	static int fd = -1;
	struct elf_ask q = { .what = ELF_CORE, .addr = 64 };
	struct buf file = BUF_INIT, answer = BUF_INIT;
	struct err e = ERR_INIT;
	int rc;

	make_core(&file, size && data[0] & 1);
	alter(&file, data + !!size, size - !!size);
	if (fd < 0)
		fd = memfd_create("core", MFD_CLOEXEC);
	BUG_ON(ftruncate(fd, 0) < 0 || pwrite(fd, file.ptr, file.len, 0) != (ssize_t)file.len);
	if (++files % 256 == 0)
		elf_child_end(&child);
	if (!child.pid && elf_child_start(&child, fd, core_serve, &e) < 0)
		BUG("%s", e.msg);
	rc = elf_child_ask(&child, &q, &answer, &e);
	if (rc < 0) {
		deaths++;
		fprintf(stderr, "core: input %016" PRIx64 ": %s\n", hash_u64(data, size), e.msg);
	}
	BUG_ON(size < 5 && rc != 1);
	if (rc > 0)
		use(answer.ptr, answer.len);
	buf_release(&file);
	buf_release(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size % 4 == 3)
		use((const char *)data, size);
	else
		read_altered(data, size);
	return 0;
}
