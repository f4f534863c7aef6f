#!/bin/bash
# dossier.t: tests. What show tells of a bundle and of a cluster, on both architectures.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
export TAP_DEADLINE=240

# bundle_of ARCH EXHIBIT: sets $bundle to one that a short campaign has found
bundle_of() {
	local c=$T/$1-$2 all
	# Again, longer, where a busy machine was too slow.
	for seconds in 4 10 20; do
		run "$CGOFUZZ" fuzz --arch "$1" --engine libfuzzer --target "planted:$2" --time ${seconds}s --out "$c"
		[ "$status" != 0 ] || continue
		break
	done
	is "$status" 1 "$2 is found on $1"
	all=("$c"/spool/2*)
	bundle=${all[0]} campaign=$c
}
ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); $o = $d->{dossier}; print join " ", '"$1" "$T/out"; }

for arch in amd64 arm64; do
	bundle_of $arch null-read
	run "$CGOFUZZ" show "$bundle"
	is "$status" 0 "$arch: a crash is shown"
	like "$out" $'\n#0 [^\n]*planted_null_read[^\n]*\n +\(void\)\*null_pointer;\n' "$arch: with source lines"
	like "$out" $'\n> +0x[0-9a-f]+ [^\n]*<planted_null_read\+0x' "$arch: the instruction is marked"
	like "$out" "text planted_null_read\+0x" "$arch: registers are classified"
	like "$out" "goroutine stack" "$arch: memory words too"
	like "$out" "ends: start of the thread" "$arch: the stack is whole"
	run "$CGOFUZZ" show "$campaign" 1 --json
	is "$(ask '$d->{lanes}[0]{verdict}, $d->{lanes}[0]{bundles} > 0 ? 1 : 0')" "fault 1" "$arch: the lane's verdict"
	is "$(ask 'map { $_->{mnemonic} } grep { $_->{pc} } @{$o->{code}{instructions}}')" \
		"$([ $arch = amd64 ] && echo mov || echo ldr)" "$arch: JSON has the instruction"

	bundle_of $arch heap-overrun
	run "$CGOFUZZ" show "$bundle"
	like "$out" $'\n address of the fault \\((guard|C heap)\\) (0x[0-9a-f]+):\n +0x[0-9a-f]+ ( [0-9a-f-]{2}){16} ' \
		"$arch: memory on this side of an address that could not be used"

	bundle_of $arch argument-leaf
	run "$CGOFUZZ" show "$bundle" --json
	place=$([ $arch = amd64 ] && echo xmm1 || echo x2)
	is "$(ask 'map { "$_->{leaf} $_->{place}" } grep { $_->{failing} } @{$o->{values}}')" "arg1.y $place" \
		"$arch: the failing leaf has its place"
	like "$(ask 'map { $_->{expected} eq $_->{got} ? "same" : "differs" } grep { $_->{failing} } @{$o->{values}}')" \
		"differs" "$arch: and both values"

	bundle_of $arch callee-saved
	run "$CGOFUZZ" show "$bundle"
	like "$out" $'\n> (rbx|rbp|r1[2-5]|x[12][0-9]) [^\n]*DAMAGED: expected 0x[0-9a-f]+, got 0x' \
		"$arch: the damaged register is marked"
	like "$out" $'\nagain: [^ ]*cgofuzz replay ' "$arch: a command to replay"
	like "$out" $'\ndebug: [^ ]*cgofuzz gdb ' "$arch: and one to debug"
done

# What a fault brings is hostile.
printf 'a\033]0;title\007 \xff\xfe\n' >"$bundle/stderr.txt"
run "$CGOFUZZ" show "$bundle"
unlike "$out" $'\033' "terminal escapes are shown as text"
run "$CGOFUZZ" show "$bundle" --json
ok "and JSON stays JSON" perl -MJSON::PP -0777 -ne 'decode_json($_)' "$T/out"

done_testing
