/* err.h: base. An error on its way up: what was being done, on what, why it failed, what to do. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

/* Exit statuses of every verb (DESIGN: "The interface"). */
enum exit_status {
	EXIT_CLEAN = 0, /* did its job, nothing new found */
	EXIT_FOUND = 1, /* found a fault that is not a known issue */
	EXIT_USAGE = 2, /* wrong use: options, case text, contradiction */
	EXIT_ENVIRON = 3, /* the environment failed: tools, disk, guests */
	EXIT_FLAKY = 4, /* replay only: not every time */
};

/*
 * Owned by the caller, usually on its stack; holds no memory. status is an exit_status,
 * 0 as long as nothing has been set. The first error wins nothing: err_set() overwrites.
 */
struct err {
	int status;
	char msg[2048];
};

#define ERR_INIT \
	{ \
		0, "" \
	}

/* Sets status and message; always returns -1, so that "return err_set(...)" reads well. */
int err_set(struct err *e, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* As err_set, with ": strerror(errno)" appended; errno is read first. */
int err_errno(struct err *e, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts "what: " before the message already there; returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A mistake of ours, not of the user: prints place and condition, aborts. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
#define BUG_ON(cond) \
	do { \
		if (cond) \
			BUG("%s", #cond); \
	} while (0)
__attribute__((noreturn, format(printf, 3, 4))) void bug_at(const char *file, int line,
							    const char *fmt, ...);

#endif
