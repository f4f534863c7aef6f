/* file.h: base. Files and directories; what is published is whole or absent. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads a whole file, at most limit bytes (0: 1 GiB); larger is an error. */
int file_read(const char *path, size_t limit, struct buf *out, struct err *e);
/* Writes path by way of a temporary name in the same directory, fsync, rename, fsync of the dir. */
int file_publish(const char *path, const void *data, size_t len, struct err *e);
/* Plain write without fsync, for what can be made again. */
int file_write(const char *path, const void *data, size_t len, struct err *e);
/* Keeps the mode, reflinks if it can. */
int file_copy(const char *from, const char *to, struct err *e);
/* fsync of every file below tmpdir and of the directory, then rename(tmpdir, dir) and fsync of the
 * parent. If dir exists already, tmpdir is removed and 1 is returned: somebody else was first. */
int dir_publish(const char *tmpdir, const char *dir, struct err *e);
int dir_make(const char *path, struct err *e); /* with parents; existing is fine */
/* With all below; a missing one is fine; never follows links. */
int dir_remove(const char *path, struct err *e);
/* Calls fn for every entry but . and .., sorted by name; a negative return of fn ends the walk. */
int dir_each(const char *path, int (*fn)(const char *name, void *ctx), void *ctx, struct err *e);
bool file_exists(const char *path);
bool dir_exists(const char *path);
/* Absolute path of a file or of a name not there yet, in malloc'd memory. */
char *path_absolute(const char *path);

/* An exclusive lock for the life of a process: flock on path, which then holds "PID COMMAND\n".
 * Returns the descriptor; -1 with e saying which process holds it (status EXIT_ENVIRON). */
int file_lock(const char *path, struct err *e);
/* As file_lock, but waits. */
int file_lock_wait(const char *path, struct err *e);
void file_unlock(int fd);

#endif
