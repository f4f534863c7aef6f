/* elf.c: tests. Executables that were altered at random: whatever libelf and libdw make of them, their reader's death
 * is an answer. An input is the seed of its alterations: what the reader covers, libFuzzer cannot see. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/proc.h"
#include "base/rng.h"
#include "triage/elf/reader.h"

#define MACHINE 62 /* EM_X86_64 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Inlined functions, a type of Go's runtime, several units of CFI. */
static const char source[] =
	"typedef struct { long m, sched, goid; } g; struct runtime_g { long stack[6], m, sched, goid; } rg;\n"
	"static inline __attribute__((always_inline)) int deep(int *p) { return *p + rg.m; }\n"
	"static inline __attribute__((always_inline)) int less(int *p) { return deep(p) * 3; }\n"
	"int first(int *p) { return less(p) + 1; }\n"
	"int second(int n) { volatile char room[n + 1]; room[n] = 1; return room[n] + first(&n); }\n"
	"void _start(void) { second(7); }\n";

static struct buf good; /* the file as it was */
static unsigned long files, deaths;

static __attribute__((destructor)) void say(void)
{
	if (files)
		fprintf(stderr, "elf: %lu files, of which %lu killed their reader\n", files, deaths);
}

static void make_good(void)
{
	char dir[] = "/tmp/cgofuzz-elf-XXXXXX", *c, *exe;
	struct err e = ERR_INIT;

	BUG_ON(!mkdtemp(dir));
	c = xasprintf("%s/f.c", dir);
	exe = xasprintf("%s/f", dir);
	{
		char *argv[] = { (char *)"gcc",
				 (char *)"-g",
				 (char *)"-O2",
				 (char *)"-fno-builtin",
				 (char *)"-o",
				 exe,
				 c,
				 (char *)"-nostdlib",
				 (char *)"-fpie",
				 (char *)"-pie",
				 NULL };
		struct proc_spec spec = { .argv = argv };

		if (file_write(c, source, strlen(source), &e) < 0 || proc_must(&spec, &e) < 0 ||
		    file_read(exe, 0, &good, &e) < 0)
			BUG("%s", e.msg);
	}
	for (char *at = good.ptr;
	     (at = memmem(at, (size_t)(good.ptr + good.len - at), "runtime_g", 9)); at++)
		at[7] = '.';
	dir_remove(dir, &e);
	free(c);
	free(exe);
}

static void alter(struct buf *file, struct rng *r)
{
	static const uint64_t words[] = { 0,	      1,	  0x7f,	     0x80,
					  0xff,	      0x7fff,	  0xffff,    0x7fffffff,
					  0xfffffffe, 0xffffffff, INT64_MAX, UINT64_MAX - 7,
					  UINT64_MAX };
	uint64_t count = 1 + rng_below(r, 1u << rng_below(r, 7));

	for (uint64_t i = 0; i < count; i++) {
		static const size_t widths[] = { 1, 1, 2, 4, 8 };
		/* Headers are few and decide much. */
		size_t room = rng_below(r, 4) ? file->len : 1024, n = widths[rng_below(r, 5)];
		size_t at = rng_below(r, room - 64);
		uint64_t word = rng_below(r, 2) ? words[rng_below(r, 13)] : rng_next(r);

		if (rng_below(r, 8))
			memcpy(file->ptr + at, &word, n);
		else
			memmove(file->ptr + at, file->ptr + rng_below(r, file->len - 64),
				rng_below(r, 64));
	}
	if (!rng_below(r, 16))
		file->len = rng_below(r, file->len);
}

static void ask_all(struct reader *r, struct rng *g, struct buf *out)
{
	struct elf_ask q = { ELF_OPEN, MACHINE, 0 };

	if (!reader_open(r, &q, out) || !r->elf)
		return;
	reader_go(r, &q, out);
	for (int i = 0; i < 6; i++) {
		q.addr = 0x1000 + rng_below(g, i < 4 ? 0xc0 : 0x4000);
		reader_row(r, &q, out);
		reader_line(r, &q, out);
		reader_inlines(r, &q, out);
	}
}

/* In the child, with the limits of every reader: many files one after the other, as forks are most of the time. */
static void serve(int socket, int file)
{
	struct buf out = BUF_INIT;
	struct elf_ask q;

	while (elf_child_next(socket, &q)) {
		struct reader r = { .fd = file };
		struct rng g;

		rng_seed(&g, q.addr);
		buf_reset(&out);
		ask_all(&r, &g, &out);
		reader_release(&r);
		elf_child_reply(socket, &q, true, &out);
	}
}

static void write_file(int fd, uint64_t seed, bool altered)
{
	struct buf text = BUF_INIT;
	struct rng g;

	rng_seed(&g, ~seed);
	buf_add(&text, good.ptr, good.len);
	if (altered)
		alter(&text, &g);
	BUG_ON(ftruncate(fd, 0) < 0 || pwrite(fd, text.ptr, text.len, 0) != (ssize_t)text.len);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct elf_child child = { .fd = -1 };
	static int fd = -1;
	struct elf_ask q = { 0, MACHINE, hash_u64(data, size) };
	struct buf answer = BUF_INIT;
	struct err e = ERR_INIT;

	if (!good.len) {
		make_good();
		fd = memfd_create("elf", MFD_CLOEXEC);
	}
	write_file(fd, q.addr, size > 0);
	if (++files % 256 == 0)
		elf_child_end(&child);
	if (!child.pid && elf_child_start(&child, fd, serve, &e) < 0)
		BUG("%s", e.msg);
	if (elf_child_ask(&child, &q, &answer, &e) < 0) {
		deaths++;
		fprintf(stderr, "elf: seed %#" PRIx64 ": %s\n", q.addr, e.msg);
		BUG_ON(!size);
	}
	buf_release(&answer);
	return 0;
}
