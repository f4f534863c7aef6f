#!/bin/bash
# stacks.t: tests. cgofuzz stacks: how much of each kind of stack plans use, on both architectures.
# shellcheck disable=SC2016 # perl's variables
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=300

# used ARCH STACK SIZE: bytes in use of that kind and size of stack, by the last run with --json; "" if there is none
used() {
	perl -MJSON::PP -0777 -ne 'BEGIN { @w = splice @ARGV, 0, 3 }
		for (@{decode_json($_)->{stacks}}) {
			print $_->{used} if $_->{lane} =~ /^$w[0]/ && $_->{stack} eq $w[1] && (!$w[2] || $_->{size} == $w[2]);
		}' "$@" "$T/out"
}

# between NAME ARCH STACK SIZE LOW HIGH: so many bytes of it were used
between() {
	local bytes
	bytes=$(used "$2" "$3" "$4")
	((${bytes:-0} >= $5 && ${bytes:-0} <= $6)) || diag <<<"$2, $3 of $4: '$bytes' not in $5 to $6"
	ok "$2: $1" [ "${bytes:-0}" -ge "$5" -a "${bytes:-0}" -le "$6" ]
}

k=1024 m=$((1024 * 1024))
cat >"$T/plan" <<'END'
c-stack depth=1 frame=1M {
 call 0 seed=1
}
thread stack=256K {
 c-stack depth=1 frame=40K {
  callback 0 seed=2
 }
}
worker frame=4M {
 callback 0 seed=3
}
goroutines count=2 locked=yes {
 c-stack depth=2 frame=64K {
  call 0 seed=4
 }
}
thread stack=8M {
 coroutine stack=1M {
  c-stack depth=1 frame=256K {
   callback 0 seed=5
  }
 }
}
alt-stack size=32K {
 signal number=usr1 {
  call 0 seed=6
 }
}
go-stack depth=4 frame=64K {
 call 0 seed=7
}
END
run "$CGOFUZZ" stacks --lane amd64,arm64 --case 'void f(int)' --plan "@$T/plan" --json
is "$status" 0 "a plan that uses each kind of stack"
for arch in amd64 arm64; do
	between "a frame of 1 MiB of C's main stack" $arch main '' $m $((m + 48 * k))
	between "one of 40 KiB of a thread's" $arch c-thread $((256 * k)) $((40 * k)) $((40 * k + 32 * k))
	between "one of 4 MiB of a kept thread's" $arch c-thread $((8 * m)) $((4 * m)) $((4 * m + 32 * k))
	between "two of 64 KiB of one that Go made" $arch go-thread '' $((128 * k)) $((128 * k + 32 * k))
	between "one of 256 KiB of a coroutine's" $arch coroutine $m $((256 * k)) $((256 * k + 32 * k))
	between "what a handler takes" $arch alternate $((32 * k)) 512 $((16 * k))
	between "four of 64 KiB of a goroutine's" $arch goroutine 1000000000 $((256 * k)) $((256 * k + 32 * k))
done
ok "what used it has its step, case and plan" perl -MJSON::PP -0777 -ne '
	for (grep { $_->{stack} eq "coroutine" } @{decode_json($_)->{stacks}}) {
		$n++ if $_->{by} eq "coroutine" && $_->{step} == 11 && $_->{case} eq "void f(int)" && $_->{plan} =~ /^alt-stack/m;
	}
	exit($n != 2)' "$T/out"

# what one step leaves behind is not the next one's
run "$CGOFUZZ" stacks --lane amd64 --case 'void f(int)' --json --plan 'repeat times=2 {
 c-stack depth=1 frame=64K {
  call 0
 }
}'
between "of two that are as deep the same" amd64 main '' $((64 * k)) $((96 * k))

run "$CGOFUZZ" stacks --lane amd64 --case 'void f(int)' --plan 'thread stack=min {
 callback 0 depth=31
}' --headroom 99% --plans
is "$status" 0 "a warning is no failure"
like "$out" $'\n  c-thread +16K +[0-9.]+K +[0-9.]+K +[0-9]+ %  thread, step 0  <- SHORT\n' "a small stack, nearly used up"
like "$out" $'\n    case void f\\(int\\)\n    plan\n      thread stack=min' "with its case and plan"
like "$out" "warning: [1-9] kinds? of stack had less than 99 % left" "and a warning"
unlike "$out" $'goroutine [^\n]*SHORT' "but not for a stack that grows"

run "$CGOFUZZ" stacks --lane amd64 --case 'void f(int)' --plan 'call 0'
is "$status" 0 "a plan without turbulence"
like "$out" "nothing is known" "is not looked at"

# campaigns keep it
run "$CGOFUZZ" fuzz --arch amd64 --engine libfuzzer --time 4s --batch-cases 8 --turbulence on --seed 2 --out "$T/c"
ok "a turbulent campaign" [ "$status" -le 1 ]
run "$CGOFUZZ" stacks "$T/c"
is "$status" 0 "has used stacks"
like "$out" "  main +8M +" "C's main stack among them"
before=$out
run "$CGOFUZZ" fuzz --time 2s --out "$T/c"
run "$CGOFUZZ" stacks "$T/c"
ok "and more when it goes on, not less" [ "$(wc -l <<<"$out")" -ge "$(wc -l <<<"$before")" ]
echo '[' >"$T/c/stacks.json"
run "$CGOFUZZ" stacks "$T/c"
is "$status" 3 "a file that is none"
like "$err" "stacks.json:[12]" "is named"

run "$CGOFUZZ" stacks "$T/nowhere"
is "$status" 2 "a directory that is no campaign"
run "$CGOFUZZ" stacks "$T/c" --plan 'call 0'
is "$status" 2 "a campaign and a plan"
run "$CGOFUZZ" stacks --plan 'c-stack depth=5 {'
is "$status" 2 "a plan that is none"
like "$err" '\^' "is shown with a caret"
for wrong in x -1 5X 101% 5%x ''; do
	run "$CGOFUZZ" stacks --headroom "$wrong" "$T/c"
	is "$status" 2 "a headroom of '$wrong'"
done
done_testing
