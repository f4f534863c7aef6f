#!/bin/bash
# nightly.t: tests. Regressions, a short night without news, and one with a planted fault in it.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=200

mkdir "$T/regress"
cat >"$T/regress/plain.txt" <<'END'
# nothing ever was wrong with these
lane: amd64
int f(int, double)
[route=callback] struct { float x; short y; } f(char)
END
run "$CGOFUZZ" nightly --arch amd64 --engine libfuzzer --time 3s --seed 3 --regress "$T/regress" \
	--out "$T/quiet"
is "$status" 0 "no news"
like "$err" "1 regressions, 0 not as expected" "the regressions were run"
like "$out" "no news" "and it says so"

echo 'expect: leaf' >>"$T/regress/plain.txt"
run "$CGOFUZZ" nightly --arch amd64 --engine libfuzzer --time 3s --seed 3 --regress "$T/regress" \
	--also planted:null-read --out "$T/loud"
is "$status" 1 "a regression that gives something else, and a planted fault"
like "$out" "1 of 1 regressions do not give what they should" "the regression is news"
like "$out" "new: .*planted_null_read" "the new cluster is named"

echo nonsense >"$T/regress/broken.txt"
run "$CGOFUZZ" nightly --arch amd64 --engine libfuzzer --time 2s --regress "$T/regress" --out "$T/less"
is "$status" 3 "a regression that cannot be read: less than promised"
like "$out" "broken.txt" "it is named"
done_testing
