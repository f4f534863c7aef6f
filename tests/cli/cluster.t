#!/bin/bash
# cluster.t: tests. What a person decides about clusters: wrong use, and a small campaign's clusters.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", '"$1" "$T/out"; }

run "$CGOFUZZ" cluster
is "$status" 2 "no action is wrong use"
run "$CGOFUZZ" cluster merj "$T"
is "$status" 2 "an unknown action is refused"
like "$err" "did you mean 'merge'" "and the nearest is named"
run "$CGOFUZZ" cluster merge "$T" 1
is "$status" 2 "merging nothing is refused"
like "$err" "merge DIR INTO ID" "with how it is done"
run "$CGOFUZZ" cluster label "$T" one text
is "$status" 2 "a cluster that is no number is refused"
run "$CGOFUZZ" cluster split "$T" 1 --lane a --arch b
is "$status" 2 "two columns at once are refused"
run "$CGOFUZZ" cluster log "$T"
is "$status" 2 "a directory without a database is refused"
like "$err" "has no clusters yet: run" "with what to run"

TAP_DEADLINE=150
run "$CGOFUZZ" fuzz --target planted:null-read,argument-leaf,callee-saved --arch amd64 --engine libfuzzer \
	--time 3s --seed 5 --out "$T/c"
is "$status" 1 "a small campaign finds faults"
run "$CGOFUZZ" triage --json --no-replay "$T/c"
first=$(ask '$d->{clusters}[0]{id}') second=$(ask '$d->{clusters}[1]{id}')
like "$(ask '$d->{clusters}[0]{first_seen}')" '^20[0-9-]+T' "a cluster knows when it was first seen"
before=$(ask 'scalar @{$d->{clusters}}')
member=$(ask '$d->{clusters}[0]{members}[0]')

run "$CGOFUZZ" cluster merge "$T/c" "$first" "$second"
is "$status" 0 "two clusters are merged"
like "$out" "bundles moved; to take it back: cgofuzz cluster undo $T/c 1" "with the way back"
run "$CGOFUZZ" triage --json --no-replay "$T/c"
is "$(ask 'scalar @{$d->{clusters}}')" "$((before - 1))" "there is one less"
run "$CGOFUZZ" show "$T/c" "$second"
is "$status" 2 "the one that is gone is none"
run "$CGOFUZZ" cluster undo "$T/c"
is "$status" 0 "undo takes it back"
run "$CGOFUZZ" cluster label "$T/c" "$first" $'mine\033[31m'
is "$status" 0 "a cluster is labelled"
run "$CGOFUZZ" cluster link "$T/c" "$first" https://example.org/7
run "$CGOFUZZ" cluster ignore "$T/c" "$second"
run "$CGOFUZZ" triage --no-replay "$T/c"
like "$out" 'mine\\x1b\[31m \(label\)' "triage shows the label, safe for a terminal"
like "$out" "known: https://example.org/7" "and the link"
like "$out" "ignored" "and what is ignored"
run "$CGOFUZZ" cluster split "$T/c" "$first" "$member" --json
is "$(ask '$d->{moved}, $d->{decisions}[0]{action}, $d->{decisions}[0]{field}')" "1 split bundle" "JSON of a split"
run "$CGOFUZZ" cluster split "$T/c" "$first" --arch amd64
is "$status" 2 "a split that would move every bundle is refused"
like "$err" "every bundle of cluster $first has arch amd64" "and says so"
run "$CGOFUZZ" cluster log "$T/c" --json
is "$(ask 'map({ $_->{action} } @{$d->{decisions}}), $d->{decisions}[0]{undone_by}')" \
	"merge undo label link ignore split 2" "the log has all of it"
done_testing
