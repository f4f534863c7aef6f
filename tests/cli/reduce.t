#!/bin/bash
# reduce.t: tests. cgofuzz reduce: a planted fault of each architecture, a generated case, a kill in the middle.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=400

# bundle_of DIR KIND: the first bundle of a kind
bundle_of() {
	find "$1/spool" -maxdepth 1 -name "*-$2" | sort | head -1
}
field() { # field FILE EXPRESSION-OF-PERL-ON-$_
	perl -MJSON::PP -0777 -ne "\$_ = decode_json(\$_); print $2" "$1"
}

for arch in amd64 arm64; do
	c=$T/$arch
	run "$CGOFUZZ" fuzz --arch "$arch" --engine libfuzzer --target planted:argument-leaf --time 3s --out "$c"
	is "$status" 1 "$arch: the planted fault is found"
	bundle=$(bundle_of "$c" leaf)
	run "$CGOFUZZ" reduce "$bundle" --json
	is "$status" 0 "$arch: reduce exits 0"
	is "$(field "$T/out" '$_->{after}{steps}')" 1 "$arch: one step is left"
	is "$(field "$T/out" '"$_->{same}/$_->{tries}"')" 3/3 "$arch: it shows every time"
	reduced=$(field "$T/out" '$_->{reduced}')
	is "$reduced" "$c/reduced/$(basename "$bundle")" "$arch: the result lies in the campaign"
	before=$("$CGOFUZZ" show "$bundle" | sed -n 's/^signature: //p')
	is "$("$CGOFUZZ" show "$reduced" | sed -n 's/^signature: //p')" "$before" "$arch: the signature is the bundle's"
	cp -r "$reduced" "$T/alone-$arch"
	ok "$arch: a copy replays without its campaign" "$CGOFUZZ" replay "$T/alone-$arch"
	ok "$arch: nothing is left of the work" test ! -e "$reduced.part"
done

bundle=$(bundle_of "$T/amd64" leaf)
run "$CGOFUZZ" reduce "$bundle"
ok "the second time it is there already" grep -q 'reduced before' "$T/out"
like "$out" $'\nnext: [^ ]*cgofuzz blame ' "the next command is printed"
ok "and the look at it does its job" bash -c "$(sed -n 's/^look: //p' <<<"$out")"

# Killed in the middle, gone on with, other jobs: the same.
"$CGOFUZZ" reduce "$bundle" --out "$T/one" --jobs 1 >"$T/log" 2>&1 &
pid=$!
for _ in $(seq 300); do
	[ -s "$T/one.part/journal" ] && [ "$(wc -l <"$T/one.part/journal")" -ge 2 ] && break
	sleep 0.02
done
kill -9 "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
run "$CGOFUZZ" reduce "$bundle" --out "$T/one" --jobs 1
is "$status" 0 "after a kill it goes on"
run "$CGOFUZZ" reduce "$bundle" --out "$T/two" --jobs 3
is "$status" 0 "with three at once"
for f in plan case; do
	ok "$f is the same, whatever jobs is" cmp "$T/one/$f" "$T/two/$f"
done
is "$(grep -v wall_ms "$T/one/reduce.json")" "$(grep -v wall_ms "$T/two/reduce.json")" "reduce.json, too"

run "$CGOFUZZ" reduce "$(bundle_of "$T/arm64" leaf)" --out "$T/one"
is "$status" 2 "another bundle's directory is refused"
ok "with a word on what to do" grep -q 'choose another --out' "$T/out" "$T/err"
run "$CGOFUZZ" reduce "$T"
is "$status" 3 "what is no bundle is refused"
run "$CGOFUZZ" reduce "$T/nowhere"
is "$status" 2 "a bundle that is not there: wrong use"
rm "$T"/alone-amd64/builds/*/fuzz-*
run "$CGOFUZZ" reduce "$T/alone-amd64"
is "$status" 3 "without its executable: the environment"
done_testing
