#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh NSPROOF HOOKED IMAGE [PYTHON SCHEMA]: how benchmarks end: exit statuses, reports that hold
# together, and nothing left. HOOKED is nsproof with faults on demand (hooks.c).
set -eu

nsproof=$1 hooked=$2 image=$3 python=${4-} schema=${5-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

not_ok()
{
	echo "not ok $1"
	sed 's/^/#   /' "$dir/out" "$dir/err"
	failed=$((failed + 1))
}

# expect STATUS WORDS COMMAND...: the status, and the words somewhere in what it prints
expect()
{
	want=$1 words=$2
	shift 2
	status=0
	"$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	test "$status" = "$want" || not_ok "$*: status $status instead of $want"
	test -z "$words" || cat "$dir/out" "$dir/err" | grep -qF -- "$words" || not_ok "$*: no '$words'"
}

# a document that the schema accepts, of which an expression in Python is true
json()
{
	test -n "$schema" || return 0
	"$python" -c "import json, sys, jsonschema
got = json.load(open(sys.argv[1]))
jsonschema.validate(got, json.load(open(sys.argv[2])))
sys.exit(not ($2))" "$1" "$schema" 2>>"$dir/err" || not_ok "JSON: $2"
}

bench() { "$nsproof" bench --image "$image" --time 0.1 "$@"; }
hooked() { "$hooked" bench --image "$image" --time 0.1 "$@"; }

# interrupt COMMAND...: SIGINT, once there is something to interrupt
interrupt()
{
	"$@" >"$dir/out" 2>"$dir/err" </dev/null &
	sleep 1
	kill -INT $!
	status=0
	wait $! || status=$?
	test $status = 130 || not_ok "$*: status $status after SIGINT"
}

runs()
{
	expect 0 'ns/pid/setns' bench --quick 'ns/pid/*'
	expect 0 '' bench --quick --format json --output "$dir/json" 'ns/pid/*'
	json "$dir/json" 'len(got["results"]) == 3 and got["totals"]["status"] == 0'
	expect 0 '' bench --results "$dir/results" ns/none/clone3
	json "$dir/results/bench.json" 'got["results"][0]["floor"]["ratio"] > 0'
	expect 4 "no scenario matches 'x/*'" bench 'x/*'
	expect 4 "no scenario is called 'x'" bench --serve x
	# in a user namespace that allows none below it; an ordinary user's spawner needs one
	test "$(id -u)" != 0 ||
		expect 4 'ns/user/clone3              skipped: unshare: No space left' \
			unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; "$@"' - \
			"$nsproof" bench --image "$image" ns/user/clone3
}

faults()
{
	export NSPROOF_FAIL_EVERY=20
	expect 3 '/no-such-program: cannot be executed' hooked --time 3 container/six
	expect 3 'sample ' hooked --time 3 --against "$nsproof" container/six
	# one that fails does not keep others from being measured
	expect 3 '1 failed' hooked --time 3 container/six ns/none/clone3
	unset NSPROOF_FAIL_EVERY
	export NSPROOF_HANG=1
	expect 3 'container/six               failed: the scenario did not end in time' hooked container/six
	unset NSPROOF_HANG
}

builds()
{
	expect 0 'container/six' bench --against "$nsproof" --threshold 900 container/six ns/none/clone3
	expect 0 '' bench --against "$nsproof" --threshold 900 -f json -o "$dir/json" ns/none/clone3
	json "$dir/json" 'got["kind"] == "against" and got["results"][0]["ratio"] > 0'
	export NSPROOF_SLOW=container:200
	expect 1 '1 slower than the base' hooked --time 2 --against "$nsproof" container/six
	expect 0 '1 faster' bench --time 2 --against "$hooked" container/six
	unset NSPROOF_SLOW
	expect 2 '/bin/cat: no nsproof that serves samples' bench --against /bin/cat ns/none/clone3
	expect 2 '/bin/true: no nsproof that serves' bench --against /bin/true ns/none/clone3
	expect 2 "--against $dir/none: No such file" bench --against "$dir/none" ns/none/clone3
	expect 2 '--precision does not go with' bench --precision 1 --against "$nsproof" ns/none/clone3
	expect 2 '--threshold goes with --against' bench --threshold 3 ns/none/clone3
	expect 2 'takes one scenario and nothing else' bench --serve ns/none/clone3 ns/none/clone3
	expect 2 'read twice' "$nsproof" bench --image - --against "$nsproof" ns/none/clone3
	printf '\n\n' | bench --serve ns/none/clone3 >"$dir/out"
	test "$(sed 's/^[0-9][0-9]*$/N/' "$dir/out" | tr '\n' ' ')" = 'ready ns N N ' || not_ok serve
}

interrupts()
{
	# what the shell starts in the background ignores SIGINT, unless it is told otherwise
	interrupt env --default-signal=INT "$nsproof" bench --image "$image" --time 60 \
		--precision 0.001 --format json --output "$dir/json" container/six ns/none/clone3
	json "$dir/json" 'got["totals"]["interrupted"] and len(got["results"]) == 1'
	interrupt env --default-signal=INT "$nsproof" bench --image "$image" --time 60 \
		--format json --output "$dir/json" --against "$nsproof" container/six
	json "$dir/json" 'got["totals"]["interrupted"] and len(got["results"]) == 1'
	interrupt env --default-signal=INT "$nsproof" bench --image "$image" --time 60 \
		--precision 0.001 container/six
	grep -q '; interrupted$' "$dir/out" || not_ok "no summary after SIGINT"
}

# servers die with who has started them, also when that can't tell them
kills()
{
	"$nsproof" bench --image "$image" --time 60 --against "$nsproof" container/six \
		>"$dir/out" 2>"$dir/err" </dev/null &
	sleep 1
	servers=$(cat /proc/$!/task/$!/children)
	kill -KILL $!
	wait $! 2>"$dir/err" || true
	test "$(echo "$servers" | wc -w)" = 2 || not_ok "no two servers: '$servers'"
	sleep 1
	for pid in $servers; do
		# an init that does not reap leaves them as zombies
		! grep -q '^State:.[^ZX]' "/proc/$pid/status" 2>"$dir/err" || not_ok "server $pid has outlived its client"
	done
}

mounts=$(wc -l </proc/self/mountinfo)
runs
faults
builds
interrupts
kills
test "$(wc -l </proc/self/mountinfo)" = "$mounts" || not_ok "mounts are left"
test $failed = 0
