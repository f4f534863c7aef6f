#!/bin/bash
# campaign.t: tests. Campaigns with both engines on both architectures, and what kill -9 leaves.
. "$(dirname "$0")/../tap.sh"
TAP_DEADLINE=300

run "$CGOFUZZ" fuzz --time 6s --batch-time 3s --seed 9 --out "$T/all"
is "$status" 0 "both architectures under both engines"
run "$CGOFUZZ" status "$T/all" --json
is "$(grep -c '"executions": [1-9]' <<<"$out")" 5 "each lane has run"
for dir in "$T"/all/engines/afl-*; do
	ok "AFL++'s directory is AFL++'s: afl-whatsup ($(basename "$dir" | cut -c1-9))" \
		afl-whatsup -d "$dir/out"
	ok "and plot_data is there" [ -s "$dir/out/default/plot_data" ]
done

# kill -9 in a campaign with faults: of the fuzzer, of the guest, of the supervisor
c=$T/planted
"$CGOFUZZ" fuzz --arch amd64 --target planted --time 100s --seed 3 --out "$c" >"$T/bg" 2>&1 &
pid=$!
for _ in $(seq 150); do
	[ "$(find "$c/spool" -mindepth 1 -maxdepth 1 -type d 2>/dev/null | wc -l)" -gt 10 ] && break
	sleep 0.2
done
for child in $(pgrep -P $pid); do kill -9 "$child"; done
sleep 3
ok "the supervisor goes on" kill -0 $pid
before=$(find "$c/spool" -mindepth 1 -maxdepth 1 -type d | wc -l)
kill -9 $pid
wait $pid 2>/dev/null
sleep 1
is "$(grep -lsa "CGOFUZZ_DIR=$c" /proc/[0-9]*/environ | wc -l)" 0 "no process outlives its supervisor"
pending=$(find "$c/engines" -path '*/pending/*.rec' | wc -l)
run "$CGOFUZZ" fuzz --out "$c" --time 1s
is "$status" 1 "it resumes and still knows its faults"
after=$(find "$c/spool" -mindepth 1 -maxdepth 1 -type d | wc -l)
ok "no bundle is lost ($before + $pending pending, now $after)" [ "$after" -ge "$before" ]
is "$(compgen -G "$c/engines/*/slice-*" | wc -l)" 0 "and nothing is left to collect"
done_testing
