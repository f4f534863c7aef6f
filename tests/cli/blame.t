#!/bin/bash
# blame.t: tests. cgofuzz blame: a fault that all lanes share, lanes that are added, what is refused.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=300

# ask EXPRESSION: of the document $d, by perl
ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", '"$1" "$T/out"; }

c=$T/campaign
run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --target planted:argument-leaf --time 3s --out "$c"
is "$status" 1 "the planted fault is found"
bundle=$(find "$c/spool" -maxdepth 1 -name '*-leaf' | sort | head -1)

run "$CGOFUZZ" blame "$bundle" --json --only callee,arch
is "$status" 0 "blame exits 0"
is "$(ask '$d->{verdict}')" undecided "a fault in the exhibit itself: no component decides"
like "$(ask '$d->{words}')" '^no component decides: it happens in all [0-9]+ lanes' "in words, too"
is "$(ask 'grep { $_->{verdict} ne "same" } @{$d->{lanes}}')" "" "every lane shows the same signature"
like "$(ask 'map { $_->{lane} } @{$d->{lanes}}')" 'arm64-' "the other architecture among them"
is "$(ask 'scalar @{$d->{lanes}[0]{changed}}')" 0 "the first lane is the bundle's own"

run "$CGOFUZZ" blame "$bundle" --only settings --lane amd64-O0
is "$status" 0 "with a lane of one's own"
like "$out" '-O0-' "which is tried"
like "$out" 'GOMAXPROCS=1' "beside settings"

run "$CGOFUZZ" triage "$c" --json
run "$CGOFUZZ" blame "$bundle" --only settings
run "$CGOFUZZ" triage "$c" --json
like "$(ask 'map { $_->{blame} // () } @{$d->{clusters}}')" 'no component decides' "triage knows it, too"

run "$CGOFUZZ" reduce "$bundle" --json
reduced=$(ask '$d->{reduced}')
run "$CGOFUZZ" blame "$reduced" --only settings
is "$status" 0 "a reduced bundle will do"

run "$CGOFUZZ" blame "$bundle" --only nonsense
is "$status" 2 "a component that is none"
like "$err" 'wrapper-level' "lists them all"
run "$CGOFUZZ" blame "$bundle" --lane nonsense
is "$status" 2 "a lane that is none"
run "$CGOFUZZ" blame "$T/nowhere"
is "$status" 2 "a bundle that is not there"
done_testing
