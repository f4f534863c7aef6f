#!/bin/bash
# json.t: tests. --json of every verb: one document on standard output, as docs/json.md shows it.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=120

# The names in docs/json.md, as "VERB path path ..."; those of a run must be the same.
cat >"$T/names.pl" <<'END_PERL'
use strict;
use JSON::PP;
my %names;
sub walk {
	my ($value, $at, $into) = @_;
	if (ref $value eq 'HASH') {
		for (keys %$value) { $into->{"$at.$_"} = 1; walk($value->{$_}, "$at.$_", $into) }
	} elsif (ref $value eq 'ARRAY') {
		walk($_, "$at\[]", $into) for @$value;
	}
}
my ($verb, $doc_file, $out_file) = @ARGV;
local $/;
open my $d, '<', $doc_file or die; my $doc = <$d>;
open my $o, '<', $out_file or die;
my ($section) = $doc =~ /^## \Q$verb\E\n(.*?)(?=^## |\z)/ms or die "no section $verb";
my ($example) = $section =~ /```json\n(.*?)```/s or die "no example of $verb";
my (%want, %got);
walk(decode_json($example), '', \%want);
my $got = decode_json(<$o>); # dies of anything but one document
die "version\n" unless $got->{version} == 1;
walk($got, '', \%got);
for (sort keys %want) { print "missing $_\n" unless $got{$_} }
# an example may be cut short where another section has the whole
for (sort keys %got) { print "not written down $_\n" unless $want{$_} || /^\.(status|campaigns\[\])\./ }
END_PERL

# document VERB STATUS ARGUMENT...: runs it with --json; the shape is the written one
document() {
	local verb=$1 wanted=$2
	shift 2
	run "$CGOFUZZ" "$verb" "$@" --json
	is "$status" "$wanted" "$verb --json exits $wanted"
	is "$(perl "$T/names.pl" "$verb" docs/json.md "$T/out" 2>&1)" "" "$verb --json is one document, the written one"
}

c=$T/campaign
document gen 0 --seed 7 --count 3
document targets 0
document doctor 0
document lanes 0
document cover 0
document emit 0 'int f(int)' --dir "$T/repro"
document try 1 --target planted argument-leaf
document fuzz 1 --arch amd64 --engine libfuzzer --target planted:argument-leaf --time 3s --out "$c"
document status 0 "$c"
printf 'panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/x.go:1 +0x1\n' >"$T/crash.txt"
document import 2 --out "$T/elsewhere" "$T/crash.txt" README.md
document triage 0 "$c"
document report 0 "$c"
document show 0 "$c" 1
bundle=$(perl -MJSON::PP -0777 -ne 'print decode_json($_)->{bundle}' "$T/out")
document show 0 "$bundle"
document stacks 0 --lane amd64 --plan 'gc'
document replay 0 "$bundle" --tries 1
if command -v gdb >/dev/null; then document gdb 0 "$bundle"; fi
document reduce 0 "$bundle"
document blame 0 "$bundle" --only settings
mkdir "$T/regress"
printf 'lane: amd64\nint f(int)\n' >"$T/regress/one.txt"
document nightly 0 --arch amd64 --engine libfuzzer --time 3s --regress "$T/regress" --out "$T/night"

mapfile -t verbs < <(sed -nE 's/^COMMAND(\(|_NAMED\([a-z_]*, ")([a-z-]*).*/\2/p' harness/cli/command.def)
for verb in "${verbs[@]}"; do
	ok "docs/json.md has a section of $verb" grep -qx "## $verb" docs/json.md
done

# What goes wrong leaves standard output a document, or empty.
for wrong in "fuzz --arch vax" "nightly --arch vax" "status $T/nowhere" "triage $T/nowhere" "report $T/nowhere" "show $c 99" \
	"try void" "emit void --dir $T/x" "lanes fetch go0" "gen --count 0" "replay $T"; do
	# shellcheck disable=SC2086 # words on purpose
	run "$CGOFUZZ" $wrong --json
	ok "$wrong fails" [ "$status" = 2 -o "$status" = 3 ]
	is "$out" "" "$wrong prints no half document"
done
run "$CGOFUZZ" try 'void f(int)' --lane gcc99 --json
is "$status" 3 "a lane that cannot be built here"
ok "leaves a document without results" perl -MJSON::PP -0777 -ne 'exit !!@{decode_json($_)->{results}}' "$T/out"
run "$CGOFUZZ" fuzz --lane amd64-gcc99 --time 1s --out "$T/failed" --json
is "$status" 3 "a campaign that cannot begin"
ok "has a document that says so" perl -MJSON::PP -0777 -ne 'exit(decode_json($_)->{status}{state} ne "failed")' "$T/out"
run "$CGOFUZZ" status "$T/failed" --json
is "$status" 0 "its status can be asked for"
ok "and has the reason" perl -MJSON::PP -0777 -ne 'exit(decode_json($_)->{reason} !~ /gcc-99 is not installed/)' "$T/out"

# A path need not be UTF-8, JSON must be.
odd=$T/$'\xff'
run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --target planted:argument-leaf --time 2s --out "$odd" --json
is "$status" 1 "a campaign in a directory that is not UTF-8"
ok "has its document" perl -MJSON::PP -0777 -ne 'exit !@{decode_json($_)->{clusters}}' "$T/out"
for verb in status triage; do
	run "$CGOFUZZ" $verb "$odd" --json
	ok "$verb of it too" perl -MJSON::PP -0777 -ne 'decode_json($_)' "$T/out"
done
done_testing
