#!/bin/bash
# trampoline.t: tests. The trampolines of both architectures, without Go: see trampoline.c.
. "$(dirname "$0")/../tap.sh"

for arch in amd64 arm64; do
	cc=gcc run=
	[ $arch = arm64 ] && cc=aarch64-linux-gnu-gcc && run="qemu-aarch64 -L /usr/aarch64-linux-gnu"
	if ! $cc -std=gnu17 -D_GNU_SOURCE -O1 -g -fno-pie -no-pie -Iharness -Iharness/guest/$arch \
		-o "$T/$arch" tests/guest/trampoline.c tests/guest/trampoline_stubs.S \
		harness/guest/shadow.c harness/guest/$arch/canary.c \
		harness/guest/$arch/trampoline.S >"$T/out" 2>&1; then
		diag <"$T/out"
		echo "Bail out! the trampolines of $arch do not compile"
		exit 1
	fi
	# shellcheck disable=SC2086
	timeout 60 $run "$T/$arch" >"$T/tap" 2>&1 || echo "not ok - $arch: ended with status $?" >>"$T/tap"
	grep -v '^1\.\.' "$T/tap" | awk -v n="$tap_count" -v arch="$arch" \
		'match($0, /^(not )?ok( [0-9]+)?/) { n++; sub(/ok( [0-9]+)? - /, "ok " n " - " arch ": ") } { print }'
	tap_count=$((tap_count + $(grep -cE '^(not )?ok ' "$T/tap")))
done
echo "1..$tap_count"
