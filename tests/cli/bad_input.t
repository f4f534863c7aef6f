#!/bin/bash
# bad_input.t: tests. Wrong use and damaged things, verb by verb; what fuzz.t, try.t and triage.t leave out.
. "$(dirname "$0")/../tap.sh"

# refused NAME REGEX COMMAND...: exit 2, nothing on standard output, and why
refused() {
	local name=$1 why=$2
	shift 2
	run "$CGOFUZZ" "$@"
	is "$status" 2 "$name is wrong use"
	is "$out" "" "$name: nothing is done"
	like "$err" "$why" "$name: it is said why"
}

# failed NAME REGEX COMMAND...: exit 3, and why
failed() {
	local name=$1 why=$2
	shift 2
	run "$CGOFUZZ" "$@"
	is "$status" 3 "$name is a failure of the environment"
	like "$err" "$why" "$name: it is said why"
}

for verb in fuzz nightly; do
	refused "$verb --arch vax" "valid: amd64, arm64, all" $verb --arch vax
	refused "$verb --engine radamsa" "valid: afl, libfuzzer, all" $verb --engine radamsa
	refused "$verb --target nothing" "valid: cgo, planted" $verb --target nothing
	refused "$verb --target planted:nothing" "nothing.*null-read" $verb --target planted:nothing
	refused "$verb --lane amd64-mips" "'mips'.*amd64 arm64" $verb --lane amd64-mips
	refused "$verb --time never" "60s, 5m" $verb --time never
	refused "$verb --time 0" "duration" $verb --time 0
	refused "$verb --seed x" "no number" $verb --seed x
	refused "$verb --jobs 0" "out of range" $verb --jobs 0
	refused "$verb --jobs 1000" "more than 256" $verb --jobs 1000
	refused "$verb extra" "extra|arguments" $verb extra
	refused "$verb --arhc" "valid: .*arch.*json" $verb --arhc all
done
refused "nightly --also nothing" "valid: cgo, planted" nightly --also nothing
refused "fuzz --batch-cases 513" "more than 512" fuzz --batch-cases 513
refused "two engines that are none" "arch|lane" fuzz --arch arm64 --lane amd64

# cases: where, a caret, and why
for text in 'void f(int' 'int g(int)' 'int f(foo)' '[route=sideways] void f(int)' '' 'int f(int) trailing'; do
	refused "try '$text'" $'error: [^\n]*' try "$text"
	[ -z "$text" ] || like "$err" $'\n *\\^' "try '$text': a caret shows where"
	refused "emit '$text'" "error: " emit "$text" --dir "$T/none"
done
ok "and no directory is made" [ ! -e "$T/none" ]
printf 'int f(int)\n\nvoid f(int' >"$T/cases"
refused "a file with a bad case" "cases line 3:.*error" try @"$T/cases"
printf '# nothing\n' >"$T/cases"
refused "a file without a case" "no case" try @"$T/cases"
head -c 4096 /dev/urandom >"$T/cases"
refused "a file of noise" "error|no case" try @"$T/cases"

# directories
failed "an --out that cannot be made" "/proc/x" fuzz --out /proc/x --time 1s
failed "an --out that is a file" "could not make" fuzz --out "$CGOFUZZ" --time 1s
failed "a compiler that is not here" "apt-get install gcc-99" fuzz --lane amd64-gcc99 --time 1s --out "$T/gcc99"
run "$CGOFUZZ" status "$T/gcc99"
like "$out" "failed.*reason: .*apt-get install gcc-99" "the reason stays with the campaign"
export TMPDIR=/nonexistent
failed "a scratch directory that is not there" "/nonexistent" try 'int f(int)'
unset TMPDIR
mkdir "$T/other"
for verb in triage status; do
	refused "$verb of something else" "is not a campaign" $verb "$T/other"
done
refused "show of a campaign without clusters" "no clusters yet" show "$T/other" 1
is "$(ls -A "$T/other")" "" "which is left as it was"

# a campaign with finds
c=$T/campaign
run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --target planted:argument-leaf --time 2s --out "$c"
is "$status" 1 "a campaign that finds something"
bundles=("$c"/spool/2*)
bundle=${bundles[0]}

