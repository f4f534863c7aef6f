/* fault.c: triage. Names of what wire.h numbers, from its tables. */
#include "triage/fault.h"

#include <stddef.h>
#include <string.h>

#include "guest/value.h"
#include "guest/wire.h"

#define AT(table, i) ((i) < sizeof(table) / sizeof((table)[0]) ? (table)[i] : "?")

static const struct {
	const char *name, *oracle, *about;
} kinds[CGOFUZZ_FAULT_KINDS] = {
#define FAULT(id, name, oracle, survivable, about) { name, oracle, about },
#include "guest/fault.def"
#undef FAULT
};

const char *fault_kind_name(uint32_t kind)
{
	return kind < CGOFUZZ_FAULT_KINDS ? kinds[kind].name : "?";
}

const char *fault_oracle_name(uint32_t kind)
{
	return kind < CGOFUZZ_FAULT_KINDS ? kinds[kind].oracle : "?";
}

const char *fault_about(uint32_t kind)
{
	return kind < CGOFUZZ_FAULT_KINDS ? kinds[kind].about : "?";
}

bool fault_has_stack(uint32_t kind)
{
	return kind == CGOFUZZ_FAULT_SIGNAL || kind == CGOFUZZ_FAULT_PANIC ||
		kind == CGOFUZZ_FAULT_EXIT || kind == CGOFUZZ_FAULT_HANG;
}

const char *fault_direction_name(uint32_t direction)
{
	static const char *const names[] = { "go->c", "c->go", "c->c" };

	return AT(names, direction);
}

const char *fault_seen_by_name(uint32_t seen_by)
{
	static const char *const names[] = {
#define SEER(id, name) name,
#include "guest/seer.def"
#undef SEER
	};

	return AT(names, seen_by);
}

const char *fault_side_name(uint32_t side)
{
	static const char *const names[CGOFUZZ_SIDES] = { "callee",   "wrapper", "go",
							  "document", "across",	 "across" };

	return AT(names, side);
}

const char *fault_side_about(uint32_t side)
{
	static const char *const names[CGOFUZZ_SIDES] = {
		"C (callee)",	    "C (wrapper)",	    "Go",
		"the ABI document", "amd64's ABI document", "arm64's ABI document"
	};

	return AT(names, side);
}

const char *fault_route_name(uint32_t route)
{
	static const char *const names[CGOFUZZ_ROUTES] = { "own", "call", "callback", "direct" };

	return AT(names, route);
}

static const struct {
	const char *id;
	unsigned size;
} leaves[CGOFUZZ_LEAF_KINDS] = {
#define LEAF(id, size, about) { #id, size },
#include "guest/value.def"
#undef LEAF
};

const char *leaf_kind_name(uint32_t kind)
{
	static const char *const words[][2] = {
		{ "BOOL", "bool" },
		{ "I8", "int8" },
		{ "I16", "int16" },
		{ "I32", "int32" },
		{ "I64", "int64" },
		{ "F32", "float" },
		{ "F64", "double" },
		{ "PTR", "pointer" },
		{ "F16", "half" },
		{ "I128", "int128" },
		{ "LDOUBLE", "long double" },
	};

	if (kind >= CGOFUZZ_LEAF_KINDS)
		return "?";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(leaves[kind].id, words[i][0]))
			return words[i][1];
	return leaves[kind].id;
}

unsigned leaf_kind_size(uint32_t kind)
{
	return kind < CGOFUZZ_LEAF_KINDS ? leaves[kind].size : 0;
}

const char *signal_name(int signo)
{
	static const struct {
		int signo;
		const char *name;
	} names[] = { { 4, "SIGILL" },	  { 5, "SIGTRAP" },  { 6, "SIGABRT" },	  { 7, "SIGBUS" },
		      { 8, "SIGFPE" },	  { 9, "SIGKILL" },  { 11, "SIGSEGV" },	  { 15, "SIGTERM" },
		      { 2, "SIGINT" },	  { 3, "SIGQUIT" },  { 13, "SIGPIPE" },	  { 31, "SIGSYS" },
		      { 1, "SIGHUP" },	  { 14, "SIGALRM" }, { 24, "SIGXCPU" },	  { 25, "SIGXFSZ" },
		      { 10, "SIGUSR1" },  { 12, "SIGUSR2" }, { 16, "SIGSTKFLT" }, { 17, "SIGCHLD" },
		      { 18, "SIGCONT" },  { 19, "SIGSTOP" }, { 20, "SIGTSTP" },	  { 21, "SIGTTIN" },
		      { 22, "SIGTTOU" },  { 23, "SIGURG" },  { 26, "SIGVTALRM" }, { 27, "SIGPROF" },
		      { 28, "SIGWINCH" }, { 29, "SIGIO" },   { 30, "SIGPWR" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].signo == signo)
			return names[i].name;
	return "signal";
}
