# tap.sh: tests. A little TAP for bash scripts: ". tests/tap.sh" first, "done_testing" last.
# Scripts run from the top of the tree; $T is a scratch directory, removed at the end; each command
# under "run" gets $TAP_DEADLINE seconds (60).
# shellcheck shell=bash
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
CGOFUZZ=${CGOFUZZ:-$PWD/build/cgofuzz}
T=$(mktemp -d "${TMPDIR:-/tmp}/cgofuzz-test.XXXXXX")
trap 'rm -rf "$T"' EXIT
tap_count=0 tap_failed=0 status=0 out='' err=''

# Shows what is on standard input to the person who runs the tests.
diag() { sed 's/^/# /' >&2; }

# run COMMAND...: sets $status, $out and $err. stdin is empty unless redirected by the caller.
run() {
	timeout -k 5 "${TAP_DEADLINE:-60}" "$@" >"$T/out" 2>"$T/err"
	status=$?
	out=$(tr -d '\0' <"$T/out") err=$(tr -d '\0' <"$T/err")
	[ $status != 124 ] || err+=$'\n'"(ended by the test after ${TAP_DEADLINE:-60} s)"
}

# Reports a result: tap_result STATUS NAME; on failure the last run is shown.
tap_result() {
	tap_count=$((tap_count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_count - $2"
		return 0
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $2"
	{
		echo "$0: $2"
		echo "status ${status-}"
		printf 'out: %s\nerr: %s\n' "$(head -c 2000 <<<"${out-}")" "$(tail -c 2000 <<<"${err-}")"
	} | diag
	return 1
}

ok() { # ok NAME COMMAND...: the command succeeds
	local name=$1
	shift
	"$@" >/dev/null 2>&1
	tap_result $? "$name"
}

is() { # is GOT WANTED NAME
	[ "$1" = "$2" ] || printf 'got:    %s\nwanted: %s\n' "$1" "$2" | diag
	[ "$1" = "$2" ]
	tap_result $? "$3"
}

like() { # like GOT EXTENDED-REGEX NAME
	[[ $1 =~ $2 ]] || printf 'got: %s\nwanted a match of: %s\n' "$1" "$2" | diag
	[[ $1 =~ $2 ]]
	tap_result $? "$3"
}

unlike() { # unlike GOT EXTENDED-REGEX NAME
	! [[ $1 =~ $2 ]]
	tap_result $? "$3"
}

# Is the default lane's Go the pinned release? What stands in for it has known bugs of its own.
pinned_go() { [ "$("$(cat build/go-root)/bin/go" env GOVERSION)" = "$(cat harness/lane/go_pin)" ]; }

skip() { # skip NAME REASON
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

skip_all() { # skip_all REASON: the whole script
	echo "1..0 # SKIP $1"
	exit 0
}

done_testing() {
	echo "1..$tap_count"
	[ $tap_failed = 0 ]
	exit $?
}
