#!/bin/bash
# verbs.t: tests. The front of the program: help, unknown verbs, unknown options.
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ"
is "$status" 2 "no verb is wrong use"
like "$err" "Usage: cgofuzz VERB" "and shows the usage"

run "$CGOFUZZ" help
is "$status" 0 "help is no error"
mapfile -t verbs < <(sed -nE 's/^COMMAND(\(|_NAMED\([a-z_]*, ")([a-z-]*).*/\2/p' harness/cli/command.def)
for verb in "${verbs[@]}"; do
	like "$out" "  $verb +[a-z]" "help lists $verb"
	run "$CGOFUZZ" "$verb" --help
	is "$status" 0 "$verb --help is no error"
	like "$out" "--json" "$verb has --json"
	run "$CGOFUZZ" "$verb" --no-such-option
	is "$status" 2 "$verb refuses an unknown option"
	like "$err" "valid: .*json" "and lists the valid ones"
	run "$CGOFUZZ" help
done

run "$CGOFUZZ" --version
like "$out" "^cgofuzz [0-9]" "--version names the program"

run "$CGOFUZZ" docter
is "$status" 2 "an unknown verb is wrong use"
like "$err" "did you mean 'doctor'" "and the nearest is named"
like "$err" "valid: .*doctor" "and the valid ones are listed"

run bash -c '"$0" help >/dev/full' "$CGOFUZZ"
is "$status" 3 "output that cannot be written is a failure of the environment"
done_testing
