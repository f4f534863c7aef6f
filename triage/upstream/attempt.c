/* attempt.c: triage. From a bundle to what its plain reproducer has to be. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "guest/turbulence.h"
#include "guest/value.h"
#include "lane/flag.h"
#include "triage/fault.h"
#include "triage/upstream/internal.h"

#define MAIN_STACK (8u << 20) /* what Linux gives, and pthreads */
#define LEVEL_BYTES 4096u /* that a call from C to Go to C takes, at most */

/* Faults that only what sees them can show. */
static const char *impossible(const struct cgofuzz_fault *f)
{
	switch (f->kind) {
	case CGOFUZZ_FAULT_DIFFERENTIAL:
		return "it shows only when two lanes are compared: no single program does it";
	case CGOFUZZ_FAULT_CLIFF:
		return "it is a matter of cost beside another lane: no single program shows it";
	case CGOFUZZ_FAULT_LAYOUT:
		if ((f->sides & 0xff) >= CGOFUZZ_SIDE_AMD64 || f->sides >> 8 >= CGOFUZZ_SIDE_AMD64)
			return "it shows only when two architectures are compared: each program is right "
			       "for itself";
		return NULL;
	case CGOFUZZ_FAULT_FRAME:
	case CGOFUZZ_FAULT_STATE:
	case CGOFUZZ_FAULT_OUTCOME:
	case CGOFUZZ_FAULT_LEAK:
		return "what was seen is of a step of turbulence, not of a call: the plan is its "
		       "reproducer (cgofuzz show --plan)";
	default:
		return NULL;
	}
}

/* Whose crossing failed decides what calls what. */
static enum route route_of(const struct cgofuzz_fault *f, enum route own)
{
	if (f->direction == CGOFUZZ_C_TO_C || f->control)
		return ROUTE_DIRECT;
	if (f->direction == CGOFUZZ_C_TO_GO)
		return own == ROUTE_CALLBACK_ERRNO ? own : ROUTE_CALLBACK;
	return own == ROUTE_CALLBACK || own == ROUTE_DIRECT ? ROUTE_CALL
		: own == ROUTE_CALLBACK_ERRNO		    ? ROUTE_ERRNO
							    : own;
}

static int read_case(struct attempt *a, struct err *e)
{
	struct fuzz_case c = { 0 };
	struct buf text = BUF_INIT;
	int rc = case_parse(&c, a->b->case_text, strlen(a->b->case_text), "case", e);

	if (rc < 0)
		return -1;
	c.route = route_of(a->f, c.route);
	case_print(&c, &text);
	rc = case_parse(&a->c, text.ptr, text.len, "case", e);
	case_release(&c);
	buf_release(&text);
	return rc;
}

static const struct target_case *exhibit_of(const struct bundle *b, const struct target **target)
{
	*target = *b->exhibit ? target_find(b->target) : NULL;
	for (uint32_t i = 0; *target && i < (*target)->case_count; i++)
		if (!strcmp((*target)->cases[i].name, b->exhibit))
			return &(*target)->cases[i];
	return NULL;
}

static char *compiler(const char *cc, const struct arch_info *arch)
{
	bool clang = !strncmp(cc, "clang", 5);

	return xasprintf("%s%s%s", cc, clang ? " --target=" : "", clang ? arch->clang_target : "");
}

static int find_tools(struct attempt *a, struct err *e)
{
	const struct lane_flag *flag;

	if (lane_parse(&a->lane, a->b->lane, arch_of((int)a->b->rec->arch), e) < 0 ||
	    toolchain_resolve(&a->tools, &a->lane, e) < 0)
		return err_prefix(e, "%s", a->b->name);
	flag = *a->lane.flag ? lane_flag_find(a->lane.flag) : NULL;
	a->cc = compiler(a->tools.wrapper_cc, a->lane.arch);
	a->callee_cc = compiler(a->tools.callee_cc, a->lane.arch);
	a->callee_flags =
		xasprintf("-%s%s%s", a->lane.callee_opt, flag ? " " : "", flag ? flag->option : "");
	a->wrapper_flags = xasprintf("-g -%s", a->lane.wrapper_opt);
	return 0;
}

static void choose(struct attempt *a, const struct target_case *row)
{
	const struct cgofuzz_fault *f = a->f;

	a->how = (struct standalone_how){
		.level_seed = cgofuzz_level_seed(f->step_seed, f->level),
		.arch = a->lane.arch->name,
		.layout = f->kind == CGOFUZZ_FAULT_LAYOUT,
		.registers = f->kind == CGOFUZZ_FAULT_GPR || f->kind == CGOFUZZ_FAULT_FPR ||
			f->kind == CGOFUZZ_FAULT_SP_ALIGN || f->kind == CGOFUZZ_FAULT_SP_CHANGED ||
			f->kind == CGOFUZZ_FAULT_FPENV || f->kind == CGOFUZZ_FAULT_DIRECTION,
		.exhibit = row,
		.exhibit_dir = a->exhibit_dir,
		.variant = 1 + (f->step_seed >> 4 & 15), /* targets/planted/planted.h */
		.cc = a->cc,
		.callee_cc = a->callee_cc,
		.callee_flags = a->callee_flags,
		.wrapper_flags = a->wrapper_flags,
	};
}

