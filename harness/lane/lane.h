/* lane.h: lane. One way to build and run: architecture, compilers, levels, Go, QEMU, settings. */
#ifndef LANE_LANE_H
#define LANE_LANE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "guest/wire.h"

struct arch_info {
	enum cgofuzz_arch id;
	const char *name; /* GOARCH */
	const char *triple; /* GNU triple: prefix of binutils and the cross gcc */
	const char *clang_target;
	const char *qemu; /* program name, "" if native */
	const char *ld_prefix; /* QEMU_LD_PREFIX, "" if native */
	const char *qemu_cpu; /* QEMU_CPU, "" if native; a lane's settings may say another */
	int elf_machine;
	int hang_ms;
};
const struct arch_info *arch_find(const char *name); /* NULL if unknown */
const struct arch_info *arch_of(int id);
const struct arch_info *arch_at(unsigned i); /* NULL past the end */

enum engine {
#define ENGINE(id, name, about) ENGINE_##id,
#include "lane/engine.def"
#undef ENGINE
	ENGINE_COUNT
};
extern const char *const engine_names[ENGINE_COUNT];
const char *engine_name(unsigned engine); /* "plain" for ENGINE_COUNT */

#define LANE_NAME_MAX 192

struct lane {
	const struct arch_info *arch;
	char wrapper[16]; /* "gcc12", "clang14": the compiler cgo uses */
	char callee[16];
	char callee_opt[8]; /* "O1", "Ofast" */
	char flag[12]; /* "mavx": a row of flag.def; "": none */
	char wrapper_opt[4]; /* "O0" */
	char go[24]; /* "go1.26.8" */
	char qemu[16]; /* "qemu7.2", "" natively */
	char settings[80]; /* "GOGC=1+GOMAXPROCS=1": environment of the guest, joined by '+' */
	bool reference; /* build with plain `go build` (short name part "gobuild") */
	char name[LANE_NAME_MAX]; /* full canonical short name */
};

/* Fills what `text` leaves out with the default lane's parts; "" or NULL is the default lane of
 * arch (NULL: arch must come from the text, else amd64). Status EXIT_USAGE with the valid parts. */
int lane_parse(struct lane *l, const char *text, const struct arch_info *arch, struct err *e);

/* The same lane by its reference path. */
void lane_reference(struct lane *out, const struct lane *l);

/* Lanes as the command line has them: names joined by ',', named sets (set.def) among them. Each lane
 * is in the list once. arch NULL: a set without architectures stands for all of them. */
struct lane_list {
	struct lane *lanes; /* NULL at first */
	uint32_t count;
};
int lane_list_add(struct lane_list *list, const char *texts, const struct arch_info *arch,
		  struct err *e);
void lane_list_release(struct lane_list *list);

struct lane_set {
	const char *name, *lanes, *about;
};
const struct lane_set *lane_set_at(unsigned i); /* NULL past the end */

/* Program names and paths, resolved once. Strings live as long as the process (tool.h, keep_string). */
struct toolchain {
	const char *goroot; /* of the lane's Go */
	const char *go_version; /* "go1.26.8" as it says itself */
	const char *wrapper_cc; /* "aarch64-linux-gnu-gcc-12" or "clang-14" */
	const char *callee_cc;
	const char *driver_cc; /* clang, for the runtime's C half */
	const char *qemu; /* absolute path, NULL natively */
	const char *afl_dir; /* folder with afl-compiler-rt.o of the architecture */
	const char *fuzzer_lib; /* libclang_rt.fuzzer*.a of the architecture */
};
/* EXIT_ENVIRON with what is missing and how to get it. Not for several threads at once: what was found
 * is kept in static variables (strings, QEMU's version). Work side by side is done in processes. */
int toolchain_resolve(struct toolchain *t, const struct lane *l, struct err *e);
/* Brings a Go release ("go1.22.5") as a module; goroot (malloc'd) on success. */
int toolchain_fetch_go(const char *version, char **goroot, struct err *e);

/* Compilers that Debian 12 has, NULL-terminated; each architecture's own program is looked for. */
extern const char *const lane_compilers[];
/* Go releases on this machine, "go1.26.8", that the guest supports: sorted by name, each malloc'd; how many. */
#define LANE_GO_RELEASES 32
uint32_t lane_go_releases(char *releases[LANE_GO_RELEASES]);

/* Where the program finds its sources (harness/guest, targets) and keeps its cache. */
const char *data_dir(void); /* CGOFUZZ_DATA, else compiled in */
const char *cache_dir(void); /* CGOFUZZ_CACHE, else build/cache below the data directory if that is
				writable, else ~/.cache/cgofuzz */

#endif
