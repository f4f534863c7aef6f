/* dir.c: base. Directories: made, walked, removed, and published whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static bool dir_exists_keep_errno(const char *path)
{
	int saved = errno;
	bool exists = dir_exists(path);

	errno = saved;
	return exists;
}

int dir_make(const char *path, struct err *e)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; *copy && rc == 0; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		/* EROFS and EACCES come before EEXIST on some file systems: look instead. */
		if (mkdir(copy, 0777) < 0 && !dir_exists_keep_errno(copy))
			rc = err_errno(e, EXIT_ENVIRON, "could not make the directory %s", copy);
		*p = was;
		if (was == '\0')
			break;
	}
	free(copy);
	return rc;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int remove_at(int parent, const char *name);

/* Removes what is in fd, which is closed. */
static int remove_entries(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int rc = 0;

	if (!dir) {
		close(fd);
		return -1;
	}
	while (rc == 0 && (errno = 0, entry = readdir(dir)))
		if (!is_dot(entry->d_name))
			rc = remove_at(fd, entry->d_name);
	if (rc == 0 && errno)
		rc = -1;
	int saved = errno;
	closedir(dir);
	errno = saved;
	return rc;
}

/* Go's module cache is written read-only: directories are opened up first. */
static int remove_at(int parent, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(parent, name, 0) < 0 && errno != ENOENT ? -1 : 0;
	if ((st.st_mode & 0700) != 0700)
		fchmodat(parent, name, 0700, 0);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (remove_entries(fd) < 0)
		return -1;
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -1 : 0;
}

int dir_remove(const char *path, struct err *e)
{
	if (remove_at(AT_FDCWD, path) < 0)
		return err_errno(e, EXIT_ENVIRON, "could not remove %s", path);
	return 0;
}

struct names {
	char **name;
	size_t count;
	size_t cap;
};

static int names_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->name[i]);
	free(names->name);
}

static int names_read(DIR *dir, struct names *names)
{
	struct dirent *entry;

	while ((errno = 0, entry = readdir(dir))) {
		if (is_dot(entry->d_name))
			continue;
		if (names->count == names->cap) {
			names->cap = names->cap ? 2 * names->cap : 32;
			names->name = xrealloc(names->name, names->cap * sizeof(*names->name));
		}
		names->name[names->count++] = xstrdup(entry->d_name);
	}
	if (names->count)
		qsort(names->name, names->count, sizeof(*names->name), names_compare);
	return errno ? -1 : 0;
}

int dir_each(const char *path, int (*fn)(const char *name, void *ctx), void *ctx, struct err *e)
{
	struct names names = { NULL, 0, 0 };
	DIR *dir = opendir(path);
	int rc = 0;

	if (!dir)
		return err_errno(e, EXIT_ENVIRON, "could not open the directory %s", path);
	if (names_read(dir, &names) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not read the directory %s", path);
	closedir(dir);
	for (size_t i = 0; i < names.count && rc >= 0; i++)
		rc = fn(names.name[i], ctx);
	names_release(&names);
	return rc < 0 ? rc : 0;
}

/* fsync of everything below fd, then of fd itself; fd is closed. */
static int sync_tree(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int rc = 0, saved;

	if (!dir) {
		close(fd);
		return -1;
	}
	while (rc == 0 && (errno = 0, entry = readdir(dir))) {
		struct stat st;
		int child;

		if (is_dot(entry->d_name))
			continue;
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			rc = -1;
		else if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
			continue; /* links and sockets live in the directory itself */
		else if ((child = openat(fd, entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) < 0)
			rc = -1;
		else if (S_ISDIR(st.st_mode))
			rc = sync_tree(child);
		else {
			rc = fsync(child);
			close(child);
		}
	}
	if (rc == 0 && errno)
		rc = -1;
	if (rc == 0 && fsync(fd) < 0 && errno != EINVAL)
		rc = -1;
	saved = errno;
	closedir(dir);
	errno = saved;
	return rc;
}

static int sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd) < 0 && errno != EINVAL ? -1 : 0;
	close(fd);
	return rc;
}

/* rename() alone would replace an empty directory. */
static int rename_new(const char *from, const char *to)
{
	struct stat st;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (lstat(to, &st) == 0) {
		errno = EEXIST;
		return -1;
	}
	return rename(from, to);
}

int dir_publish(const char *tmpdir, const char *dir, struct err *e)
{
	int fd = open(tmpdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *parent, *slash;
	int rc;

	if (fd < 0)
		return err_errno(e, EXIT_ENVIRON, "could not open the directory %s", tmpdir);
	if (sync_tree(fd) < 0)
		return err_errno(e, EXIT_ENVIRON, "could not sync %s to disk", tmpdir);
	if (rename_new(tmpdir, dir) < 0) {
		if (errno != EEXIST && errno != ENOTEMPTY)
			return err_errno(e, EXIT_ENVIRON, "could not rename %s to %s", tmpdir, dir);
		return dir_remove(tmpdir, e) < 0 ? -1 : 1;
	}
	parent = xstrdup(dir);
	for (size_t len = strlen(parent); len > 1 && parent[len - 1] == '/'; len--)
		parent[len - 1] = '\0';
	slash = strrchr(parent, '/');
	if (slash)
		slash[slash == parent] = '\0';
	rc = sync_path(slash ? parent : ".");
	if (rc < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not sync the directory of %s", dir);
	free(parent);
	return rc;
}
