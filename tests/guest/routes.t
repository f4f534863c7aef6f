#!/bin/bash
# routes.t: tests. On both architectures: every way in which Go calls C is silent where nothing is wrong, and
# damage on the way is seen. What it does is in routes.c, linked with the layers of the program.
. "$(dirname "$0")/../tap.sh"

layers=$(printf 'build/lib/%s.a ' lane emit abi model base)
# shellcheck disable=SC2086
if ! gcc -std=c17 -D_GNU_SOURCE -g -Iharness -I. -o "$T/routes" tests/guest/routes.c $layers \
	-ljansson -luv -lxxhash -lelf >"$T/out" 2>&1; then
	diag <"$T/out"
	echo "Bail out! tests/guest/routes.c does not compile"
	exit 1
fi
status=0
for arch in amd64 arm64; do
	"$T/routes" "$arch" "$T/$arch" >"$T/tap" || status=1
	grep -v '^1\.\.' "$T/tap" | awk -v n="$tap_count" \
		'match($0, /^(not )?ok [0-9]+/) { n++; sub(/ok [0-9]+/, "ok " n) } { print }'
	tap_count=$((tap_count + $(grep -cE '^(not )?ok ' "$T/tap")))
done
echo "1..$tap_count"
exit $status
