/* recorder.c: triage. Is a recorder image what a guest can have written? Any bytes may come. */
#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/hash.h"
#include "guest/turbulence.h"
#include "guest/value.h"
#include "triage/bundle.h"

static int bad(struct err *e, const char *what, uint64_t is, uint64_t limit)
{
	return err_set(e, EXIT_ENVIRON, "recorder: %s is %" PRIu64 ", the most is %" PRIu64, what,
		       is, limit);
}

static int check_header(const struct cgofuzz_recorder *r, size_t len, struct err *e)
{
	size_t n;

	if (len < offsetof(struct cgofuzz_recorder, build_id))
		return err_set(e, EXIT_ENVIRON, "recorder: cut off: %zu bytes, a whole one has %zu",
			       len, sizeof(*r));
	if (memcmp(r->magic, CGOFUZZ_WIRE_MAGIC, sizeof(r->magic)))
		return err_set(e, EXIT_ENVIRON, "recorder: does not begin with " CGOFUZZ_WIRE_MAGIC);
	if (r->version != CGOFUZZ_WIRE_VERSION)
		return err_set(e, EXIT_ENVIRON, "recorder: version %u, this program reads %d",
			       r->version, CGOFUZZ_WIRE_VERSION);
	if (len != sizeof(*r) || r->size != sizeof(*r))
		return err_set(e, EXIT_ENVIRON,
			       "recorder: %zu bytes and says %u, a whole one has %zu", len, r->size,
			       sizeof(*r));
	n = strnlen(r->build_id, sizeof(r->build_id));
	if (n != HASH_HEX_LEN)
		return bad(e, "length of the build id", n, HASH_HEX_LEN);
	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)r->build_id[i]))
			return err_set(e, EXIT_ENVIRON, "recorder: the build id is not hexadecimal");
	if (r->arch != CGOFUZZ_ARCH_AMD64 && r->arch != CGOFUZZ_ARCH_ARM64)
		return err_set(e, EXIT_ENVIRON, "recorder: unknown architecture %u", r->arch);
	return 0;
}

static int check_plans(const struct cgofuzz_recorder *r, struct err *e)
{
	if (r->state > CGOFUZZ_FATAL)
		return bad(e, "state", r->state, CGOFUZZ_FATAL);
	if (r->plan_len > CGOFUZZ_PLAN_MAX_BYTES)
		return bad(e, "length of the plan", r->plan_len, CGOFUZZ_PLAN_MAX_BYTES);
	if (r->trail_len > CGOFUZZ_PLAN_MAX_STEPS)
		return bad(e, "steps done", r->trail_len, CGOFUZZ_PLAN_MAX_STEPS);
	for (unsigned i = 0; i < CGOFUZZ_EARLIER; i++)
		if (r->earlier[i].len > CGOFUZZ_PLAN_MAX_BYTES)
			return bad(e, "length of an earlier plan", r->earlier[i].len,
				   CGOFUZZ_PLAN_MAX_BYTES);
	if (r->presig_used > sizeof(r->presig) / sizeof(r->presig[0]))
		return bad(e, "count of keys", r->presig_used,
			   sizeof(r->presig) / sizeof(r->presig[0]));
	if (r->live.slot >= CGOFUZZ_MAX_SLOTS)
		return bad(e, "slot", r->live.slot, CGOFUZZ_MAX_SLOTS - 1);
	return 0;
}

