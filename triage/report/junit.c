/* junit.c: triage/report. JUnit XML as CI servers read it: a suite for each lane, a case for each cluster seen there.
 * What is new fails; what is known, put aside, or not confirmed is skipped, with the reason; a lane without clusters
 * has one case that passes. */
#include <string.h>

#include "triage/report/private.h"

/* name="value" */
static void add_attribute(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=\"", name);
	for (; *value; value++)
		if (*value == '\n' || *value == '\t')
			buf_addf(out, "&#%d;", *value);
		else
			report_escape_char(out, &value);
	buf_addch(out, '"');
}

static void add_case(const struct report_cluster *rc, const char *lane, struct buf *out)
{
	const struct triage_cluster *c = rc->c;
	enum report_state state = report_state(c);

	buf_addstr(out, "    <testcase");
	add_attribute(out, "classname", lane);
	add_attribute(out, "name", c->title);
	buf_addstr(out, ">\n");
	if (state == REPORT_NEW) {
		buf_addstr(out, "      <failure");
		add_attribute(out, "type", c->kind);
		add_attribute(out, "message", c->title);
		buf_addstr(out, ">");
		report_escape(out, rc->bundle.case_text);
		buf_addstr(out, "\n");
		report_escape(out, rc->bundle.fault);
		report_escape(out, c->signature);
		buf_addf(out, "\n%s: ", c->guilty);
		report_escape(out, c->guilty_text);
		buf_addstr(out, "\n</failure>\n");
	} else {
		buf_addstr(out, "      <skipped");
		add_attribute(out, "message",
			      state == REPORT_KNOWN ? c->known : report_state_about[state]);
		buf_addstr(out, "/>\n");
	}
	buf_addstr(out, "    </testcase>\n");
}

static void add_suite(const struct report *r, uint32_t lane, struct buf *out)
{
	const struct report_lane *l = &r->lanes[lane];
	unsigned tests = 0, failures = 0;

	for (uint32_t i = 0; i < r->result.cluster_count; i++)
		if (r->clusters[i].lane_count[lane]) {
			tests++;
			failures += report_state(r->clusters[i].c) == REPORT_NEW;
		}
	buf_addstr(out, "  <testsuite");
	add_attribute(out, "name", l->name);
	buf_addf(out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\" time=\"%.3f\">\n",
		 tests ? tests : 1, failures, tests - failures, (double)l->run_ms / 1000);
	for (uint32_t i = 0; i < r->result.cluster_count; i++)
		if (r->clusters[i].lane_count[lane])
			add_case(&r->clusters[i], l->name, out);
	if (!tests) {
		buf_addstr(out, "    <testcase");
		add_attribute(out, "classname", l->name);
		add_attribute(out, "name", "no fault");
		buf_addstr(out, "/>\n");
	}
	buf_addstr(out, "  </testsuite>\n");
}

int report_junit(const struct report *r, struct buf *out, struct err *e)
{
	(void)e;
	buf_addstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	add_attribute(out, "name", r->name);
	buf_addstr(out, ">\n");
	for (uint32_t i = 0; i < r->lane_count; i++)
		add_suite(r, i, out);
	buf_addstr(out, "</testsuites>\n");
	return 0;
}
