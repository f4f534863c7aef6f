#!/bin/bash
# targets.t: tests. What can be fuzzed, as text and as JSON.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" targets
is "$status" 0 "targets succeeds"
like "$out" $'(^|\n)cgo  ' "generated cases are a target"
like "$out" $'\n  callee-saved-fp +arm64 +canary ' "a planted fault has its architectures and its oracle"
like "$out" $'\n  small-in-memory +amd64,arm64 +capture ' "the capture oracle has exhibits"
like "$out" $'\n  wrapper-layout +amd64,arm64 +layout ' "and the layout oracle one of each side"
is "$err" "" "nothing is said besides"

run "$CGOFUZZ" targets --json
is "$status" 0 "targets --json succeeds"
# ask EXPRESSION: of the document $d, by perl
ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", '"$1" "$T/out"; }
is "$(ask '$d->{version}, map { $_->{name} } @{$d->{targets}}')" "1 cgo planted turbulent" \
	"JSON names all targets"
is "$(ask 'map { @{$_->{archs}}, $_->{oracle} } grep { $_->{name} eq "direction-flag" }
	@{$d->{targets}[1]{faults}}')" "amd64 canary" "JSON has each fault's architectures and oracle"
is "$(ask 'map { $_->{name} } grep { !@{$_->{archs}} || $_->{oracle} eq "none" }
	map { @{$_->{faults}} } @{$d->{targets}}')" "" "no fault is without architecture or oracle"

run "$CGOFUZZ" targets planted
is "$status" 2 "an argument is refused"
done_testing
