/* standalone.c: emit. A reproducer of one case for a bug report: plain C and Go, and a Makefile. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "emit/standalone.h"
#include "emit/standalone_damage.h"
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
	"\t$(CC) -O0 -g -ffp-contract=off -o $@ main.c case-$(ARCH).a -Wl,--as-needed -latomic -lm\n";

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

/* For one architecture, with the compilers of a lane. */
static void make_exact(struct buf *out, const struct fuzz_case *c, const struct standalone_how *how,
		       bool stub)
{
	bool cross = !strcmp(how->arch, "arm64");
	const char *main = emit_standalone_main(c);

	buf_addf(out,
		 "# make: builds and runs it%s. CC compiles cgo's wrappers, CALLEE_CC case.c.\n"
		 "GO           ?= go\nCC           := %s\nCALLEE_CC    := %s\nCALLEE_FLAGS := %s\n"
		 "export CGO_CFLAGS := %s\n\nrun: case\n\t%s./case\n\n"
		 "case: %s case.c case.h\n"
		 "\t$(CALLEE_CC) $(CALLEE_FLAGS) -g -ffp-contract=off -c -o case.o case.c\n",
		 cross ? " under QEMU, on amd64" : "", how->cc, how->callee_cc, how->callee_flags,
		 how->wrapper_flags, cross ? "qemu-aarch64 -L /usr/aarch64-linux-gnu " : "", main);
	if (how->registers)
		buf_addstr(out, "\t$(CALLEE_CC) -c -o check.o check.S\n");
	if (stub)
		buf_addstr(out, "\t$(CALLEE_CC) -c -o stub.o stub.S\n");
	buf_addf(out, "\tar rcs case-%s.a case.o%s%s\n", how->arch,
		 how->registers ? " check.o" : "", stub ? " stub.o" : "");
	if (c->route == ROUTE_DIRECT)
		buf_addf(out,
			 "\t$(CC) $(CGO_CFLAGS) -g -ffp-contract=off -o $@ main.c case-%s.a "
			 "-Wl,--as-needed -latomic -lm\n",
			 how->arch);
	else
		buf_addf(out, "\tGOARCH=%s CGO_ENABLED=1 CC='$(CC)' $(GO) build -o $@ main.go\n",
			 how->arch);
	buf_addstr(out, "\nclean:\n\trm -f case case-* *.o\n\n.PHONY: run clean case\n");
}

static void make_makefile(struct buf *out, const struct fuzz_case *c,
			  const struct standalone_how *how, bool stub)
{
	if (how->arch)
		make_exact(out, c, how, stub);
	else
		buf_addf(out, makefile, emit_standalone_main(c),
			 c->route == ROUTE_DIRECT ? link_c : link_go);
}

/* One file after the other; the first failure is kept. */
struct writing {
	const char *dir;
	struct buf text;
	struct err *e;
	int rc;
};

static void put(struct writing *w, const char *name)
{
	if (w->rc == 0)
		w->rc = put_file(w->dir, name, &w->text, w->e);
	buf_reset(&w->text);
}

/* Assembly before the callee, or before Go. */
static void put_assembly(struct writing *w, const struct standalone *s,
			 const struct standalone_damage *d)
{
	bool callback = text_is_callback(s->c);
	const char *first = callback ? "f_checked" : "f", *body = callback ? "f" : "f_body";
	const char *stub = d->stub ? "f_stub" : body;

	if (s->how->registers) {
		/* A stub of the callee's stands below what looks, one of the caller's above. */
		standalone_check_s(s, d->stub && d->before ? "f_checked" : first,
				   d->before ? body : stub);
		put(w, "check.S");
	}
	if (*d->assembly.ptr) {
		standalone_stub_s(s, d, d->before || !s->how->registers ? first : stub,
				  d->before && s->how->registers ? "f_checked" : body);
		put(w, "stub.S");
	}
}

static void put_case(struct writing *w, struct standalone *s, const struct standalone_damage *d)
{
	const struct fuzz_case *other = d->other.text ? &d->other : s->declared;
	bool wrapper = s->how->exhibit && s->how->exhibit->side == TARGET_WRAPPER;

	standalone_case_h(s);
	put(w, "case.h");
	s->c = wrapper ? s->declared : other;
	standalone_case_c(s);
	put(w, "case.c");
	s->go = s->declared->route != ROUTE_DIRECT;
	s->c = wrapper && !s->go ? other : s->declared;
	if (s->go)
		standalone_main_go(s);
	else
		standalone_main_c(s);
	s->c = s->declared;
	put(w, emit_standalone_main(s->c));
}

int emit_standalone_of(const struct fuzz_case *c, const struct standalone_how *how, const char *dir,
		       struct err *e)
{
	const char *why = emit_unsupported(c, 0);
	struct standalone_damage damage;
	struct writing w = { .dir = dir, .text = BUF_INIT, .e = e };
	struct standalone s = {
		.out = &w.text, .c = c, .declared = c, .how = how, .seed = how->level_seed
	};

	if (why)
		return err_set(e, EXIT_USAGE, "%s: %s", c->text, why);
	if (standalone_damage_open(&damage, how, e) < 0)
		return -1;
	s.damage = damage.c.ptr;
	s.go_damage = damage.go.ptr;
	if (!text_is_callback(c) && (how->registers || damage.stub))
		s.callee = "f_body";
	w.rc = dir_make(dir, e);
	put_case(&w, &s, &damage);
	put_assembly(&w, &s, &damage);
	make_makefile(&w.text, c, how, *damage.assembly.ptr != '\0');
	put(&w, "Makefile");
	make_readme(&w.text, c);
	put(&w, "README");
	standalone_damage_close(&damage);
	buf_release(&w.text);
	return w.rc;
}

int emit_standalone(const struct fuzz_case *c, uint64_t seed, const char *dir, struct err *e)
{
	const struct standalone_how how = { .level_seed = cgofuzz_level_seed((uint32_t)seed, 0) };

	return emit_standalone_of(c, &how, dir, e);
}
