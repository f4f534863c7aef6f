/* recorder.c: tests. Fuzz driver: any bytes as a recorder are refused with a reason or make a
 * signature and a description, whatever memory and registers they claim. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triage/dossier/dossier.h"
#include "triage/suspect.h"
#include "triage/triage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Most inputs are too short to be whole: they are laid over a good one, from some offset on. */
static struct cgofuzz_recorder *make(const uint8_t *data, size_t size)
{
	struct cgofuzz_recorder *r = xcalloc(1, sizeof(*r));
	size_t at = size > 4 ? (size_t)(data[0] | data[1] << 8 | data[2] << 16) % sizeof(*r) : 0;
	size_t room = sizeof(*r) - at, n = size > 4 ? size - 4 : 0;

	memcpy(r->magic, CGOFUZZ_WIRE_MAGIC, 8);
	r->version = CGOFUZZ_WIRE_VERSION;
	r->size = sizeof(*r);
	memset(r->build_id, 'a', HASH_HEX_LEN);
	r->arch = size > 3 && data[3] & 1 ? CGOFUZZ_ARCH_ARM64 : CGOFUZZ_ARCH_AMD64;
	r->fault.kind = CGOFUZZ_FAULT_SIGNAL;
	r->fault.regs.valid = 1;
	if (n)
		memcpy((char *)r + at, data + 4, n < room ? n : room);
	return r;
}

static void use(struct cgofuzz_recorder *r)
{
	struct bundle b = { .dir = (char *)"/nowhere/x/y",
			    .name = (char *)"y",
			    .exe = (char *)"/proc/self/exe",
			    .case_text = (char *)"void f(int, struct { float x; double y[2]; })",
			    .target = (char *)"cgo",
			    .created = (char *)"",
			    .exhibit = (char *)"",
			    .slots = 2,
			    .rec = r };
	struct buf sig = BUF_INIT, title = BUF_INIT, stack = BUF_INIT, text = BUF_INIT;
	struct suspect suspect;
	json_t *dossier;
	struct err e = ERR_INIT;
	bool weak;

	recorder_settle(r, 9);
	if (signature_make(&b, &sig, &title, &stack, &weak, &e) == 0) {
		BUG_ON(memchr(sig.ptr, '\t', sig.len) || memchr(sig.ptr, '\n', sig.len));
		BUG_ON(sig.len == 0 || title.len == 0);
	}
	describe_bundle(&b, &text);
	snprintf(b.lane, sizeof(b.lane), "%s-gcc12-clang14-go1.22.5",
		 r->arch == CGOFUZZ_ARCH_AMD64 ? "amd64" : "arm64");
	suspect_open(&suspect, &b);
	BUG_ON(suspect.side >= GUILTY_SIDES || !suspect.words.len);
	dossier = dossier_make(&b);
	dossier_print(dossier, &text);
	json_decref(dossier);
	suspect_release(&suspect);
	for (size_t i = 0; i < text.len; i++)
		BUG_ON((unsigned char)text.ptr[i] < 0x20 && text.ptr[i] != '\n' &&
		       text.ptr[i] != '\t');
	buf_release(&sig);
	buf_release(&title);
	buf_release(&stack);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgofuzz_recorder *r = make(data, size);
	struct err e = ERR_INIT;

	if (recorder_check(r, sizeof(*r), &e) == 0)
		use(r);
	else
		BUG_ON(e.status != EXIT_ENVIRON || !*e.msg);
	memset(r, 0, sizeof(*r));
	memcpy(r, data, size < sizeof(*r) ? size : sizeof(*r));
	e = (struct err)ERR_INIT;
	if (recorder_check(r, size < sizeof(*r) ? size : sizeof(*r), &e) == 0)
		use(r);
	free(r);
	return 0;
}
