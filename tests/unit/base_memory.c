/* base_memory.c: tests. Growing strings, arenas, bounded reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"

static void a_buf_is_always_a_string(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_string_equal(b.ptr, "");
	buf_add(&b, NULL, 0);
	assert_string_equal(b.ptr, "");
	buf_addstr(&b, "a\tb \n ");
	assert_string_equal(b.ptr, "a\tb \n ");
	buf_rtrim(&b);
	assert_string_equal(b.ptr, "a\tb");
	buf_addf(&b, "%d%s", 7, "x");
	buf_addch(&b, '!');
	assert_string_equal(b.ptr, "a\tb7x!");
	assert_int_equal(b.len, 6);
	buf_reset(&b);
	assert_string_equal(b.ptr, "");
	buf_rtrim(&b);
	buf_release(&b);
	assert_string_equal(b.ptr, "");
	buf_reset(&b);
	buf_rtrim(&b);
	buf_release(&b);
}

static void a_buf_keeps_nul_bytes_and_grows(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_add(&b, "\0x", 2);
	assert_int_equal(b.len, 200000);
	assert_int_equal(b.ptr[199999], 'x');
	assert_int_equal(b.ptr[200000], 0);
	buf_release(&b);
}

static void a_detached_buf_belongs_to_the_caller(void **state)
{
	struct buf b = BUF_INIT;
	size_t len = 1;
	char *p = buf_detach(&b, &len);

	(void)state;
	assert_string_equal(p, "");
	assert_int_equal(len, 0);
	free(p);
	buf_addstr(&b, "text");
	p = buf_detach(&b, NULL);
	assert_string_equal(p, "text");
	assert_int_equal(b.len, 0);
	free(p);
	p = xasprintf("%s-%d", "n", 3);
	assert_string_equal(p, "n-3");
	free(p);
}

static void an_arena_gives_zeroed_aligned_memory(void **state)
{
	struct arena a = ARENA_INIT;
	unsigned char *last = NULL;

	(void)state;
	for (size_t size = 0; size < 20000; size += 97) {
		unsigned char *p = arena_alloc(&a, size);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		if (size == 0)
			continue;
		assert_ptr_not_equal(p, last);
		memset(p, 0xff, size);
		last = p;
	}
	assert_true(a.total >= 2000000);
	arena_release(&a);
	assert_int_equal(a.total, 0);
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_printf(&a, "%05d", 42), "00042");
	arena_release(&a);
	arena_release(&a);
}

static void an_arena_that_is_reset_uses_its_memory_again(void **state)
{
	struct arena a = ARENA_INIT;
	char *first;

	(void)state;
	for (int i = 0; i < 100; i++)
		arena_alloc(&a, 1000);
	arena_alloc(&a, 100000);
	arena_reset(&a);
	assert_int_equal(a.total, 0);
	first = arena_alloc(&a, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(first[i], 0);
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 8), first);
	arena_reset(&(struct arena)ARENA_INIT);
	arena_release(&a);
}

static void lines_end_at_newlines_alone(void **state)
{
	struct buf b = BUF_INIT;
	size_t at = 0, len;

	(void)state;
	assert_null(buf_line(&b, &at, &len));
	buf_add(&b, "one\n\ntw\0o\nlast", 14);
	assert_memory_equal(buf_line(&b, &at, &len), "one", 3);
	assert_int_equal(len, 3);
	assert_non_null(buf_line(&b, &at, &len));
	assert_int_equal(len, 0);
	assert_memory_equal(buf_line(&b, &at, &len), "tw\0o", 4);
	assert_int_equal(len, 4);
	assert_string_equal(buf_line(&b, &at, &len), "last");
	assert_int_equal(len, 4);
	assert_null(buf_line(&b, &at, &len));
	buf_release(&b);
}

static void a_reader_never_passes_the_end(void **state)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xff };
	struct bytes b;

	(void)state;
	bytes_init(&b, data, sizeof(data));
	assert_int_equal(bytes_u8(&b), 1);
	assert_int_equal(bytes_u16(&b), 0x0302);
	assert_int_equal(bytes_u32(&b), 0x07060504);
	assert_true(bytes_u64(&b) == 0x0f0e0d0c0b0a0908u);
	assert_ptr_equal(bytes_take(&b, 0), data + 15);
	assert_false(b.overrun);
	assert_int_equal(bytes_u16(&b), 0); /* one byte is left */
	assert_true(b.overrun);
	assert_int_equal(bytes_u8(&b), 0); /* and is not believed any more */
	assert_null(bytes_take(&b, SIZE_MAX));
	bytes_init(&b, NULL, 0);
	assert_int_equal(bytes_u64(&b), 0);
	assert_true(b.overrun);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buf_is_always_a_string),
		cmocka_unit_test(a_buf_keeps_nul_bytes_and_grows),
		cmocka_unit_test(a_detached_buf_belongs_to_the_caller),
		cmocka_unit_test(an_arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(an_arena_that_is_reset_uses_its_memory_again),
		cmocka_unit_test(lines_end_at_newlines_alone),
		cmocka_unit_test(a_reader_never_passes_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
