#!/bin/bash
# differ.t: tests. Lanes show the same of the same plans, whatever they differ in; exhibits that show only where
# lanes are compared are seen there, and nowhere else. differ.c does it.
. "$(dirname "$0")/../tap.sh"
. tests/guest/program.sh

compile_program differ
"$T/differ" "$T/work" >"$T/tap" || failed=1
cat "$T/tap"
exit "${failed:-0}"
