/* campaign.c: campaign. A campaign's directory: configuration, who holds it, what it has done. */
#include "campaign/campaign.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

static const char *const subdirs[] = { "spool", "quarantine", "builds", "engines", "log", "cases" };

char *campaign_path(const struct campaign *c, const char *name)
{
	return xasprintf("%s/%s", c->dir, name);
}

static void utc_now(char *out, size_t size, const char *format)
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, size, format, &tm);
}

json_t *campaign_read(const char *dir, struct err *e)
{
	char *path = xasprintf("%s/campaign.json", dir);
	struct buf text = BUF_INIT;
	json_error_t why;
	json_t *j = NULL;

	if (!dir_exists(dir)) {
		err_set(e, EXIT_USAGE, "%s is not there", dir);
	} else if (!file_exists(path)) {
		err_set(e, EXIT_USAGE, "%s is not a campaign: it has no campaign.json", dir);
	} else if (file_read(path, 1 << 20, &text, e) == 0) {
		j = json_loadb(text.ptr, text.len, 0, &why);
		if (!j) {
			err_set(e, EXIT_ENVIRON, "%s:%d: %s", path, why.line, why.text);
		} else if (json_integer_value(json_object_get(j, "version")) != CAMPAIGN_VERSION) {
			err_set(e, EXIT_ENVIRON,
				"%s is of campaign version %lld, this program writes %d; use another --out",
				dir, (long long)json_integer_value(json_object_get(j, "version")),
				CAMPAIGN_VERSION);
			json_decref(j);
			j = NULL;
		}
	}
	buf_release(&text);
	free(path);
	return j;
}

/* /proc/locks is read, not the lock tried: a campaign that starts just now must not meet us. */
long campaign_holder(const char *dir)
{
	char *path = xasprintf("%s/lock", dir);
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct stat st;
	char want[64], *line, *save = NULL;
	long holder = 0;

	if (stat(path, &st) < 0) {
		free(path);
		return errno == ENOENT ? 0 : -1;
	}
	free(path);
	if (file_read("/proc/locks", 0, &text, &e) < 0)
		return -1;
	snprintf(want, sizeof(want), "%02x:%02x:%llu", major(st.st_dev), minor(st.st_dev),
		 (unsigned long long)st.st_ino);
	for (line = strtok_r(text.ptr, "\n", &save); line && !holder;
	     line = strtok_r(NULL, "\n", &save)) {
		char kind[16], where[64];
		long pid;

		if (sscanf(line, "%*s %15s %*s %*s %ld %63s", kind, &pid, where) == 3 &&
		    strcmp(kind, "FLOCK") == 0 && strcmp(where, want) == 0)
			holder = pid;
	}
	buf_release(&text);
	return holder;
}

static int no_entry(const char *name, void *ctx)
{
	(void)name;
	++*(int *)ctx;
	return -1;
}

static bool empty_dir(const char *dir)
{
	struct err e = ERR_INIT;
	int entries = 0;

	dir_each(dir, no_entry, &entries, &e);
	return entries == 0;
}

static bool foreign_dir(const char *dir)
{
	char *lock = xasprintf("%s/lock", dir), *json = xasprintf("%s/campaign.json", dir);
	/* a campaign that was killed before its first word has a lock only */
	bool foreign = dir_exists(dir) && !file_exists(json) && !file_exists(lock) && !empty_dir(dir);

	free(lock);
	free(json);
	return foreign;
}

/* build/campaigns below the program's own tree if that can be written, else below this directory. */
static char *default_root(void)
{
	char *build = xasprintf("%s/build", data_dir());
	char *root = access(build, W_OK) == 0 ? xasprintf("%s/campaigns", build)
					      : path_absolute("build/campaigns");

	free(build);
	return root;
}

