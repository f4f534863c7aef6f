/* lanes_probe.h: cli. `cgofuzz lanes --probe`: what cgo of a lane can carry. */
#ifndef CLI_LANES_PROBE_H
#define CLI_LANES_PROBE_H

/* text: a lane, or NULL for the default one. Exit status. */
int lanes_probe(const char *text);

#endif
