/* report_data.c: bench. A triaged campaign made by hand: what triage would have written, in the same places. */
#include "bench/report_data.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "guest/wire.h"
#include "lane/lane.h"
#include "triage/db.h"
#include "triage/fault.h"
#include "triage/text.h"

#define BUILD_ID "0123456789abcdef0123456789abcdef"
#define BEGAN 1795000000 /* seconds since 1970: of the first run */
#define CASE_FILES 100
#define SPAN_S (7 * 86400)

static const char *const lanes[] = {
	"amd64-gcc12-gcc12-O1-wO0-go1.26.8",
	"amd64-gcc12-clang14-O2-wO0-go1.26.8",
	"amd64-clang14-gcc12-O0-wO0-go1.22.5",
	"amd64-clang14-clang14-O2-wO1-go1.19.13",
	"arm64-gcc12-gcc12-O1-wO0-go1.26.8-qemu7.2",
	"arm64-gcc12-clang14-O2-wO0-go1.26.8-qemu7.2",
	"arm64-clang14-gcc12-O0-wO0-go1.22.5-qemu7.2",
	"arm64-clang14-clang14-O2-wO1-go1.19.13-qemu7.2",
};
#define LANES (sizeof(lanes) / sizeof(lanes[0]))

/* What would do harm if anybody took it for more than text. */
static const char *const hostile[] = {
	"</script><script>document.title='owned'</script>",
	"<img src=x onerror=document.title='owned'>",
	"\"'><svg/onload=document.title='owned'>",
	"'; DROP TABLE cluster; --",
	"$(touch /tmp/owned) `id` | ```\n# owned",
	"\x1b[2J\x1b]0;owned\x07",
	"\xff\xfe invalid \xc0\xaf",
	"\xe2\x80\xa8line\xe2\x80\xa9paragraph \xe2\x80\xaegnitirw",
	"{{constructor.constructor('owned')()}} ]]> &amp; %s%n",
	"\xef\xbf\xbe no character of XML",
};
#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

struct maker {
	const char *dir;
	struct db db;
	struct rng rng;
	struct buf cases; /* lines */
	char **case_at;
	uint32_t case_count;
	struct cgofuzz_recorder *rec;
	struct err *e;
};

static uint32_t below(struct maker *m, uint32_t n)
{
	return (uint32_t)rng_below(&m->rng, n);
}

static void time_text(char out[32], time_t t)
{
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static int read_cases(struct maker *m)
{
	char *path = xasprintf("%s/corpus/shapes/shapes.txt", data_dir()), *rest, *line;
	int rc = file_read(path, 0, &m->cases, m->e);

	rest = m->cases.ptr;
	while (rc == 0 && (line = strsep(&rest, "\n")))
		if (*line && *line != '#') {
			m->case_at = xrealloc(m->case_at, (m->case_count + 1) * sizeof(*m->case_at));
			m->case_at[m->case_count++] = line;
		}
	free(path);
	return rc;
}

static int write_in(struct maker *m, const char *dir, const char *name, const char *data, size_t len)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = file_write(path, data, len, m->e);

	free(path);
	return rc;
}

