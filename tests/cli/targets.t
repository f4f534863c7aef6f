#!/bin/bash
# targets.t: tests. What can be fuzzed, as text and as JSON.
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" targets
is "$status" 0 "targets succeeds"
like "$out" $'(^|\n)cgo  ' "generated cases are a target"
like "$out" $'\n  callee-saved-fp +arm64 +canary ' "a planted fault has its architectures and its oracle"
is "$err" "" "nothing is said besides"

run "$CGOFUZZ" targets --json
is "$status" 0 "targets --json succeeds"
is "$(jq -r '.version, .targets[].name' <<<"$out" | xargs)" "1 cgo planted" "JSON names all targets"
is "$(jq -r '.targets[1].faults[] | select(.name == "direction-flag") | .archs[], .oracle' <<<"$out" | xargs)" \
	"amd64 canary" "JSON has each fault's architectures and oracle"
is "$(jq '[.targets[].faults[] | select((.archs | length) == 0 or .oracle == "none")] | length' <<<"$out")" \
	0 "no fault is without architecture or oracle"

run "$CGOFUZZ" targets planted
is "$status" 2 "an argument is refused"
done_testing
