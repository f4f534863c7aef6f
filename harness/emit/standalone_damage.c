/* standalone_damage.c: emit. An exhibit of targets/ without its gate, as plain C, Go and assembly. */
#include "emit/standalone_damage.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "emit/exhibit.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."

/* What exhibits call of the harness, and what is plain. */
static const struct {
	const char *from, *to, *helper;
} plain[] = {
	{ "cgofuzz_guard_alloc(", "guard_alloc(",
	  "#include <sys/mman.h>\n#include <unistd.h>\n\n"
	  "/* Memory that ends at a page nobody may touch. */\n"
	  "static void *guard_alloc(unsigned long size)\n{\n"
	  "\tunsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);\n"
	  "\tchar *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);\n\n"
	  "\tmprotect(p + page, page, PROT_NONE);\n\treturn p + page - size;\n}\n\n" },
	{ "cgofuzz_cases[cgofuzz_live->slot].drive", "drive", "void drive(void);\n\n" },
	{ "CGOFUZZ_TURB_", "", "" }, /* the gate does not look at it */
	{ "cgofuzz_budget.frames", "(1u << 20)", "" },
	{ "!cgofuzz_peek(&byte, cgofuzz_stack_here().low - 1, 1)", "!(byte = 0)", "" },
	{ "cgofuzz_stack_here().of == CGOFUZZ_OF_COROUTINE", "1", "" },
	{ "cgofuzz_in_destructor", "1", "" },
	{ "cgofuzz_fp_set_control(cgofuzz_fp_in_mode(cgofuzz_fp_default, CGOFUZZ_FP_UP))",
	  "fesetround(FE_UPWARD)", "#include <fenv.h>\n\n" },
};

static void replace(struct buf *text, const char *from, const char *to)
{
	struct buf out = BUF_INIT;
	const char *at = text->ptr, *hit;

	for (; (hit = strstr(at, from)); at = hit + strlen(from)) {
		buf_add(&out, at, (size_t)(hit - at));
		buf_addstr(&out, to);
	}
	buf_addstr(&out, at);
	buf_reset(text);
	buf_add(text, out.ptr, out.len);
	buf_release(&out);
}

/* Which are called in text: all say the same. */
static void put_gates(struct buf *out, const char *text, unsigned variant)
{
	static const char *const gates[] = { "planted_open", "planted_open_uncaptured",
					     "planted_open_captured", "planted_open_wrapper" };

	if (strstr(text, "turbulent_open("))
		buf_addstr(out, "#define turbulent_open(turbulence) 1\n\n");
	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
		const char *at = strstr(text, gates[i]);

		while (at && (at[strlen(gates[i])] == '_'))
			at = strstr(at + 1, gates[i]);
		if (at)
			buf_addf(out,
				 "int %s(int level, int depth)\n{\n\t(void)level;\n"
				 "\t(void)depth;\n\treturn %u;\n}\n\n",
				 gates[i], variant);
	}
}

static void put_c(struct standalone_damage *d, struct buf *code, unsigned variant)
{
	struct buf both = BUF_INIT;

	buf_addf(&both, "%s%s", code->ptr, d->assembly.ptr);
	if (code->len)
		buf_addstr(&d->c,
			   "enum { CALLEE_ARGUMENTS, CALLEE_BODY, CALLEE_RESULT, DRIVER_ARGUMENTS, "
			   "DRIVER_RESULT };\nenum { IN_C = 2, IN_GO = 3 };\n\n");
	if (strstr(code->ptr, "int32_t"))
		buf_addstr(&d->c, "#include <stdint.h>\n\n");
	put_gates(&d->c, both.ptr, variant);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (strstr(code->ptr, plain[i].from)) {
			buf_addstr(&d->c, plain[i].helper);
			replace(code, plain[i].from, plain[i].to);
		}
	buf_add(&d->c, code->ptr, code->len);
	if (code->len)
		buf_addch(&d->c, '\n');
	buf_release(&both);
}

static int take_c(struct standalone_damage *d, const struct standalone_how *how, struct err *e)
{
	const struct target_case *row = how->exhibit;
	char *arch_dir = xasprintf("%s/%s", how->exhibit_dir, how->arch);
	struct buf code = BUF_INIT, wanted = BUF_INIT;
	int rc = 0;

	if (row->hook)
		rc = exhibit_take(&code, how->exhibit_dir, ".c", row->hook, e);
	buf_addf(&wanted, "%s %s %s", row->hook ? row->hook : "", row->stub ? row->stub : "",
		 code.ptr);
	if (rc >= 0 && dir_exists(arch_dir))
		rc = exhibit_take(&d->assembly, arch_dir, ".S", wanted.ptr, e);
	if (rc >= 0 && row->hook && !code.len)
		buf_addf(&d->c, "void %s(int phase, void *block); /* stub.S */\n\n", row->hook);
	put_c(d, &code, how->variant ? how->variant : 1);
	buf_release(&code);
	buf_release(&wanted);
	free(arch_dir);
	return rc < 0 ? -1 : 0;
}

