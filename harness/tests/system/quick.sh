#!/bin/sh
# SPDX-License-Identifier: MIT
# quick.sh NSPROOF WHOLE NSPROBE FIXTURE: the quick start (harness/quick/) makes no difference but in
# time. The same commands by NSPROOF, which has it, and by WHOLE, which is the same program without it:
# the same output, the same errors, the same status.
set -eu

nsproof=$1 whole=$2 probe=$3 fixture=$4
test "$(id -u)" = 0 || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

mkdir -p "$dir/root/bin" "$dir/root/etc" "$dir/root/proc" "$dir/root/dev" "$dir/root/sys" "$dir/root/tmp" "$dir/root/run"
cp "$probe" "$dir/root/bin/probe"
chmod 755 "$dir" "$dir/root"
echo 'no interpreter line' >"$dir/root/bin/script"
echo 'no program' >"$dir/root/bin/data"
chmod 755 "$dir/root/bin/script"

not_ok()
{
	echo "not ok $*"
	failed=$((failed + 1))
}

# same WORD...: after "nsproof"; MUST, if set, is the status
same()
{
	for program in "$nsproof" "$whole"; do
		status=0
		"$program" "$@" >"$dir/out" 2>&1 </dev/null || status=$?
		# names of namespaces never repeat, and pids of the host
		{ sed 's/\[[0-9]*]/[N]/; s/^pid=[0-9][0-9][0-9]*$/pid=N/' "$dir/out"; echo "status $status"; } >"$dir/said.${program##*/}"
	done
	if cmp -s "$dir/said.${nsproof##*/}" "$dir/said.${whole##*/}"; then
		echo "ok $*: status $status"
	else
		not_ok "$*"
		diff "$dir/said.${nsproof##*/}" "$dir/said.${whole##*/}" | sed 's/^/#   /'
	fi
}

# what it does itself: root's own root directory, with all guards, and with each alone switched off
same run "$dir/root" -- probe namespaces
for option in $("$whole" run --help | grep -o -- '--no-[a-z0-9-]*'); do
	same run "$option" "$dir/root" -- probe namespaces
done
same run --init "$dir/root" -- probe namespaces
same run "$dir/root" -- /bin/probe nonsense
same run "$dir/root" -- nothing
same run "$dir/root" -- data
same run "$dir/root" -- script
same run "$dir/root" -- ''
same run "$dir/root"
same run --no-root --no-env "$dir/root" -- sh -c 'exit 7'
same run --no-root --no-pid "$dir/root" -- sh -c 'kill -9 $$'
# what it leaves to the whole program
# shellcheck disable=SC2046 # as many words
same run --no-root "$dir/root" -- echo $(seq 300)
same run
same run --help
same run --nonsense "$dir/root"
same run --ref a "$dir/root"
same run "$dir/nowhere"
same run "$dir/root/bin"
same run "$fixture" -- true
same run --net veth "$dir/root" -- probe namespaces
same run --net none "$fixture" -- sh -c 'exit 3'
same --version
same list pid
same

# and it is what starts
entry=$(readelf -h "$nsproof" | sed -n 's/.*Entry point address: *0x//p')
nm "$nsproof" | grep -q "^0*$entry . quick_start$" || not_ok "the entry point is not the quick start's"

# an ordinary user is left to the whole program, which asks for a user namespace
chmod 755 "$dir/root/bin"
as="setpriv --reuid=65534 --regid=65534 --clear-groups"
cp "$nsproof" "$dir/with"
cp "$whole" "$dir/without"
if $as "$dir/without" run "$dir/root" -- probe namespaces >/dev/null 2>&1; then
	$as "$dir/with" run "$dir/root" -- probe namespaces >/dev/null || not_ok "as an ordinary user"
fi

test "$failed" = 0