# bundle_without FILE BYTES: a copy whose FILE has only so many bytes left, beside the whole one
bundle_without() {
	rm -rf "$c/spool/cut"
	cp -r "$bundle" "$c/spool/cut"
	truncate -s "$2" "$c/spool/cut/$1"
}
for file in meta.json plan recorder; do
	for bytes in 0 20; do
		bundle_without $file $bytes
		failed "replay of a bundle with $bytes bytes of $file" "cut: $file" replay "$c/spool/cut"
		failed "show of it" "cut: $file" show "$c/spool/cut"
	done
	run "$CGOFUZZ" triage "$c" --no-replay
	is "$status" 0 "triage goes on"
	like "$err" "$file.*moved to quarantine" "and names what it moved aside"
	ok "nothing is deleted" [ -d "$c/quarantine/cut" ]
	rm -r "$c/quarantine/cut"
done
run "$CGOFUZZ" show "$bundle"
is "$status" 0 "the whole one is as it was"

# what a campaign knows of itself
printf '{"version": 1,' >"$c/status.json"
failed "status of a damaged status.json" "status.json:1" status "$c"
run "$CGOFUZZ" fuzz --out "$c" --time 1s
is "$status" 1 "its campaign goes on"
like "$err" "status.json.*moved to quarantine" "and says what it moved aside"
sed -i 's/"version": 1/"version": 99/' "$c/campaign.json"
failed "status of another version" "version 99" status "$c"
failed "resuming it" "version 99" fuzz --out "$c" --time 1s
printf '{"version": 1,' >"$c/campaign.json"
failed "a damaged campaign.json" "campaign.json:1" fuzz --out "$c" --time 1s
run "$CGOFUZZ" triage "$c" --no-replay
is "$status" 0 "its finds are still there"
like "$out" "argument double" "and are shown"

# a directory that can be read only; root writes everywhere, so somebody else tries
run env CGOFUZZ_DATA="$PWD" setpriv --reuid 65534 --regid 65534 --clear-groups "$CGOFUZZ" gen
if [ "$(id -u)" = 0 ] && [ "$status" != 0 ]; then
	skip "a directory that cannot be written" "nobody cannot run $CGOFUZZ"
else
	chmod 755 "$T"
	chmod -R a+rX,a-w "$c"
	as=()
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	for verb in "fuzz --time 1s --out" triage; do
		# shellcheck disable=SC2086 # words on purpose
		run "${as[@]}" "$CGOFUZZ" $verb "$c"
		is "$status" 3 "$verb a directory that cannot be written"
		like "$err" "$c.*Permission denied" "is named"
		unlike "$err" "in use" "and is not said to be in use"
	done
	run "${as[@]}" "$CGOFUZZ" emit 'int f(int)' --dir "$c/x"
	is "$status" 3 "emit there"
	run "${as[@]}" "$CGOFUZZ" show "$bundle"
	is "$status" 0 "a bundle can be shown"
	chmod -R u+w "$c"
fi

# a QEMU that runs nothing
mkdir "$T/bin"
real=$(command -v qemu-aarch64)
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\ncase $* in --version) exec %s --version;; esac\necho "no such library" >&2\nexit 127\n' \
	"$real" >"$T/bin/qemu-aarch64"
chmod +x "$T/bin/qemu-aarch64"
PATH=$T/bin:$PATH
failed "try with a QEMU that runs nothing" "no such library" try 'int f(int)' --lane arm64
for engine in afl libfuzzer; do
	failed "$engine with a QEMU that runs nothing" "does not start.*no such library" \
		fuzz --arch arm64 --engine $engine --time 2s --out "$T/dead-$engine"
	unlike "$out" "no faults|0 faults" "$engine: and not that nothing was found"
done
PATH=${PATH#*:}

# a full disk
mkdir "$T/disk"
if unshare -m mount -t tmpfs -o size=4m none "$T/disk" 2>/dev/null; then
	# shellcheck disable=SC2016 # the inner shell's
	run unshare -m bash -c 'mount -t tmpfs -o size=4m none "$1" || exit 99
		"$0" fuzz --arch amd64 --engine libfuzzer --target planted:argument-leaf --time 4s --out "$1/c"' \
		"$CGOFUZZ" "$T/disk"
	is "$status" 3 "a full disk is a failure of the environment"
	like "$err" "No space left on device" "it is said"
	unlike "$out" "no faults found" "and not that nothing was found"
else
	skip "a full disk" "no right to mount one"
fi
done_testing
