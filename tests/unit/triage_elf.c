/* triage_elf.c: tests. A reader of ELF files that dies, loops, eats memory or lies costs its answer, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lane/lane.h"
#include "triage/elf/child.h"
#include "triage/image.h"

/* One question to a child that behaves so: the answer's code; why as a child says it. */
static int ask(elf_serve_fn *serve, struct buf *answer, struct err *why)
{
	struct elf_ask q = { ELF_LINE, 62, 0x1234 };
	struct elf_child c;
	int rc;

	assert_int_equal(elf_child_start(&c, 0, serve, why), 0);
	rc = elf_child_ask(&c, &q, answer, why);
	if (rc < 0)
		assert_int_equal(c.pid, 0);
	elf_child_end(&c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left, not even a zombie */
	return rc;
}

static void refused(elf_serve_fn *serve, const char *words)
{
	struct buf answer = BUF_INIT;
	struct err why = ERR_INIT;

	assert_int_equal(ask(serve, &answer, &why), -1);
	if (!strstr(why.msg, words))
		fail_msg("\"%s\" does not say \"%s\"", why.msg, words);
	buf_release(&answer);
}

static void serve_echo(int socket, int file)
{
	struct buf out = BUF_INIT;
	struct elf_ask q;

	(void)file;
	while (elf_child_next(socket, &q)) {
		buf_reset(&out);
		elf_put64(&out, q.addr);
		elf_child_reply(socket, &q, true, &out);
	}
	buf_release(&out);
}

static void test_answers(void **state)
{
	struct buf answer = BUF_INIT;
	struct err why = ERR_INIT;
	struct elf_answer a;

	(void)state;
	assert_int_equal(ask(serve_echo, &answer, &why), 1);
	a = (struct elf_answer){ answer.ptr, answer.ptr + answer.len, false };
	assert_true(elf_take64(&a) == 0x1234);
	assert_true(a.at == a.end && !a.bad);
	assert_string_equal(elf_take_text(&a), "");
	assert_true(a.bad);
	buf_release(&answer);
}

static void serve_crash(int socket, int file)
{
	struct elf_ask q;

	(void)file;
	if (elf_child_next(socket, &q))
		abort();
}

static void serve_loop(int socket, int file)
{
	struct elf_ask q;

	(void)file;
	for (volatile unsigned n = elf_child_next(socket, &q); n; n |= 1)
		;
}

static void serve_eat(int socket, int file)
{
	struct elf_ask q;

	(void)file;
	if (elf_child_next(socket, &q))
		for (size_t i = 0; i < 8 * ELF_CHILD_BYTES; i += 1 << 20)
			memset(xmalloc(1 << 20), 1, 1 << 20);
}

static void serve_lie(int socket, int file)
{
	struct elf_reply r = { ELF_LINE, 1, UINT64_MAX };
	struct elf_ask q;

	(void)file;
	if (elf_child_next(socket, &q) && write(socket, &r, sizeof(r)) > 0)
		elf_child_next(socket, &q);
}

static void serve_stop_early(int socket, int file)
{
	struct elf_reply r = { ELF_LINE, 1, 100 };
	struct elf_ask q;

	(void)file;
	if (elf_child_next(socket, &q) && write(socket, &r, sizeof(r)) < 0)
		abort();
}

/* Nothing of the parent's is open: a lock would outlive it. */
static void serve_count_files(int socket, int file)
{
	struct buf out = BUF_INIT;
	struct elf_ask q;
	uint64_t open_files = 0;

	for (int fd = 0; fd < 64; fd++)
		open_files += lseek(fd, 0, SEEK_CUR) >= 0 || fd == socket || fd == file;
	if (elf_child_next(socket, &q)) {
		elf_put64(&out, open_files);
		elf_child_reply(socket, &q, true, &out);
	}
	buf_release(&out);
}

static void test_dies(void **state)
{
	(void)state;
	refused(serve_crash, "died: signal 6");
	refused(serve_lie, "no answer that can be one");
	refused(serve_stop_early, "died");
}

static void test_loops(void **state)
{
	(void)state;
	refused(serve_loop, "10 s of CPU time");
}

static void test_eats(void **state)
{
	(void)state;
	refused(serve_eat, "256 MB of memory");
}

static void test_open_files(void **state)
{
	struct buf answer = BUF_INIT;
	struct err why = ERR_INIT;
	uint64_t n;

	(void)state;
	assert_int_equal(ask(serve_count_files, &answer, &why), 1);
	memcpy(&n, answer.ptr, sizeof(n));
	assert_int_equal(n, 5);
	buf_release(&answer);
}

/* Our own executable, by way of a child; and once more in a process that has inherited the child. */
static void test_image(void **state)
{
	struct err e = ERR_INIT;
	struct image *m = image_open("/proc/self/exe", arch_find("amd64")->elf_machine, &e);
	uint64_t addr = 0;
	struct symbol s;
	const char *file = "";
	int line = 0, status;
	pid_t pid;

	(void)state;
	if (!m)
		fail_msg("%s", e.msg);
	assert_true(image_find(m, "test_image", &addr));
	assert_true(image_symbol(m, addr + 1, &s));
	assert_string_equal(s.name, "test_image");
	assert_non_null(image_row(m, addr));
	assert_null(image_why(m));
	pid = fork();
	if (pid == 0)
		_exit(image_line(m, addr, &file, &line) && strstr(file, "triage_elf.c") ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(image_line(m, addr, &file, &line));
	assert_non_null(strstr(file, "triage_elf.c"));
	assert_true(line > 100);
}

static void test_no_image(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_null(image_open("/proc/self/status", 62, &e));
	assert_null(image_open("Makefile", 62, &e));
	assert_string_equal(e.msg, "it is no ELF file");
	assert_null(image_open("/proc/self/exe", 183, &e));
	assert_string_equal(e.msg, "it is for ELF machine 62, wanted 183");
	assert_null(image_open("/proc/self/exe", 183, &e)); /* the cache says so, too */
	assert_string_equal(e.msg, "it is for ELF machine 62, wanted 183");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),	   cmocka_unit_test(test_dies),
		cmocka_unit_test(test_loops),	   cmocka_unit_test(test_eats),
		cmocka_unit_test(test_open_files), cmocka_unit_test(test_image),
		cmocka_unit_test(test_no_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
