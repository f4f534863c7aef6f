#!/bin/bash
# overflow.t: tests. On both architectures: a stack of C, of a coroutine, of a goroutine, of g0 and the alternate one
# that end are told apart. overflow.c does it.
. "$(dirname "$0")/../tap.sh"
. tests/guest/program.sh

compile_program overflow
run_on_both overflow
