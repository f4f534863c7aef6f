/* import.h: triage/import. Crashes from elsewhere become bundles, marked foreign, in a campaign's spool. */
#ifndef TRIAGE_IMPORT_IMPORT_H
#define TRIAGE_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct import_options {
	const char *out; /* campaign's directory, made if it is not there */
	const char *program; /* that inputs are given to, or NULL */
	bool input_on_stdin; /* else it is the program's last argument */
	int deadline_ms; /* of a run of the program */
	const char *arch; /* "amd64"; of where it crashed */
};

struct import_result {
	char *file; /* as it was given, or DIR/NAME */
	char *bundle; /* its directory */
	const char *from; /* static: "traceback", "run", "file name" */
	uint32_t kind; /* enum cgofuzz_fault_kind */
	uint32_t frames;
	bool there; /* it had been imported before */
};

/* One file: text with a traceback; an input that a program crashes on, which is run; or, without a program, one whose
 * name tells the signal (AFL++). EXIT_USAGE: it is not there, or nothing in it says that anything failed. */
int import_file(struct import_result *r, const char *path, const struct import_options *o,
		struct err *e);
void import_result_release(struct import_result *r);

#endif