/* campaign.json, status.json and the cases of a hundred batches. */
static int write_campaign(struct maker *m)
{
	json_t *names = json_array(), *states = json_array(), *campaign, *status;
	char began[32], *text, *cases = xasprintf("%s/cases", m->dir);
	int rc = 0;

	time_text(began, BEGAN);
	for (size_t i = 0; i < LANES; i++) {
		json_array_append_new(names, json_string(lanes[i]));
		json_array_append_new(states,
				      json_pack("{s:s, s:s, s:I, s:I, s:I}", "lane", lanes[i],
						"engine", "afl", "executions", (json_int_t)90000000,
						"crossings", (json_int_t)9000000000, "run_ms",
						(json_int_t)604000000));
	}
	campaign = json_pack("{s:i, s:s, s:{s:s, s:s, s:o}, s:[{s:s, s:s}]}", "version", 1,
			     "created", began, "config", "target", "cgo", "seed",
			     "7760952487811869405", "lanes", names, "runs", "started", began,
			     "command", "cgofuzz fuzz --lane nightly --time 7d --out '</script>'");
	status = json_pack("{s:i, s:s, s:f, s:I, s:I, s:I, s:I, s:o}", "version", 1, "state",
			   "ended", "elapsed_s", (double)SPAN_S, "executions",
			   (json_int_t)720000000, "crossings", (json_int_t)72000000000, "batches",
			   (json_int_t)10080, "cases", (json_int_t)645120, "lanes", states);
	text = json_dumps(campaign, 0);
	rc = write_in(m, m->dir, "campaign.json", text, strlen(text));
	free(text);
	text = json_dumps(status, 0);
	rc = rc < 0 ? rc : write_in(m, m->dir, "status.json", text, strlen(text));
	free(text);
	json_decref(campaign);
	json_decref(status);
	rc = rc < 0 ? rc : dir_make(cases, m->e);
	for (uint32_t f = 0; f < CASE_FILES && rc == 0; f++) {
		struct buf batch = BUF_INIT;
		char name[32];

		for (int i = 0; i < 64; i++)
			buf_addf(&batch, "%s\n", m->case_at[below(m, m->case_count)]);
		snprintf(name, sizeof(name), "%06u.txt", f);
		rc = write_in(m, cases, name, batch.ptr, batch.len);
		buf_release(&batch);
	}
	free(cases);
	return rc;
}

static uint32_t pick_kind(struct maker *m)
{
	static const uint8_t kinds[] = { CGOFUZZ_FAULT_LEAF,	CGOFUZZ_FAULT_LEAF,
					 CGOFUZZ_FAULT_CAPTURE, CGOFUZZ_FAULT_LAYOUT,
					 CGOFUZZ_FAULT_SIGNAL,	CGOFUZZ_FAULT_SIGNAL,
					 CGOFUZZ_FAULT_SIGNAL,	CGOFUZZ_FAULT_PANIC,
					 CGOFUZZ_FAULT_HANG,	CGOFUZZ_FAULT_GPR,
					 CGOFUZZ_FAULT_FPENV };

	return kinds[below(m, sizeof(kinds))];
}

/* 20 to 250 frames, as a nested crossing has them; some of functions that nobody else has. */
static void make_stack(struct maker *m, const char *own, struct buf *out)
{
	static const char *const frames[] = {
		"f%u+0x39  callee.c:762",
		"cgofuzz_trampoline+0xa0  trampoline.S:72",
		"_cgo_6f9c571913a7_Cfunc_f%u+0x2b  fuzz-afl",
		"runtime.asmcgocall+0x60  asm_amd64.s:995",
		"runtime.cgocall+0x74  cgocall.go:185",
		"main._Cfunc_f%u+0x45  _cgo_gotypes.go:485",
		"main.call%u+0x1e  c0.go:506",
		"example.com/fuzzb/guest.Serve+0x235  crossing.go:113",
		"main.go%u+0x24  c0.go:512",
		"runtime.cgocallback+0xcc  asm_amd64.s:1160",
		"crosscall2+0x40  asm_amd64.s:43",
		"go%u+0x54  fuzz-afl",
	};
	uint32_t count = 1 + below(m, 12) * below(m, 12), slot = below(m, 64);

	buf_addf(out, "#0   0x%012x ", 0x400000 + below(m, 1 << 20));
	text_escape(out, own, strlen(own)); /* as frame_print() does */
	buf_addf(out, "+0x%x  target_%u.c:%u  (top)\n", below(m, 512), below(m, 40),
		 below(m, 900) + 1);
	for (uint32_t i = 1; i < 12 + count; i++) {
		char name[128];

		snprintf(name, sizeof(name), frames[(i - 1) % (sizeof(frames) / sizeof(frames[0]))],
			 slot);
		buf_addf(out, "#%-3u 0x%012x %s  (%s)\n", i, 0x400000 + below(m, 1 << 20), name,
			 i % 12 == 4 ? "switch" : "cfi");
	}
	buf_addstr(out, "ends: start of the thread\n");
}

