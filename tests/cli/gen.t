#!/bin/bash
# gen.t: tests. gen prints cases: the same for the same seed, one a line, each a declaration of f.
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" gen --seed 7 --count 20
is "$status" 0 "gen succeeds"
is "$err" "seed 7" "the seed is told first"
is "$(wc -l <<<"$out")" 20 "as many lines as asked for"
is "$(grep -cvE '^(\[route=[a-z]+\] )?(void|struct|enum|signed|unsigned|_Bool|char|short|int|long|float|double).*\)$' <<<"$out")" 0 \
	"each a declaration"
first=$out

run "$CGOFUZZ" gen --seed 0x7 --count=20
is "$out" "$first" "the same seed gives the same cases"
run "$CGOFUZZ" gen --seed 7 --count 5
is "$out" "$(head -5 <<<"$first")" "fewer cases are the first of more"
run "$CGOFUZZ" gen --seed 8 --count 20
ok "another seed gives others" [ "$out" != "$first" ]

run "$CGOFUZZ" gen
is "$status" 0 "a seed is chosen if none is given"
like "$err" "^seed [0-9]+$" "and told"
again=${err#seed }
chosen=$out
run "$CGOFUZZ" gen --seed "$again"
is "$out" "$chosen" "so that it can be run again"

run "$CGOFUZZ" gen --seed 7 --count 2 --json
is "$status" 0 "--json succeeds"
# shellcheck disable=SC2016 # perl's variables
is "$(perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join "\n", $d->{version}, $d->{seed}, @{$d->{cases}}' \
	"$T/out")" "1"$'\n'"7"$'\n'"$(head -2 <<<"$first")" "one document: version, seed, cases"

# populations
run "$CGOFUZZ" gen --seed 7 --count 20 --population plain
is "$out" "$first" "plain is the default"
run "$CGOFUZZ" gen --seed 7 --count 200 --population whole
is "$(wc -l <<<"$out")" 200 "as many of the whole type system"
for word in union _Complex vector_size packed aligned __int128 '\[route=direct\]' typedef ': 0;' _Atomic; do
	like "$out" "$word" "and $word is among it"
done
run "$CGOFUZZ" gen --seed 7 --count 20 --population mixed
ok "mixed is neither" [ "$out" != "$first" ]
run "$CGOFUZZ" gen --population large
is "$status" 2 "another population is wrong use"
like "$err" "plain, whole or mixed" "and the known ones are told"

for bad in "--count 0" "--count x" "--count -1" "--seed" "--seed 1e9" "--seed 18446744073709551616" "extra"; do
	# shellcheck disable=SC2086 # words on purpose
	run "$CGOFUZZ" gen $bad
	is "$status" 2 "gen $bad is wrong use"
	is "$out" "" "and prints no case"
	like "$err" "cgofuzz gen: " "but why"
done

run bash -c '"$0" gen --count 1000 >/dev/full' "$CGOFUZZ"
is "$status" 3 "a full disk is a failure of the environment"
done_testing
