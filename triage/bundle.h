/* bundle.h: triage. A directory that holds everything needed to see one fault again. */
#ifndef TRIAGE_BUNDLE_H
#define TRIAGE_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "guest/wire.h"
#include "lane/build.h"

#define BUNDLE_VERSION 1

/*
 * Layout of a campaign directory (campaign/ makes it, triage/ reads it):
 *   campaign.json  lock  triage.db  log/          configuration, who holds it, clusters, logs
 *   spool/NAME/                                   bundles; NAME = utc time, pid, counter, kind
 *   spool/.counts                                 "presig TAB count" of what was seen but not kept
 *   quarantine/NAME/ + NAME.reason                what could not be read
 *   builds/BUILD_ID/fuzz-afl fuzz-libfuzzer cases lane   executables of builds that bundles need
 *   engines/ENGINE-LANE/                          engine corpora (AFL's own layout), recorder dirs
 * builds/BUILD_ID/fuzz-plain is there for faults that show in comparison, of both lanes.
 * A bundle: meta.json, plan, earlier-0 .. earlier-N (oldest first), case (text), recorder (raw),
 * stderr.txt, stack.txt (by triage), repro.sh.
 * A foreign one (import/): "foreign" in meta.json, lane ARCH-foreign, an empty plan and case, and frames; no build.
 */
struct bundle {
	char *dir; /* absolute */
	char *name; /* last part of dir */
	char lane[LANE_NAME_MAX];
	char engine[16];
	char build_id[HASH_HEX_LEN + 1];
	/* of a fault that shows in comparison only (differential, cliff); "" else, or if there is no such lane */
	char other_lane[LANE_NAME_MAX];
	char other_build_id[HASH_HEX_LEN + 1];
	char *case_text;
	char *target; /* "cgo", "planted" */
	char *created; /* RFC 3339, UTC */
	char *exe; /* executable to take symbols from; NULL: the kept one */
	char *exhibit; /* name of the target's row, "" for generated cases; never part of a signature */
	uint64_t seed; /* campaign's */
	uint64_t presig;
	uint32_t slots; /* of the batch */
	uint32_t earlier_count;
	char *foreign; /* the file that it was imported from; NULL: it is the harness's own */
	char *frames; /* of a foreign one: its stack as text, see foreign.h */
	struct cgofuzz_recorder *rec; /* the whole recorder, read and checked */
};

struct bundle_source {
	const char *campaign_dir;
	const struct build *build;
	const struct lane *lane;
	const struct build *other_build; /* with other_lane: what it is compared with; NULL: nothing */
	const struct lane *other_lane;
	enum engine engine; /* ENGINE_COUNT: none, fuzz-plain */
	const char *target;
	const struct batch *batch;
	uint64_t seed;
	const char *stderr_text; /* tail of the guest's standard error, or "" */
};

/* Cheap pre-signature for the spool's quota: kind, direction, slot's case id, leaf or pc.
 * batch NULL: the slot's number instead of the case. */
uint64_t bundle_presig(const struct cgofuzz_recorder *rec, const struct batch *batch);

/* Writes a bundle of the recorder file at rec_path into spool/ (temporary name, fsync, rename) and
 * keeps the executables under builds/. *kept is false if the quota of its pre-signature was full and
 * it was only counted. The name comes from the record itself: after a kill -9, doing it again gives
 * one bundle. A recorder that ends inside a plan without a fault becomes DEATH. rec_path stays (the
 * caller removes it when this returned 0), but a corrupt one is moved to quarantine/ with a reason:
 * returns 0, kept false, and says so in e->msg. */
#define BUNDLE_QUOTA 8 /* of one pre-signature */
#define BUNDLE_STORM_QUOTA 512 /* of one kind, direction, leaf class and lane, whatever the case */
int bundle_write(const struct bundle_source *src, const char *rec_path, bool *kept, struct err *e);
/* Fills a directory with a bundle of a recorder that holds a fault: everything but the executables. */
int bundle_put(const char *dir, const struct bundle_source *src, const struct cgofuzz_recorder *r,
	       struct err *e);
/* Reads and checks; EXIT_ENVIRON if it is not a bundle of this version, EXIT_USAGE if not there. */
int bundle_load(struct bundle *b, const char *dir, struct err *e);
/* Of a directory that bundle_load() refuses: was it written by another version of this program? It is whole then, as far
 * as can be told; what says of which ("recorder version 9, this program reads 10"). */
bool bundle_is_of_other_version(const char *dir, char *what, size_t size);
void bundle_release(struct bundle *b);
/* "DIR/../../builds/BUILD_ID/FILE" of the bundle's campaign, or DIR/builds/... if it has its own, as reduced ones
 * do; malloc'd; need not be there. */
char *bundle_build_file(const struct bundle *b, const char *file);
char *bundle_other_file(const struct bundle *b, const char *file); /* of other_build_id */
/* The campaign in whose spool it lies, malloc'd; NULL: it lies in none. */
char *bundle_campaign(const struct bundle *b);
/* b->exe, else the kept executable of the bundle's engine, malloc'd; need not be there. */
char *bundle_exe(const struct bundle *b);
/* Moves a file or directory to CAMPAIGN/quarantine/NAME and writes NAME.reason beside it. */
int quarantine_move(const char *campaign_dir, const char *path, const char *reason, struct err *e);

/* A recorder that is inside a plan without a fault: the process died there, with that wait status. */
void recorder_settle(struct cgofuzz_recorder *rec, int wait_status);
/* Checks a recorder image of any bytes: magic, version, every count and index in range. */
int recorder_check(const void *data, size_t len, struct err *e);

#endif
