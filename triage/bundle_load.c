/* bundle_load.c: triage. Reading bundles back; any bytes may stand in them. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "triage/bundle.h"

#define META_LIMIT ((size_t)1 << 20)
#define FRAMES_LIMIT ((size_t)1 << 20)

/* A text field of an object, "" where it is not there or no text. */
static const char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static uint32_t count_of(const json_t *object, const char *key, uint32_t limit)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n < 0 || n > limit ? 0 : (uint32_t)n;
}

static bool is_hex_id(const char *s)
{
	size_t n = strlen(s);

	if (n != HASH_HEX_LEN)
		return false;
	while (n && isxdigit((unsigned char)s[n - 1]))
		n--;
	return n == 0;
}

/* Names of lanes become parts of paths and arguments. */
static bool is_plain(const char *s)
{
	return s[strspn(s,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			"-+.,_=:@")] == '\0' &&
		*s && *s != '-' && *s != '.';
}

static int meta_take(struct bundle *b, const json_t *meta, struct err *e)
{
	const json_t *lanes = json_object_get(meta, "lanes");
	const char *lane = json_string_value(json_array_get(lanes, 0));
	const char *other = json_string_value(json_array_get(lanes, 1));
	const char *id = text_of(meta, "build_id"), *engine = text_of(meta, "engine");
	const char *other_id = text_of(meta, "other_build_id");
	json_int_t version = json_integer_value(json_object_get(meta, "version"));

	if (version != BUNDLE_VERSION)
		return err_set(e, EXIT_ENVIRON, "meta.json: version %lld, this program reads %d",
			       (long long)version, BUNDLE_VERSION);
	if (!lane || strlen(lane) >= sizeof(b->lane) || !is_plain(lane))
		return err_set(e, EXIT_ENVIRON, "meta.json: \"lanes\" names no lane");
	if (!is_hex_id(id))
		return err_set(e, EXIT_ENVIRON,
			       "meta.json: \"build_id\" is not %d hexadecimal digits", HASH_HEX_LEN);
	if (strlen(engine) >= sizeof(b->engine) || !is_plain(engine))
		return err_set(e, EXIT_ENVIRON, "meta.json: \"engine\" names no engine");
	if (other &&
	    (strlen(other) >= sizeof(b->other_lane) || !is_plain(other) || !is_hex_id(other_id)))
		return err_set(e, EXIT_ENVIRON,
			       "meta.json: the second of \"lanes\", or \"other_build_id\", is none");
	snprintf(b->lane, sizeof(b->lane), "%s", lane);
	snprintf(b->other_lane, sizeof(b->other_lane), "%s", other ? other : "");
	snprintf(b->other_build_id, sizeof(b->other_build_id), "%s", other ? other_id : "");
	snprintf(b->engine, sizeof(b->engine), "%s", engine);
	snprintf(b->build_id, sizeof(b->build_id), "%s", id);
	b->target = xstrdup(text_of(meta, "target"));
	b->created = xstrdup(text_of(meta, "created"));
	b->exhibit = xstrdup(text_of(meta, "exhibit"));
	if (json_object_get(meta, "foreign"))
		b->foreign = xstrdup(text_of(json_object_get(meta, "foreign"), "file"));
	b->seed = strtoull(text_of(meta, "seed"), NULL, 10);
	b->presig = strtoull(text_of(meta, "presig"), NULL, 16);
	b->slots = count_of(meta, "slots", CGOFUZZ_MAX_SLOTS);
	b->earlier_count = count_of(meta, "earlier", CGOFUZZ_EARLIER);
	if (!b->slots)
		return err_set(e, EXIT_ENVIRON, "meta.json: \"slots\" is not 1 to %d",
			       CGOFUZZ_MAX_SLOTS);
	return 0;
}

static int read_in(const struct bundle *b, const char *name, size_t limit, struct buf *out,
		   struct err *e)
{
	char *path = xasprintf("%s/%s", b->dir, name);
	int rc = file_read(path, limit, out, e);

	free(path);
	return rc;
}

static int load_meta(struct bundle *b, struct err *e)
{
	struct buf text = BUF_INIT;
	json_error_t where;
	json_t *meta;
	int rc;

	if (read_in(b, "meta.json", META_LIMIT, &text, e) < 0) {
		buf_release(&text);
		return -1;
	}
	meta = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &where);
	buf_release(&text);
	if (!meta)
		return err_set(e, EXIT_ENVIRON, "meta.json:%d: %s", where.line, where.text);
	rc = json_is_object(meta) ? meta_take(b, meta, e)
				  : err_set(e, EXIT_ENVIRON, "meta.json: holds no object");
	json_decref(meta);
	return rc;
}

static int load_recorder(struct bundle *b, struct err *e)
{
	struct buf bytes = BUF_INIT;
	struct cgofuzz_recorder *r;

	if (read_in(b, "recorder", 4 * sizeof(*r), &bytes, e) < 0 ||
	    recorder_check(bytes.ptr, bytes.len, e) < 0) {
		buf_release(&bytes);
		return -1;
	}
	r = (void *)buf_detach(&bytes, NULL);
	b->rec = r;
	if (strcmp(r->build_id, b->build_id))
		return err_set(e, EXIT_ENVIRON, "recorder: is of build %s, meta.json says %s",
			       r->build_id, b->build_id);
	if (r->fault.kind == CGOFUZZ_FAULT_NONE)
		return err_set(e, EXIT_ENVIRON, "recorder: holds no fault");
	if (r->fault.slot >= b->slots)
		return err_set(e, EXIT_ENVIRON, "recorder: slot %u, the batch has %u",
			       r->fault.slot, b->slots);
	return 0;
}

