/* turb_dlopen.c: guest. Turbulence of the family control: libraries that are loaded while the plan runs. */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/fp.h"
#include "guest/turbulence_run.h"

typedef double turb_sum(const double *x, int n);

/* ld.so knows files by name, then by inode (glibc, elf/dl-load.c, _dl_map_object). Memory files have inodes of their
 * own; names differ by the dots and slashes in them. */
static void turb_name(char name[64], int fd)
{
	static uint32_t serial;
	char *at = name + snprintf(name, 64, "/proc/self/fd/");

	serial++;
	for (int bit = 0; bit < 16; bit++) {
		if (serial >> bit & 1)
			*at++ = '.';
		*at++ = '/';
	}
	snprintf(at, (size_t)(name + 64 - at), "%d", fd);
}

void *cgofuzz_turb_load(const char *bytes, const char *end, int flags)
{
	const size_t size = (size_t)(end - bytes);
	char path[64];
	void *handle = NULL;
	int fd = memfd_create("cgofuzz-library", MFD_CLOEXEC);

	if (fd < 0)
		return NULL;
	turb_name(path, fd);
	if (write(fd, bytes, size) == (ssize_t)size)
		handle = dlopen(path, flags);
	close(fd);
	return handle;
}

/* As most libraries it stays once it is there. What its constructors changed then they have changed for each plan that
 * loads it: a plan is to show the same whatever ran before it in the process. */
static void *turb_load_fast(int flags, uint64_t *control)
{
	static void *handle;
	static uint64_t set, cleared; /* control bits */

	if (!handle) {
		handle = cgofuzz_turb_load(cgofuzz_library_fast, cgofuzz_library_fast_end, flags);
		set = cgofuzz_fp_control() & ~*control;
		cleared = *control & ~cgofuzz_fp_control();
	}
	*control = (*control | set) & ~cleared;
	return handle;
}

/* Control bits belong to the thread (psABI 3.2.1, AAPCS64 6.1.2): what runs while a library is loaded gives them
 * back. Afterwards they are as before, whoever changed them. */
static void *turb_load_checked(const struct cgofuzz_turb *turb)
{
	const int flags = turb->t->value[1] ? RTLD_LAZY | RTLD_GLOBAL : RTLD_NOW | RTLD_LOCAL;
	const uint64_t before = cgofuzz_fp_control();
	uint64_t after = before;
	void *handle;

	if (turb->t->value[0]) {
		handle = turb_load_fast(flags, &after);
	} else {
		handle = cgofuzz_turb_load(cgofuzz_library_plain, cgofuzz_library_plain_end, flags);
		after = cgofuzz_fp_control();
	}
	if (after != before) {
		cgofuzz_turb_fault(CGOFUZZ_FAULT_OUTCOME, before, after,
				   "loading a library changed the floating-point environment");
		cgofuzz_fp_set_control(before);
	}
	return handle;
}

void cgofuzz_turb_DLOPEN(const struct cgofuzz_turb *turb)
{
	static const double x[] = { 0.5, 0.25, 4 };
	const double sum = 4.75;
	void *handle = cgofuzz_take(&cgofuzz_budget.libraries, 1, CGOFUZZ_LIBRARIES_MAX)
		? turb_load_checked(turb)
		: NULL;
	turb_sum *f = handle ? (turb_sum *)(uintptr_t)dlsym(handle, "cgofuzz_library_sum") : NULL;
	double first = f ? f(x, 3) : 0, second;

	if (!cgofuzz_live->stop)
		cgofuzz_body(turb);
	if (!f)
		return;
	second = f(x, 3);
	if (!cgofuzz_live->stop && !turb->t->value[0] && (first != sum || second != 2 * sum))
		cgofuzz_turb_fault(
			CGOFUZZ_FAULT_OUTCOME, (uint64_t)(8 * sum), (uint64_t)(4 * second),
			"a library's function has another result than its first two calls give");
	if (!turb->t->value[0])
		dlclose(handle);
}
