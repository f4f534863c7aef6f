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

# A thousand clusters, a tenth of them with text that would do harm if it were more than text
if [ ! -x build/cgofuzz-bench ]; then
	skip "a thousand clusters" "build/cgofuzz-bench is not built (make build/cgofuzz-bench)"
	done_testing
fi
big="$T/week <script>"
run build/cgofuzz-bench "report:$big"
is "$status" 0 "a campaign of a thousand clusters is made"
run "$CGOFUZZ" report "$big" --json --html "$T/r.html" --sarif "$T/r.sarif" --markdown "$T/r.md" --junit "$T/r.xml"
is "$status" 0 "all forms at once"
is "$err" "" "without a word"
is "$(perl -MJSON::PP -0777 -ne '$d = decode_json($_); print scalar @{$d->{clusters}}' "$T/out")" 1000 "JSON has all clusters"
ok "the page has less than 5 MB" [ "$(stat -c %s "$T/r.html")" -lt 5000000 ]
ok "no text of a fault stands in the page's markup" perl -0777 -ne 'exit !!/owned/' "$T/r.html"
run "$CGOFUZZ" report "$big" --json
cp "$T/out" "$T/again"
run "$CGOFUZZ" report "$big" --json
ok "twice the same" cmp "$T/out" "$T/again"

if command -v xmllint >/dev/null; then
	run xmllint --noout "$T/r.xml"
	is "$status" 0 "JUnit is well-formed"
	is "$(xmllint --xpath 'count(//testsuite)' "$T/r.xml")" 8 "with a suite for each lane"
	is "$(xmllint --xpath 'sum(//testsuite/@failures) = count(//failure)' "$T/r.xml")" true "that counts its failures"
	is "$(xmllint --xpath 'sum(//testsuite/@tests) = count(//testcase)' "$T/r.xml")" true "and its cases"
else
	skip "JUnit is well-formed" "xmllint is not installed (.ci/setup test)"
fi

# Hostile text is in code: between fences that it cannot end, or in spans.
ok "Markdown has hostile text in code only" perl -ne '
	if (/^(`{3,})\w*$/ && (!$fence || length $1 >= length $fence)) { $fence = $fence ? "" : $1; next }
	next if $fence;
	s/(`+)(?!`).*?(?<!`)\1(?!`)//g;
	$bad .= $_ if /owned|<script/;
	END { print STDERR $bad; exit !!$bad }' "$T/r.md"

# The schema is OASIS's own (errata 01); this module carries its text.
schema() {
	(cd / && GOFLAGS=-mod=mod GOTOOLCHAIN=local "$(cat "$OLDPWD/build/go-root")/bin/go" mod download -json \
		github.com/owenrumney/go-sarif/v3@v3.3.1) 2>"$T/err" |
		perl -MJSON::PP -0777 -ne 'print decode_json($_)->{Dir}, "/pkg/report/v210/sarif/schema.go"'
}
cat >"$T/validate.pl" <<'END_PERL'
use strict;
use JSON::PP;
use JSON::Validator;
sub slurp { local $/; open my $f, '<', shift or die; <$f> }
my ($schema) = slurp($ARGV[0]) =~ /`(.*)`/s;
my $v = JSON::Validator->new->schema(decode_json($schema));
$v->formats->{'uri-reference'} = sub { $_[0] =~ m{^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*$} ? undef : 'no URI' };
my $report = decode_json(slurp($ARGV[1]));
splice @{$report->{runs}[0]{results}}, 100; # it is slow, and they are made alike
my @errors = $v->validate($report);
print "$_\n" for @errors;
exit !!@errors;
END_PERL
if ! perl -MJSON::Validator -e 1 2>/dev/null; then
	skip "SARIF is valid" "JSON::Validator is not installed (.ci/setup test)"
elif ! file=$(schema) || [ ! -s "$file" ]; then
	skip "SARIF is valid" "the module with the schema cannot be fetched: $(tail -n 1 "$T/err")"
else
	run perl "$T/validate.pl" "$file" "$T/r.sarif"
	is "$status" 0 "SARIF is valid by the schema of OASIS"
	perl -pi -e 's/"version": "2.1.0"/"version": "9"/' "$T/r.sarif"
	run perl "$T/validate.pl" "$file" "$T/r.sarif"
	is "$status" 1 "which refuses another version"
fi
done_testing
