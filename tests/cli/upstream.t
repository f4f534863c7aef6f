#!/bin/bash
# upstream.t: tests. emit --bundle: plain reproducers that show a bundle's fault, and those that do not.
. "$(dirname "$0")/../tap.sh"
export TAP_DEADLINE=300

# bundle_of ARCH EXHIBIT: sets $bundle to one that a short campaign has found
bundle_of() {
	local c=$T/$1-$2 all
	# Again, longer, where a busy machine was too slow.
	for seconds in 4 10 20; do
		run "$CGOFUZZ" fuzz --arch "$1" --engine libfuzzer --target "planted:$2" --time ${seconds}s --out "$c"
		[ "$status" != 0 ] || continue
		break
	done
	is "$status" 1 "$2 is found on $1"
	all=("$c"/spool/2*)
	bundle=${all[0]}
}
GO=$(cat build/go-root)/bin/go

for arch in amd64 arm64; do
	for exhibit in argument-leaf callee-saved go-panic; do
		bundle_of $arch $exhibit
		d=$T/upstream-$arch-$exhibit
		run "$CGOFUZZ" emit --bundle "$bundle" --dir "$d"
		is "$status" 0 "$arch $exhibit: a plain program shows it"
		ok "$arch $exhibit: with nothing of the harness" \
			bash -c "! grep -rqi cgofuzz '$d'/main.go '$d'/case.c '$d'/case.h '$d'/Makefile"
		is "$(find "$d" -mindepth 1 -printf '%f\n' | grep -cvxE 'main.go|case.c|case.h|Makefile|README|check.S|stub.S')" 0 \
			"$arch $exhibit: a few files"
		like "$(cat "$d/README")" $'## Output\n.*## Versions\n.*go version go' "$arch $exhibit: an issue's text"
		run make -s -C "$d" GO="$GO" GOFLAGS= GOTOOLCHAIN=local
		is "$status" 2 "$arch $exhibit: make shows it again"
		like "$out$err" 'WRONG|panic: planted' "$arch $exhibit: in so many words"
	done
done

# The same call without the exhibit's damage: nothing is wrong, and nothing is offered.
sed -i 's/"exhibit": "[a-z-]*"/"exhibit": ""/' "$T"/amd64-argument-leaf/spool/2*/meta.json
all=("$T"/amd64-argument-leaf/spool/2*)
run "$CGOFUZZ" emit --bundle "${all[0]}" --dir "$T/sound" --json
is "$status" 1 "a program that shows nothing is not offered"
like "$out" '"outcome": "not shown"' "JSON says so"
like "$(cat "$T/sound/README")" "DOES NOT SHOW the fault: it was run, and ended with exit status 0" "README too"

bundle_of amd64 across
run "$CGOFUZZ" emit --bundle "$bundle" --dir "$T/none"
is "$status" 4 "of what two architectures make of a header there is none"
like "$out" "no plain program can show it: it shows only when two architectures are compared" "and why"
ok "nothing is written then" test ! -e "$T/none"

# Turbulence: damage that is plain code, and damage that is done with the harness.
campaign=$T/turbulent
for seconds in 8 20 40; do
	run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --target turbulent:goroutine-eater,library-flush,environment \
		--turbulence on --time ${seconds}s --out "$campaign"
	eater=$(grep -l '"exhibit": "goroutine-eater"' "$campaign"/spool/2*/meta.json | head -1)
	library=$(grep -l '"exhibit": "library-flush"' "$campaign"/spool/2*/meta.json | head -1)
	environment=$(grep -l '"exhibit": "environment"' "$campaign"/spool/2*/meta.json | head -1)
	[ -z "$eater" ] || [ -z "$library" ] || [ -z "$environment" ] || break
done
run "$CGOFUZZ" emit --bundle "$(dirname "$eater")"
is "$status" 0 "a goroutine's stack that ends: a plain program shows it"
like "$out" "read: $campaign/upstream/[^ ]*/README" "in the campaign"
ok "with nothing of the harness" bash -c "! grep -rqi 'cgofuzz|guest' '$campaign'/upstream/*/main.go"
run "$CGOFUZZ" emit --bundle "$(dirname "$library")"
is "$status" 4 "of a library that the harness brings along there is none"
like "$out" "by means of the harness \(cgofuzz_turb_load\)" "and why"
run "$CGOFUZZ" emit --bundle "$(dirname "$environment")"
is "$status" 4 "of a step's outcome there is none"
like "$out" "the plan is its reproducer" "but the plan"

run "$CGOFUZZ" emit --bundle "$T/nowhere" --dir "$T/none"
is "$status" 2 "a bundle that is not there is refused"
run "$CGOFUZZ" emit 'void f(int)' --bundle "$bundle" --dir "$T/none"
is "$status" 2 "a case and a bundle at once are refused"
run "$CGOFUZZ" emit --bundle "$T/nowhere"
is "$status" 2 "without a place for it, too"

done_testing