int attempt_open(struct attempt *a, const struct bundle *b, const char *dir, struct buf *why,
		 struct err *e)
{
	const struct target *target;
	const struct target_case *row = exhibit_of(b, &target);
	const char *no = impossible(&b->rec->fault);
	struct buf needs = BUF_INIT;
	int rc;

	*a = (struct attempt){ .b = b, .f = &b->rec->fault, .dir = dir };
	if (!no && *b->exhibit && !row)
		no = "its exhibit is not in the table of this program";
	if (!no && !b->case_text)
		no = "the bundle has no case";
	if (no) {
		buf_addstr(why, no);
		return 1;
	}
	if (row)
		a->exhibit_dir = xasprintf("%s/targets/%s", data_dir(), target->dir);
	if (read_case(a, e) < 0 || find_tools(a, e) < 0) {
		attempt_close(a);
		return -1;
	}
	choose(a, row);
	if (!row)
		return 0;
	rc = standalone_damage_needs(&a->how, &needs, e);
	if (rc > 0)
		buf_addf(why, "its exhibit does the damage by means of the harness (%s)", needs.ptr);
	buf_release(&needs);
	if (rc)
		attempt_close(a);
	return rc;
}

void attempt_close(struct attempt *a)
{
	case_release(&a->c);
	free(a->exhibit_dir);
	free(a->cc);
	free(a->callee_cc);
	free(a->callee_flags);
	free(a->wrapper_flags);
}

/* Frames of C that fit where they are to be. */
static uint32_t that_fit(uint32_t depth, uint32_t frame, uint32_t stack)
{
	const uint32_t room = (stack ? stack : MAIN_STACK) / 4 * 3,
		       most = room / (frame + LEVEL_BYTES);

	return depth < most ? depth : most;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* One step of turbulence more. */
static void add_around(struct attempt_around *a, const struct cgofuzz_turbulence *t)
{
	switch (t->kind) {
	case CGOFUZZ_TURB_LEVELS:
		a->depth = larger(a->depth, t->value[0]);
		a->frame = larger(a->frame, t->value[2]);
		break;
	case CGOFUZZ_TURB_C_STACK:
	case CGOFUZZ_TURB_LONGJMP:
		a->depth = larger(a->depth, t->value[0]);
		a->frame = larger(a->frame, t->value[1]);
		break;
	case CGOFUZZ_TURB_GC:
	case CGOFUZZ_TURB_GOGC:
	case CGOFUZZ_TURB_PIN:
	case CGOFUZZ_TURB_FINALIZER:
		a->around |= AROUND_GC;
		break;
	case CGOFUZZ_TURB_GOROUTINES:
		a->around |= AROUND_GOROUTINE;
		break;
	case CGOFUZZ_TURB_THREAD:
		a->stack = t->value[0];
		a->around |= AROUND_THREAD;
		break;
	case CGOFUZZ_TURB_THREADS:
		a->stack = t->value[1];
		a->around |= AROUND_THREAD;
		break;
	case CGOFUZZ_TURB_WORKER:
		a->frame = larger(a->frame, t->value[1]);
		a->around |= AROUND_THREAD;
		break;
	case CGOFUZZ_TURB_FP_MODE:
	case CGOFUZZ_TURB_FP_ACROSS:
		a->around |= AROUND_FP;
		break;
	case CGOFUZZ_TURB_SIGNAL:
	case CGOFUZZ_TURB_TIMER:
	case CGOFUZZ_TURB_CPU_PROFILE:
		a->around |= AROUND_SIGNAL;
		break;
	default:
		break;
	}
}

struct attempt_around attempt_around(const struct bundle *b)
{
	const struct cgofuzz_recorder *r = b->rec;
	struct attempt_around a = { .depth = (r->fault.level + 1) / 2 };

	for (uint32_t at = 0; at < r->plan_len; at += CGOFUZZ_STEP_BYTES) {
		uint64_t word = cgofuzz_plan_word(r->plan, r->plan_len, at);

		if (cgofuzz_word_is_turbulence(word)) {
			struct cgofuzz_turbulence t = cgofuzz_word_turbulence(word);

			add_around(&a, &t);
		}
	}
	a.depth = that_fit(a.depth, a.frame, a.stack);
	return a;
}
