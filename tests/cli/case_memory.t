#!/bin/bash
# case_memory.t: tests. No case text makes the program use more than 64 MB, or think for long.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=20

# with KILOBYTES VERB FILE: the case in FILE, with so much memory of its own
with() {
	# shellcheck disable=SC2016 # the inner shell's
	run bash -c 'ulimit -d "$1" && exec "$0" "$2" @"$3" ${4+--dir "$4"}' "$CGOFUZZ" "$@"
}

# refused NAME REGEX: what stands in $T/case is an error like that
refused() {
	with 65536 try "$T/case"
	is "$status" 2 "$1 is refused within 64 MB"
	like "$err" "$2" "and it is said why"
}

# many TEXT COUNT: printed so often
many() { perl -e 'print $ARGV[0] x $ARGV[1]' "$1" "$2"; }

many '(' 10000000 >"$T/case"
refused "a line of 10 MB" 'CASE_MAX_TEXT = 65536 is the most'
{ printf 'void f('; many 'struct { char a; }, ' 500000; echo 'int)'; } >"$T/case"
refused "a line of 10 MB of structs" 'CASE_MAX_TEXT = 65536 is the most'
for unit in '(' '(*' '(*)(' 'struct{' 'union { struct {' '_Atomic(' '__attribute__((' 'int (*[2])('; do
	{ printf 'void f(int '; many "$unit" 10000; } | head -c 65536 >"$T/case"
	refused "10,000 times '$unit'" 'error: [^\n]*\n'
done
{ printf 'void f('; many 'int,' 16000; echo 'int)'; } >"$T/case"
refused "16,001 arguments" 'more than PROTO_MAX_ARGS = 24'
{ printf 'void f(struct { '; many 'int:1;' 10000; echo '})'; } >"$T/case"
refused "a struct of 10,000 members" 'SHAPE_MAX_MEMBERS = 128'
perl -e 'print "typedef int t0;"; print "typedef union { t$_ a, b; } t", $_ + 1, ";" for 0 .. 1000;
	print "void f(t15)\n"' >"$T/case"
refused "unions that double" '32768 ways|32768 scalar leaves'
# pointed_to LEVELS: a type whose text is five times as long with each level
pointed_to() {
	perl -e 'print "typedef int t0;";
		print "typedef struct { t$_ *a, *b, *c, *d, *e; } t", $_ + 1, ";" for 0 .. $ARGV[0] - 1;
		print "void f(t$ARGV[0] *)\n"' "$1"
}
pointed_to 7 >"$T/case"
refused "a type that is 5^7 when spelled in place" 'CASE_MAX_TEXT = 65536'
head -c 60000 /dev/urandom | tr -d '\n' >"$T/case"
refused "noise" 'error: '
perl -e 'print "void f(int", "\0" x 60000, ")\n"' >"$T/case"
refused "60,000 NUL bytes" 'a NUL byte in the case'

pointed_to 5 >"$T/case"
with 65536 emit "$T/case" "$T/made"
is "$status" 0 "a case that fills its text is taken within 64 MB"
many '(' 10000000 >"$T/case"
with 4096 try "$T/case"
is "$status" 3 "and 4 MB are not enough for 10 MB: the limit is one"
done_testing
