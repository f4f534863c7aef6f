/* bundle.c: triage. Writing bundles: from a recorder file to a directory in the spool. */
#include "triage/bundle.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "triage/exhibit.h"
#include "triage/fault.h"
#include "triage/spool.h"

uint64_t bundle_presig(const struct cgofuzz_recorder *rec, const struct batch *batch)
{
	const struct cgofuzz_fault *f = &rec->fault;
	uint64_t place = 0;
	struct hash *h = hash_new();
	char hex[HASH_HEX_LEN + 1];
	uint32_t pc = rec->arch == CGOFUZZ_ARCH_ARM64 ? 32 : 16;

	switch (f->kind) {
	case CGOFUZZ_FAULT_LEAF:
	case CGOFUZZ_FAULT_LAYOUT:
		place = (uint64_t)f->leaf << 1 | f->is_result;
		break;
	case CGOFUZZ_FAULT_GPR:
	case CGOFUZZ_FAULT_FPR:
		place = f->reg;
		break;
	case CGOFUZZ_FAULT_SIGNAL:
	case CGOFUZZ_FAULT_HANG:
		place = f->regs.gpr[pc];
		break;
	case CGOFUZZ_FAULT_EXIT:
		place = f->got;
		break;
	case CGOFUZZ_FAULT_DIFFERENTIAL:
		place = f->turbulence_kind;
		break;
	default:
		break;
	}
	hash_add(h, &f->kind, sizeof(f->kind));
	hash_add(h, &f->direction, sizeof(f->direction));
	hash_add(h, &place, sizeof(place));
	if (batch && f->slot < batch->count) {
		const struct target_case *row = batch->slots[f->slot].row;

		hash_add_str(h, batch->slots[f->slot].c.id);
		hash_add_str(h, row ? row->name : "");
	} else {
		hash_add(h, &f->slot, sizeof(f->slot));
	}
	hash_finish(h, hex);
	return hash_u64(hex, HASH_HEX_LEN);
}

/* The storm key: what is left when the case and the place are taken out. */
static uint64_t storm_key(const struct cgofuzz_fault *f, const struct lane *lane)
{
	uint32_t key[5] = { f->kind, f->direction, (uint32_t)f->signo, f->leaf_kind, f->is_result };

	return (hash_u64(key, sizeof(key)) ^ hash_u64(lane->name, strlen(lane->name))) | 1;
}

static int recorder_read(struct cgofuzz_recorder **out, const struct bundle_source *src,
			 const char *path, struct err *e)
{
	struct buf bytes = BUF_INIT;
	struct cgofuzz_recorder *r;

	if (file_read(path, 4 * sizeof(*r), &bytes, e) < 0 ||
	    recorder_check(bytes.ptr, bytes.len, e) < 0) {
		buf_release(&bytes);
		return -1;
	}
	r = (void *)buf_detach(&bytes, NULL);
	recorder_settle(r, 0);
	*out = r;
	if (r->fault.kind == CGOFUZZ_FAULT_NONE)
		err_set(e, EXIT_ENVIRON, "recorder: holds no fault");
	else if (src->build && strcmp(r->build_id, src->build->id))
		err_set(e, EXIT_ENVIRON, "recorder: is of build %s, not of %s", r->build_id,
			src->build->id);
	else if (src->batch && r->fault.slot >= src->batch->count)
		err_set(e, EXIT_ENVIRON, "recorder: slot %u, the batch has %u", r->fault.slot,
			src->batch->count);
	else
		return 0;
	free(r);
	*out = NULL;
	return -1;
}

