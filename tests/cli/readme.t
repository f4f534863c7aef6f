#!/bin/bash
# readme.t: tests. Every command of README.md, run from the top of the tree as it stands there.
# A command is a line "$ ..." of a console block; it must exit 0, or N if it ends in "# exit N".
# To be short and to leave no trace, four things are not as written: times (TIME=60s, --time 120s) are
# 4 s; what lies below build/ is below a scratch directory, and a campaign without a directory gets one
# there; of "--target planted" only two rows are sown (tests/guest/clusters.t finds them all); and what
# stands in skip_reason is not run.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=300

# skip_reason COMMAND: prints why it is not run; fails if it is
skip_reason() {
	case $1 in
	"make test"*) echo "this is a part of it" ;;
	"make docker"* | "docker "*) echo "images are made and run by hand" ;;
	*go1.25.4*) [ -n "$offline" ] && echo "go1.25.4 is not here: $offline" ;;
	*) return 1 ;;
	esac
}

# commands: those of README.md, one a line
commands() {
	awk '/^```/ { console = !console && $0 == "```console"; next }
		console && sub(/^\$ /, "")' README.md
}

# shorten COMMAND: what is run instead
shorten() {
	local command
	# shellcheck disable=SC2016 # perl's variables
	command=$(T=$T perl -pe 's{(TIME=|--time[ =])\d+[a-z]*}{${1}4s}g; s{\bbuild/(?!cgofuzz\b)}{$ENV{T}/}g;
		s{(--target|TARGET)([ =])planted(?= |$)}{$1$2planted:null-read,argument-leaf}' <<<"$1")
	case $command in
	"make fuzz"* | "make nightly"*) [[ $command == *OUT=* ]] || command+=" OUT=$T/campaigns/$count" ;;
	*cgofuzz\ fuzz* | *cgofuzz\ nightly*) [[ $command == *--out* ]] || command+=" --out $T/campaigns/$count" ;;
	esac
	echo "$command"
}

# A release that is fetched needs the network once.
offline=''
if grep -q 'lanes fetch go1.25.4' README.md; then
	run "$CGOFUZZ" lanes fetch go1.25.4
	[ "$status" != 3 ] || offline=${err##*$'\n'}
fi

count=0
while IFS= read -r line; do
	count=$((count + 1))
	wanted=0
	[[ $line =~ ^(.*[^ ])\ +#\ exit\ ([0-9]+)$ ]] && line=${BASH_REMATCH[1]} wanted=${BASH_REMATCH[2]}
	if reason=$(skip_reason "$line"); then
		skip "$line" "$reason"
		continue
	fi
	command=$(shorten "$line")
	run bash -c "$command"
	[ "$status" = "$wanted" ] || diag <<<"ran: $command"
	is "$status" "$wanted" "$line exits $wanted"
done < <(commands)
ok "README.md has commands" [ "$count" -gt 0 ]
done_testing