/* Mostly zero: holes keep a thousand of them small. */
static int write_recorder(struct maker *m, const char *dir)
{
	const uint8_t *bytes = (const uint8_t *)m->rec;
	char *path = xasprintf("%s/recorder", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), rc = fd < 0 ? -1 : 0;

	if (rc == 0)
		rc = ftruncate(fd, sizeof(*m->rec));
	for (size_t at = 0; at < sizeof(*m->rec) && rc == 0; at += 4096) {
		size_t n = sizeof(*m->rec) - at < 4096 ? sizeof(*m->rec) - at : 4096;
		static const uint8_t zero[4096];

		if (memcmp(bytes + at, zero, n) != 0 &&
		    pwrite(fd, bytes + at, n, (off_t)at) != (ssize_t)n)
			rc = -1;
	}
	if (rc < 0)
		rc = err_errno(m->e, EXIT_ENVIRON, "could not write %s", path);
	if (fd >= 0)
		close(fd);
	free(path);
	return rc;
}

static void make_record(struct maker *m, uint32_t kind, const char *lane, const char *says)
{
	struct cgofuzz_recorder *r = m->rec;

	memset(r, 0, sizeof(*r));
	memcpy(r->magic, CGOFUZZ_WIRE_MAGIC, 8);
	r->version = CGOFUZZ_WIRE_VERSION;
	r->size = sizeof(*r);
	memcpy(r->build_id, BUILD_ID, sizeof(BUILD_ID));
	r->arch = strncmp(lane, "arm64", 5) ? CGOFUZZ_ARCH_AMD64 : CGOFUZZ_ARCH_ARM64;
	r->plan_len = 8 * (1 + below(m, 40));
	for (uint32_t i = 0; i < r->plan_len; i++)
		r->plan[i] = (uint8_t)(i % 8 ? below(m, 256) : 1);
	r->fault.kind = kind;
	r->fault.direction = CGOFUZZ_GO_TO_C;
	r->fault.signo = kind == CGOFUZZ_FAULT_SIGNAL ? 11 : 0;
	r->fault.expected = rng_next(&m->rng);
	r->fault.got = r->fault.expected ^ 1u << below(m, 31);
	snprintf(r->fault.text, sizeof(r->fault.text), "%s", says);
}

static int write_bundle(struct maker *m, const char *name, const char *lane, const char *case_text,
			const char *created, const char *stack)
{
	char *dir = xasprintf("%s/spool/%s", m->dir, name), *text;
	json_t *meta = json_pack("{s:i, s:[s], s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s}",
				 "version", 1, "lanes", lane, "engine", "afl", "build_id", BUILD_ID,
				 "created", created, "target", "cgo", "seed", "7", "presig", "1",
				 "slots", 64, "earlier", 0, "exhibit", "");
	int rc = dir_make(dir, m->e);

	text = json_dumps(meta, 0);
	rc = rc < 0 ? rc : write_in(m, dir, "meta.json", text, strlen(text));
	rc = rc < 0 ? rc : write_in(m, dir, "plan", (const char *)m->rec->plan, m->rec->plan_len);
	rc = rc < 0 ? rc : write_in(m, dir, "case", case_text, strlen(case_text));
	if (rc == 0 && *stack)
		rc = write_in(m, dir, "stack.txt", stack, strlen(stack));
	rc = rc < 0 ? rc : write_recorder(m, dir);
	free(text);
	json_decref(meta);
	free(dir);
	return rc;
}

static int insert_cluster(struct maker *m, uint32_t id, const char *title, const char *kind,
			  bool weak, const char *own)
{
	static const char *const sides[] = { "wrapper", "callee", "go", "unknown" };
	const char *side = sides[below(m, 4)];
	char *signature = xasprintf("1|%s|oracle|go->c|%u|%s", kind, id, own);
	char *words = xasprintf("%s, AAPCS64 C.%u (6.8.2): %s", side, below(m, 15) + 1,
				"it lay where the document wants it, and was read elsewhere");
	int64_t tried = below(m, 10) ? 3 : 0;
	int rc = db_run(&m->db, m->e,
			"INSERT INTO cluster (id, signature, title, kind, weak, replayed_ok, replayed_of,"
			" reference_ok, reference_of, replay_text, guilty, guilty_text)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?7, ?8, ?9, ?10)",
			"itttiiittt", (int64_t)id, signature, title, kind, (int64_t)weak,
			tried ? (int64_t)below(m, 4) : (int64_t)-1, tried,
			"fast path:\n  plan alone: same fault\n", side, words);

	free(signature);
	free(words);
	return rc;
}

