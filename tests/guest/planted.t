#!/bin/bash
# planted.t: tests. On both architectures: every planted fault is seen as what it is, closed gates and
# a generated batch are silent. What it does is in oracles.c, linked with the program's own layers.
. "$(dirname "$0")/../tap.sh"
. tests/guest/program.sh

compile_program oracles
run_on_both oracles
