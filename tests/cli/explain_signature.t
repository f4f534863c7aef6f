#!/bin/bash
# explain_signature.t: tests. How a signature came about, of a bundle whose stack signs it and of one whose leaf does.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", '"$1" "$T/out"; }

run "$CGOFUZZ" explain-signature
is "$status" 2 "no bundle is wrong use"
run "$CGOFUZZ" explain-signature "$T/none"
is "$status" 2 "a bundle that is not there is refused"
mkdir "$T/empty"
run "$CGOFUZZ" explain-signature "$T/empty"
is "$status" 3 "a directory that is no bundle cannot be explained"

TAP_DEADLINE=150
run "$CGOFUZZ" fuzz --target planted:null-read,argument-leaf --arch amd64 --engine libfuzzer --time 3s --seed 5 \
	--out "$T/c"
is "$status" 1 "a small campaign finds faults"
signal=$(find "$T/c/spool" -name '*-signal' | head -n 1) leaf=$(find "$T/c/spool" -name '*-leaf' | head -n 1)
run "$CGOFUZZ" explain-signature "$signal"
is "$status" 0 "a signal is explained"
like "$out" "strict: 2\|signal\|memory\|" "with its signature"
like "$out" "loose: 2\|signal\|[a-z>-]+\|CALLEE" "and the loose one"
like "$out" "planted_null_read +planted_null_read +kept" "a function is kept"
like "$out" "cgofuzz_trampoline +- +dropped: plumbing \(role.def: cgofuzz_\*\)" "plumbing is dropped, by a rule"
like "$out" "boundary \(role.def: runtime.asmcgocall\)" "a boundary stays"
run "$CGOFUZZ" explain-signature "$signal" --json
is "$(ask '$d->{fields}[6]{text} eq $d->{words} ? "same" : "other"')" same "JSON: the stack is the words"
is "$(ask 'join("|", map { $_->{text} } @{$d->{fields}}) eq $d->{signature} ? "whole" : "other"')" whole \
	"JSON: the fields make the signature"
is "$(ask 'join " ", map { $_->{token} // () } @{$d->{tokens}}')" "$(ask '$d->{words}')" \
	"JSON: the tokens of the frames are the words"
run "$CGOFUZZ" explain-signature "$leaf"
is "$status" 0 "a leaf is explained"
like "$out" "class +[a-z0-9]+ +the type of arg[0-9]" "with the leaf it is of"
unlike "$out" "frames:" "and without a stack, which does not sign it"
done_testing
