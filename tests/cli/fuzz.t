#!/bin/bash
# fuzz.t: tests. Campaigns from the command line: wrong use, a clean run, resuming, killing.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=120

run "$CGOFUZZ" fuzz --arch vax
is "$status" 2 "unknown architecture"
like "$err" "amd64, arm64, all" "the valid ones are listed"
run "$CGOFUZZ" fuzz --engine radamsa
is "$status" 2 "unknown engine"
like "$err" "afl, libfuzzer, all" "the valid ones are listed"
run "$CGOFUZZ" fuzz --target nothing
is "$status" 2 "unknown target"
like "$err" "cgo, planted" "the valid ones are listed"
run "$CGOFUZZ" fuzz --target planted:nothing
is "$status" 2 "unknown row of a table"
run "$CGOFUZZ" fuzz --time soon
is "$status" 2 "a time that is none"
run "$CGOFUZZ" fuzz --bogus
is "$status" 2 "unknown option"
like "$err" "--out|out, " "the valid ones are listed"
run "$CGOFUZZ" fuzz --out /proc/nothing/here --time 1s
is "$status" 3 "a directory that cannot be made"
like "$err" "/proc/nothing" "is named"

mkdir "$T/other"
echo mine >"$T/other/file"
run "$CGOFUZZ" fuzz --out "$T/other" --time 1s
is "$status" 2 "a directory that holds something else"
ok "is left as it was" [ "$(ls "$T/other")" = file ]

c=$T/campaign
run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --time 12s --batch-time 2s --batch-cases 16 \
	--seed 5 --out "$c"
is "$status" 0 "a clean run"
like "$err" "campaign $c" "says where it keeps things"
like "$err" "seed +5" "and the seed"
like "$err" "command +cgofuzz fuzz --arch amd64" "and the command"
like "$out" "no faults found|clusters? of faults, new: 0" "finds nothing new"
like "$out" "next: [^ ]*cgofuzz (fuzz --out|reduce|report) $c" "and says what to type next"
unlike "$out" " 0 crossings" "after real crossings"

run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --time 12s --batch-time 6s --batch-cases 8 \
	--turbulence on --misuse --seed 5 --out "$T/misuse"
is "$status" 1 "with --misuse what breaks Go is found"
run grep -rl longjmp-go "$T/misuse" --include=meta.json
run "$CGOFUZZ" triage "$T/misuse"
like "$out" "exitsyscall|SIGABRT|abort" "as what Go's runtime says of it"

run "$CGOFUZZ" status "$c" --json
is "$status" 0 "status of a campaign that has ended"
like "$out" '"state": "ended"' "says so"
batches=$(sed -n 's/.*"batches": \([0-9]*\).*/\1/p' <<<"$out")
ok "more than one batch was run" [ "$batches" -gt 1 ]

run "$CGOFUZZ" fuzz --out "$c" --seed 6 --time 1s
is "$status" 2 "resuming with another seed"
like "$err" "contradicts" "is a contradiction"
run "$CGOFUZZ" fuzz --out "$c" --engine all --time 1s
is "$status" 2 "resuming with other engines"

begin() { # begin COMMAND...: a campaign in the background, back when its engines run
	"$@" fuzz --out "$c" --time 60s >"$T/bg" 2>&1 &
	pid=$!
	for _ in $(seq 100); do
		compgen -G "$c/engines/*/slice-*/recorder" >/dev/null && break
		sleep 0.2
	done
	sleep 1
}

# kill -9 of the supervisor, while it holds the directory
begin "$CGOFUZZ"
run "$CGOFUZZ" fuzz --out "$c" --time 1s
is "$status" 3 "a campaign in use"
like "$err" "held by process $pid" "names the process"
run "$CGOFUZZ" status "$c" --json
like "$out" '"state": "running"' "status says that it runs"
kill -9 $pid
wait $pid 2>/dev/null
sleep 1
# the pattern is this test's own scratch directory
is "$(grep -lsa "CGOFUZZ_DIR=$c" /proc/[0-9]*/environ | wc -l)" 0 "its guests died with it"
run "$CGOFUZZ" status "$c" --json
like "$out" '"state": "failed"' "status says that it was killed"
run "$CGOFUZZ" fuzz --out "$c" --time 2s --json
is "$status" 0 "and it resumes"
like "$out" '"new": 0' "with one document, and no fault made of the killing"

# a closed terminal under nohup, then Ctrl-C
begin nohup "$CGOFUZZ"
kill -HUP $pid
sleep 1
run "$CGOFUZZ" status "$c"
like "$out" ": running" "a campaign under nohup outlives its terminal"
kill -INT $pid
wait $pid
is $? 0 "Ctrl-C is a clean end"
like "$(cat "$T/bg")" "no faults found|clusters? of faults, new: 0" "with its summary"
is "$(compgen -G "$c/engines/*/slice-*" | wc -l)" 0 "and nothing left to collect"

# make hands on what ends it; a script's background job ignores INT, so scripts send TERM
# shellcheck disable=SC2016 # the inner shell's
begin bash -c 'exec make fuzz TIME=60s OUT="$0"' "$c"
kill -TERM $pid
wait $pid
run "$CGOFUZZ" status "$c"
like "$out" ": ended" "TERM to make ends the campaign cleanly"
is "$(compgen -G "$c/engines/*/slice-*" | wc -l)" 0 "and nothing is left to collect"

sed -i 's/"version": 1/"version": 99/' "$c/campaign.json"
run "$CGOFUZZ" fuzz --out "$c" --time 1s
is "$status" 3 "a campaign of another version"
like "$err" "version 99" "says which"
run "$CGOFUZZ" status "$T/nowhere"
is "$status" 2 "status of a directory that is not there"
done_testing
