/* asset.c: triage/report. The files of the page, in the program as they stand beside this one. */
#include "triage/report/private.h"

/* Paths begin at the top of the tree, where the compiler runs; the Makefile knows what this depends on. */
#define ASSET(name, path) \
	__asm__(".pushsection .rodata\n" \
		"report_" #name "_start:\n" \
		".incbin \"triage/report/" path "\"\n" \
		"report_" #name "_end:\n" \
		".byte 0\n" \
		".popsection\n"); \
	extern const char report_##name##_start[], report_##name##_end[]; \
	const struct report_asset report_##name = { report_##name##_start, report_##name##_end };

ASSET(page_css, "page.css")
ASSET(page_js, "page.js")
ASSET(cluster_js, "cluster.js")
ASSET(draw_js, "draw.js")
