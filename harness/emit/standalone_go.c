/* standalone_go.c: emit. The Go of a reproducer. */
#include <stdio.h>
#include <string.h>

#include "emit/standalone.h"
#include "guest/value.h"

static bool is_void(const struct fuzz_case *c)
{
	return c->proto.result->kind == SHAPE_VOID;
}

/* Bit-fields have no name in Go. */
static const struct standalone_helper helpers[] = {
	{ "pool(",
	  "func pool(offset uint64) uint64 { return uint64(uintptr(unsafe.Pointer(&C.memory[0]))) + "
	  "offset }\n\n" },
	{ "byteAt(",
	  "func byteAt(p unsafe.Pointer, i uintptr) *byte { return (*byte)(unsafe.Add(p, i)) }\n\n" },
	{ "put(",
	  "func put(at unsafe.Pointer, size uintptr, bits uint64) {\n"
	  "\tfor i := uintptr(0); i < size; i++ {\n"
	  "\t\t*byteAt(at, i) = byte(bits >> (8 * i))\n\t}\n}\n\n" },
	{ "compare(",
	  "func compare(name string, size uintptr, expected, got uint64) {\n"
	  "\tnote := \"\"\n\tif got != expected {\n\t\tnote = \"  WRONG\"\n\t\twrong++\n\t}\n"
	  "\tfmt.Printf(\"Go: %-20s expected 0x%0*x got 0x%0*x%s\\n\", name, size*2, expected, size*2, "
	  "got, note)\n}\n\n" },
	{ "check(",
	  "func check(name string, at unsafe.Pointer, size uintptr, expected uint64) {\n"
	  "\tvar got uint64\n"
	  "\tfor i := uintptr(0); i < size; i++ {\n"
	  "\t\tgot |= uint64(*byteAt(at, i)) << (8 * i)\n\t}\n"
	  "\tcompare(name, size, expected, got)\n}\n\n" },
	{ "putBits(",
	  "// Bit-fields have no name in Go: they lie where the sample, made by C, has ones.\n"
	  "func putBits(at, sample unsafe.Pointer, size uintptr, bits uint64) {\n"
	  "\tfor i := uintptr(0); i < 8*size; i++ {\n"
	  "\t\tif bit := byte(1) << (i % 8); *byteAt(sample, i/8)&bit != 0 {\n"
	  "\t\t\t*byteAt(at, i/8) &^= bit\n"
	  "\t\t\tif bits&1 != 0 {\n\t\t\t\t*byteAt(at, i/8) |= bit\n\t\t\t}\n"
	  "\t\t\tbits >>= 1\n\t\t}\n\t}\n}\n\n" },
	{ "checkBits(",
	  "// Bit-fields have no name in Go: they lie where the sample, made by C, has ones.\n"
	  "func checkBits(name string, at, sample unsafe.Pointer, size uintptr, expected uint64) {\n"
	  "\tvar got uint64\n\tn := 0\n"
	  "\tfor i := uintptr(0); i < 8*size; i++ {\n"
	  "\t\tif bit := byte(1) << (i % 8); *byteAt(sample, i/8)&bit != 0 {\n"
	  "\t\t\tif *byteAt(at, i/8)&bit != 0 {\n\t\t\t\tgot |= 1 << n\n\t\t\t}\n"
	  "\t\t\tn++\n\t\t}\n\t}\n"
	  "\tcompare(name, 8, expected, got)\n}\n\n" },
	{ "checkErrno(",
	  "func checkErrno(expected syscall.Errno, err error) {\n"
	  "\tgot, _ := err.(syscall.Errno)\n"
	  "\tcompare(\"errno\", 4, uint64(expected), uint64(got))\n}\n\n" },
};

/* text: all that follows. */
static void put_imports(const struct standalone *s, const char *text)
{
	buf_addf(s->out, "import \"C\"\n\nimport (\n\t\"fmt\"\n\t\"os\"\n%s%s%s%s%s)\n\n",
		 strstr(text, "runtime.") ? "\t\"runtime\"\n" : "",
		 strstr(text, "debug.") ? "\t\"runtime/debug\"\n" : "",
		 strstr(text, "sync.") ? "\t\"sync\"\n" : "",
		 route_how(s->c->route)->sets_errno ? "\t\"syscall\"\n" : "",
		 strstr(text, "unsafe.") ? "\t\"unsafe\"\n" : "");
}

static void put_call(const struct standalone *s, const char *function)
{
	struct buf type = BUF_INIT, exported = BUF_INIT;
	char check[32];
	struct go_call call = { .out = s->out,
				.c = s->c,
				.prefix = STANDALONE_PREFIX,
				.function = function,
				.object = "",
				.result = "result",
				.result_pointer = "(&result)",
				.check_errno = check };

	if (!is_void(s->c))
		go_type(&type, s->c->proto.result, STANDALONE_PREFIX);
	call.result_type = type.ptr;
	if (text_is_callback(s->c) && !is_void(s->c) && !go_exportable(s->c->proto.result)) {
		buf_addf(&exported, "*(*%s)(unsafe.Pointer(&result))", type.ptr);
		call.result = exported.ptr;
	}
	snprintf(check, sizeof(check), "checkErrno(%u, ", cgofuzz_errno_of(s->seed));
	go_call_body(&call);
	buf_release(&type);
	buf_release(&exported);
}

