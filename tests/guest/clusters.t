#!/bin/bash
# clusters.t: tests. Every planted fault of both architectures becomes one cluster that happens again,
# on the fast path and on the reference path. What it does is in clusters.c.
. "$(dirname "$0")/../tap.sh"

layers=$(printf 'build/lib/%s.a ' triage lane emit abi model base)
# shellcheck disable=SC2086
if ! gcc -std=c17 -D_GNU_SOURCE -g -Iharness -I. -o "$T/clusters" tests/guest/clusters.c $layers \
	-ldw -lelf -lsqlite3 -ljansson -luv -lxxhash >"$T/out" 2>&1; then
	diag <"$T/out"
	echo "Bail out! tests/guest/clusters.c does not compile"
	exit 1
fi
"$T/clusters" "$T/campaign"
