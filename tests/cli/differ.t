#!/bin/bash
# differ.t: tests. A campaign of two lanes compares them: a difference is found, stored with both, replayed in both.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"

c=$T/campaign
run "$CGOFUZZ" fuzz --json --target turbulent:order-of-callbacks --lane amd64-O1,amd64-O2 --engine libfuzzer \
	--seed 1 --jobs 1 --time 12s --out "$c"
is "$status" 1 "a difference between lanes is a fault"
# ask EXPRESSION: of the document $d, by perl
ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", '"$1" "$T/out"; }
# What the default lane is known for shows here as in any campaign, and what was slow once on a starved machine.
is "$(ask 'map { $_->{kind} } grep { $_->{verdict} eq "confirmed" } @{$d->{clusters}}')" \
	"differential" "it is one cluster, confirmed by replays on both paths"
is "$(ask '$d->{status}{compared} > 0, $d->{status}{differences} > 0')" "1 1" "status counts what was compared"
bundle=$(ask 'map { $_->{bundle} } grep { $_->{kind} eq "differential" } @{$d->{clusters}}')
id=$(ask 'map { $_->{id} } grep { $_->{kind} eq "differential" } @{$d->{clusters}}')

run "$CGOFUZZ" show "$c" "$id"
is "$status" 0 "show succeeds"
like "$out" $'\nbeside lane: amd64-gcc12-gcc12-O2-' "and names the other lane"
like "$out" $'\n  says: steps are done in another order\n' "what differs"
like "$out" $'\n> ' "and the step, marked in the plan"
run "$CGOFUZZ" replay "$bundle"
is "$status" 0 "replay sees it again"

run "$CGOFUZZ" triage --json "$c"
is "$(ask 'map { /-(O.)-/ } map { @{$_->{lanes}} } grep { $_->{kind} eq "differential" } @{$d->{clusters}}')" 	"O1 O2" "triage names both lanes"
rm -r "${c:?}"/builds/*/fuzz-plain
run "$CGOFUZZ" replay "$bundle"
is "$status" 3 "without its executables it cannot be replayed"
like "$err" 'fuzz-plain is not there' "which is said"
done_testing
