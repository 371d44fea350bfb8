#!/bin/sh
# SPDX-License-Identifier: MIT
# bench_image.sh NSPROOF IMAGE: takes a few samples of images and checks. None fails, a disk that is
# none is named, and nothing is left on the disk or on a loop device, also after a SIGKILL.
# Status 77: no user namespaces for us.
set -eu

nsproof=$1 image=$2
# not in /tmp, which a scenario sees its own tmpfs in
dir=$(mktemp -d /var/tmp/nsproof-bench-XXXXXX)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/disk"
export TMPDIR="$dir/disk"
failed=0

fail()
{
	echo "FAILED: $*" >&2
	failed=1
}

# the kernel lets go of what a killed process had a little later
clean()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		left=$(ls -A "$dir/disk"; cat /sys/block/loop*/loop/backing_file 2>/dev/null |
			grep -F "$dir" || :)
		[ -n "$left" ] || return 0
		sleep 0.5
	done
	fail "$1 left $left"
}

status=0
"$nsproof" bench -i "$image" -t 0.05 'image/unpack/[dl]*' image/unpack/root/xz image/inspect \
	check/suites >"$dir/text" 2>"$dir/errors" || status=$?
cat "$dir/text" "$dir/errors"
[ "$status" -ne 2 ] || ! grep -q 'user namespaces' "$dir/errors" || exit 77
[ "$status" -eq 0 ] || fail "status $status"
grep -Eq '^  image/unpack/deep/none .* [MG]B/s .* files/s .* of the floor' "$dir/text" ||
	fail "no rates of unpacking"
grep -Eq '^  check/suites .* /s' "$dir/text" || fail "no rate of checks"
clean "bench"

if [ -w /dev/shm ]; then
	TMPDIR=/dev/shm "$nsproof" bench -i "$image" -t 0.05 image/inspect image/unpack/deep/none/disk \
		>"$dir/text" 2>&1 || fail "a disk in memory ended with status $?"
	grep -q 'deep/none/disk  skipped: /dev/shm is no disk' "$dir/text" ||
		fail "a file system in memory was taken for a disk"
fi

"$nsproof" bench -i "$image" -t 20 image/unpack/deep/none/disk >"$dir/text" 2>&1 &
victim=$!
sleep 2
kill -9 "$victim" 2>/dev/null || :
wait "$victim" 2>/dev/null || :
clean "a killed bench"
exit "$failed"
