/* loose.h: triage, for its own files. The loose signature: what a strict one narrows. */
#ifndef TRIAGE_LOOSE_H
#define TRIAGE_LOOSE_H

/* "VERSION|KIND|DIRECTION|CLASS" of a strict signature, malloc'd: CLASS is of values how an ABI counts the leaf
 * (integer, fp, ...), of stacks the innermost role or crossing. Equal strict ones have equal loose ones; of a
 * text that is no signature it is the text itself. */
char *loose_signature(const char *strict);

#endif
