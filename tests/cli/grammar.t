#!/bin/bash
# grammar.t: tests. docs/grammar.md: its examples are cases, its tables are those of the program.
. "$(dirname "$0")/../tap.sh"

# The lines of the blocks of C.
sed -n '/^```c$/,/^```$/p' docs/grammar.md | grep -v '^```' >"$T/cases"
ok "there are examples" [ "$(wc -l <"$T/cases")" -ge 4 ]
while read -r line; do
	run "$CGOFUZZ" explain "$line"
	is "$status" 0 "is a case: $line"
done <"$T/cases"

run "$CGOFUZZ" explain 'void f(struct { int a : 33; })'
is "$status" 2 "the example of an error is one"
ok "and reads as it does there" grep -qxF -- "$(head -1 <<<"$err" | sed 's/^.*\(<case>\)/\1/')" docs/grammar.md

routes=$(sed -n 's/^ROUTE([A-Z_]*, "\([^"]*\)".*/\1/p' harness/model/route.def)
for route in $routes; do
	ok "the route $route is explained" grep -q "^| \`$route\` |" docs/grammar.md
	run "$CGOFUZZ" explain "[route=$route] int f(int)"
	is "$status" 0 "and taken"
done
for limit in CASE_MAX_TEXT CASE_MAX_NAME PROTO_MAX_ARGS SHAPE_MAX_LEAVES SHAPE_MAX_BYTES SHAPE_MAX_TARGET_BYTES \
	SHAPE_MAX_MEMBERS SHAPE_MAX_DEPTH PARSE_MAX_NESTING SHAPE_MAX_ALIGN SHAPE_MAX_VARIANTS; do
	value=$(sed -n "s/^#define $limit \([0-9]*\).*/\1/p" harness/model/*.h)
	ok "$limit is told" grep -qE "^\| .*\| .*\b$value\b" docs/grammar.md
done
done_testing
