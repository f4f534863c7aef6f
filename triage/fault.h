/* fault.h: triage. Names of what wire.h numbers, from its tables; "?" for a number out of range. */
#ifndef TRIAGE_FAULT_H
#define TRIAGE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

const char *fault_kind_name(uint32_t kind); /* "leaf", "signal" */
const char *fault_oracle_name(uint32_t kind);
const char *fault_about(uint32_t kind);
bool fault_has_stack(uint32_t kind); /* its stack says what it is: signal, panic, exit, hang */
const char *fault_direction_name(uint32_t direction); /* "go->c" */
const char *fault_seen_by_name(uint32_t seen_by);
const char *fault_side_name(uint32_t side); /* enum cgofuzz_side: "callee" */
const char *fault_side_about(uint32_t side); /* "C (callee)" */
const char *fault_route_name(uint32_t route); /* enum cgofuzz_step_route: "own" */
const char *leaf_kind_name(uint32_t kind); /* "int32", "float" */
unsigned leaf_kind_size(uint32_t kind); /* bytes */
/* As si_code: nobody has told the address of the access. */
#define FAULT_NO_ADDRESS INT32_MIN
const char *signal_name(int signo); /* "SIGSEGV"; "signal" for one without a name */

#endif
