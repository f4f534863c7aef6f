#!/bin/bash
# triage.t: tests. triage, show and replay: wrong use, nothing there, damaged things.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"

for verb in triage show replay; do
	run "$CGOFUZZ" $verb --help
	is "$status" 0 "$verb --help succeeds"
	like "$out" "Usage: cgofuzz $verb" "$verb --help says how"
	run "$CGOFUZZ" $verb
	is "$status" 2 "$verb without an argument is refused"
	run "$CGOFUZZ" $verb --nonsense x
	is "$status" 2 "$verb with an unknown option is refused"
	run "$CGOFUZZ" $verb "$T/nowhere"
	is "$status" 2 "$verb of what is not there is refused"
done

mkdir -p "$T/c/spool/20260101T000000.000000-1-1-leaf" "$T/c/spool/b"
printf '{"version":' >"$T/c/spool/b/meta.json"
run "$CGOFUZZ" triage "$T/c" --json
is "$status" 0 "damaged bundles do not stop triage"
like "$err" "meta.json:1: .*; moved to quarantine" "they are named"
ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", '"$1" "$T/out"; }
is "$(ask '$d->{version}, $d->{bundles}, $d->{quarantined}, scalar @{$d->{clusters}}')" "1 0 2 0" \
	"JSON counts them"
like "$(cat "$T/c/quarantine/b.reason")" "$T/c/spool/b: meta.json:1: " \
	"the reason lies beside what was moved"
ok "what was moved is whole" test -s "$T/c/quarantine/b/meta.json"
run "$CGOFUZZ" triage "$T/c"
is "$status" 0 "triage again"
is "$err" "" "says nothing of them any more"

mkdir -p "$T/c/spool/meta" "$T/c/spool/recorder"
printf '{"version":99}' >"$T/c/spool/meta/meta.json"
printf '{"version":1}' >"$T/c/spool/recorder/meta.json"
printf 'cgofuzzR\003\000\000\000' >"$T/c/spool/recorder/recorder"
for i in 1 2; do
	run "$CGOFUZZ" triage "$T/c"
	is "$status" 0 "bundles of another version do not stop triage ($i)"
	like "$out" " 2 of another version, " "they are counted"
	like "$err" "2 bundles of $T/c/spool are of another version .*version (99|3), this program reads" "and told of"
done
run "$CGOFUZZ" triage "$T/c" --json
is "$(ask '$d->{bundles}, $d->{quarantined}, $d->{other_version}')" "0 2 2" "JSON has their number"
ok "they stay where they are" test -s "$T/c/spool/meta/meta.json" -a -s "$T/c/spool/recorder/recorder"
rm -r "$T/c/spool/meta" "$T/c/spool/recorder"

run "$CGOFUZZ" show "$T/c" 7
is "$status" 2 "an unknown cluster is refused"
like "$err" "no cluster 7" "and named"
run "$CGOFUZZ" show "$T/c" seven
is "$status" 2 "a cluster that is no number is refused"
run "$CGOFUZZ" show "$T/none/at/all"
is "$status" 2 "a bundle that is not there cannot be shown"
like "$err" "there is no bundle $T/none/at/all" "and is named"

printf '\003\000\341\001\007\000\000\000\004\000\002' >"$T/plan"
run "$CGOFUZZ" show --plan "$T/plan"
is "$status" 0 "a plan that an engine keeps can be shown"
is "$out" $'call 3 depth=1 seed=0x7 captured\ncallback 4 seed=0x0' "as text"
printf '%s\n' "$out" >"$T/plan.text"
run "$CGOFUZZ" show --plan "$T/none"
is "$status" 2 "a plan that is not there is refused"
run "$CGOFUZZ" show --plan --json "$T/plan"
like "$out" '"plan": "call 3 depth=1 seed=0x7 captured' "JSON has the text"
run "$CGOFUZZ" try 'int f(int)' --plan @"$T/plan.text"
is "$status" 0 "and try takes the text"
run "$CGOFUZZ" try 'int f(int)' --plan 'gc times=7'
is "$status" 2 "a plan that is wrong is refused"
like "$err" "<plan>:1:10: error: no such choice" "with place and reason"

printf 'no database at all, but longer than a header needs to be\n' >"$T/c/triage.db"
run "$CGOFUZZ" triage "$T/c"
is "$status" 0 "a damaged database does not stop triage"
like "$err" "was damaged: moved to quarantine" "and is named"
ok "it is moved, not deleted" test -s "$T/c/quarantine/triage.db"

printf -- '- signature: a|b\n  lonk: x\n' >"$T/known"
run "$CGOFUZZ" triage "$T/c" --known-issues "$T/known"
is "$status" 2 "a bad entry of known issues is refused"
like "$err" "known:1: Unexpected key: lonk; an entry has signature and link" "with its number and the keys there are"

run "$CGOFUZZ" triage "$T/c" --known-issues "$T/none"
is "$status" 2 "known issues that are not there are refused"
like "$err" "could not read the known issues of $T/none: No such file" "and named"

mkdir "$T/bundle"
run "$CGOFUZZ" replay "$T/bundle"
is "$status" 3 "a directory that is no bundle cannot be replayed"
like "$err" "meta.json" "and what is missing is named"
run "$CGOFUZZ" replay --tries 0 "$T/bundle"
is "$status" 2 "no tries at all are refused"
done_testing
