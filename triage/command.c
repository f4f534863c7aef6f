/* command.c: triage. Commands of this program that a person can paste. */
#include "triage/command.h"

#include <string.h>

#include "triage/text.h"

static const char *program = "cgofuzz";

void command_program(const char *argv0)
{
	if (argv0 && *argv0)
		program = argv0;
}

void command_name(struct buf *out)
{
	text_shell(out, program);
}

void command_add(struct buf *out, const char *words, const char *argument)
{
	command_name(out);
	buf_addf(out, " %s", words);
	if (argument) {
		buf_addch(out, ' ');
		text_shell(out, argument);
	}
}

char *command_text(const char *words, const char *argument)
{
	struct buf out = BUF_INIT;

	command_add(&out, words, argument);
	return buf_detach(&out, NULL);
}
