#!/bin/bash
# import.t: tests. Crashes from elsewhere: tracebacks, inputs of a program, names that tell a signal, hostile text.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" import --help
is "$status" 0 "--help succeeds"
run "$CGOFUZZ" import "$T/x"
is "$status" 2 "no campaign is refused"
run "$CGOFUZZ" import --out "$T/none" "$T/x"
is "$status" 2 "a file that is not there is refused"
like "$err" "$T/x" "and named"
run "$CGOFUZZ" import --out "$T/none" README.md
is "$status" 2 "text without a traceback is refused"
like "$err" "README.md: holds no traceback" "and named"
ok "and nothing is made of it" [ ! -e "$T/none" ]

goroutine() { # goroutine NUMBER ADDRESS: a nil pointer in Go, as Go prints it
	printf 'panic: runtime error: invalid memory address or nil pointer dereference\n'
	printf '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x%s]\n\ngoroutine %s [running]:\n' "$2" "$1"
	printf 'main.(*T).get(...)\n\t/tmp/%s/nil.go:15\nmain.main()\n\t/tmp/%s/nil.go:21 +0x%s\n' "$1" "$1" "$2"
	printf '\ngoroutine 99 [select]:\nmain.other()\n\t/tmp/other.go:3 +0x1\n'
}
goroutine 1 47ab >"$T/nil-1.txt"
goroutine 7 52cd >"$T/nil-7.txt"
printf 'SIGSEGV: segmentation violation\nPC=0x48b672 m=0 sigcode=1 addr=0x0\nsignal arrived during cgo execution\n\n' >"$T/c.txt"
printf 'goroutine 1 gp=0xc0 m=0 mp=0x55 [syscall]:\nruntime.cgocall(0x48b660, 0xc1)\n\t/go/src/runtime/cgocall.go:167 +0x4b fp=0x1 sp=0x2 pc=0x3\n' >>"$T/c.txt"
printf 'main._Cfunc_deref(0x0)\n\t_cgo_gotypes.go:56 +0x45\nmain.main()\n\t/tmp/c.go:9 +0x66\n' >>"$T/c.txt"
printf '==1==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000 (pc 0x5 T0)\n    #0 0x55 in parse /src/p.c:12:3\n    #1 0x56 in LLVMFuzzerTestOneInput /src/f.c:7\n    #2 0x57 in main (/bin/f+0x12)\n' >"$T/asan.txt"
run "$CGOFUZZ" import --out "$T/c" "$T/nil-1.txt" "$T/nil-7.txt" "$T/c.txt" "$T/asan.txt" --json
is "$status" 0 "tracebacks are imported"
is "$(perl -MJSON::PP -0777 -ne 'print join " ", map { "$_->{kind}:$_->{frames}" } @{decode_json($_)->{imported}}' "$T/out")" \
	"signal:2 signal:2 signal:4 signal:3" "with what failed and the frames of the stack that did"
run "$CGOFUZZ" import --out "$T/c" "$T/c.txt"
like "$out" "imported before" "twice is once"
clusters() { perl -MJSON::PP -0777 -ne 'print map { "$_->{signature} [@{$_->{members}}]\n" } @{decode_json($_)->{clusters}}' "$T/out"; }
run "$CGOFUZZ" triage "$T/c" --json
is "$status" 0 "they are triaged"
is "$(clusters | sort)" "2|signal|memory|go->c|SIGSEGV|null|deref cgocall main.main [c.txt]
2|signal|memory|go->c|SIGSEGV|null|main.(*T).get main.main [nil-1.txt nil-7.txt]
2|signal|memory|go->c|SIGSEGV|null|parse [asan.txt]" "by the tokens of their frames; addresses and paths split nothing"
run "$CGOFUZZ" show "$T/c/spool/c.txt"
is "$status" 0 "one can be shown"
run "$CGOFUZZ" replay "$T/c/spool/c.txt"
is "$status" 2 "and not be replayed"
like "$err" "was imported" "for a reason"
run "$CGOFUZZ" report "$T/c" --json
like "$out" '"function": "main.\(\*T\).get"' "a report has its stack"

# "all goroutines are asleep": nobody goes round in a loop
printf 'fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.wait()\n\t/tmp/w.go:5 +0x1\nmain.main()\n\t/tmp/w.go:9 +0x1\nexit status 2\n' >"$T/dead.txt"
run "$CGOFUZZ" import --out "$T/dead" "$T/dead.txt"
is "$status" 0 "a deadlock is imported"
run "$CGOFUZZ" triage "$T/dead" --json
like "$out" '"title": "deadlock in main.wait' "and is titled as one"
like "$out" '"signature": "2\|hang\|.*\|parked main.wait main.main"' "which no endless loop there has the signature of"

mkdir "$T/crashes"
printf 'x' >"$T/crashes/id:000000,sig:11,src:000000"
printf 'y' >"$T/crashes/id:000001,sig:06,src:000000"
printf 'read me' >"$T/crashes/README.txt"
run "$CGOFUZZ" import --out "$T/afl" "$T/crashes"
is "$status" 0 "AFL++'s crashes without their program"
run "$CGOFUZZ" triage "$T/afl" --json
is "$(perl -MJSON::PP -0777 -ne 'print join " ", map { $_->{weak} ? "weak" : "strong" } @{decode_json($_)->{clusters}}' "$T/out")" \
	"weak weak" "are weak clusters, one a signal"
printf '#!/bin/sh\ngrep -q x "$1" && { cat %q >&2; kill -SEGV $$; }\nexit 0\n' "$T/c.txt" >"$T/program"
chmod +x "$T/program"
run "$CGOFUZZ" import --out "$T/run" --program "$T/program" "$T/crashes"
is "$status" 2 "an input that the program survives is refused"
like "$err" "id:000001.*does not crash on it" "and named"
like "$out" "id:000000.*signal, 4 frames \(run\)" "another is run, and has what the program said"
printf '#!/bin/sh\nsleep 60\n' >"$T/program"
run "$CGOFUZZ" import --out "$T/hang" --program "$T/program" --time 1s "$T/crashes/README.txt"
like "$out" "hang" "a program that does not end is a hang"

printf '\177ELF\002\001\001\0\0\0\0\0\0\0\0\0\004\0\076\0' >"$T/core"
run "$CGOFUZZ" import --out "$T/core-out" "$T/core"
is "$status" 2 "a core without its program is refused"
like "$err" "core: is a core; --program FILE" "with what to do"
: >"$T/empty"
run "$CGOFUZZ" import --out "$T/core-out" "$T/empty"
is "$status" 2 "so is an empty file"

hostile=$'.\e[31m<script>\n'
printf 'panic: \033]0;owned\007 \377\n\ngoroutine 1 [running]:\nmain.<script>\t\033[2J|x y(0x1)\n\t/a\tb/\202.go:99999999999999999999 +0x1\n' >"$T/$hostile"
run "$CGOFUZZ" import --out "$T/h" "$T/$hostile"
is "$status" 0 "hostile text is imported"
unlike "$out" $'\e' "and not printed as it is"
run "$CGOFUZZ" triage "$T/h" --json
is "$(perl -MJSON::PP -0777 -ne 'print scalar @{decode_json($_)->{clusters}}' "$T/out")" 1 "and clustered"
done_testing
