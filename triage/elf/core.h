/* core.h: triage/elf. A core file: what a process left when it died. */
#ifndef TRIAGE_ELF_CORE_H
#define TRIAGE_ELF_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define CORE_THREADS 256 /* told of; there may be more */
#define CORE_AUXV 64
#define CORE_MODULES 16
#define CORE_WINDOWS 8
#define CORE_REGS 34 /* in the order of struct cgofuzz_regs */

/*
 * An elf_serve_fn. ELF_CORE, with addr the way from the program's entry to its dynamic section (0: has none; QEMU's cores
 * leave the program's headers out), answers, if the file is a core of 64 bits:
 *   u32 ELF machine
 *   u32 signal that it died of, u32 signal that came first, u32 is the next known, u32 si_code, u64 address of the access
 *   u32 threads in the core, u32 told: each u32 tid, u32 signal, u64 thread pointer (0: not known), u64 CORE_REGS
 *     registers; the one that died is the first
 *   u32 entries of the auxiliary vector: each u64 type, u64 value
 *   u32 libraries: each u64 bias, str path
 *   u32 windows of memory around the first thread: each u32 enum cgofuzz_mem_kind, u64 address, u32 size, bytes
 */
void core_serve(int socket, int file);

/* For core.c, core_notes.c and core_windows.c. */
struct core_segment {
	uint64_t addr, size, offset; /* bytes of it in the file */
};
struct core_thread {
	uint32_t tid, signo;
	uint64_t tp, regs[CORE_REGS];
};
struct core {
	int fd;
	uint32_t machine;
	uint64_t dynamic; /* the program's dynamic section; 0: it has none */
	struct core_segment *segments;
	size_t segment_count;
	uint32_t died_of, has_info, si_code; /* NT_SIGINFO */
	uint64_t addr;
	struct core_thread threads[CORE_THREADS];
	uint32_t thread_count, told;
	uint64_t auxv[CORE_AUXV][2];
	uint32_t auxv_count;
};
/* As many bytes as there are from addr on. */
size_t core_peek(const struct core *c, uint64_t addr, void *to, size_t size);
uint64_t core_word(const struct core *c, uint64_t addr); /* 0: it is not there */
/* One note: type, and what it describes. */
void core_note(struct core *c, uint32_t type, const char *desc, size_t size);
/* Where the thread that died had handled a signal: registers and signal become those before that. */
void core_first_signal(struct core *c);
uint64_t core_auxv(const struct core *c, uint64_t type); /* 0: has none */
void core_put_modules(const struct core *c, struct buf *out);
void core_put_windows(const struct core *c, struct buf *out);

#endif