/* "20261121T113445.123456-PID-EXEC-kind", all from the record. */
static char *bundle_name(const struct cgofuzz_recorder *r, const char *rec_path)
{
	uint64_t ns = r->fault.time_ns;
	struct stat st;
	struct tm tm;
	time_t s;
	char text[32];

	if (!ns && stat(rec_path, &st) == 0)
		ns = (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
	s = (time_t)(ns / 1000000000u);
	if (!gmtime_r(&s, &tm) || !strftime(text, sizeof(text), "%Y%m%dT%H%M%S", &tm))
		text[0] = '\0';
	return xasprintf("%s.%06u-%u-%u-%s", text, (unsigned)(ns / 1000 % 1000000),
			 (unsigned)r->pid, r->engine_exec, fault_kind_name(r->fault.kind));
}

static json_t *meta_fault(const struct cgofuzz_recorder *r)
{
	const struct cgofuzz_fault *f = &r->fault;

	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i}", "kind",
			 fault_kind_name(f->kind), "oracle", fault_oracle_name(f->kind),
			 "direction", fault_direction_name(f->direction), "slot", (int)f->slot,
			 "step", (int)f->step, "level", (int)f->level, "depth", (int)f->depth,
			 "signal", (int)f->signo, "wait_status", (int)f->wait_status);
}

/* Numbers of 64 bits are written as text: JSON's readers round them. */
static char *meta_text(const struct bundle_source *src, const struct cgofuzz_recorder *r,
		       uint64_t presig, uint32_t earlier)
{
	const struct batch_slot *slot = src->batch ? &src->batch->slots[r->fault.slot] : NULL;
	const uint32_t exhibit = src->batch ? exhibit_slot(src->batch, r) : 0;
	char seed[32], key[32], created[32];
	time_t s = time(NULL);
	struct tm tm;
	json_t *meta, *lanes = json_pack("[s]", src->lane->name);
	char *text;

	if (src->other_lane)
		json_array_append_new(lanes, json_string(src->other_lane->name));
	snprintf(seed, sizeof(seed), "%" PRIu64, src->seed);
	snprintf(key, sizeof(key), "%016" PRIx64, presig);
	gmtime_r(&s, &tm);
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	meta = json_pack(
		"{s:i, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:i, s:o}",
		"version", BUNDLE_VERSION, "lanes", lanes, "engine", engine_name(src->engine),
		"build_id", r->build_id, "other_build_id",
		src->other_build ? src->other_build->id : "", "created", created, "target",
		src->target ? src->target : "", "seed", seed, "presig", key, "slots",
		(int)(src->batch ? src->batch->count : CGOFUZZ_MAX_SLOTS), "earlier", (int)earlier,
		"case_id", slot ? slot->c.id : "", "batch_id", src->batch ? src->batch->id : "",
		"exhibit",
		src->batch && exhibit < src->batch->count ? src->batch->slots[exhibit].row->name : "",
		"settings", src->lane->settings, "plan_version", CGOFUZZ_PLAN_VERSION, "fault",
		meta_fault(r));
	if (!meta)
		return NULL;
	text = json_dumps(meta, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(meta);
	return text;
}

static int put(const char *dir, const char *name, const void *data, size_t len, struct err *e)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = file_write(path, data, len, e);

	free(path);
	return rc;
}

/* As long as it is, but what lies behind the copied memory stays a hole. */
static int put_recorder(const char *dir, const struct cgofuzz_recorder *r, struct err *e)
{
	size_t used = offsetof(struct cgofuzz_recorder, data) + r->fault.data_used;
	char *path = xasprintf("%s/recorder", dir);
	int rc = file_write(path, r, used, e);

	if (rc == 0 && truncate(path, sizeof(*r)) < 0)
		rc = err_errno(e, EXIT_ENVIRON, "could not write %s", path);
	free(path);
	return rc;
}

/* The plans that ran before in this process, oldest first. */
static int put_earlier(const char *dir, const struct cgofuzz_recorder *r, uint32_t *count,
		       struct err *e)
{
	*count = 0;
	for (uint32_t i = 0; i < CGOFUZZ_EARLIER; i++) {
		const struct cgofuzz_earlier *p =
			&r->earlier[(r->earlier_next + i) % CGOFUZZ_EARLIER];
		char name[32];

		if (!p->len)
			continue;
		snprintf(name, sizeof(name), "earlier-%u", *count);
		if (put(dir, name, p->plan, p->len, e) < 0)
			return -1;
		++*count;
	}
	return 0;
}

static const char repro_sh[] =
	"#!/bin/sh\n"
	"# Runs the plan of this bundle again: 0 same fault, 1 not, 4 not every time.\n"
	"exec \"${CGOFUZZ:-cgofuzz}\" replay \"$(cd \"$(dirname \"$0\")\" && pwd)\" \"$@\"\n";

