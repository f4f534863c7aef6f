/* go_call.c: emit. How Go calls a case's C function, as a person writes it: one way for each route. */
#include "emit/route.h"

#include <stdio.h>
#include <stdlib.h>

#define MALLOC_ALIGN 16 /* of malloc() on both architectures */
#define GO_ALIGN 8 /* of Go's objects (runtime/malloc.go) */

static bool is_void(const struct go_call *g)
{
	return g->c->proto.result->kind == SHAPE_VOID;
}

static void put_sizeof(const struct go_call *g, uint32_t i)
{
	buf_addf(g->out, "unsafe.Sizeof(%sa%u)", g->object, i);
}

/* "C.malloc(C.size_t(unsafe.Sizeof(a.a0)))": C memory for so many elements of a type. */
static void put_memory(const struct go_call *g, const struct shape *s, uint32_t count, uint32_t i)
{
	uint32_t align = route_align(g->c, s);

	if (align > MALLOC_ALIGN)
		buf_addf(g->out, "C.aligned_alloc(%u, %u*C.size_t(", align, count);
	else if (count > 1)
		buf_addf(g->out, "C.calloc(%u, C.size_t(", count);
	else
		buf_addstr(g->out, "C.malloc(C.size_t(");
	if (i < g->c->proto.arg_count)
		put_sizeof(g, i);
	else
		buf_addf(g->out, "unsafe.Sizeof(*%s)", g->result_pointer);
	buf_addstr(g->out, "))");
}

static void put_pointer_argument(const struct go_call *g, uint32_t i)
{
	const struct shape *s = g->c->proto.args[i];

	buf_addf(g->out, "\tp%u := (*", i);
	go_type(g->out, s, g->prefix);
	buf_addch(g->out, ')');
	buf_addch(g->out, '(');
	put_memory(g, s, 1, i);
	buf_addf(g->out, ")\n\tdefer C.free(unsafe.Pointer(p%u))\n\t*p%u = %sa%u\n", i, i,
		 g->object, i);
}

static void put_slice_argument(const struct go_call *g, uint32_t i)
{
	const struct shape *s = g->c->proto.args[i];

	buf_addf(g->out, "\tp%u := unsafe.Slice((*", i);
	go_type(g->out, s, g->prefix);
	buf_addstr(g->out, ")(");
	put_memory(g, s, 2, i);
	buf_addf(g->out,
		 "), 2)\n\tdefer C.free(unsafe.Pointer(&p%u[0]))\n\tp%u[0], p%u[1] = %sa%u, %sa%u\n",
		 i, i, i, g->object, i, g->object, i);
}

static void put_slice_result(const struct go_call *g)
{
	buf_addf(g->out, "\tr := unsafe.Slice((*%s)(", g->result_type);
	put_memory(g, g->c->proto.result, 2, UINT32_MAX);
	buf_addstr(g->out, "), 2)\n\tdefer C.free(unsafe.Pointer(&r[0]))\n");
}

/* Strings and slices of bytes in turn. */
static void put_bytes_argument(const struct go_call *g, uint32_t i)
{
	buf_addf(g->out, i % 2 ? "\tp%u := C.CBytes(" : "\tp%u := unsafe.Pointer(C.CString(string(",
		 i);
	buf_addf(g->out, "C.GoBytes(unsafe.Pointer(&%sa%u), C.int(", g->object, i);
	put_sizeof(g, i);
	buf_addf(g->out, "))%s\n\tdefer C.free(p%u)\n", i % 2 ? ")" : ")))", i);
}

/* Does Go have to look for a place that is aligned enough? */
static bool is_overaligned(const struct go_call *g, const struct shape *s)
{
	return g->c->route == ROUTE_GO_POINTER && route_align(g->c, s) > GO_ALIGN;
}

/* "*(*[unsafe.Sizeof(*TO)]byte)(unsafe.Pointer(TO)) = ...": all bytes, padding and bit-fields too. */
static void put_copy(const struct go_call *g, const char *to, const char *from)
{
	buf_addf(g->out,
		 "\t*(*[unsafe.Sizeof(*%s)]byte)(unsafe.Pointer(%s)) = "
		 "*(*[unsafe.Sizeof(*%s)]byte)(unsafe.Pointer(%s))\n",
		 to, to, to, from);
}

