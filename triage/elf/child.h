/* child.h: triage/elf. A process for each file that libelf and libdw read: it may crash, loop or eat memory. */
#ifndef TRIAGE_ELF_CHILD_H
#define TRIAGE_ELF_CHILD_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "triage/elf/ask.h"

#define ELF_CHILD_BYTES ((size_t)256 << 20) /* of memory, what it maps of the file not counted */
#define ELF_CHILD_CPU_S 10 /* for one answer */
#define ELF_CHILD_WALL_MS 120000 /* for one answer, where it waits instead of computing */

struct elf_child {
	pid_t pid; /* 0: none */
	pid_t owner; /* who started it: nobody else may ask */
	int fd; /* of the socket */
};

/* Serves one socket about one file until the other end is closed; limits are set. Never returns to the caller. */
typedef void elf_serve_fn(int socket, int file);

/* Forks, without exec: the child keeps nothing open but the file and its socket. */
int elf_child_start(struct elf_child *c, int file, elf_serve_fn *serve, struct err *e);
/* 1: answered; 0: the file does not say; -1: the child is dead, why says of what. */
int elf_child_ask(struct elf_child *c, const struct elf_ask *ask, struct buf *answer,
		  struct err *why);
void elf_child_end(struct elf_child *c); /* may be called of none */

/* The child's half: false at the end of the questions. */
bool elf_child_next(int socket, struct elf_ask *ask);
void elf_child_reply(int socket, const struct elf_ask *ask, bool known, const struct buf *answer);

#endif
