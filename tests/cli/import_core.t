#!/bin/bash
# import_core.t: tests. Cores with their executable: of C and of Go, of Linux and of qemu-user; cut, sparse, hostile ones.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"

# peek and call_back in C, between two functions in Go
mkdir "$T/go"
cat >"$T/go/main.go" <<'END'
package main

// int peek(int *p, int n);
// int call_back(int n);
import "C"

//export back
func back(n C.int) C.int { return C.peek(nil, n) }

//go:noinline
func work(n int) int { return int(C.call_back(C.int(n))) }

func main() { println(work(3)) }
END
printf 'int back(int);\nint peek(int *p, int n) { return *p + n; }\nint call_back(int n) { return back(n) + 1; }\n' >"$T/go/c.c"
printf 'module cores\n\ngo 1.20\n' >"$T/go/go.mod"
printf 'int *p;\n__attribute__((noinline)) int inner(int n) { return *p + n; }\nint main(int n) { return inner(n) + 1; }\n' >"$T/plain.c"

# core_of NAME COMMAND...: runs it where cores may be written; $core is the core, "" if there is none
core_of() {
	local name=$1
	shift
	mkdir "$T/$name.d"
	(
		cd "$T/$name.d" || exit
		ulimit -c unlimited
		GOTRACEBACK=crash timeout 60 "$@"
	) >"$T/$name.said" 2>&1
	core=$(find "$T/$name.d" -name 'qemu_*.core' | head -1)
	[ -n "$core" ] || core=$(find "$T/$name.d" -type f | head -1)
}

stack_of() { cut -f1,2 "$1/frames" | tr '\t\n' ' ;'; }
go_stack="c peek;.*go runtime.asmcgocall;.*go main._Cfunc_peek;.*go crosscall2;c back;c call_back;.*go runtime.asmcgocall;.*go main.work;go main.main;go runtime.main;go runtime.goexit;"

# imported ARCH NAME PROGRAM STACK: from $core
imported() {
	if [ -z "$core" ]; then
		skip "$1 $2" "no core was written: $(cat /proc/sys/kernel/core_pattern)"
		return
	fi
	cp --sparse=always "$core" "$T/$2-$1"
	run "$CGOFUZZ" import --out "$T/c" --program "$3" "$T/$2-$1" --json
	is "$status" 0 "$1 $2: a core is imported"
	like "$out" '"kind": "signal"' "$1 $2: of a signal"
	like "$out" '"from": "core"' "$1 $2: from a core"
	like "$(stack_of "$T/c/spool/$2-$1")" "^$4\$" "$1 $2: with its whole stack"
	like "$(cat "$T/c/spool/$2-$1/stderr.txt")" "^$1, SIGSEGV.*thread [0-9]+: SIGSEGV, pc .*auxiliary vector: .*registers: .*ends: start of the (thread|goroutine)" \
		"$1 $2: signal, threads, auxiliary vector, registers"
	ok "$1 $2: the core itself is not kept" [ "$(du -sk "$T/c/spool/$2-$1" | cut -f1)" -lt 1024 ]
}

gcc -g -O1 -o "$T/plain.amd64" "$T/plain.c"
aarch64-linux-gnu-gcc-12 -g -O1 -o "$T/plain.arm64" "$T/plain.c"
(cd "$T/go" && go build -o "$T/go.amd64" . &&
	GOARCH=arm64 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc-12 go build -o "$T/go.arm64" .) >"$T/build" 2>&1 || diag <"$T/build"
export QEMU_LD_PREFIX=/usr/aarch64-linux-gnu
core_of plain-amd64 "$T/plain.amd64"
native=$core
imported amd64 plain "$T/plain.amd64" "c inner;c main;c __libc_start_main;c _start;"
core_of plain-arm64 qemu-aarch64 "$T/plain.arm64"
imported arm64 plain "$T/plain.arm64" "c inner;c main;c __libc_start_main;c _start;"
arm64=$core
core_of go-amd64 "$T/go.amd64"
imported amd64 go "$T/go.amd64" "$go_stack"
core_of go-arm64 qemu-aarch64 "$T/go.arm64"
imported arm64 go "$T/go.arm64" "$go_stack"
run "$CGOFUZZ" triage "$T/c" --json
titles=$(perl -MJSON::PP -0777 -ne 'print map { "$_->{title}: $_->{count}\n" } @{decode_json($_)->{clusters}}' "$T/out" | sort)
if [ -n "$native" ]; then
	is "$(grep peek <<<"$titles")" "SIGSEGV at null address in peek: 2" "both architectures' are one cluster: Go's handler is no part of it"
