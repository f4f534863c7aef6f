/* afl_server.h: guest. AFL++'s side of a worker: the fork server is up before main runs. */
#ifndef GUEST_AFL_SERVER_H
#define GUEST_AFL_SERVER_H

#include <stdint.h>

/* Did afl-fuzz, or a tool of its kind, start this process? */
int cgofuzz_afl_serves(void);

/* Waits for a request; the process ends when afl-fuzz has gone. The length of the plan, and where it
 * is; *plan NULL: it stands in standard input. */
uint32_t cgofuzz_afl_next(const uint8_t **plan);

/* Says that the plan has been run. 0: this worker is to end now, by exit status 0. */
int cgofuzz_afl_done(void);

/* Another worker is to do the next plan: the server makes one when afl-fuzz asks. */
void cgofuzz_afl_renew(void);

#endif