/* The first aligned address in a block of Go memory that is large enough for one at any. */
static void put_place(const struct go_call *g, const struct shape *s, const char *name,
		      const char *type, const char *object)
{
	uint32_t align = route_align(g->c, s);

	buf_addf(g->out,
		 "\tb%s := make([]byte, unsafe.Sizeof(%s)+%u)\n"
		 "\tp%s := (*%s)(unsafe.Pointer(&b%s[-uintptr(unsafe.Pointer(&b%s[0]))&%u]))\n",
		 name, object, align, name, type, name, name, align - 1);
}

static void put_places(const struct go_call *g)
{
	struct buf type = BUF_INIT;
	char name[16];

	for (uint32_t i = 0; i < g->c->proto.arg_count; i++) {
		const struct shape *s = g->c->proto.args[i];
		char *object, *address, *pointer;

		if (!is_overaligned(g, s))
			continue;
		snprintf(name, sizeof(name), "%u", i);
		object = xasprintf("%sa%u", g->object, i);
		address = xasprintf("&%s", object);
		pointer = xasprintf("p%u", i);
		go_type(&type, s, g->prefix);
		put_place(g, s, name, type.ptr, object);
		put_copy(g, pointer, address);
		buf_reset(&type);
		free(object);
		free(address);
		free(pointer);
	}
	if (!is_void(g) && is_overaligned(g, g->c->proto.result)) {
		char *object = xasprintf("*%s", g->result_pointer);

		put_place(g, g->c->proto.result, "r", g->result_type, object);
		free(object);
	}
	buf_release(&type);
}

/* Where Go's pointer to an argument, or to the result, goes. */
static void put_go_pointer(const struct go_call *g, uint32_t i)
{
	if (i < g->c->proto.arg_count)
		buf_addf(g->out, is_overaligned(g, g->c->proto.args[i]) ? "p%.0s%u" : "&%sa%u",
			 g->object, i);
	else
		buf_addstr(g->out, is_overaligned(g, g->c->proto.result) ? "pr" : g->result_pointer);
}

static void put_pin(const struct go_call *g)
{
	uint32_t count = g->c->proto.arg_count + !is_void(g);

	if (g->go_minor && g->go_minor < ROUTE_PINNER_SINCE)
		return;
	buf_addstr(g->out, "\tvar pinner runtime.Pinner\n\tdefer pinner.Unpin()\n");
	for (uint32_t i = 0; i < count; i++) {
		buf_addstr(g->out, "\tpinner.Pin(");
		put_go_pointer(g, i);
		buf_addstr(g->out, ")\n");
	}
}

static void put_before(const struct go_call *g)
{
	void (*put)(const struct go_call *g, uint32_t i) = g->c->route == ROUTE_POINTER
		? put_pointer_argument
		: g->c->route == ROUTE_SLICE ? put_slice_argument
		: g->c->route == ROUTE_BYTES ? put_bytes_argument
					     : NULL;

	for (uint32_t i = 0; put && i < g->c->proto.arg_count; i++)
		put(g, i);
	if (g->c->route == ROUTE_SLICE && !is_void(g))
		put_slice_result(g);
	if (g->c->route == ROUTE_GO_POINTER) {
		put_places(g);
		put_pin(g);
	}
}

/* "C.f17(a.a0, a.a1)" */
static void put_call(const struct go_call *g)
{
	const struct fuzz_case *c = g->c;
	const char *separator = "";

	if (c->route == ROUTE_FUNCTION_POINTER) {
		buf_addf(g->out, "C.through_%s(C.pointer_%s(C.%s)", g->function, g->function,
			 g->function);
		separator = ", ";
	} else {
		buf_addf(g->out, "C.%s(", g->function);
	}
	for (uint32_t i = 0; i < c->proto.arg_count; i++, separator = ", ") {
		buf_addstr(g->out, separator);
		if (c->route == ROUTE_POINTER || c->route == ROUTE_BYTES)
			buf_addf(g->out, "p%u", i);
		else if (c->route == ROUTE_SLICE)
			buf_addf(g->out, "&p%u[0]", i);
		else if (c->route == ROUTE_GO_POINTER)
			put_go_pointer(g, i);
		else
			buf_addf(g->out, "%sa%u", g->object, i);
	}
	if (!is_void(g) && route_how(c->route)->result == CARRIED_BY_POINTER) {
		buf_addstr(g->out, separator);
		if (c->route == ROUTE_GO_POINTER)
			put_go_pointer(g, c->proto.arg_count);
		else
			buf_addstr(g->out, "&r[0]");
	}
	buf_addch(g->out, ')');
}

