/* lock.c: base. An exclusive lock for the life of a process: a file that names its owner. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Who holds it, as the owner wrote it; not to be trusted further than a message. */
static void lock_owner(int fd, char *owner, size_t size)
{
	ssize_t n = pread(fd, owner, size - 1, 0);

	owner[n > 0 ? n : 0] = '\0';
	owner[strcspn(owner, "\n")] = '\0';
	if (!owner[0])
		snprintf(owner, size, "of unknown number");
}

/* "PID COMMAND\n", the command as ps would show it. A full disk costs only the name. */
static void lock_sign(int fd)
{
	char command[256] = "", line[300];
	int cmdline = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = cmdline < 0 ? 0 : read(cmdline, command, sizeof(command) - 1);
	int len;

	if (cmdline >= 0)
		close(cmdline);
	for (ssize_t i = 0; i + 1 < n; i++)
		if ((unsigned char)command[i] < ' ')
			command[i] = ' ';
	len = snprintf(line, sizeof(line), "%ld %s\n", (long)getpid(), command);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, line, (size_t)len, 0) < 0)
		return;
}

/* A lock on a file that has meanwhile been removed protects nothing. */
static bool lock_current(int fd, const char *path)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino &&
		held.st_dev == named.st_dev;
}

static int lock_take(const char *path, int operation, struct err *e)
{
	char owner[300];
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0)
			return err_errno(e, EXIT_ENVIRON, "could not open the lock file %s", path);
		if (flock(fd, operation) == 0) {
			if (lock_current(fd, path))
				break;
		} else if (errno == EWOULDBLOCK) {
			lock_owner(fd, owner, sizeof(owner));
			close(fd);
			return err_set(e, EXIT_ENVIRON, "%s is held by process %s", path, owner);
		} else if (errno != EINTR) {
			err_errno(e, EXIT_ENVIRON, "could not lock %s", path);
			close(fd);
			return -1;
		}
		close(fd);
	}
	lock_sign(fd);
	return fd;
}

int file_lock(const char *path, struct err *e)
{
	return lock_take(path, LOCK_EX | LOCK_NB, e);
}

int file_lock_wait(const char *path, struct err *e)
{
	return lock_take(path, LOCK_EX, e);
}

void file_unlock(int fd)
{
	if (fd < 0)
		return;
	if (ftruncate(fd, 0) < 0) { /* the next owner writes over it */
	}
	close(fd);
}