static char *new_name(const struct config *c, struct err *e)
{
	char *root = default_root(), *dir = NULL;
	char stamp[32], target[32];
	size_t len = strcspn(c->target_text, ":");
	const char *arch = c->lanes[0].arch->name;

	for (uint32_t i = 1; i < c->lane_count; i++)
		if (c->lanes[i].arch != c->lanes[0].arch)
			arch = "all";
	utc_now(stamp, sizeof(stamp), "%Y%m%d-%H%M%S");
	snprintf(target, sizeof(target), "%.*s", (int)len, c->target_text);
	if (dir_make(root, e) == 0)
		for (int n = 1; !dir && n < 1000; n++) {
			dir = n == 1 ? xasprintf("%s/%s-%s-%s", root, stamp, target, arch)
				     : xasprintf("%s/%s-%s-%s-%d", root, stamp, target, arch, n);
			if (mkdir(dir, 0777) == 0)
				break;
			if (errno != EEXIST) {
				err_errno(e, EXIT_ENVIRON, "could not make the directory %s", dir);
				n = 1000;
			}
			free(dir);
			dir = NULL;
		}
	free(root);
	return dir;
}

static int take_lock(struct campaign *c, struct err *e)
{
	char *path = campaign_path(c, "lock");

	c->lock = file_lock(path, e);
	free(path);
	if (c->lock >= 0)
		return 0;
	return err_prefix(e, "the campaign %s %s", c->dir,
			  strstr(e->msg, " is held by ") ? "is in use" : "cannot be locked");
}

static int make_subdirs(const struct campaign *c, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(subdirs) / sizeof(*subdirs) && rc == 0; i++) {
		char *path = campaign_path(c, subdirs[i]);

		rc = dir_make(path, e);
		free(path);
	}
	return rc;
}

static int open_existing(struct campaign *c, const struct request *r, struct err *e)
{
	json_t *j;
	int rc;

	if (take_lock(c, e) < 0)
		return -1;
	j = campaign_read(c->dir, e);
	if (!j)
		return -1;
	rc = config_from_json(&c->config, json_object_get(j, "config"), e);
	json_decref(j);
	if (rc < 0)
		return err_prefix(e, "%s/campaign.json", c->dir);
	c->resumed = true;
	return config_resume(&c->config, r, e);
}

static int open_new(struct campaign *c, const struct request *r, struct err *e)
{
	if (config_make(&c->config, r, e) < 0)
		return -1;
	if (!c->dir)
		c->dir = new_name(&c->config, e);
	if (!c->dir || dir_make(c->dir, e) < 0)
		return -1;
	return take_lock(c, e);
}

int campaign_open(struct campaign *c, const struct request *r, struct err *e)
{
	char *json;
	int rc;

	*c = (struct campaign){ .lock = -1 };
	if (r->out)
		c->dir = path_absolute(r->out);
	if (c->dir && foreign_dir(c->dir))
		return err_set(e, EXIT_USAGE,
			       "%s holds something that is no campaign; choose another --out",
			       c->dir);
	json = c->dir ? campaign_path(c, "campaign.json") : NULL;
	rc = json && file_exists(json) ? open_existing(c, r, e) : open_new(c, r, e);
	free(json);
	return rc == 0 ? make_subdirs(c, e) : -1;
}

int campaign_record(const struct campaign *c, json_t *versions, struct err *e)
{
	char *path = campaign_path(c, "campaign.json"), *text;
	struct err none = ERR_INIT;
	json_t *j = file_exists(path) ? campaign_read(c->dir, &none) : NULL;
	json_t *runs;
	char now[32];
	int rc;

	utc_now(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ");
	if (!j)
		j = json_pack("{s:i, s:s, s:o, s:[]}", "version", CAMPAIGN_VERSION, "created", now,
			      "config", config_to_json(&c->config), "runs");
	runs = json_object_get(j, "runs");
	json_array_append_new(runs,
			      json_pack("{s:s, s:s%, s:i, s:O?}", "started", now, "command",
					c->config.command, strlen(c->config.command), "pid",
					(int)getpid(), "versions", versions));
	text = json_dumps(j, JSON_INDENT(2));
	rc = text ? file_publish(path, text, strlen(text), e)
		  : err_set(e, EXIT_ENVIRON, "could not write %s: text that is not UTF-8", path);
	free(text);
	json_decref(j);
	free(path);
	return rc;
}

void campaign_close(struct campaign *c)
{
	if (c->lock >= 0)
		file_unlock(c->lock);
	config_release(&c->config);
	free(c->dir);
	*c = (struct campaign){ .lock = -1 };
}
