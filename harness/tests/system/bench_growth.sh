#!/bin/sh
# SPDX-License-Identifier: MIT
# bench_growth.sh NSPROOF IMAGE: takes a few samples of each scenario of networks, growth and memory.
# None fails, and the machine is as it was before, also after a SIGKILL in the middle of a crowd.
# Status 77: no user namespaces for us.
set -eu

nsproof=$1 image=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

fail()
{
	echo "FAILED: $*" >&2
	failed=1
}

# what a scenario could leave: mounts, links, directories
look()
{
	cut -d' ' -f5 /proc/self/mountinfo | sort
	ls /sys/class/net
	ls -d /tmp/mounts.* /tmp/layers.* /run/mounts.* /run/layers.* 2>/dev/null || :
}

# how many processes are of a session: field 6 of /proc/PID/stat, behind a name that can hold anything
count()
{
	cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' | awk -v s="$1" '$4 == s { n++ } END { print n + 0 }'
}

# the kernel ends the processes of a killed one a little later
same()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		look >"$dir/after"
		cmp -s "$dir/before" "$dir/after" && return
		sleep 0.5
	done
	diff "$dir/before" "$dir/after" >&2 || :
	fail "$1 left something"
}

look >"$dir/before"
status=0
"$nsproof" bench -i "$image" -t 0.05 'net/*' scale/live/0 scale/live/100 'scale/mounts/*' \
	'scale/parallel/[14]' 'scale/veths/*' 'scale/layers/*' 'memory/[hri]*' --phases \
	>"$dir/text" 2>"$dir/errors" || status=$?
cat "$dir/text" "$dir/errors"
[ "$status" -ne 2 ] || ! grep -q 'user namespaces' "$dir/errors" || exit 77
[ "$status" -ne 4 ] || exit 77
[ "$status" -eq 0 ] || fail "status $status"
# parts add up
grep ' sum ' "$dir/text" | grep -Evq ' (9[7-9]|10[0-3])\.[0-9] % of the whole' &&
	fail "the parts do not add up to the whole"
for curve in net/teardown scale/live scale/mounts scale/parallel scale/veths scale/layers; do
	grep -Eq "^  $curve  .* for each of |^  $curve/.*skipped" "$dir/text" ||
		fail "no curve for $curve"
done
same "bench"

setsid "$nsproof" bench -i "$image" -t 20 scale/live/100 >"$dir/text" 2>&1 &
victim=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	sleep 0.5
	crowd=$(count "$victim")
	[ "$crowd" -lt 100 ] || break
done
[ "$crowd" -ge 100 ] || fail "no crowd, but $crowd processes"
kill -9 "$victim"
wait "$victim" 2>/dev/null || :
same "a killed bench"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	crowd=$(count "$victim")
	[ "$crowd" -ne 0 ] || break
	sleep 0.5
done
[ "$crowd" -eq 0 ] || fail "$crowd processes outlived a killed bench"
exit "$failed"
