#!/bin/bash
# smoke.t: tests. Each fuzz driver survives a fixed number of runs from a fixed seed.
. "$(dirname "$0")/../tap.sh"

for source in tests/fuzz/*.c; do
	name=$(basename "$source" .c)
	mkdir -p "$T/$name" # where a crash would be written
	run "build/fuzz/$name" -runs="${FUZZ_RUNS:-20000}" -seed=1 -max_total_time=20 -max_len=4096 \
		-artifact_prefix="$T/$name/" -print_final_stats=1
	is "$status" 0 "$name survives ${FUZZ_RUNS:-20000} inputs" || base64 "$T/$name"/* 2>/dev/null | diag
done
done_testing
