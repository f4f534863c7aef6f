/* bundle_meta.c: tests. Fuzz driver: any bytes as the meta.json of a bundle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "triage/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64];

static void put(const char *name, const void *data, size_t len)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct err e = ERR_INIT;

	if (file_write(path, data, len, &e) < 0)
		BUG("%s", e.msg);
	free(path);
}

static void drop(void)
{
	struct err e;

	dir_remove(dir, &e);
}

/* A bundle that is good but for meta.json. */
static void setup(void)
{
	static struct cgofuzz_recorder r;

	snprintf(dir, sizeof(dir), "/tmp/cgofuzz-fuzz-XXXXXX");
	BUG_ON(!mkdtemp(dir));
	atexit(drop);
	memcpy(r.magic, CGOFUZZ_WIRE_MAGIC, 8);
	r.version = CGOFUZZ_WIRE_VERSION;
	r.size = sizeof(r);
	memset(r.build_id, 'a', HASH_HEX_LEN);
	r.arch = CGOFUZZ_ARCH_AMD64;
	r.fault.kind = CGOFUZZ_FAULT_GPR;
	put("recorder", &r, sizeof(r));
	put("plan", "", 0);
	put("case", "void f(void)", 12);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle b;
	struct err e = ERR_INIT;

	if (!*dir)
		setup();
	put("meta.json", data, size);
	if (bundle_load(&b, dir, &e) < 0) {
		BUG_ON(e.status != EXIT_ENVIRON || !strstr(e.msg, dir));
		return 0;
	}
	BUG_ON(strlen(b.build_id) != HASH_HEX_LEN || strchr(b.lane, '/') || strchr(b.engine, '/'));
	BUG_ON(b.slots < 1 || b.slots > CGOFUZZ_MAX_SLOTS || b.earlier_count > CGOFUZZ_EARLIER);
	bundle_release(&b);
	return 0;
}
