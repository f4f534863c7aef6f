/* recorder.c: guest. The recorder that guest and supervisor share: mapping it, collecting what an
 * earlier guest left, plans, and files in pending/. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/runtime.h"

struct cgofuzz_recorder *cgofuzz_rec;
struct cgofuzz_live *cgofuzz_live;
int cgofuzz_dir_fd = -1;

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "cgofuzz guest: %s %s: %s\n", getenv(CGOFUZZ_DIR_ENV), what,
		errno ? strerror(errno) : "not a recorder of this version");
	fflush(stderr);
	_exit(3);
}

static void *map(int fd, size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
}

/* A record of one build is never taken for one of another. */
static void check_build(const struct cgofuzz_recorder *r)
{
	if (strncmp(r->build_id, cgofuzz_batch_id, sizeof(r->build_id)) == 0)
		return;
	fprintf(stderr, "cgofuzz guest: %s recorder: is for build %.*s, this program is build %s\n",
		getenv(CGOFUZZ_DIR_ENV), (int)sizeof(r->build_id), r->build_id, cgofuzz_batch_id);
	fflush(stderr);
	_exit(3);
}

static struct cgofuzz_recorder *recorder_map(void)
{
	const char *dir = getenv(CGOFUZZ_DIR_ENV);
	struct cgofuzz_recorder *r;
	int fd = -1;

	if (dir && *dir) {
		cgofuzz_dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (cgofuzz_dir_fd < 0)
			give_up("(directory)");
		fd = openat(cgofuzz_dir_fd, "recorder", O_RDWR | O_CLOEXEC);
		errno = fd < 0 ? errno : 0;
		if (fd < 0 || lseek(fd, 0, SEEK_END) < (off_t)sizeof(*r))
			give_up("recorder");
	}
	r = map(fd, sizeof(*r));
	if (r == MAP_FAILED)
		give_up("mmap");
	if (fd < 0)
		return r;
	close(fd);
	errno = 0;
	if (memcmp(r->magic, CGOFUZZ_WIRE_MAGIC, 8) || r->version != CGOFUZZ_WIRE_VERSION ||
	    r->size != sizeof(*r))
		give_up("recorder");
	check_build(r);
	return r;
}

/* A copy of the recorder becomes pending/PID-N.rec; unused bytes of data[] stay a hole. */
static void recorder_keep(void)
{
	static unsigned serial;
	struct cgofuzz_recorder *r = cgofuzz_rec;
	size_t size = offsetof(struct cgofuzz_recorder, data) + r->fault.data_used, done = 0;
	char tmp[64], rec[64];
	int fd;

	if (cgofuzz_dir_fd < 0 || r->fault.data_used > CGOFUZZ_DATA_BYTES)
		return;
	snprintf(tmp, sizeof(tmp), "pending/%d-%u.tmp", (int)getpid(), serial);
	snprintf(rec, sizeof(rec), "pending/%d-%u.rec", (int)getpid(), serial++);
	fd = openat(cgofuzz_dir_fd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	while (done < size) {
		ssize_t n = write(fd, (const char *)r + done, size - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (done < size || ftruncate(fd, sizeof(*r)) < 0 || close(fd) < 0 ||
	    renameat(cgofuzz_dir_fd, tmp, cgofuzz_dir_fd, rec) < 0)
		unlinkat(cgofuzz_dir_fd, tmp, 0);
	else
		r->kept++;
}

/* How it ended, where AFL++'s server has waited for it. */
extern int cgofuzz_afl_status __attribute__((weak));

/* A recorder that another process left RUNNING or FATAL, unless it was told to go. */
static void recorder_collect(void)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;
	struct cgofuzz_fault *f = &r->fault;

	if (r->state == CGOFUZZ_IDLE || !r->pid || r->stopping == CGOFUZZ_STOPPING)
		return;
	if (f->kind == CGOFUZZ_FAULT_NONE) { /* it died without a word */
		cgofuzz_rec->state = CGOFUZZ_RUNNING;
		f = cgofuzz_fault_open(r->stopping == CGOFUZZ_HANGING ? CGOFUZZ_FAULT_HANG
								      : CGOFUZZ_FAULT_DEATH,
				       CGOFUZZ_BY_SUPERVISOR, r->live.slot, r->live.direction);
		if (f && &cgofuzz_afl_status)
			f->wait_status = cgofuzz_afl_status;
		cgofuzz_fault_count(f);
	}
	if (cgofuzz_fault_wanted(&r->fault, 0))
		recorder_keep();
}

void cgofuzz_recorder_open(void)
{
	struct cgofuzz_recorder *r = recorder_map();
	char *pool = map(-1, 2 * CGOFUZZ_POOL_BYTES);

	if (pool == MAP_FAILED)
		give_up("mmap");
	cgofuzz_rec = r;
	cgofuzz_live = &r->live;
	if (cgofuzz_dir_fd >= 0)
		cgofuzz_orphan_dies();
	recorder_collect();
	r->state = CGOFUZZ_IDLE;
	if (r->stopping == CGOFUZZ_HANGING)
		r->stopping = CGOFUZZ_GO_ON;
#ifdef __aarch64__
	r->arch = CGOFUZZ_ARCH_ARM64;
#else
	r->arch = CGOFUZZ_ARCH_AMD64;
#endif
	r->pid = getpid();
	r->tid = gettid();
	r->live.pool = ((uintptr_t)pool + CGOFUZZ_POOL_BYTES - 1) & -(uintptr_t)CGOFUZZ_POOL_BYTES;
	r->live.stop = 0;
	r->live.acted = 0;
	r->engine_exec = r->earlier_next = r->plan_len = 0;
	for (unsigned i = 0; i < CGOFUZZ_EARLIER; i++)
		r->earlier[i].len = 0;
	memset(&r->fault, 0, sizeof(r->fault));
	cgofuzz_fault_reset();
}

void cgofuzz_plan_begin(const uint8_t *plan, uint32_t len, int calm)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;

	if (r->engine_exec) {
		struct cgofuzz_earlier *e = &r->earlier[r->earlier_next];

		e->len = r->plan_len;
		memcpy(e->plan, r->plan, r->plan_len);
		r->earlier_next = (r->earlier_next + 1) % CGOFUZZ_EARLIER;
	}
	if (r->fault.kind != CGOFUZZ_FAULT_NONE) {
		memset(&r->fault, 0, sizeof(r->fault));
		cgofuzz_fault_reset();
	}
	if (calm)
		cgofuzz_plan_calm(r->plan, plan, len);
	else
		memcpy(r->plan, plan, len);
	r->plan_len = len;
	r->live.stop = 0;
	r->live.inner = r->live.base = 0;
	r->live.heartbeat++;
	r->engine_exec++;
	r->executions++;
	r->state = CGOFUZZ_RUNNING;
}

void cgofuzz_plan_end(void)
{
	struct cgofuzz_recorder *r = cgofuzz_rec;

	r->state = CGOFUZZ_IDLE;
	if (__builtin_expect(r->fault.kind == CGOFUZZ_FAULT_NONE, 1))
		return;
	if (cgofuzz_dir_fd < 0)
		cgofuzz_fault_print(&r->fault);
	else if (cgofuzz_fault_wanted(&r->fault, 0))
		recorder_keep();
}