/* Rows of one cluster: only the first bundle is in the spool. */
static int insert_bundles(struct maker *m, uint32_t id, const char *name, const char *kind,
			  const char *case_text, uint32_t first_lane, time_t at)
{
	uint32_t count = 1 + below(m, 12);
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++) {
		char *row = i ? xasprintf("%s-%u", name, i) : xstrdup(name), created[32];

		time_text(created, at + (time_t)(i * below(m, 40000)));
		rc = db_run(&m->db, m->e,
			    "INSERT INTO bundle (campaign, name, home, cluster, kind, lane, engine, target,"
			    " exhibit, build_id, case_text, presig, plan_bytes, depth, created) VALUES"
			    " (1, ?1, ?2, ?2, ?3, ?4, 'afl', 'cgo', '', ?5, ?6, ?7, ?8, 2, ?9)",
			    "titttttit", row, (int64_t)id, kind,
			    lanes[(first_lane + (i ? below(m, 3) : 0)) % LANES], BUILD_ID,
			    case_text, row, (int64_t)i + 8, created);
		free(row);
	}
	return rc;
}

static int make_cluster(struct maker *m, uint32_t id)
{
	const char *evil = id % 10 ? NULL : hostile[id / 10 % HOSTILE];
	uint32_t kind = pick_kind(m), lane = below(m, LANES);
	const char *kind_name = fault_kind_name(kind);
	const char *case_text = m->case_at[id % m->case_count];
	char *own = evil ? xstrdup(evil) : xasprintf("library_%u_call", id), created[32];
	char *name = xasprintf("20261118T%06u.000000-77-%u-%s", id % 86400, id, kind_name);
	struct buf stack = BUF_INIT, title = BUF_INIT;
	time_t at = BEGAN + (time_t)((double)SPAN_S * below(m, 1000) * below(m, 1000) / 1e6);
	int rc;

	time_text(created, at);
	buf_addf(&title, "%s: %s in ", kind_name, fault_about(kind));
	text_escape(&title, own, strlen(own)); /* as titles are made */
	if (fault_has_stack(kind))
		make_stack(m, own, &stack);
	make_record(m, kind, lanes[lane], own);
	rc = write_bundle(m, name, lanes[lane], evil && id % 3 == 0 ? evil : case_text, created,
			  stack.ptr);
	if (rc == 0)
		rc = insert_cluster(m, id, title.ptr, kind_name, below(m, 50) == 0, own);
	if (rc == 0)
		rc = insert_bundles(m, id, name, kind_name, case_text, lane, at);
	buf_release(&stack);
	buf_release(&title);
	free(own);
	free(name);
	return rc;
}

static int make_all(struct maker *m, uint32_t clusters)
{
	bool anew;
	int rc;

	if (read_cases(m) < 0 || write_campaign(m) < 0 || db_open(&m->db, m->dir, &anew, m->e) < 0)
		return -1;
	rc = db_run(&m->db, m->e, "BEGIN IMMEDIATE", "");
	if (rc == 0)
		rc = db_run(&m->db, m->e,
			    "INSERT OR IGNORE INTO campaign (id, path) VALUES (1, '')", "");
	for (uint32_t id = 1; id <= clusters && rc == 0; id++)
		rc = make_cluster(m, id);
	rc = db_end(&m->db, rc, m->e);
	db_close(&m->db);
	return rc;
}

int report_data_make(const char *dir, uint32_t clusters, struct err *e)
{
	struct maker m = { .dir = dir, .e = e, .cases = BUF_INIT };
	char *spool = xasprintf("%s/spool", dir);
	int rc;

	if (dir_exists(dir))
		rc = err_set(e, EXIT_USAGE, "%s is there already", dir);
	else
		rc = dir_make(spool, e);
	rng_seed(&m.rng, clusters);
	m.rec = xcalloc(1, sizeof(*m.rec));
	if (rc == 0)
		rc = make_all(&m, clusters);
	free(m.rec);
	free(m.case_at);
	buf_release(&m.cases);
	free(spool);
	return rc;
}
