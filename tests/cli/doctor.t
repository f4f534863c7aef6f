#!/bin/bash
# doctor.t: tests. What doctor finds and what it says of what is missing.
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" doctor
is "$status" 0 "a machine that was set up is ready"
like "$out" "go +1\.[0-9.]+ +/" "the Go release and its path are shown"

run "$CGOFUZZ" doctor --json
# shellcheck disable=SC2016 # perl's own variable
ok "--json is one JSON document" perl -MJSON::PP -0777 -ne 'decode_json($_)' "$T/out"
like "$out" '"ready": true' "and says that all is there"

run env PATH="$T" "$CGOFUZZ" doctor
is "$status" 3 "nothing in PATH: not ready"
like "$out" "qemu +MISSING" "what is missing stands in the table"
like "$out" "no arm64 guests can run. To get it: apt-get install qemu-user" "with its cost and remedy"

mkdir "$T/data"
run env CGOFUZZ_DATA="$T/data" "$CGOFUZZ" doctor
is "$status" 3 "no arm64 runtimes: not ready"
like "$out" "afl runtime arm64 is missing: no AFL\+\+ on arm64. To get it: make setup" "and make setup is named"
done_testing
