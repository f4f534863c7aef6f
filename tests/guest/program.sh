# program.sh: guest tests. For those whose work is in a C file beside them. After tap.sh.
# shellcheck shell=bash

# compile_program NAME: tests/guest/NAME.c with the program's own layers, to $T/NAME
compile_program() {
	local layers libs
	layers=$(printf 'build/lib/%s.a ' triage lane emit abi model base)
	read -r libs <.ci/libs
	# shellcheck disable=SC2086
	if ! gcc -std=c17 -D_GNU_SOURCE -g -Iharness -I. -o "$T/$1" "tests/guest/$1.c" $layers $libs >"$T/out" 2>&1; then
		diag <"$T/out"
		echo "Bail out! tests/guest/$1.c does not compile"
		exit 1
	fi
}

# run_on_both NAME: runs it for one architecture after the other, as one test; does not return
run_on_both() {
	local arch failed=0
	for arch in amd64 arm64; do
		"$T/$1" "$arch" "$T/$arch" >"$T/tap" || failed=1
		grep -v '^1\.\.' "$T/tap" | awk -v n="$tap_count" \
			'match($0, /^(not )?ok [0-9]+/) { n++; sub(/ok [0-9]+/, "ok " n) } { print }'
		tap_count=$((tap_count + $(grep -cE '^(not )?ok ' "$T/tap")))
	done
	echo "1..$tap_count"
	exit $failed
}