/* What begins with the comment before "func NAME(" or "var NAME", up to the end of it, goes. */
static void cut_go(struct buf *go, const char *what, const char *name)
{
	char *head = xasprintf("\n%s %s", what, name), *comment = xasprintf("// %s is", name);
	char *at = strstr(go->ptr, head), *from = strstr(go->ptr, comment);
	const char *end = !at ? NULL : strstr(at + 1, *what == 'f' ? "\n}\n" : "\n");
	struct buf rest = BUF_INIT;

	if (end) {
		buf_addstr(&rest, end + (*what == 'f' ? 3 : 1));
		go->len = (size_t)((from && from < at ? from : at) - go->ptr);
		buf_add(go, rest.ptr, rest.len);
	}
	buf_release(&rest);
	free(comment);
	free(head);
}

/* "if !plantedOpen() {" and the like always go on. */
static void open_gate(struct buf *go, const char *call)
{
	replace(go, call, "true");
}

static int take_go(struct standalone_damage *d, const struct standalone_how *how, struct err *e)
{
	static const char *const gates[] = { "plantedOpen", "turbulentWithin", "turbulentOpen",
					     "turbulentArmed" };
	const char *hook = how->exhibit->go_hook;
	int rc = hook ? exhibit_take(&d->go, how->exhibit_dir, ".go", hook, e) : 0;

	/* They ask the harness; here they are always open. */
	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++)
		cut_go(&d->go, "func", gates[i]);
	cut_go(&d->go, "var", "turbulentOnly");
	open_gate(&d->go, "plantedOpen()");
	open_gate(&d->go, "turbulentOpen()");
	open_gate(&d->go, "turbulentWithin(familyDepth)");
	open_gate(&d->go, "turbulentWithin(familyMemory)");
	open_gate(&d->go, "turbulentWithin(familyControl)");
	if (d->go.len)
		buf_addch(&d->go, '\n');
	return rc < 0 ? -1 : 0;
}

int standalone_damage_needs(const struct standalone_how *how, struct buf *what, struct err *e)
{
	static const char *const own[] = { "cgofuzz_", "CGOFUZZ_", "guest." };
	struct standalone_damage d;

	if (standalone_damage_open(&d, how, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]) && !what->len; i++) {
		const struct buf *const texts[] = { &d.c, &d.go, &d.assembly };

		for (size_t k = 0; k < 3 && !what->len; k++) {
			const char *at = strstr(texts[k]->ptr, own[i]);

			if (at)
				buf_add(what, at, strspn(at, NAME_CHARACTERS));
		}
	}
	standalone_damage_close(&d);
	return what->len ? 1 : 0;
}

int standalone_damage_open(struct standalone_damage *d, const struct standalone_how *how,
			   struct err *e)
{
	const struct target_case *row = how->exhibit;

	*d = (struct standalone_damage){ .c = BUF_INIT, .go = BUF_INIT, .assembly = BUF_INIT };
	if (!row)
		return 0;
	d->stub = row->stub != NULL;
	d->before = row->side != TARGET_CALLEE;
	if (row->other && case_parse(&d->other, row->other, strlen(row->other), row->name, e) < 0)
		return -1;
	if (take_c(d, how, e) == 0 && take_go(d, how, e) == 0)
		return 0;
	standalone_damage_close(d);
	return -1;
}

void standalone_damage_close(struct standalone_damage *d)
{
	buf_release(&d->c);
	buf_release(&d->go);
	buf_release(&d->assembly);
	if (d->other.text)
		case_release(&d->other);
}

void standalone_stub_s(const struct standalone *s, const struct standalone_damage *d,
		       const char *entry, const char *target)
{
	bool arm = !strcmp(s->how->arch, "arm64");

	buf_addf(s->out,
		 "/* stub.S: %s */\n#define IN_C 2\n#define IN_GO 3\n#define CALLEE_RESULT 2\n\n"
		 "\t.text\n%s\n",
		 s->how->exhibit->about, d->assembly.ptr);
	if (d->stub) {
		buf_addf(s->out, "\t.globl %s\n\t.type %s, %%function\n%s:\n", entry, entry, entry);
		if (arm)
			buf_addf(s->out, "\tadrp x16, %s\n\tadd x16, x16, :lo12:%s\n\tb %s\n",
				 target, target, s->how->exhibit->stub);
		else
			buf_addf(s->out, "\tlea %s(%%rip), %%r11\n\tjmp %s\n", target,
				 s->how->exhibit->stub);
	}
	buf_addf(s->out, "\n\t.section .note.GNU-stack, \"\", %%progbits\n");
}
