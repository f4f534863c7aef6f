/* command.h: triage. Commands of this program that a person can paste: called as it was called, words quoted. */
#ifndef TRIAGE_COMMAND_H
#define TRIAGE_COMMAND_H

#include "base/buf.h"

/* argv[0] of main(). Until then, and of a name without a directory, it is "cgofuzz" or that name. */
void command_program(const char *argv0);
/* The program as a word of a shell: "build/cgofuzz". */
void command_name(struct buf *out);
/* "build/cgofuzz reduce DIR": words as they are, then one more, quoted; NULL: none. */
void command_add(struct buf *out, const char *words, const char *argument);
char *command_text(const char *words, const char *argument); /* malloc'd */

#endif