fi
like "$titles" "SIGSEGV in inner: 1" "QEMU does not tell the address of a fault that nobody handled"
run "$CGOFUZZ" show "$T/c/spool/go-arm64"
is "$status" 0 "one can be shown"
like "$out" "call_back" "with its stack"

# damaged ones
head -c 5000 "$arm64" >"$T/cut"
run "$CGOFUZZ" import --out "$T/d" --program "$T/plain.arm64" "$T/cut"
is "$status" 0 "of a core that is cut off, what there is is taken"
like "$(cat "$T/d/spool/cut/frames")" "^c.inner" "registers at least"
head -c 100 "$arm64" >"$T/head"
run "$CGOFUZZ" import --out "$T/d" --program "$T/plain.arm64" "$T/head"
is "$status" 2 "a core without registers is refused"
like "$err" "head: .*(no registers|none that can be read)" "and named"
: >"$T/empty"
run "$CGOFUZZ" import --out "$T/d" --program /bin/true "$T/empty"
is "$status" 2 "an empty file is refused"
run "$CGOFUZZ" import --out "$T/d" --program "$T/go.amd64" "$arm64"
is "$status" 2 "a core of another architecture than its program's is refused"
like "$err" "is of arm64, .*go.amd64 is not" "and it is said"
run "$CGOFUZZ" import --out "$T/d" --program "$T/plain.c" "$arm64"
is "$status" 2 "a program that is none is refused"
like "$err" "plain.c is no executable" "and named"

# 10 GB, of which there is nothing: neither read nor kept
cp "$arm64" "$T/sparse"
truncate -s 10G "$T/sparse"
perl -e 'open F, "+<", shift; binmode F; seek F, 32, 0; read F, $b, 8; $at = unpack "Q", $b; seek F, 54, 0; read F, $b, 4;
	($size, $n) = unpack "vv", $b;
	for (1 .. $n - 1) { $at += $size; } # the last segment: all the rest of the file
	seek F, $at, 0; print F pack "V V Q Q Q Q Q Q", 1, 6, 0x10000, 0x600000000000, 0, 9 << 30, 9 << 30, 4096; close F' "$T/sparse"
run /usr/bin/env bash -c 'ulimit -v 4000000; exec "$@"' - timeout 20 "$CGOFUZZ" import --out "$T/d" --program "$T/plain.arm64" "$T/sparse"
is "$status" 0 "one of 10 GB is imported, in less than 4 GB of addresses"
like "$(cat "$T/d/spool/sparse/frames")" "^c.inner" "as any other"
ok "and takes no more room" [ "$(du -sk "$T/d/spool/sparse" | cut -f1)" -lt 1024 ]

# at random: imported or refused, never lost
survived=0
for i in $(seq 40); do
	head -c 200000 "$arm64" >"$T/noise"
	perl -e 'my ($path, $seed) = @ARGV; srand $seed; open F, "+<", $path; binmode F;
		for (1 .. 1 + rand 60) { seek F, rand > 0.5 ? rand 4096 : rand 200000, 0; print F pack "C", rand 256 }' "$T/noise" "$i"
	run timeout 60 "$CGOFUZZ" import --out "$T/n" --program "$T/plain.arm64" "$T/noise"
	case $status in 0 | 2 | 3) survived=$((survived + 1)) ;; esac
done
is "$survived" 40 "cores altered at random end in an answer"
run "$CGOFUZZ" triage "$T/n"
is "$status" 0 "and what was taken is triaged"
done_testing
