/* recorder.c: lane. The host's side of the file that a guest and its supervisor share. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lane/build.h"

static int write_header(int fd, const char *build_id, int arch)
{
	struct cgofuzz_recorder header = { 0 };
	size_t size = offsetof(struct cgofuzz_recorder, stopping);

	memcpy(header.magic, CGOFUZZ_WIRE_MAGIC, sizeof(header.magic));
	header.version = CGOFUZZ_WIRE_VERSION;
	header.size = sizeof(header);
	snprintf(header.build_id, sizeof(header.build_id), "%s", build_id);
	header.arch = (uint32_t)arch;
	if (ftruncate(fd, sizeof(header)) < 0)
		return -1;
	/* Blocks now, or a full disk would be a SIGBUS in the guest later. */
	errno = posix_fallocate(fd, 0, sizeof(header));
	if (errno && errno != EOPNOTSUPP && errno != EINVAL)
		return -1;
	return pwrite(fd, &header, size, 0) == (ssize_t)size ? 0 : -1;
}

int recorder_create(const char *dir, const char *build_id, int arch, struct err *e)
{
	char *pending = xasprintf("%s/pending", dir);
	char *path = xasprintf("%s/recorder", dir);
	int rc = dir_make(pending, e), fd;

	if (rc == 0) {
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (fd < 0 || write_header(fd, build_id, arch) < 0)
			rc = err_errno(e, EXIT_ENVIRON, "could not make the recorder %s", path);
		if (fd >= 0)
			close(fd);
	}
	free(pending);
	free(path);
	return rc;
}

static const char *recorder_problem(const struct cgofuzz_recorder *r)
{
	if (memcmp(r->magic, CGOFUZZ_WIRE_MAGIC, sizeof(r->magic)) != 0)
		return "is no recorder";
	if (r->version != CGOFUZZ_WIRE_VERSION || r->size != sizeof(*r))
		return "is of another version of cgofuzz";
	return NULL;
}

struct cgofuzz_recorder *recorder_map(const char *dir, struct err *e)
{
	char *path = xasprintf("%s/recorder", dir);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	const char *problem = NULL;
	struct cgofuzz_recorder *r = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_errno(e, EXIT_ENVIRON, "could not open the recorder %s", path);
	} else if (st.st_size != (off_t)sizeof(*r)) {
		err_set(e, EXIT_ENVIRON, "%s has the wrong size, %lld bytes", path,
			(long long)st.st_size);
	} else {
		r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (r == MAP_FAILED) {
			r = NULL;
			err_errno(e, EXIT_ENVIRON, "could not map %s", path);
		}
	}
	problem = r ? recorder_problem(r) : NULL;
	if (problem) {
		recorder_unmap(r);
		r = NULL;
		err_set(e, EXIT_ENVIRON, "%s %s", path, problem);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return r;
}

void recorder_unmap(struct cgofuzz_recorder *r)
{
	munmap(r, sizeof(*r));
}
