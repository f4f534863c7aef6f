/* standalone.c: emit. A reproducer of one case for a bug report: plain C and Go, and a Makefile. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "emit/text.h"
#include "guest/value.h"

#define PREFIX "S" /* struct S0, enum S1 */
#define POOL_MARK ((uint64_t)1 << 40) /* stands for the pool's address until it is printed */

/* Leaves of one object on their way out, as "check" or "put" calls of one language. */
struct lines {
	struct buf *out;
	const char *object; /* "a0", "r" */
	uint64_t seed;
	uint32_t index;
	bool go, check;
};

static void put_value(const struct lines *l, uint64_t bits, int kind)
{
	if (kind == CGOFUZZ_LEAF_PTR && bits)
		buf_addf(l->out, l->go ? "pool(0x%" PRIx64 ")" : "POOL(0x%" PRIx64 ")",
			 bits - POOL_MARK);
	else
		buf_addf(l->out, l->go ? "0x%" PRIx64 : "0x%" PRIx64 "ULL", bits);
}

static void put_leaf(struct lines *l, const char *name, const struct shape *leaf)
{
	int kind = shape_leaf_kind(leaf);
	uint64_t bits = cgofuzz_value(l->seed, l->index++, kind, POOL_MARK);

	buf_addf(l->out, "\t%s(", l->check ? "check" : "put");
	if (l->check)
		buf_addf(l->out, "\"%s\", ", name);
	if (l->go)
		buf_addf(l->out, "unsafe.Pointer(&%s), unsafe.Sizeof(%s), ", name, name);
	else
		buf_addf(l->out, "&%s, sizeof %s, ", name, name);
	put_value(l, bits, kind);
	buf_addstr(l->out, l->go ? ")\n" : ");\n");
}

/* Go cannot name a member `_`: its leaves are left to C. */
static void walk(struct lines *l, struct buf *name, const struct shape *s, bool nameless)
{
	size_t len = name->len;

	if (s->kind != SHAPE_STRUCT && s->kind != SHAPE_ARRAY) {
		if (nameless)
			l->index++;
		else
			put_leaf(l, name->ptr, s);
		return;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		bool hidden = false;

		if (s->kind == SHAPE_ARRAY) {
			buf_addf(name, "[%u]", i);
		} else {
			buf_addch(name, '.');
			if (l->go)
				go_member(name, s, i);
			else
				buf_addstr(name, s->members[i].name);
			hidden = l->go && !strcmp(s->members[i].name, "_");
		}
		walk(l, name, s->kind == SHAPE_ARRAY ? s->target : s->members[i].shape,
		     nameless || hidden);
		name->len = len;
		name->ptr[len] = '\0';
	}
}

static void put_object(struct lines *l, const char *object, const struct shape *s)
{
	struct buf name = BUF_INIT;

	if (s->kind == SHAPE_VOID)
		return;
	buf_addstr(&name, object);
	walk(l, &name, s, false);
	buf_release(&name);
}

static void put_args(struct buf *out, const struct fuzz_case *c, uint64_t seed, bool go, bool check)
{
	struct lines l = { .out = out, .seed = seed, .go = go, .check = check };
	char name[16];

	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		put_object(&l, name, c->proto.args[i]);
	}
}

static void put_result(struct buf *out, const struct fuzz_case *c, uint64_t seed, bool go, bool check)
{
	struct lines l = { .out = out, .seed = cgofuzz_result_seed(seed), .go = go, .check = check };

	put_object(&l, "r", c->proto.result);
}

static void declare(struct buf *out, const struct shape *s, const char *name)
{
	buf_addch(out, '\t');
	shape_declare(out, s, PREFIX, name);
	buf_addstr(out, ";\n");
}

static void call_list(struct buf *out, const struct fuzz_case *c)
{
	buf_addch(out, '(');
	for (uint32_t i = 0; i < c->proto.arg_count; i++)
		buf_addf(out, "%sa%u", i ? ", " : "", i);
	buf_addch(out, ')');
}

static void make_header(struct buf *out, const struct fuzz_case *c)
{
	buf_addf(out, "/* case.h: %s */\n#ifndef CASE_H\n#define CASE_H\n\n", c->text);
	for (uint32_t i = 0; i < c->type_count; i++)
		shape_define(out, c->types[i], PREFIX);
	buf_addstr(out, "\n");
	if (c->route == ROUTE_CALLBACK) {
		buf_addstr(out, "void run(void); /* calls f, which is Go's */\n");
	} else {
		text_function(out, &c->proto, PREFIX, "f");
		buf_addstr(out, ";\n");
	}
	buf_addstr(out,
		   "extern int wrong; /* leaves that C saw wrong */\n"
		   "extern char memory[65536]; /* pointers go into it */\n\n#endif\n");
}

