/* route.h: emit, for its own files and explain. What the C function of a case looks like on each route. */
#ifndef EMIT_ROUTE_H
#define EMIT_ROUTE_H

#include "emit/text.h"

enum carried { CARRIED_BY_VALUE, CARRIED_BY_POINTER, CARRIED_AS_BYTES };

struct route_how {
	enum carried args;
	/* By pointer: the callee writes it through its last parameter. As bytes: it returns their address. */
	enum carried result;
	uint32_t element; /* which element behind a pointer is the value: arrays have one more than this */
	int since; /* Go 1.N is the first that can */
	bool sets_errno;
};
const struct route_how *route_how(enum route route);

/* The prototype that crosses, for the classifier: pointers where the route has them. */
struct route_proto {
	struct proto proto;
	const struct shape *args[PROTO_MAX_ARGS + 1];
	struct shape pointers[PROTO_MAX_ARGS + 1];
	struct shape address;
};
void route_proto(struct route_proto *out, const struct fuzz_case *c);

/* Declares or defines the C function of the case as Go calls it. */
void route_function(struct buf *out, const struct fuzz_case *c, const char *prefix, const char *name);
/* "*r = f17(a->a0)": calls it from C with the arguments in *a, the result to *r. */
void route_c_call(struct buf *out, const struct fuzz_case *c, const char *callee);
/* Can Go export a function of the prototype, so that C calls back? */
bool route_exports(const struct fuzz_case *c);
/* The most alignment in bytes that C gives the type, with any compiler on any architecture. */
uint32_t route_align(const struct fuzz_case *c, const struct shape *s);
bool route_any(const struct batch *b, const struct emit_options *o,
	       bool (*test)(const struct fuzz_case *c));

/* A call of the case's C function in Go, as a person writes it. */
struct go_call {
	struct buf *out;
	const struct fuzz_case *c;
	const char *prefix; /* of the types */
	const char *function; /* "f17" */
	const char *object; /* before the arguments' names: "a." */
	const char *result; /* an expression to assign to */
	const char *result_type, *result_pointer;
	const char *check_errno; /* a call that `err` is appended to: "checkErrno(17, " */
	int go_minor; /* 0: the newest */
};
/* Declarations of C, the prototype among them. */
void go_call_preamble(const struct go_call *g);
/* The same without the prototype: what a call needs besides. */
void go_call_helpers(const struct go_call *g);
/* Lines of a function's body, each with a tab before it. */
void go_call_body(const struct go_call *g);
/* Go packages and C headers that calls need. */
bool route_pins(const struct fuzz_case *c);
#define ROUTE_PINNER_SINCE 21 /* Go 1.21 is the first with runtime.Pinner */
bool route_allocates(const struct fuzz_case *c);

#endif
