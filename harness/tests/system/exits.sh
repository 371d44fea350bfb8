#!/bin/sh
# SPDX-License-Identifier: MIT
# exits.sh NSPROOF FIXTURES: whatever goes wrong ends with the documented status and one clear line.
# Then as an ordinary user, and without any privilege (these need root to become that user).
set -eu

nsproof=$1 fixtures=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

ok() { echo "ok $1"; }

not_ok()
{
	echo "not ok $1"
	sed 's/^/#   /' "$dir/err"
	failed=$((failed + 1))
}

# expect STATUS WORDS COMMAND...: the status, nothing on standard output, and on standard error one
# line of ours with these words
expect()
{
	want=$1 words=$2
	shift 2
	status=0
	"$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	name="$words ($want)"
	if test "$status" = "$want" && test "$(wc -l <"$dir/err")" = 1 && test ! -s "$dir/out" &&
		grep -q '^nsproof: ' "$dir/err" && grep -qF -- "$words" "$dir/err"; then
		ok "$name"
	else
		echo "#   status $status"
		not_ok "$name"
	fi
}

bad_input()
{
	expect 2 "$dir/none: No such file" "$nsproof" check --image "$dir/none"
	head -c 3000 "$fixtures/classic.tar" >"$dir/cut.tar"
	expect 2 "cut.tar" "$nsproof" check --image "$dir/cut.tar"
	size=$(wc -c <"$fixtures/classic.tar")
	head -c $((size / 2)) "$fixtures/classic.tar" >"$dir/half.tar"
	expect 2 "half.tar" "$nsproof" check --image "$dir/half.tar"
	: >"$dir/empty.tar"
	expect 2 "empty.tar" "$nsproof" check --image "$dir/empty.tar"
	for hostile in wrong-digest wrong-digest-classic wrong-diff-id no-manifest bad-json; do
		expect 2 "$hostile.tar" "$nsproof" check --image "$fixtures/hostile/$hostile.tar"
	done
	mkdir "$dir/neither"
	expect 2 "neither an OCI layout, a store of layers nor a root tree" "$nsproof" check --image "$dir/neither"
	expect 2 "/dev/null" "$nsproof" check --image /dev/null
	expect 2 "no-such-dir" "$nsproof" check --output "$dir/no-such-dir/file"
}

bad_words()
{
	expect 2 "pid/no-such-check" "$nsproof" check pid/no-such-check
	expect 2 "pid/no-such-check" "$nsproof" check pid/kill-0 pid/no-such-check
	expect 4 "nothing/*" "$nsproof" check 'nothing/*'
	expect 2 "--frobnicate" "$nsproof" check --frobnicate
	expect 2 "--jobs" "$nsproof" check --jobs 0
	expect 2 "--timeout" "$nsproof" check --timeout
	expect 2 "--format" "$nsproof" check --format xml
	expect 2 "frobnicate" "$nsproof" frobnicate
	expect 2 "no command" "$nsproof"
}

# counts the checks that ran, from the line of totals in a report
count_run()
{
	sed -n 's/^\([0-9]*\) isolated, \([0-9]*\) leaked, \([0-9]*\) blind, \([0-9]*\) broken, .*/\1 \2 \3 \4/p' \
		"$1" | awk '{ print $1 + $2 + $3 + $4 }'
}

as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

# with the status, and the summary's single line on standard error
user_run()
{
	status=0
	(cd / && as_user "$dir/user/nsproof" check --image "$dir/user/classic.tar") \
		>"$dir/out" 2>"$dir/err" </dev/null || status=$?
	run=$(count_run "$dir/out")
	if test "$status" = 0 && test "${run:-0}" -ge 25 && test "$(wc -l <"$dir/err")" = 1; then
		ok "an ordinary user runs $run checks"
	else
		cat "$dir/out"
		not_ok "an ordinary user: status $status, ${run:-0} checks"
	fi
}

# Where /proc is covered in part, as inside another container, the kernel refuses a fresh one to a new
# user namespace: sealed containers then run in the arena, whose /proc is complete.
covered_proc()
{
	status=0
	unshare --mount sh -c 'mount -t tmpfs none /proc/fs && exec "$@"' sh \
		"$nsproof" check --verbose --image "$fixtures/classic.tar" \
		>"$dir/out" 2>"$dir/err" </dev/null || status=$?
	if test "$status" = 0 && ! grep -q "^ *sealed .* real " "$dir/out"; then
		ok "below a covered /proc every arm runs in the arena"
	else
		grep -A8 -e broken -e "sealed .* real" "$dir/out" | head -n 20
		not_ok "below a covered /proc: status $status"
	fi
}

# nested COMMAND...: as nobody, in a user namespace of its own where no further one can be made (the
# limit of the machine stays as it is). This shell maps its ids: that takes no newuidmap.
nested()
{
	unshare --user sh "$dir/user/await" "$@" &
	await_file "$dir/pid"
	pid=$(cat "$dir/pid")
	echo "0 0 65536" >"/proc/$pid/uid_map"
	echo "0 0 65536" >"/proc/$pid/gid_map"
	: >"$dir/go"
	wait $!
}

await_file()
{
	for _ in $(seq 200); do
		test -e "$1" && return
		sleep 0.02
	done
	return 1
}

no_privilege()
{
	cat >"$dir/user/await" <<-END
		echo \$\$ >$dir/pid.new && mv $dir/pid.new $dir/pid
		for _ in \$(seq 200); do
			test -e $dir/go && exec sh $dir/user/without "\$@"
			sleep 0.02
		done
	END
	cat >"$dir/user/without" <<-END
		echo 0 >/proc/sys/user/max_user_namespaces || exit 99
		exec setpriv --reuid 65534 --regid 65534 --clear-groups "\$@"
	END
	expect 4 "needs userns" nested "$dir/user/nsproof" check --image "$dir/user/classic.tar"

	# doctor names the setting, on standard output too
	rm -f "$dir/pid" "$dir/go"
	status=0
	nested "$dir/user/nsproof" doctor >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	words="user.max_user_namespaces is 0"
	if test "$status" = 4 && grep -q "$words" "$dir/out" && grep -q "$words" "$dir/err"; then
		ok "doctor: $words (4)"
	else
		not_ok "doctor without user namespaces: status $status"
	fi
}

chmod 755 "$dir"
bad_input
bad_words
if test "$(id -u)" = 0 && command -v setpriv >/dev/null && command -v unshare >/dev/null; then
	mkdir "$dir/user"
	cp "$nsproof" "$fixtures/classic.tar" "$dir/user"
	chmod -R a+rX "$dir/user"
	user_run
	covered_proc
	no_privilege
else
	echo "skip an ordinary user, no privilege: need root, setpriv and unshare"
fi
echo "$failed failed"
test "$failed" = 0
