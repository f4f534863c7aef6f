/* text.h: triage. Text from outside, made safe to be shown on a terminal. */
#ifndef TRIAGE_TEXT_H
#define TRIAGE_TEXT_H

#include <jansson.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends len bytes at s. Control bytes, invalid UTF-8 and characters that change the direction of
 * text come out as \xNN or \u{N}, a backslash as two: what is printed says what was there. */
void text_escape(struct buf *out, const char *s, size_t len);
/* The same, but newlines and tabs stay. For whole files: standard error, stacks. */
void text_escape_lines(struct buf *out, const char *s, size_t len);
/* One word of a command that can be pasted into bash: quoted if it must be, exact whatever it holds. */
void text_shell(struct buf *out, const char *word);

/* A JSON string: paths need not be UTF-8, JSON must, so others are escaped as above. NULL: null. */
json_t *text_to_json(const char *text);

#endif