/* With something around it, the crossing is a function of its own. */
static const char *main_name(const struct standalone *s)
{
	return standalone_is_around(s) ? "crossing" : "main";
}

static void put_export(const struct standalone *s)
{
	const struct fuzz_case *c = s->c;

	buf_addstr(s->out, "//export f\nfunc f(");
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		buf_addf(s->out, "%s%s%u ", i ? ", " : "",
			 go_exportable(c->proto.args[i]) ? "a" : "exported", i);
		go_export_type(s->out, c->proto.args[i], STANDALONE_PREFIX);
	}
	buf_addch(s->out, ')');
	if (!is_void(c)) {
		buf_addstr(s->out, " (result ");
		go_export_type(s->out, c->proto.result, STANDALONE_PREFIX);
		buf_addch(s->out, ')');
	}
	buf_addstr(s->out, " {\n");
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		if (go_exportable(c->proto.args[i]))
			continue;
		buf_addf(s->out, "\ta%u := (", i);
		go_type(s->out, c->proto.args[i], STANDALONE_PREFIX);
		buf_addf(s->out, ")(exported%u)\n", i);
	}
	if (s->how->layout)
		standalone_layout(s);
	if (s->how->exhibit && s->how->exhibit->go_hook)
		buf_addf(s->out, "\t%s(1)\n", s->how->exhibit->go_hook);
	standalone_args(s, true, "", "");
	if (c->route == ROUTE_CALLBACK_ERRNO) {
		put_call(s, "g");
		standalone_result(s, true, "result");
	} else {
		standalone_result(s, false, "result");
	}
	buf_addf(s->out, "\treturn\n}\n\nfunc %s() {\n\tC.run()\n", main_name(s));
}

static void put_main(const struct standalone *s)
{
	const struct fuzz_case *c = s->c;

	buf_addf(s->out, "func %s() {\n", main_name(s));
	for (uint32_t i = 0; i < c->proto.arg_count; i++) {
		buf_addf(s->out, "\tvar a%u ", i);
		go_type(s->out, c->proto.args[i], STANDALONE_PREFIX);
		buf_addch(s->out, '\n');
	}
	if (!is_void(c)) {
		buf_addstr(s->out, "\tvar result ");
		go_type(s->out, c->proto.result, STANDALONE_PREFIX);
		buf_addch(s->out, '\n');
	}
	if (s->how->layout)
		standalone_layout(s);
	standalone_args(s, false, "", "");
	put_call(s, "f");
	if (s->how->registers)
		buf_addstr(s->out, "\tC.check_registers()\n");
	standalone_result(s, true, "result");
}

void standalone_main_go(const struct standalone *s)
{
	struct go_call call = { .out = s->out, .c = s->c, .prefix = STANDALONE_PREFIX, .function = "f" };
	struct buf body = BUF_INIT, text = BUF_INIT;
	struct standalone in = *s;

	buf_addf(s->out,
		 "// main.go: %s\npackage main\n\n/*\n#include \"case.h\"\n#include <stdlib.h>\n"
		 "#cgo amd64 LDFLAGS: ${SRCDIR}/case-amd64.a\n"
		 "#cgo arm64 LDFLAGS: ${SRCDIR}/case-arm64.a\n"
		 "#cgo LDFLAGS: -Wl,--as-needed -latomic -lm\n",
		 s->c->text);
	if (text_has_complex(s->c))
		buf_addstr(s->out, "#define complex _Complex\n");
	go_call_helpers(&call);
	buf_addstr(s->out, "*/\n");
	in.out = &body;
	if (text_is_callback(s->c))
		put_export(&in);
	else
		put_main(&in);
	if (standalone_is_around(s)) {
		buf_addstr(&body, "}\n\n");
		standalone_around_go(&in);
	}
	buf_addstr(&body,
		   "\tif wrong += int(C.wrong); wrong != 0 {\n"
		   "\t\tfmt.Printf(\"%d wrong\\n\", wrong)\n\t\tos.Exit(1)\n\t}\n"
		   "\tfmt.Println(\"all as expected\")\n}\n");
	buf_addf(&text, "var wrong int\n\n%s", s->go_damage);
	standalone_helpers(&text, helpers, sizeof(helpers) / sizeof(*helpers), body.ptr);
	buf_addstr(&text, body.ptr);
	put_imports(s, text.ptr);
	buf_addstr(s->out, text.ptr);
	buf_release(&body);
	buf_release(&text);
}
