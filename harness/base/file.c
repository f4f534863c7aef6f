/* file.c: base. Files: what is published is whole or absent. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_READ_LIMIT ((size_t)1 << 30)

int file_read(const char *path, size_t limit, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char chunk[1 << 16];
	size_t total = 0;
	ssize_t n;

	if (!limit)
		limit = FILE_READ_LIMIT;
	if (fd < 0)
		return err_errno(e, EXIT_ENVIRON, "could not open %s", path);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_errno(e, EXIT_ENVIRON, "could not read %s", path);
			break;
		}
		total += (size_t)n;
		if (total > limit) {
			err_set(e, EXIT_ENVIRON,
				"%s is larger than %zu bytes, which is the most that is read", path,
				limit);
			n = -1;
			break;
		}
		buf_add(out, chunk, (size_t)n);
	}
	close(fd);
	return n < 0 ? -1 : 0;
}

static int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* "dir/.name.PID.N.tmp" next to path; the caller opens it with O_EXCL. */
static char *temp_name(const char *path)
{
	static _Atomic unsigned serial;
	const char *slash = strrchr(path, '/');
	int dir_len = slash ? (int)(slash - path) + 1 : 0;

	return xasprintf("%.*s.%s.%ld.%u.tmp", dir_len, path, path + dir_len, (long)getpid(),
			 ++serial);
}

static int temp_open(const char *temp, mode_t mode)
{
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	/* Ours by its pid: left by an earlier process of the same number that was killed. */
	if (fd < 0 && errno == EEXIST && unlink(temp) == 0)
		fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return fd;
}

static int sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? xasprintf("%.*s", (int)(slash - path) + 1, path) : xstrdup(".");
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);

	if (rc < 0 && (errno == EINVAL || errno == EACCES))
		rc = 0; /* a file system or a right that knows no such thing */
	free(dir);
	if (fd >= 0)
		close(fd);
	return rc;
}

int file_publish(const char *path, const void *data, size_t len, struct err *e)
{
	char *temp = temp_name(path);
	int fd = temp_open(temp, 0666);
	int rc;

	if (fd < 0) {
		rc = err_errno(e, EXIT_ENVIRON, "could not make %s", temp);
		free(temp);
		return rc;
	}
	rc = write_all(fd, data, len);
	if (rc == 0)
		rc = fsync(fd);
	if (close(fd) < 0)
		rc = -1;
	if (rc == 0)
		rc = rename(temp, path);
	if (rc < 0) {
		err_errno(e, EXIT_ENVIRON, "could not write %s (%zu bytes)", path, len);
		unlink(temp);
	} else if (sync_parent(path) < 0) {
		rc = err_errno(e, EXIT_ENVIRON, "could not sync the directory of %s", path);
	}
	free(temp);
	return rc;
}

int file_write(const char *path, const void *data, size_t len, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int rc;

	if (fd < 0)
		return err_errno(e, EXIT_ENVIRON, "could not open %s for writing", path);
	rc = write_all(fd, data, len);
	if (rc < 0)
		err_errno(e, EXIT_ENVIRON, "could not write %s (%zu bytes)", path, len);
	if (close(fd) < 0 && rc == 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not write %s (%zu bytes)", path, len);
	return rc;
}

static int copy_bytes(int in, int out)
{
	char chunk[1 << 16];
	ssize_t n;

	if (ioctl(out, FICLONE, in) == 0)
		return 0;
	while ((n = read(in, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || write_all(out, chunk, (size_t)n) < 0)
			return -1;
	}
	return 0;
}

/* By way of a temporary name, so that a program being run can be replaced and a copy onto itself
 * loses nothing. */
int file_copy(const char *from, const char *to, struct err *e)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *temp;
	int out, rc = -1;

	if (in < 0)
		return err_errno(e, EXIT_ENVIRON, "could not open %s", from);
	temp = temp_name(to);
	out = temp_open(temp, 0600);
	if (out < 0) {
		err_errno(e, EXIT_ENVIRON, "could not make %s", temp);
	} else {
		rc = fstat(in, &st);
		if (rc == 0)
			rc = copy_bytes(in, out);
		if (rc == 0)
			rc = fchmod(out, st.st_mode & 07777);
		if (close(out) < 0)
			rc = -1;
		if (rc == 0)
			rc = rename(temp, to);
		if (rc < 0) {
			err_errno(e, EXIT_ENVIRON, "could not copy %s to %s", from, to);
			unlink(temp);
		}
	}
	close(in);
	free(temp);
	return rc;
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

bool dir_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *path_absolute(const char *path)
{
	char *real = realpath(path, NULL);
	char *copy, *dir, *slash, *out;

	if (real)
		return real;
	copy = xstrdup(path);
	for (size_t len = strlen(copy); len > 1 && copy[len - 1] == '/'; len--)
		copy[len - 1] = '\0';
	slash = strrchr(copy, '/');
	if (slash)
		*slash = '\0';
	/* The parent of something not there yet may itself not be there: go up. */
	dir = !slash ? path_absolute(".") : path_absolute(slash == copy ? "/" : copy);
	out = xasprintf("%s%s%s", dir, strcmp(dir, "/") ? "/" : "", slash ? slash + 1 : copy);
	free(dir);
	free(copy);
	return out;
}
