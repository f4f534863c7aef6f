#!/bin/bash
# cover.t: tests. cgofuzz cover: what corpora and campaigns exercise of the rule book; make shapes.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=120

run "$CGOFUZZ" cover
is "$status" 0 "the corpus that ships"
like "$out" "corpus/shapes: [0-9]+ cases" "is the default, and is named"
like "$out" "amd64" "with one ABI"
like "$out" "arm64" "and the other"
like "$out" "rules +[0-9]+ of +[0-9]+ known to be reachable \(100.0 %\)" "it reaches all that is known"
like "$out" "missing: PSABI return.m64 double" "what no case reaches is named"
like "$out" "never MEMORY" "and why"
like "$out" "[1-9][0-9]* that none can, 0 that none is known to reach" "for pairs too"
run "$CGOFUZZ" cover --missing
like "$out" "result.x0 with AAPCS64 result.hfa: a case has one result" "--missing names each pair and why"

printf '# a comment\n\nvoid f(float)\n[route=callback] int f(int)\n' >"$T/two.txt"
run "$CGOFUZZ" cover --corpus "$T/two.txt"
is "$status" 0 "cases of a file"
like "$out" "two.txt: 2 cases" "are counted"
like "$out" "missing: AAPCS64 C.2 " "and what they miss is named"
unlike "$out" "missing: AAPCS64 C.1 \(" "and nothing else"
mkdir "$T/dir"
cp "$T/two.txt" "$T/dir/a.txt"
echo 'void f(struct { float x, y; })' >"$T/dir/b.txt"
echo 'no case' >"$T/dir/notes"
run "$CGOFUZZ" cover --corpus "$T/dir"
like "$out" "dir: 3 cases" "of a directory those in *.txt"
unlike "$out" "missing: AAPCS64 C.2 " "all of them together"

run "$CGOFUZZ" cover --corpus "$T/nowhere"
is "$status" 2 "a corpus that is not there"
like "$err" "nowhere is not there" "is named"
echo 'void f(struct {' >"$T/dir/c.txt"
run "$CGOFUZZ" cover --corpus "$T/dir"
is "$status" 2 "a line that is no case"
like "$err" "c.txt" "its file is named"
: >"$T/empty.txt"
run "$CGOFUZZ" cover --corpus "$T/empty.txt"
is "$status" 2 "no case at all"
run "$CGOFUZZ" cover --campaign "$T"
is "$status" 2 "a directory that is no campaign"
run "$CGOFUZZ" cover --corpus "$T/two.txt" --campaign "$T"
is "$status" 2 "both at once"
run "$CGOFUZZ" cover "$T/two.txt"
is "$status" 2 "a word that is no option"

# a campaign draws from the corpus, keeps what it drew, and resumes with it
c=$T/campaign
run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --time 3s --batch-time 30s --batch-cases 8 --seed 5 \
	--population whole --mix 6:1:1 --out "$c"
ok "a campaign over the whole type system runs" [ "$status" -le 1 ]
ok "its cases are there" [ -s "$c/cases/000000.txt" ]
run "$CGOFUZZ" cover --campaign "$c"
is "$status" 0 "cover of a campaign"
like "$out" "rules +[0-9]{2} of" "reaches tens of rules with a few cases"
run "$CGOFUZZ" fuzz --out "$c" --mix 1:1:1 --time 1s
is "$status" 2 "another mix is a contradiction"
like "$err" "has 6:1:1, asked for is 1:1:1" "which is told"
run "$CGOFUZZ" fuzz --mix 1:1 --time 1s
is "$status" 2 "a mix that is none"

# the same seed and runs give the same file
if [ -x build/cgofuzz-shapes ]; then
	for n in 1 2; do
		run build/cgofuzz-shapes --seed 3 --runs 3000 --out "$T/shapes$n.txt"
		is "$status" 0 "the shape loop runs"
	done
	ok "and the same seed gives the same cases" cmp "$T/shapes1.txt" "$T/shapes2.txt"
	run "$CGOFUZZ" cover --corpus "$T/shapes1.txt"
	is "$status" 0 "which cover reads"
	run build/cgofuzz-shapes --seed 4 --time 1s --out "$T/shapes3.txt"
	like "$(head -3 "$T/shapes3.txt")" "make shapes SEED=4 RUNS=[1-9]" "a run by time says how many runs it was"
	run build/cgofuzz-shapes
	is "$status" 2 "without a file it does nothing"
else
	skip "the shape loop" "build/cgofuzz-shapes is not built: make build/cgofuzz-shapes"
fi
done_testing
