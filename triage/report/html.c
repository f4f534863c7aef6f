/* html.c: triage/report. One page that needs nothing else: its style, its program and the report as packed data. */
#include "triage/report/private.h"

static void add_asset(struct buf *out, const struct report_asset *a)
{
	buf_add(out, a->start, (size_t)(a->end - a->start));
}

/* The page may neither fetch nor send; what it shows is text of its data, never markup. */
int report_html(const struct report *r, struct buf *out, struct err *e)
{
	json_t *data = report_to_json(r);

	(void)e;
	buf_addstr(out,
		   "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
		   " style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
		   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		   "<meta name=\"color-scheme\" content=\"light dark\">\n"
		   "<link rel=\"icon\" href=\"data:,\">\n<title>");
	report_escape(out, r->name);
	buf_addstr(out, " - cgofuzz report</title>\n<style>\n");
	add_asset(out, &report_page_css);
	buf_addstr(out,
		   "</style>\n</head>\n<body>\n<noscript><p>This page draws itself from the data in "
		   "it and needs JavaScript. The same as text: <code>cgofuzz report DIR --markdown "
		   "-</code>.</p></noscript>\n<script type=\"text/plain\" id=\"data\">");
	report_packed_json(out, data);
	buf_addstr(out, "</script>\n<script>\n\"use strict\";\n(async () => {\n");
	add_asset(out, &report_draw_js);
	add_asset(out, &report_cluster_js);
	add_asset(out, &report_page_js);
	buf_addstr(out, "})();\n</script>\n</body>\n</html>\n");
	json_decref(data);
	return 0;
}