static int check_fault(const struct cgofuzz_fault *f, struct err *e)
{
	if (f->kind >= CGOFUZZ_FAULT_KINDS)
		return bad(e, "kind of fault", f->kind, CGOFUZZ_FAULT_KINDS - 1);
	if (f->direction > CGOFUZZ_C_TO_C)
		return bad(e, "direction", f->direction, CGOFUZZ_C_TO_C);
	if (f->control > CGOFUZZ_CONTROL_REVERSE)
		return bad(e, "control", f->control, CGOFUZZ_CONTROL_REVERSE);
	if (f->was_captured > 1)
		return bad(e, "was_captured", f->was_captured, 1);
	if ((f->sides & 0xff) >= CGOFUZZ_SIDES || f->sides >> 8 >= CGOFUZZ_SIDES)
		return bad(e, "side of a layout", f->sides, CGOFUZZ_SIDES - 1);
	if (f->piece.place >= CGOFUZZ_PLACES)
		return bad(e, "place of a piece", f->piece.place, CGOFUZZ_PLACES - 1);
	if (f->slot >= CGOFUZZ_MAX_SLOTS)
		return bad(e, "slot of the fault", f->slot, CGOFUZZ_MAX_SLOTS - 1);
	if (f->step > CGOFUZZ_PLAN_MAX_STEPS)
		return bad(e, "step", f->step, CGOFUZZ_PLAN_MAX_STEPS);
	if (f->leaf_kind >= CGOFUZZ_LEAF_KINDS)
		return bad(e, "kind of leaf", f->leaf_kind, CGOFUZZ_LEAF_KINDS - 1);
	if (f->is_result > 1)
		return bad(e, "is_result", f->is_result, 1);
	if (f->seen_by >= CGOFUZZ_SEERS)
		return bad(e, "seen_by", f->seen_by, CGOFUZZ_SEERS - 1);
	if (f->turbulence_kind > CGOFUZZ_TURBULENCES)
		return bad(e, "kind of turbulence", f->turbulence_kind, CGOFUZZ_TURBULENCES);
	if (f->other_stack > CGOFUZZ_OTHER_OF_GO)
		return bad(e, "other_stack", f->other_stack, CGOFUZZ_OTHER_OF_GO);
	for (int i = 0; i < CGOFUZZ_MAX_BOUNDS; i++)
		if (f->bounds[i].of >= CGOFUZZ_STACKS)
			return bad(e, "kind of stack", f->bounds[i].of, CGOFUZZ_STACKS - 1);
	if (f->regs.valid > 1)
		return bad(e, "regs.valid", f->regs.valid, 1);
	if (!memchr(f->text, '\0', sizeof(f->text)))
		return err_set(e, EXIT_ENVIRON, "recorder: the fault's text has no end");
	return 0;
}

static int check_windows(const struct cgofuzz_fault *f, struct err *e)
{
	if (f->mem_count > CGOFUZZ_MAX_MEM)
		return bad(e, "count of memory windows", f->mem_count, CGOFUZZ_MAX_MEM);
	if (f->module_count > CGOFUZZ_MAX_MODULES)
		return bad(e, "count of modules", f->module_count, CGOFUZZ_MAX_MODULES);
	if (f->data_used > CGOFUZZ_DATA_BYTES)
		return bad(e, "size of copied memory", f->data_used, CGOFUZZ_DATA_BYTES);
	for (uint32_t i = 0; i < f->mem_count; i++) {
		const struct cgofuzz_mem *m = &f->mem[i];

		if (m->size > f->data_used || m->at > f->data_used - m->size)
			return bad(e, "end of a memory window", (uint64_t)m->at + m->size,
				   f->data_used);
		if (m->addr > UINT64_MAX - m->size)
			return bad(e, "address of a memory window", m->addr, UINT64_MAX - m->size);
		if (m->what >= CGOFUZZ_MEM_KINDS)
			return bad(e, "kind of a memory window", m->what, CGOFUZZ_MEM_KINDS - 1);
	}
	for (uint32_t i = 0; i < f->module_count; i++) {
		const struct cgofuzz_module *m = &f->modules[i];

		if (!memchr(m->path, '\0', sizeof(m->path)))
			return err_set(e, EXIT_ENVIRON,
				       "recorder: the path of module %u has no end", i);
		if (m->low > m->high)
			return bad(e, "start of a module", m->low, m->high);
	}
	return 0;
}

void recorder_settle(struct cgofuzz_recorder *r, int wait_status)
{
	struct cgofuzz_fault *f = &r->fault;

	if (f->kind == CGOFUZZ_FAULT_NONE && r->state != CGOFUZZ_IDLE) {
		f->kind = CGOFUZZ_FAULT_DEATH;
		f->direction = r->live.direction <= CGOFUZZ_C_TO_C ? r->live.direction : 0;
		f->slot = r->live.slot;
		f->step = r->live.step <= CGOFUZZ_PLAN_MAX_STEPS ? r->live.step : 0;
		f->level = r->live.level;
		f->route = r->live.route;
		f->control = r->live.control <= CGOFUZZ_CONTROL_REVERSE ? r->live.control : 0;
		f->depth = r->live.depth;
		f->step_seed = r->live.step_seed;
		f->seen_by = CGOFUZZ_BY_SUPERVISOR;
	}
	if (f->kind == CGOFUZZ_FAULT_DEATH && !f->wait_status)
		f->wait_status = wait_status;
}

int recorder_check(const void *data, size_t len, struct err *e)
{
	const struct cgofuzz_recorder *r = data;

	if (check_header(r, len, e) < 0 || check_plans(r, e) < 0 || check_fault(&r->fault, e) < 0)
		return -1;
	return check_windows(&r->fault, e);
}
