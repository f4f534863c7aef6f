/* standalone.c: emit. A reproducer of one case for a bug report: plain C and Go, and a Makefile. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "emit/standalone.h"
#include "guest/value.h"

#define MOST_HELPERS 16

void standalone_helpers(struct buf *out, const struct standalone_helper *list, size_t count,
			const char *body)
{
	bool needed[MOST_HELPERS];

	BUG_ON(count > MOST_HELPERS);
	for (size_t i = count; i-- > 0;) {
		needed[i] = strstr(body, list[i].use);
		for (size_t k = i + 1; k < count; k++)
			needed[i] |= needed[k] && strstr(list[k].text, list[i].use);
	}
	for (size_t i = 0; i < count; i++)
		if (needed[i])
			buf_addstr(out, list[i].text);
}

/* Two lines of it are of C to C or of Go. */
static const char makefile[] =
	"# make            builds and runs here; make ARCH=arm64 cross-builds and runs under QEMU.\n"
	"# CC compiles cgo's wrappers, CALLEE_CC and CALLEE_FLAGS the other side (case.c).\n"
	"GO   ?= go\n"
	"HOST := $(shell $(GO) env GOHOSTARCH)\n"
	"ARCH ?= $(HOST)\n"
	"TRIPLE_amd64 := x86_64-linux-gnu\n"
	"TRIPLE_arm64 := aarch64-linux-gnu\n"
	"QEMU_amd64   := qemu-x86_64\n"
	"QEMU_arm64   := qemu-aarch64\n"
	"ifneq ($(ARCH),$(HOST))\n"
	"CROSS := $(TRIPLE_$(ARCH))-\n"
	"RUN   := $(QEMU_$(ARCH)) -L /usr/$(TRIPLE_$(ARCH))\n"
	"endif\n"
	"ifneq ($(filter default undefined,$(origin CC)),)\n"
	"CC := $(CROSS)gcc\n"
	"endif\n"
	"CALLEE_CC    ?= $(CC)\n"
	"CALLEE_FLAGS ?= -O1\n\n"
	"run: case-$(ARCH)\n"
	"\t$(RUN) ./case-$(ARCH)\n\n"
	"case-$(ARCH): %s case.c case.h\n"
	"\t$(CALLEE_CC) $(CALLEE_FLAGS) -g -ffp-contract=off -c -o case-$(ARCH).o case.c\n"
	"\tar rcs case-$(ARCH).a case-$(ARCH).o\n"
	"%s\n"
	"clean:\n"
	"\trm -f case-*\n\n"
	".PHONY: run clean case-$(ARCH)\n";

static const char link_go[] = "\tGOARCH=$(ARCH) CGO_ENABLED=1 CC='$(CC)' $(GO) build -o $@ main.go\n";
static const char link_c[] =
	"\t$(CC) -O0 -g -ffp-contract=off -o $@ main.c case-$(ARCH).a -Wl,--as-needed -latomic\n";

static const char *about_of(const struct fuzz_case *c)
{
	static const char *const abouts[ROUTE_COUNT] = {
#define ROUTE(id, name, about) [ROUTE_##id] = about,
#include "model/route.def"
#undef ROUTE
	};

	return abouts[c->route];
}

int emit_standalone_since(const struct fuzz_case *c)
{
	int since = route_how(c->route)->since;

	return route_pins(c) && since < ROUTE_PINNER_SINCE ? ROUTE_PINNER_SINCE : since;
}

static void make_readme(struct buf *out, const struct fuzz_case *c)
{
	buf_addf(out,
		 "%s: %s\n\n    %s\n\n"
		 "make              builds and runs it on this machine\n"
		 "make ARCH=arm64   builds it for arm64 (aarch64-linux-gnu-gcc) and runs it under "
		 "qemu-aarch64\n"
		 "make CC=clang-14 CALLEE_CC=gcc-12 CALLEE_FLAGS=-O2   chooses the compiler of cgo's wrappers "
		 "and of the C side\n\n"
		 "Each scalar of the arguments and the result is printed as the receiving side sees it, beside "
		 "what was passed.\nExit status 0 if all arrived, else 1 (make says 2).\n",
		 c->route == ROUTE_DIRECT ? "A call from C to C" : "A call across cgo", about_of(c),
		 c->text);
	if (emit_standalone_since(c))
		buf_addf(out, "Wants Go 1.%d or later.\n", emit_standalone_since(c));
}

static int put_file(const char *dir, const char *name, struct buf *text, struct err *e)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = file_write(path, text->ptr, text->len, e);

	free(path);
	buf_reset(text);
	return rc;
}

const char *emit_standalone_main(const struct fuzz_case *c)
{
	return c->route == ROUTE_DIRECT ? "main.c" : "main.go";
}

static void make_makefile(struct buf *out, const struct fuzz_case *c)
{
	buf_addf(out, makefile, emit_standalone_main(c), c->route == ROUTE_DIRECT ? link_c : link_go);
}

int emit_standalone(const struct fuzz_case *c, uint64_t seed, const char *dir, struct err *e)
{
	const char *why = emit_unsupported(c, 0);
	struct buf text = BUF_INIT;
	struct standalone s = { .out = &text, .c = c, .seed = cgofuzz_level_seed((uint32_t)seed, 0) };
	int rc;

	if (why)
		return err_set(e, EXIT_USAGE, "%s: %s", c->text, why);
	rc = dir_make(dir, e);
	standalone_case_h(&s);
	if (rc == 0)
		rc = put_file(dir, "case.h", &text, e);
	buf_reset(&text);
	standalone_case_c(&s);
	if (rc == 0)
		rc = put_file(dir, "case.c", &text, e);
	buf_reset(&text);
	s.go = c->route != ROUTE_DIRECT;
	if (s.go)
		standalone_main_go(&s);
	else
		standalone_main_c(&s);
	if (rc == 0)
		rc = put_file(dir, emit_standalone_main(c), &text, e);
	buf_reset(&text);
	make_makefile(&text, c);
	if (rc == 0)
		rc = put_file(dir, "Makefile", &text, e);
	buf_reset(&text);
	make_readme(&text, c);
	if (rc == 0)
		rc = put_file(dir, "README", &text, e);
	buf_release(&text);
	return rc;
}
