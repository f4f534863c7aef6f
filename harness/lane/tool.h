/* tool.h: lane, for its own files. Finding programs and what they say about themselves. */
#ifndef LANE_TOOL_H
#define LANE_TOOL_H

#include "base/arena.h"
#include "base/proc.h"
#include "lane/lane.h"

/* Takes a malloc'd string into memory that lives as long as the program. */
const char *keep_string(char *s);
/* Standard output of "program arg", malloc'd; NULL if it cannot be run. */
char *program_version(const char *program, const char *arg);

/* GOROOT of a release that is on this machine already, malloc'd, or NULL. */
char *go_find(const char *version);
/* What GOROOT/VERSION says: "go1.26.8", malloc'd, or NULL. */
char *go_version_of(const char *goroot);
/* The default lane's release: that of build/go-root, else go_pin's. */
const char *go_default(void);
/* Has it the form of a release: go1.26, go1.26.8, go1.27rc1? */
bool go_is_release(const char *version);
/* 26 of "go1.26.8"; -1 if it is no release. */
int go_minor(const char *version);
/* "qemu7.2" of the first qemu-aarch64 in PATH; "" if there is none. */
const char *qemu_default(const struct arch_info *arch);
/* "gcc12" on arm64: "aarch64-linux-gnu-gcc-12". Kept. */
const char *compiler_program(const char *compiler, const struct arch_info *arch);

#endif
