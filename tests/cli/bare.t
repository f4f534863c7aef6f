#!/bin/bash
# bare.t: tests. Types as bug reports show them, without a function: try, explain and emit take them.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=300

case='struct { char a; __int128 v; } f(struct { char a; __int128 v; })'
run "$CGOFUZZ" try 'struct { char a; __int128 v; }' --lane amd64,arm64
is "$status" 0 "a struct without a function is tried"
like "$out" "ok +amd64-[^ ]+ +struct . char a; __int128 v; . f.struct . char a; __int128 v; .. +.[0-9]+ crossings" \
	"f takes it by value and returns it"
like "$out" "ok +arm64-" "in each lane"
is "$err" "<case>: note: no function f is declared: it takes the last struct or union (or else type) by value and returns it: $case" \
	"a note on standard error says how it was read"

cat >"$T/report.h" <<'EOF'
/* our header (shortened:
   the rest does not matter) */
#include <stdint.h>
#pragma pack(push, 2)
typedef struct inner inner_t;
struct inner {
	uint8_t kind;      // 0
	uint64_t value;
};
#pragma pack(pop)
_Static_assert(sizeof(struct inner) == 10, "inner");

typedef struct {
	inner_t first;
	alignas(16) uint32_t flags : 5, : 0;
	bool last;
} outer_t;
EOF
packed='struct { unsigned char kind; unsigned long value __attribute__((packed, aligned(2))); }'
outer="struct { $packed first; unsigned int flags : 5 __attribute__((aligned(16))); unsigned int : 0 __attribute__((aligned(16))); _Bool last; }"
run "$CGOFUZZ" explain "@$T/report.h"
is "$status" 0 "a header is one case over several lines"
is "${out%%$'\n'*}" "$outer f($outer)" "with its tags, typedefs and #pragma pack"
like "$err" $'note: lines that begin with # [^\n]*\n[^\n]*note: static assertions [^\n]*\n[^\n]*note: what #pragma pack' \
	"and a note for each thing that was read past"
run bash -c 'sed "s/alignas.*//" "$1" | "$0" try - --lane amd64' "$CGOFUZZ" "$T/report.h"
is "$status" 0 "and so is what comes from standard input with a brace open at the end of a line"
like "$err" "<stdin>: note: no function" "under that name"

run bash -c 'printf "void f(int)\n# a comment\nstruct { int a; }\n" | "$0" explain -' "$CGOFUZZ"
is "$status" 0 "other input is one case a line"
like "$out" $'(^|\n)void f\\(int\\)\n.*\nstruct . int a; . f\\(' "types alone among them"
like "$err" "<stdin> line 3: note:" "each with its line"

run "$CGOFUZZ" emit 'typedef struct { short a; double b; } pair;' --dir "$T/emitted"
is "$status" 0 "emit takes it"
run make -s -C "$T/emitted"
is "$status" 0 "and what it wrote runs"

run "$CGOFUZZ" explain $'#pragma pack(4)\nstruct { int a; int : 7; }'
is "$status" 2 "what #pragma pack does differently by architecture is refused"
like "$err" $'error: an unnamed bit-field under #pragma pack.*\nhint: write packed and aligned' "with what to do"
run "$CGOFUZZ" explain $'#define N 3\nstruct { int a[N]; }'
is "$status" 2 "and so is what wants a preprocessor"
like "$err" "hint: .*gcc -E" "with what to do"
done_testing