static const char c_helpers[] =
	"#include \"case.h\"\n\n#include <stdio.h>\n#include <string.h>\n\n"
	"#define POOL(offset) ((unsigned long long)memory + (offset))\n\n"
	"int wrong;\nchar memory[65536];\n\n"
	"static void put(void *at, unsigned long size, unsigned long long bits)\n"
	"{\n\tmemcpy(at, &bits, size);\n}\n\n"
	"static void check(const char *name, const void *at, unsigned long size, unsigned long long "
	"expected)\n"
	"{\n\tunsigned long long got = 0;\n\n"
	"\tmemcpy(&got, at, size);\n"
	"\tprintf(\"C:  %-20s expected 0x%0*llx got 0x%0*llx%s\\n\", name, (int)size * 2, expected,\n"
	"\t       (int)size * 2, got, got == expected ? \"\" : \"  WRONG\");\n"
	"\tfflush(stdout);\n"
	"\twrong += got != expected;\n}\n\n";

static void make_c(struct buf *out, const struct fuzz_case *c, uint64_t seed)
{
	bool is_void = c->proto.result->kind == SHAPE_VOID;
	char name[16];

	buf_addf(out, "/* case.c: %s */\n%s", c->text, c_helpers);
	text_function(out, &c->proto, PREFIX, "f");
	if (c->route != ROUTE_CALLBACK) {
		buf_addstr(out, "\n{\n");
		if (!is_void)
			declare(out, c->proto.result, "r");
		buf_addstr(out, "\n\t(void)put;\n\t(void)check;\n");
		put_args(out, c, seed, false, true);
		put_result(out, c, seed, false, false);
		buf_addf(out, "%s}\n", is_void ? "" : "\treturn r;\n");
		return;
	}
	buf_addstr(out, "; /* exported by main.go */\n\nvoid run(void)\n{\n");
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		snprintf(name, sizeof(name), "a%u", i);
		declare(out, c->proto.args[i], name);
	}
	if (!is_void)
		declare(out, c->proto.result, "r");
	buf_addstr(out, "\n\t(void)put;\n\t(void)check;\n");
	put_args(out, c, seed, false, false);
	buf_addf(out, "\t%sf", is_void ? "" : "r = ");
	call_list(out, c);
	buf_addstr(out, ";\n");
	put_result(out, c, seed, false, true);
	buf_addstr(out, "}\n");
}

static const char go_helpers[] =
	"import \"C\"\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"unsafe\"\n)\n\nvar wrong int\n\n"
	"func pool(offset uint64) uint64 { return uint64(uintptr(unsafe.Pointer(&C.memory[0]))) + offset }\n\n"
	"func put(at unsafe.Pointer, size uintptr, bits uint64) {\n"
	"\tfor i := uintptr(0); i < size; i++ {\n"
	"\t\t*(*byte)(unsafe.Add(at, i)) = byte(bits >> (8 * i))\n\t}\n}\n\n"
	"func check(name string, at unsafe.Pointer, size uintptr, expected uint64) {\n"
	"\tvar got uint64\n"
	"\tfor i := uintptr(0); i < size; i++ {\n"
	"\t\tgot |= uint64(*(*byte)(unsafe.Add(at, i))) << (8 * i)\n\t}\n"
	"\tnote := \"\"\n\tif got != expected {\n\t\tnote = \"  WRONG\"\n\t\twrong++\n\t}\n"
	"\tfmt.Printf(\"Go: %-20s expected 0x%0*x got 0x%0*x%s\\n\", name, size*2, expected, size*2, got, "
	"note)\n}\n\n";

static void go_export(struct buf *out, const struct fuzz_case *c, uint64_t seed)
{
	bool is_void = c->proto.result->kind == SHAPE_VOID;

	buf_addstr(out, "//export f\nfunc f(");
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		buf_addf(out, "%sa%u ", i ? ", " : "", i);
		go_export_type(out, c->proto.args[i], PREFIX);
	}
	buf_addch(out, ')');
	if (!is_void) {
		buf_addstr(out, " (r ");
		go_export_type(out, c->proto.result, PREFIX);
		buf_addch(out, ')');
	}
	buf_addstr(out, " {\n");
	put_args(out, c, seed, true, true);
	put_result(out, c, seed, true, false);
	buf_addstr(out, "\treturn\n}\n\n");
}

