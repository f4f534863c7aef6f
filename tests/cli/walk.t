#!/bin/bash
# walk.t: tests. From a campaign to plain programs for a bug tracker, by nothing but the commands that the program
# prints: a planted fault on each architecture, and one of a pair of compilers on amd64.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
export TAP_DEADLINE=400
GO=$(cat build/go-root)/bin/go

ask() { perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", '"$1" "$T/out"; }
# line NAME: what the last command printed after "NAME: "
line() { sed -n "s/^$1: //p" <<<"$out" | head -1; }
# follow NAME COMMAND: types it; blame, to be short, changes the compilers alone
follow() {
	local command=$2
	[[ $command != *" blame "* ]] || command+=" --only wrapper,callee"
	run bash -c "$command"
	[ "$status" = 0 ] || diag <<<"ran: $command"
	is "$status" 0 "$1: $(sed -E 's/^\S+ ([a-z]+).*/\1/' <<<"$2") does its job"
}
# sized N: arguments and leaves of the case before (1) and after (2) it was reduced
sized() { sed -nE 's/^  (arguments|leaves) +([0-9]+) -> ([0-9]+)$/\2 \3/p' <<<"$out" | awk '{ n += $'"$1"' } END { print n }'; }
# shown NAME DIR: its Makefile shows the fault, and nothing of the harness is in it
shown() {
	like "$(cat "$2/README")" $'^# .*\n## Steps\n.*\n## Output\n.*## Versions\n' "$1: README is an issue's text"
	ok "$1: nothing of the harness is in it" bash -c "! grep -rqi cgofuzz '$2' --exclude=README"
	run make -s -C "$2" GO="$GO" GOFLAGS= GOTOOLCHAIN=local
	is "$status" 2 "$1: make shows the fault"
}
# campaign NAME WANTED ARGUMENT...: sets $c; again, longer, where a busy machine was too slow
campaign() {
	local name=$1 wanted=$2
	c=$T/$1
	shift 2
	for seconds in 5 15 40; do
		run "$CGOFUZZ" fuzz "$@" --engine libfuzzer --seed 1 --time ${seconds}s --out "$c"
		fuzz=$out
		run "$CGOFUZZ" triage "$c" --json
		id=$(ask "map { \$_->{id} } grep { $wanted } @{\$d->{clusters}}")
		[ -z "$id" ] || break
	done
	ok "$name: the campaign finds it" [ -n "$id" ]
}

for arch in amd64 arm64; do
	exhibit=$([ $arch = amd64 ] && echo argument-leaf || echo go-panic)
	name="$arch, planted"
	campaign $arch-planted 1 --arch $arch --target "planted:$exhibit"
	out=$fuzz
	like "$(line next)" "^$CGOFUZZ reduce $c/spool/" "$name: fuzz says what is next"
	follow "$name" "$(line next)"
	like "$out" '  steps +[0-9]+ -> 1' "$name: one step is left"
	reduced=$(line next)
	follow "$name" "$(line look)"
	like "$(line 'not blamed yet')" "^$CGOFUZZ blame $c/reduced/" "$name: show says what was not asked"
	follow "$name" "$reduced"
	like "$out" 'no component decides' "$name: it is the exhibit's own"
	follow "$name" "$(line next)"
	shows=$(dirname "$(line read)")
	follow "$name" "$(line next)"
	is "$(line 'reproducer of 1')" "$shows" "$name: triage knows the reproducer"
	like "$(line next)" "^$CGOFUZZ report " "$name: nothing is left but to read the report"
	follow "$name" "$(line look)"
	like "$out" $'\nreduced: 1 steps.*\nblame: no component decides.*\nupstream: ' "$name: show has all of it"
	unlike "$out" 'not reduced yet|not blamed yet|no plain program yet' "$name: and asks for no more"
	shown "$name" "$shows"

	[ $arch = amd64 ] || continue # minutes under QEMU; reduce.t and blame.t have arm64's
	name="$arch, pair"
	campaign $arch-pair '$_->{kind} eq "leaf" && $_->{guilty} =~ /callee|wrapper/ && $_->{replayed} eq "3/3"' \
		--lane $arch-gcc12-clang14 --population whole --turbulence off
	run "$CGOFUZZ" show "$c" "${id%% *}"
	side=$(sed -n 's/^guilty: \([a-z]*\) .*/\1/p' <<<"$out")
	follow "$name" "$(line 'not reduced yet')"
	# some need all registers taken: no number of arguments is few enough for each
	ok "$name: the case is smaller" [ "$(sized 2)" -lt "$(sized 1)" ]
	next=$(line next)
	follow "$name" "$(line look)"
	is "$(line guilty | cut -d' ' -f1)" "$side" "$name: the guilty side is the one it was"
	follow "$name" "$next"
	like "$out" $'\nit happens|decides|decide' "$name: the compilers decide"
	follow "$name" "$(line next)"
	shown "$name" "$(dirname "$(line read)")"
done

# Wrong use of what leads there.
for verb in reduce blame "emit --bundle"; do
	read -ra words <<<"$verb"
	run "$CGOFUZZ" "${words[@]}" "$T/nowhere" --db "$T/none"
	is "$status" 2 "$verb of a bundle that is not there"
done
done_testing
