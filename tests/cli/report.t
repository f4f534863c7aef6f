#!/bin/bash
# report.t: tests. report: wrong use, nothing there, the forms of a campaign with clusters of hostile text.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" report --help
is "$status" 0 "--help succeeds"
like "$out" "Usage: cgofuzz report" "and says how"
run "$CGOFUZZ" report
is "$status" 2 "a report of nothing is refused"
run "$CGOFUZZ" report "$T/nowhere"
is "$status" 2 "a campaign that is not there is refused"
like "$err" "$T/nowhere" "and named"
mkdir -p "$T/c/spool"
run "$CGOFUZZ" report "$T/c"
is "$status" 2 "a campaign without clusters is refused"
like "$err" "cgofuzz triage $T/c" "and what to run is said"
run "$CGOFUZZ" triage "$T/c"
run "$CGOFUZZ" report "$T/c" --json --html -
is "$status" 2 "two documents to standard output are refused"
run "$CGOFUZZ" report "$T/c" --known-issues "$T/none"
is "$status" 2 "known issues that are not there are refused"

run "$CGOFUZZ" report "$T/c"
is "$status" 0 "a campaign without a fault has a report"
is "$out" "$T/c/report.html" "beside its clusters"
run "$CGOFUZZ" report "$T/c" --html "$T/no/such/dir.html"
is "$status" 3 "a place that cannot be written to is an error"
like "$err" "$T/no/such" "that is named"

done_testing
