#!/bin/bash
# turbulence.t: tests. On both architectures: every kind of turbulence, with each choice it has, and any
# mixture of them leaves crossings whole; every turbulent exhibit is seen as what it is. turbulence.c does it.
. "$(dirname "$0")/../tap.sh"
. tests/guest/program.sh

compile_program turbulence
run_on_both turbulence
