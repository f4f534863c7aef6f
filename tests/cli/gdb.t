#!/bin/bash
# gdb.t: tests. gdb on a bundle's guest, on both architectures: stopped at the fault, with C's and Go's symbols.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
export TAP_DEADLINE=240

run "$CGOFUZZ" gdb
is "$status" 2 "gdb without a bundle is refused"
run "$CGOFUZZ" gdb "$T/nowhere"
is "$status" 2 "a bundle that is not there is refused"

bundle_of() { # ARCH EXHIBIT
	local c=$T/$1-$2 all
	# Again, longer, where a busy machine was too slow.
	for seconds in 4 10 20; do
		run "$CGOFUZZ" fuzz --arch "$1" --engine libfuzzer --target "planted:$2" --time ${seconds}s --out "$c"
		[ "$status" != 0 ] || continue
		break
	done
	is "$status" 1 "$2 is found on $1"
	all=("$c"/spool/2*)
	bundle=${all[0]}
}

for arch in amd64 arm64; do
	gdb=$([ $arch = amd64 ] && echo gdb || echo gdb-multiarch)
	bundle_of $arch null-read
	# Without it: what is missing, and how to get it.
	run env PATH="$T" "$CGOFUZZ" gdb --batch "$bundle"
	is "$status" 3 "$arch: without $gdb the environment is to blame"
	like "$err" "apt-get install" "$arch: and it says what to install"
	if ! command -v "$gdb" >/dev/null; then
		echo "# the rest for $arch is skipped: no $gdb here (apt-get install $gdb)"
		continue
	fi
	run "$CGOFUZZ" gdb --batch "$bundle"
	is "$status" 0 "$arch: a signal stops it"
	like "$out" $'\n#0 [^\n]*planted_null_read' "$arch: in the function that fails"
	like "$out" $'\n#[0-9]+ [^\n]*runtime\.asmcgocall' "$arch: Go's symbols are there"
	run "$CGOFUZZ" gdb --json "$bundle" -- -ex 'info line cgofuzz_fault_open'
	is "$status" 0 "$arch: JSON"
	is "$(perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", $d->{gdb}, $d->{stopped} ? 1 : 0' "$T/out")" \
		"$gdb 1" "$arch: has what was run"

	bundle_of $arch callee-saved
	run "$CGOFUZZ" gdb --batch "$bundle"
	is "$status" 0 "$arch: what an oracle saw stops it, too"
	like "$out" $'\n#0 [^\n]*cgofuzz_fault_open \(kind=[^\n]*CGOFUZZ_FAULT_GPR' "$arch: where it was recorded"

	bundle_of $arch c-loop
	run "$CGOFUZZ" gdb --batch "$bundle"
	is "$status" 0 "$arch: a hang is stopped after a while"
	like "$out" "planted_loop" "$arch: in the loop"
done

done_testing
