/* cache.c: lane. Directories named by what they were made from: whole or absent, never changed. */
#include "lane/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lane/lane.h"

#define TMP_TRIES 64

/* A directory below tmp/ belongs to who holds the lock beside it: "NAME.lock". */
static int remove_stale(const char *name, void *ctx)
{
	const char *dir = ctx;
	size_t len = strlen(name);
	struct err e = ERR_INIT;
	char *lock, *path;
	int fd;

	if (len < 6 || strcmp(name + len - 5, ".lock") != 0)
		return 0;
	lock = xasprintf("%s/%s", dir, name);
	path = xasprintf("%s/%.*s", dir, (int)len - 5, name);
	fd = file_lock(lock, &e);
	if (fd >= 0) {
		if (dir_remove(path, &e) == 0)
			unlink(lock);
		file_unlock(fd);
	}
	free(lock);
	free(path);
	return 0;
}

/* Locks a name nobody uses. Another builder that looks for what the dead left behind (remove_stale) may
 * hold a lock file for the moment between its making and its locking, or have removed it by then: the
 * next name is taken. */
static int lock_tmp(struct cache_entry *entry, const char *tmp_dir, struct err *e)
{
	static _Atomic unsigned count;

	for (int tries = 0; tries < TMP_TRIES && entry->tmp_lock < 0; tries++) {
		struct stat st;
		char *lock;

		free(entry->tmp);
		entry->tmp = xasprintf("%s/%ld-%u", tmp_dir, (long)getpid(), count++);
		lock = xasprintf("%s.lock", entry->tmp);
		entry->tmp_lock = file_lock(lock, e);
		if (entry->tmp_lock >= 0 && (fstat(entry->tmp_lock, &st) < 0 || !st.st_nlink)) {
			file_unlock(entry->tmp_lock);
			entry->tmp_lock = err_set(e, EXIT_ENVIRON, "cache: %s was removed", lock);
		}
		free(lock);
	}
	return entry->tmp_lock < 0 ? -1 : 0;
}

static int make_tmp(struct cache_entry *entry, struct err *e)
{
	char *tmp_dir = xasprintf("%s/tmp", cache_dir());
	int rc = dir_make(tmp_dir, e);

	if (rc == 0) {
		dir_each(tmp_dir, remove_stale, tmp_dir, e);
		rc = lock_tmp(entry, tmp_dir, e);
	}
	free(tmp_dir);
	return rc < 0 ? -1 : dir_make(entry->tmp, e);
}

static int take_key(struct cache_entry *entry, const char *kind, const char *key, struct err *e)
{
	char *locks = xasprintf("%s/lock", cache_dir());
	char *lock = xasprintf("%s/%s-%s", locks, kind, key);

	if (dir_make(locks, e) == 0)
		entry->key_lock = file_lock_wait(lock, e);
	free(locks);
	free(lock);
	return entry->key_lock < 0 ? -1 : 0;
}

int cache_begin(struct cache_entry *entry, const char *kind, const char *key, struct err *e)
{
	char *parent = xasprintf("%s/%s", cache_dir(), kind);
	int rc = 0;

	*entry = (struct cache_entry){ xasprintf("%s/%s", parent, key), NULL, -1, -1 };
	if (dir_exists(entry->dir))
		rc = 1;
	if (rc == 0 && (dir_make(parent, e) < 0 || take_key(entry, kind, key, e) < 0))
		rc = -1;
	if (rc == 0 && dir_exists(entry->dir)) /* somebody made it while this process waited */
		rc = 1;
	if (rc == 0 && make_tmp(entry, e) < 0)
		rc = -1;
	free(parent);
	if (rc < 0) {
		cache_release(entry);
		return err_prefix(e, "cache");
	}
	return rc;
}

int cache_extend(struct cache_entry *entry, const char *kind, const char *key, struct err *e)
{
	*entry = (struct cache_entry){ xasprintf("%s/%s/%s", cache_dir(), kind, key), NULL, -1, -1 };
	if (take_key(entry, kind, key, e) == 0 && make_tmp(entry, e) == 0)
		return 0;
	cache_release(entry);
	return err_prefix(e, "cache");
}

