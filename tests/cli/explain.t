#!/bin/bash
# explain.t: tests. Layout and places of a case as text and as JSON; no compiler is asked.
. "$(dirname "$0")/../tap.sh"

case='struct { char a; __int128 v; } f(struct { float x; int : 0; float y; }, unsigned long, struct { int b : 3; int c : 7; })'
run "$CGOFUZZ" explain "$case"
is "$status" 0 "explain succeeds"
like "$out" "arm64 \(AAPCS64\)" "both ABIs: arm64"
like "$out" "amd64 \(PSABI\)" "and amd64"
like "$out" "v0: arg0.x bytes 0-3" "leaves are named in their registers"
like "$out" "x8 -> 32 bytes in memory: result.a byte 0, result.v bytes 16-31" "and in memory"
like "$out" "AAPCS64 C.2 \(6.8.2\)" "with rule and section"
like "$out" "\|a\.\.\.\.\.\.\.\.\.\.\.\.\.\.\.\|" "a byte map shows padding"
like "$out" "arg2.c bits 3-9" "bit-fields are given in bits"
like "$out" "clang reads it otherwise" "what a compiler does otherwise is said"
like "$out" "not AAPCS64 hfa.zero" "with the rule that it breaks"
like "$out" "    b {8,}16 {6}16 {7}__int128 v" "a member has its letter of the map beside it"

run "$CGOFUZZ" explain --arch arm64 "$case"
is "$status" 0 "one architecture alone"
unlike "$out" "PSABI" "then nothing of the other"

get() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print eval $ENV{get}; die $@ if $@' "$T/out"; }
run "$CGOFUZZ" explain --json "$case"
is "$status" 0 "--json succeeds"
export get
# shellcheck disable=SC2016 # perl's variables
{
get='join " ", $d->{version}, map { $_->{arch} . " " . $_->{arg_count} } @{$d->{abis}}'
is "$(get)" "1 amd64 3 arm64 3" "one document: version, architectures"
get='$d->{case}'
is "$(get)" "$case" "the case"
get='my ($l) = grep { $_->{leaf} eq "arg0.y" } @{$d->{abis}[1]{args}}; "$l->{type} $l->{offset_bits} $l->{size_bits} $l->{where}[0]{place} $l->{where}[0]{byte} $l->{where}[0]{size} " . ($l->{byref} ? 1 : 0)'
is "$(get)" "float 32 32 v1 0 4 0" "a leaf in a register"
get='my ($l) = grep { $_->{leaf} eq "arg2.c" } @{$d->{abis}[0]{args}}; my $w = $l->{where}[0]; "$w->{place} $w->{byte} $w->{size} $w->{bit} $w->{bits}"'
is "$(get)" "rdx 0 2 3 7" "a bit-field"
get='join " ", map { "$_->{leaf} $_->{where}[0]{place} $_->{where}[0]{byte} " . ($_->{byref} ? 1 : 0) } @{$d->{abis}[0]{result}}'
is "$(get)" "result.a rdi 0 1 result.v rdi 16 1" "a result in memory"
get='my $t = $d->{abis}[1]{types}[0]; join " ", $t->{size}, $t->{align}, map { "$_->{name} $_->{offset_bits} $_->{size_bits}" } @{$t->{fields}}'
is "$(get)" "32 16 a 0 8 v 128 128" "types with their fields"
get='scalar grep { $_ eq "AAPCS64 C.2" } @{$d->{abis}[1]{rules}}'
is "$(get)" 1 "rules"
get='my ($o) = @{$d->{abis}[1]{otherwise}}; join " ", $o->{reader}, $o->{rules}[0]{rule}, $o->{rules}[0]{instead}, $o->{args}[1]{leaf}, $o->{args}[1]{where}[0]{place}'
is "$(get)" "clang AAPCS64 hfa.zero an aggregate with one is not homogeneous arg0.y x0" "what a compiler does otherwise"
get='scalar @{$d->{abis}[0]{otherwise}}'
is "$(get)" 0 "and that none does"
get='my $bad = 0; for my $a (@{$d->{abis}}) { for my $l (@{$a->{args}}, @{$a->{result}}) { my $n = 0; $n += $_->{bits} // 8 * $_->{size} for @{$l->{where}}; $bad += $n != $l->{size_bits} } } $bad'
is "$(get)" 0 "pieces cover each leaf once"
}

printf '# two cases\nvoid f(int)\n\nint f(char)\n' >"$T/cases"
run "$CGOFUZZ" explain "@$T/cases"
is "$status" 0 "cases of a file"
is "$(grep -c '^amd64' <<<"$out")" 2 "each is explained"
run "$CGOFUZZ" explain --json "@$T/cases"
is "$status" 2 "--json takes one case at a time"
is "$out" "" "and prints nothing then"
printf 'void f(int)\n' >"$T/cases"
run "$CGOFUZZ" explain --json "@$T/cases"
is "$status" 0 "and takes that from a file too"
printf 'void f(\0int)\n' >"$T/cases"
run "$CGOFUZZ" explain "@$T/cases"
is "$status" 2 "a NUL byte does not end a file"
like "$err" "cases line 1:1:8: error: a NUL byte in the case" "it is told"
run "$CGOFUZZ" explain --arch arm64 '[route=pointer] double f(struct { double x; })'
like "$out" "v0: arg0.x.*on the route pointer pointers to these cross instead.*x0: arg0 bytes" "what crosses on the route"
run "$CGOFUZZ" explain 'void f(foo)'
is "$status" 2 "a case that cannot be read is wrong use"
like "$err" "unknown type 'foo'" "with the parser's words"
run "$CGOFUZZ" explain
is "$status" 2 "no case is wrong use"
run "$CGOFUZZ" explain --arch sparc 'void f(int)'
is "$status" 2 "an unknown architecture is wrong use"
like "$err" "amd64" "the valid ones are named"
run "$CGOFUZZ" explain "@$T/none"
is "$status" 2 "a file that is not there is wrong use"
done_testing
