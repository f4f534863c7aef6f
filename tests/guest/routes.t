#!/bin/bash
# routes.t: tests. On both architectures: every way in which Go calls C is silent where nothing is wrong, and
# damage on the way is seen. What it does is in routes.c, linked with the layers of the program.
. "$(dirname "$0")/../tap.sh"
. tests/guest/program.sh

compile_program routes
run_on_both routes
