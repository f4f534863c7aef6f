#!/bin/bash
# lanes.t: tests. What can be built here.
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" lanes
is "$status" 0 "some lane can be built"
like "$out" $'\n  amd64-gcc12-gcc12-O1-wO0-go[0-9.]+\n' "the default lane among them"
like "$out" $'\n  arm64-gcc12-gcc12-O1-wO0-go[0-9.]+-qemu[0-9.]+\n' "and its twin"
like "$out" "pairs" "named sets are listed"
run "$CGOFUZZ" lanes --json
ok "--json is one document" perl -MJSON::PP -0777 -ne \
	'$d = decode_json($_); exit !($d->{version} == 1 && grep { $_->{ready} } @{$d->{lanes}})' "$T/out"
run "$CGOFUZZ" lanes --probe
is "$status" 0 "a lane says what it can carry"
like "$out" $'\nlong double +direct ' "what Go has no type for goes from C to C only"
like "$out" $'\nbit-field +opaque ' "what has no name in Go is opaque"
like "$out" $'\nstruct  +name ' "and the rest has names"
run "$CGOFUZZ" lanes --probe --json
ok "as one document, from the cache" perl -MJSON::PP -0777 -ne \
	'$d = decode_json($_); %t = map { $_->{type} => $_->{routes} } @{$d->{types}};
	exit !($t{"vector"}{call}{way} eq "only direct" && $t{"vector"}{call}{why} && $t{struct}{errno}{way} eq "by name")' "$T/out"
run "$CGOFUZZ" lanes --probe=nonesuch
is "$status" 2 "a lane that is none is wrong use"
run "$CGOFUZZ" lanes fetch
is "$status" 2 "fetch wants a release"
run "$CGOFUZZ" lanes fetch go0.9
is "$status" 2 "which must be one"
like "$err" "go1.22.5" "as in"
if pinned_go; then
	run "$CGOFUZZ" lanes fetch "$(cat harness/lane/go_pin)" --json
	is "$status" 0 "the pinned release is here"
else
	skip "the pinned release is here" "no module proxy: $("$(cat build/go-root)/bin/go" env GOVERSION) stands in"
fi
run "$CGOFUZZ" lanes list
is "$status" 2 "an unknown word is wrong use"
done_testing