static void make_go(struct buf *out, const struct fuzz_case *c, uint64_t seed)
{
	bool is_void = c->proto.result->kind == SHAPE_VOID;

	buf_addf(out,
		 "// main.go: %s\npackage main\n\n// #include \"case.h\"\n"
		 "// #cgo amd64 LDFLAGS: ${SRCDIR}/case-amd64.a\n"
		 "// #cgo arm64 LDFLAGS: ${SRCDIR}/case-arm64.a\n%s",
		 c->text, go_helpers);
	if (c->route == ROUTE_CALLBACK) {
		go_export(out, c, seed);
		buf_addstr(out, "func main() {\n\tC.run()\n");
	} else {
		buf_addstr(out, "func main() {\n");
		for (uint32_t i = 0; i < c->proto.arg_count; i++) {
			buf_addf(out, "\tvar a%u ", i);
			go_type(out, c->proto.args[i], PREFIX);
			buf_addch(out, '\n');
		}
		put_args(out, c, seed, true, false);
		buf_addf(out, "\t%sC.f", is_void ? "" : "r := ");
		call_list(out, c);
		buf_addch(out, '\n');
		put_result(out, c, seed, true, true);
	}
	buf_addstr(out,
		   "\tif wrong += int(C.wrong); wrong != 0 {\n"
		   "\t\tfmt.Printf(\"%d wrong\\n\", wrong)\n\t\tos.Exit(1)\n\t}\n"
		   "\tfmt.Println(\"all as expected\")\n}\n");
}

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
	"case-$(ARCH): main.go case.c case.h\n"
	"\t$(CALLEE_CC) $(CALLEE_FLAGS) -g -ffp-contract=off -c -o case-$(ARCH).o case.c\n"
	"\tar rcs case-$(ARCH).a case-$(ARCH).o\n"
	"\tGOARCH=$(ARCH) CGO_ENABLED=1 CC='$(CC)' $(GO) build -o $@ main.go\n\n"
	"clean:\n"
	"\trm -f case-*\n\n"
	".PHONY: run clean case-$(ARCH)\n";

static void make_readme(struct buf *out, const struct fuzz_case *c)
{
	buf_addf(out,
		 "A call across cgo, %s, of\n\n    %s\n\n"
		 "make              builds and runs it on this machine\n"
		 "make ARCH=arm64   builds it for arm64 (aarch64-linux-gnu-gcc) and runs it under "
		 "qemu-aarch64\n"
		 "make CC=clang-14 CALLEE_CC=gcc-12 CALLEE_FLAGS=-O2   chooses the compiler of cgo's wrappers "
		 "and of the C side\n\n"
		 "Each scalar of the arguments and the result is printed as the receiving side sees it, beside "
		 "what was passed.\nExit status 0 if all arrived, else 1 (make says 2).\n",
		 c->route == ROUTE_CALLBACK ? "C calling an exported Go function"
					    : "Go calling a C function",
		 c->text);
}

static int put_file(const char *dir, const char *name, struct buf *text, struct err *e)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = file_write(path, text->ptr, text->len, e);

	free(path);
	buf_reset(text);
	return rc;
}

int emit_standalone(const struct fuzz_case *c, uint64_t seed, const char *dir, struct err *e)
{
	uint64_t level = cgofuzz_level_seed((uint32_t)seed, 0);
	struct buf text = BUF_INIT;
	int rc = dir_make(dir, e);

	make_header(&text, c);
	if (rc == 0)
		rc = put_file(dir, "case.h", &text, e);
	buf_reset(&text);
	make_c(&text, c, level);
	if (rc == 0)
		rc = put_file(dir, "case.c", &text, e);
	buf_reset(&text);
	make_go(&text, c, level);
	if (rc == 0)
		rc = put_file(dir, "main.go", &text, e);
	buf_reset(&text);
	buf_addstr(&text, makefile);
	if (rc == 0)
		rc = put_file(dir, "Makefile", &text, e);
	buf_reset(&text);
	make_readme(&text, c);
	if (rc == 0)
		rc = put_file(dir, "README", &text, e);
	buf_release(&text);
	return rc;
}