/* The plan stands twice, in the recorder and as a file that a person may hand on: they must agree. */
static int load_plan(const struct bundle *b, struct err *e)
{
	struct buf plan = BUF_INIT;
	int rc = read_in(b, "plan", CGOFUZZ_PLAN_MAX_BYTES, &plan, e);

	if (rc == 0 && (plan.len != b->rec->plan_len || memcmp(plan.ptr, b->rec->plan, plan.len)))
		rc = err_set(e, EXIT_ENVIRON,
			     "plan: %zu bytes that are not those of the recorder (%u)", plan.len,
			     b->rec->plan_len);
	buf_release(&plan);
	return rc;
}

int bundle_load(struct bundle *b, const char *dir, struct err *e)
{
	struct buf text = BUF_INIT;
	const char *slash;
	int rc;

	memset(b, 0, sizeof(*b));
	if (!dir_exists(dir))
		return err_set(e, EXIT_USAGE, "there is no bundle %s (a directory with meta.json)",
			       dir);
	b->dir = path_absolute(dir);
	slash = strrchr(b->dir, '/');
	b->name = xstrdup(slash ? slash + 1 : b->dir);
	rc = load_meta(b, e);
	if (rc == 0)
		rc = load_recorder(b, e);
	if (rc == 0)
		rc = load_plan(b, e);
	if (rc == 0)
		rc = read_in(b, "case", 65536, &text, e);
	b->case_text = rc == 0 ? buf_detach(&text, NULL) : NULL;
	if (rc == 0 && b->foreign && (rc = read_in(b, "frames", FRAMES_LIMIT, &text, e)) == 0)
		b->frames = buf_detach(&text, NULL);
	buf_release(&text);
	if (rc < 0) {
		err_prefix(e, "%s", dir);
		e->status = EXIT_ENVIRON;
		bundle_release(b);
	}
	return rc;
}

/* What the header of a recorder says, -1: it is none. */
static int64_t recorder_version(const char *path)
{
	struct {
		char magic[8];
		uint32_t version;
	} head; /* as every version begins */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, &head, sizeof(head));

	if (fd >= 0)
		close(fd);
	return n == sizeof(head) && !memcmp(head.magic, CGOFUZZ_WIRE_MAGIC, sizeof(head.magic))
		? (int64_t)head.version
		: -1;
}

static int64_t meta_version(const char *path)
{
	struct buf text = BUF_INIT;
	struct err ignored;
	json_int_t version = -1;
	json_t *meta = NULL;

	if (file_read(path, META_LIMIT, &text, &ignored) == 0)
		meta = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_integer(json_object_get(meta, "version")))
		version = json_integer_value(json_object_get(meta, "version"));
	json_decref(meta);
	buf_release(&text);
	return version;
}

bool bundle_is_of_other_version(const char *dir, char *what, size_t size)
{
	char *meta_path = xasprintf("%s/meta.json", dir);
	char *recorder_path = xasprintf("%s/recorder", dir);
	int64_t meta = meta_version(meta_path), recorder = recorder_version(recorder_path);
	bool other = false;

	if (meta > 0 && meta != BUNDLE_VERSION) {
		other = true;
		snprintf(what, size, "bundle version %lld, this program reads %d", (long long)meta,
			 BUNDLE_VERSION);
	} else if (meta == BUNDLE_VERSION && recorder > 0 && recorder != CGOFUZZ_WIRE_VERSION) {
		other = true;
		snprintf(what, size, "recorder version %lld, this program reads %d",
			 (long long)recorder, CGOFUZZ_WIRE_VERSION);
	}
	free(meta_path);
	free(recorder_path);
	return other;
}

void bundle_release(struct bundle *b)
{
	free(b->dir);
	free(b->name);
	free(b->case_text);
	free(b->target);
	free(b->created);
	free(b->exe);
	free(b->exhibit);
	free(b->foreign);
	free(b->frames);
	free(b->rec);
	memset(b, 0, sizeof(*b));
}

static char *build_file(const struct bundle *b, const char *id, const char *file)
{
	char *campaign = xasprintf("%s/builds/%s", b->dir, id), *path;
	bool own = dir_exists(campaign);

	free(campaign);
	if (own) /* it was made to be handed on */
		return xasprintf("%s/builds/%s/%s", b->dir, id, file);
	campaign = xstrdup(b->dir);
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(campaign, '/');

		if (slash)
			*slash = '\0';
	}
	path = xasprintf("%s/builds/%s/%s", campaign, id, file);
	free(campaign);
	return path;
}

char *bundle_campaign(const struct bundle *b)
{
	char *path = xstrdup(b->dir), *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	slash = strrchr(path, '/');
	if (slash && !strcmp(slash, "/spool")) {
		*slash = '\0';
		return path;
	}
	free(path);
	return NULL;
}

char *bundle_build_file(const struct bundle *b, const char *file)
{
	return build_file(b, b->build_id, file);
}

char *bundle_other_file(const struct bundle *b, const char *file)
{
	return build_file(b, b->other_build_id, file);
}

char *bundle_exe(const struct bundle *b)
{
	char *name, *path;

	if (b->exe)
		return xstrdup(b->exe);
	name = xasprintf("fuzz-%s", b->engine);
	path = bundle_build_file(b, name);
	free(name);
	return path;
}
