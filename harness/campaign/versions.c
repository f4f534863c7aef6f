/* versions.c: campaign. Which tools a run uses, said first and stored always. */
#include "campaign/versions.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/proc.h"
#include "emit/batch.h"
#include "guest/plan.h"
#include "model/case.h"

/* "afl-fuzz++4.04c" */
static void ask_afl(struct buf *out)
{
	char *argv[] = { (char *)"afl-fuzz", (char *)"--version", NULL };
	struct proc_spec spec = { .argv = argv, .out = out, .deadline_ms = 5000, .limit = 200 };
	struct proc_result result;
	struct err none = ERR_INIT;

	if (proc_run(&spec, &result, &none) < 0 || result.status != 0)
		buf_reset(out);
	out->ptr[strcspn(out->ptr, "\n")] = '\0';
}

static void add_lane(const struct lane *l, json_t *lanes, struct buf *text)
{
	struct err none = ERR_INIT;
	struct toolchain t;

	buf_addf(text, "lane %s\n", l->name);
	if (toolchain_resolve(&t, l, &none) < 0)
		return;
	buf_addf(text, "  go %s, cgo by %s, callees by %s, driver by %s%s%s\n", t.go_version,
		 t.wrapper_cc, t.callee_cc, t.driver_cc, t.qemu ? ", guests under " : "",
		 t.qemu ? t.qemu : "");
	json_object_set_new(lanes, l->name,
			    json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?}", "go", t.go_version,
				      "wrapper", t.wrapper_cc, "callee", t.callee_cc, "driver",
				      t.driver_cc, "qemu", t.qemu));
}

json_t *versions_collect(const struct config *c, struct buf *text)
{
	json_t *j = json_object(), *lanes = json_object();
	struct buf afl = BUF_INIT;
	struct utsname u;

	for (uint32_t i = 0; i < c->lane_count; i++)
		add_lane(&c->lanes[i], lanes, text);
	json_object_set_new(j, "lanes", lanes);
	if (c->engines[ENGINE_AFL])
		ask_afl(&afl);
	if (afl.len) {
		buf_addf(text, "%s\n", afl.ptr);
		json_object_set_new(j, "afl", json_string(afl.ptr));
	}
	if (uname(&u) == 0)
		json_object_set_new(j, "kernel", json_string(u.release));
	json_object_set_new(j, "generator", json_integer(EMIT_VERSION));
	json_object_set_new(j, "recipe", json_integer(RECIPE_VERSION));
	json_object_set_new(j, "plan", json_integer(CGOFUZZ_PLAN_VERSION));
	buf_release(&afl);
	return j;
}
