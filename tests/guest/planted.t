#!/bin/bash
# planted.t: tests. On both architectures: every planted fault is seen as what it is, closed gates and
# a generated batch are silent. What it does is in oracles.c, linked with the program's own layers.
. "$(dirname "$0")/../tap.sh"

layers=$(printf 'build/lib/%s.a ' lane emit abi model base)
# shellcheck disable=SC2086
if ! gcc -std=c17 -D_GNU_SOURCE -g -Iharness -I. -o "$T/oracles" tests/guest/oracles.c $layers \
	-ljansson -luv -lxxhash -lelf >"$T/out" 2>&1; then
	diag <"$T/out"
	echo "Bail out! tests/guest/oracles.c does not compile"
	exit 1
fi
status=0
for arch in amd64 arm64; do
	"$T/oracles" "$arch" "$T/$arch" >"$T/tap" || status=1
	grep -v '^1\.\.' "$T/tap" | awk -v n="$tap_count" \
		'match($0, /^(not )?ok [0-9]+/) { n++; sub(/ok [0-9]+/, "ok " n) } { print }'
	tap_count=$((tap_count + $(grep -cE '^(not )?ok ' "$T/tap")))
done
echo "1..$tap_count"
exit $status
