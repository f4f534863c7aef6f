#!/bin/bash
# symbols.t: tests. Executables that kill elfutils, or make it want more than there is: the bundle is taken in, its stack
# says why it has no symbols.
. "$(dirname "$0")/../tap.sh"

c=$T/campaign
run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --target planted:null-read --time 2s --out "$c"
is "$status" 1 "a campaign that finds something"
exes=("$c"/builds/*/fuzz-libfuzzer)
bundles=("$c"/spool/2*)

# 200,000 blocks, each within the one before: libdw goes down them by recursion
cat >"$T/deep.S" <<'END'
	.globl _start
	.text
	.type _start, @function
_start:	ret
	.zero 0xc00000
	.size _start, . - _start
	.section .debug_info, "", @progbits
	.long 2f - 1f
1:	.value 4
	.long abbrev
	.byte 8, 1
	.quad _start, 0xc00000
	.rept 200000
	.byte 2
	.quad _start, 0xc00000
	.endr
	.zero 200001
2:
	.section .debug_abbrev, "", @progbits
abbrev:	.byte 1, 0x11, 1, 0x11, 1, 0x12, 7, 0, 0
	.byte 2, 0x0b, 1, 0x11, 1, 0x12, 7, 0, 0, 0
END
gcc -nostdlib -static -Wl,-Ttext-segment=0x3ff000 -o "$T/deep" "$T/deep.S"

# 20,000 symbols, all of one name of 4,095 bytes
perl -e '
	my ($name, $count) = ("n" x 4095, 20000);
	my $names = "\0$name\0";
	my $symbols = ("\0" x 24) . (pack("V C C v Q Q", 1, 2, 0, 1, 0x1000, 1) x $count);
	my $at = 64 + 4 * 64;
	sub section { pack("V V Q Q Q Q V V Q Q", @_) }
	print "\x7fELF\2\1\1", "\0" x 9, pack("v v V Q Q Q V v v v v v v", 3, 62, 1, 0, 0, 64, 0, 64, 56, 0, 64, 4, 0),
		"\0" x 64, section(0, 1, 6, 0x1000, 64, 0, 0, 0, 1, 0),
		section(0, 2, 0, 0, $at, length $symbols, 3, 1, 8, 24),
		section(0, 3, 0, 0, $at + length $symbols, length $names, 0, 0, 1, 0), $symbols, $names;' >"$T/many"
head -c 100000 /dev/urandom >"$T/noise"
head -c 100000 "${exes[0]}" >"$T/cut"
: >"$T/empty"

# triaged_with FILE REGEX: every bundle is there, its stack says so
triaged_with() {
	for exe in "${exes[@]}"; do
		cp "$T/$1" "$exe"
	done
	rm -f "$c"/triage.db* "$c"/spool/*/stack.txt
	run timeout 60 "$CGOFUZZ" triage "$c" --no-replay
	is "$status" 0 "$1: triage goes to its end"
	is "$(sqlite3 "$c/triage.db" 'SELECT count(*) FROM bundle WHERE cluster IS NOT NULL')" "${#bundles[@]}" \
		"$1: every bundle has a cluster"
	ok "$1: none is in quarantine" [ -z "$(ls "$c/quarantine" 2>/dev/null)" ]
	[ -z "$2" ] || like "$(cat "${bundles[0]}/stack.txt")" "symbols refused: fuzz-libfuzzer: $2" "$1: the stack says why"
	run "$CGOFUZZ" show "${bundles[0]}"
	is "$status" 0 "$1: and can be shown"
}
triaged_with deep "its reader died: signal 11"
like "$out" "symbols refused.*signal 11" "with the reason"
triaged_with many "its reader wanted more than 256 MB of memory"
triaged_with noise "it is no ELF file"
triaged_with empty "it is no ELF file"
triaged_with cut ""
done_testing