static void put_bytes_call(const struct go_call *g)
{
	if (is_void(g) || !shape_leaf_count(g->c->proto.result)) {
		buf_addch(g->out, '\t');
		put_call(g);
		buf_addch(g->out, '\n');
		return;
	}
	buf_addstr(g->out, "\tr := C.GoBytes(");
	put_call(g);
	buf_addf(g->out, ", C.int(unsafe.Sizeof(*%s)))\n", g->result_pointer);
	buf_addf(g->out, "\t%s = *(*%s)(unsafe.Pointer(&r[0]))\n", g->result, g->result_type);
}

void go_call_body(const struct go_call *g)
{
	const struct route_how *how = route_how(g->c->route);

	put_before(g);
	if (g->c->route == ROUTE_BYTES) {
		put_bytes_call(g);
		return;
	}
	buf_addch(g->out, '\t');
	if (how->sets_errno)
		buf_addf(g->out, "%s, err := ", is_void(g) ? "_" : "r");
	else if (!is_void(g) && how->result == CARRIED_BY_VALUE)
		buf_addf(g->out, "%s = ", g->result);
	put_call(g);
	buf_addch(g->out, '\n');
	if (how->sets_errno && !is_void(g))
		buf_addf(g->out, "\t%s = r\n", g->result);
	if (how->sets_errno)
		buf_addf(g->out, "\t%serr)\n", g->check_errno);
	if (g->c->route == ROUTE_SLICE && !is_void(g))
		buf_addf(g->out, "\t%s = r[1]\n", g->result);
	if (!is_void(g) && is_overaligned(g, g->c->proto.result))
		put_copy(g, g->result_pointer, "pr");
}

/* Go cannot call a C function pointer: a helper does (cmd/cgo, "C references to Go"). */
static void put_helper(const struct go_call *g)
{
	char *pointer = xasprintf("(*pointer_%s)", g->function);
	struct buf name = BUF_INIT;
	const struct proto *p = &g->c->proto;
	char arg[16];

	buf_addstr(g->out, "typedef ");
	text_function(g->out, p, g->prefix, pointer);
	buf_addstr(g->out, ";\nstatic inline ");
	buf_addf(&name, "through_%s(pointer_%s pointer", g->function, g->function);
	for (uint32_t i = 0; i < p->arg_count; i++) {
		buf_addstr(&name, ", ");
		snprintf(arg, sizeof(arg), "a%u", i);
		shape_declare(&name, p->args[i], g->prefix, arg);
	}
	buf_addch(&name, ')');
	shape_declare(g->out, p->result, g->prefix, name.ptr);
	buf_addf(g->out, " { %spointer(", is_void(g) ? "" : "return ");
	for (uint32_t i = 0; i < p->arg_count; i++)
		buf_addf(g->out, "%sa%u", i ? ", " : "", i);
	buf_addstr(g->out, "); }\n");
	buf_release(&name);
	free(pointer);
}

void go_call_preamble(const struct go_call *g)
{
	route_function(g->out, g->c, g->prefix, g->function);
	buf_addstr(g->out, ";\n");
	go_call_helpers(g);
}

void go_call_helpers(const struct go_call *g)
{
	if (g->c->route == ROUTE_FUNCTION_POINTER)
		put_helper(g);
	if (g->c->route == ROUTE_NOESCAPE)
		buf_addf(g->out, "#cgo noescape %s\n#cgo nocallback %s\n", g->function, g->function);
}
