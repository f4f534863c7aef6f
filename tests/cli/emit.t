#!/bin/bash
# emit.t: tests. The verb that writes reproducers; that they run is tested in tests/unit.
. "$(dirname "$0")/../tap.sh"

run "$CGOFUZZ" emit 'int f(struct { float x; })' --dir "$T/one/two"
is "$status" 0 "a reproducer is written, its directory made"
for file in main.go case.c case.h Makefile README; do
	ok "$file is there" test -s "$T/one/two/$file"
done
run "$CGOFUZZ" emit '[route=callback] void f(int)' --dir "$T/one/two" --json
is "$status" 0 "a directory may be written again"
ok "--json is one document" perl -MJSON::PP -0777 -ne \
	'$d = decode_json($_); exit !($d->{case} eq "[route=callback] void f(int)" && @{$d->{files}} == 5)' "$T/out"
run "$CGOFUZZ" emit 'int f('  --dir "$T/x"
is "$status" 2 "a case that cannot be read is wrong use"
run "$CGOFUZZ" emit 'int f(int)'
is "$status" 2 "no --dir is wrong use"
like "$err" "--dir" "and says so"
run "$CGOFUZZ" emit 'int f(int)' --dir /proc/nonesuch
is "$status" 3 "a directory that cannot be made is a failure of the environment"
done_testing