static void drop_lock(int *fd)
{
	if (*fd >= 0)
		file_unlock(*fd);
	*fd = -1;
}

static void end(struct cache_entry *entry)
{
	if (entry->tmp) {
		struct err e = ERR_INIT;
		char *lock = xasprintf("%s.lock", entry->tmp);

		dir_remove(entry->tmp, &e); /* gone already when it was published */
		unlink(lock);
		free(lock);
	}
	drop_lock(&entry->tmp_lock);
	drop_lock(&entry->key_lock);
	free(entry->tmp);
	entry->tmp = NULL;
}

/* All of it can be made again, so nothing waits for the disk; after a power cut a file may be short:
 * who uses an entry compares sizes (build.c). */
int cache_publish(struct cache_entry *entry, struct err *e)
{
	int rc = 0;

	if (rename(entry->tmp, entry->dir) < 0 && !dir_exists(entry->dir))
		rc = err_errno(e, EXIT_ENVIRON, "could not rename %s to %s", entry->tmp, entry->dir);
	end(entry);
	return rc;
}

void cache_release(struct cache_entry *entry)
{
	end(entry);
	free(entry->dir);
	entry->dir = NULL;
}

int cache_hold(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_SH) < 0)
		if (errno != EINTR)
			break;
	futimens(fd, NULL);
	if (!dir_exists(dir)) { /* removed while this process waited */
		close(fd);
		return -1;
	}
	return fd;
}

void cache_let_go(int hold)
{
	if (hold >= 0)
		close(hold);
}

struct build_use {
	char *dir;
	uint64_t bytes;
	struct timespec used;
};

struct use_list {
	const char *parent;
	struct build_use *items;
	size_t count;
	uint64_t bytes;
};

static int add_bytes(const char *name, void *ctx)
{
	struct build_use *use = ctx;
	struct build_use below = { .dir = xasprintf("%s/%s", use->dir, name) };
	struct err e = ERR_INIT;
	struct stat st = { 0 };

	if (lstat(below.dir, &st) == 0)
		use->bytes += (uint64_t)st.st_blocks * 512;
	if (S_ISDIR(st.st_mode) && dir_each(below.dir, add_bytes, &below, &e) == 0)
		use->bytes += below.bytes;
	free(below.dir);
	return 0;
}

static int add_use(const char *name, void *ctx)
{
	struct use_list *list = ctx;
	struct build_use use = { .dir = xasprintf("%s/%s", list->parent, name) };
	struct err e = ERR_INIT;
	struct stat st;

	if (stat(use.dir, &st) < 0 || dir_each(use.dir, add_bytes, &use, &e) < 0) {
		free(use.dir);
		return 0;
	}
	use.used = st.st_mtim;
	list->bytes += use.bytes;
	list->items = xrealloc(list->items, (list->count + 1) * sizeof(*list->items));
	list->items[list->count++] = use;
	return 0;
}

static int by_use(const void *a, const void *b)
{
	const struct build_use *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	return (x->used.tv_nsec > y->used.tv_nsec) - (x->used.tv_nsec < y->used.tv_nsec);
}

/* Renamed first: a directory that is half removed must not look like a build. */
static bool remove_build(const char *dir)
{
	struct cache_entry gone = { NULL, NULL, -1, -1 };
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err e = ERR_INIT;
	bool removed = false;

	if (fd < 0)
		return true;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && make_tmp(&gone, &e) == 0) {
		char *to = xasprintf("%s/build", gone.tmp);

		removed = rename(dir, to) == 0;
		free(to);
	}
	cache_release(&gone);
	close(fd);
	return removed;
}

int cache_trim(uint64_t limit, struct err *e)
{
	char *parent = xasprintf("%s/build", cache_dir());
	struct use_list list = { .parent = parent };
	int rc = dir_exists(parent) ? dir_each(parent, add_use, &list, e) : 0;

	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), by_use);
	for (size_t i = 0; i < list.count; i++) {
		if (list.bytes > limit && remove_build(list.items[i].dir))
			list.bytes -= list.items[i].bytes;
		free(list.items[i].dir);
	}
	free(list.items);
	free(parent);
	return rc;
}