static int bundle_fill(const char *dir, const struct bundle_source *src,
		       const struct cgofuzz_recorder *r, uint64_t presig, struct err *e)
{
	const char *text = src->stderr_text ? src->stderr_text : "";
	const char *case_text = src->batch ? src->batch->slots[r->fault.slot].c.text : "";
	uint32_t earlier;
	char *meta, *repro;
	int rc = -1;

	if (put_earlier(dir, r, &earlier, e) < 0)
		return -1;
	meta = meta_text(src, r, presig, earlier);
	if (!meta)
		return err_set(e, EXIT_ENVIRON, "could not describe %s: a name is not UTF-8", dir);
	repro = xasprintf("%s/repro.sh", dir);
	if (put(dir, "plan", r->plan, r->plan_len, e) == 0 &&
	    put(dir, "case", case_text, strlen(case_text), e) == 0 &&
	    put_recorder(dir, r, e) == 0 && put(dir, "stderr.txt", text, strlen(text), e) == 0 &&
	    put(dir, "repro.sh", repro_sh, strlen(repro_sh), e) == 0 &&
	    put(dir, "meta.json", meta, strlen(meta), e) == 0)
		rc = chmod(repro, 0755) == 0
			? 0
			: err_errno(e, EXIT_ENVIRON, "could not mark %s", repro);
	free(repro);
	free(meta);
	return rc;
}

int bundle_put(const char *dir, const struct bundle_source *src, const struct cgofuzz_recorder *r,
	       struct err *e)
{
	return bundle_fill(dir, src, r, bundle_presig(r, src->batch), e);
}

static int bundle_publish(const struct bundle_source *src, const struct cgofuzz_recorder *r,
			  const char *rec_path, uint64_t presig, bool *fresh, struct err *e)
{
	char *name = bundle_name(r, rec_path);
	char *dir = xasprintf("%s/spool/%s", src->campaign_dir, name);
	char *temp = xasprintf("%s/spool/.%s.%ld.tmp", src->campaign_dir, name, (long)getpid());
	int rc = -1;

	*fresh = !dir_exists(dir);
	if (*fresh) {
		if (dir_remove(temp, e) == 0 && dir_make(temp, e) == 0 &&
		    bundle_fill(temp, src, r, presig, e) == 0)
			rc = dir_publish(temp, dir, e);
		if (rc < 0) {
			struct err ignored;

			dir_remove(temp, &ignored);
		}
		*fresh = rc == 0;
	} else {
		rc = 0;
	}
	free(name);
	free(dir);
	free(temp);
	return rc < 0 ? -1 : 0;
}

int bundle_write(const struct bundle_source *src, const char *rec_path, bool *kept, struct err *e)
{
	struct cgofuzz_recorder *r = NULL;
	struct spool spool;
	uint64_t presig, storm;
	int rc = -1;

	*kept = false;
	if (recorder_read(&r, src, rec_path, e) < 0) {
		struct err why = *e;

		if (!file_exists(rec_path))
			return -1;
		rc = quarantine_move(src->campaign_dir, rec_path, why.msg, e);
		if (rc == 0)
			*e = why;
		return rc;
	}
	presig = bundle_presig(r, src->batch);
	storm = storm_key(&r->fault, src->lane);
	if (spool_open(&spool, src->campaign_dir, e) < 0) {
		free(r);
		return -1;
	}
	if (spool_count(&spool, presig) >= BUNDLE_QUOTA ||
	    spool_count(&spool, storm) >= BUNDLE_STORM_QUOTA) {
		spool_add(&spool, presig);
		rc = 0;
	} else if (builds_keep(src->campaign_dir, src->build, e) == 0 &&
		   builds_keep(src->campaign_dir, src->other_build, e) == 0 &&
		   bundle_publish(src, r, rec_path, presig, kept, e) == 0) {
		if (*kept) {
			spool_add(&spool, presig);
			spool_add(&spool, storm);
		}
		rc = 0;
	}
	free(r);
	return spool_close(&spool, rc, e);
}
