#!/bin/bash
# SPDX-License-Identifier: MIT
# rootless.sh NSPROOF BUSYBOX: the ids of an ordinary user: with a range in /etc/subuid and /etc/subgid, and
# with all that can be missing. The user, its ranges and its newuidmap live in private mount namespaces,
# so the machine keeps its own. Needs root (77 without) to become the user.
set -euo pipefail

uid=4321
newuidmap=$(command -v newuidmap) && newgidmap=$(command -v newgidmap) || exit 77
((EUID == 0)) && command -v setpriv unshare >/dev/null || exit 77
[[ -e /etc/subuid && -e /etc/subgid ]] || exit 77
# what may be bound over is the file itself, in a place where nsproof looks
newuidmap=$(readlink -f "$newuidmap") newgidmap=$(readlink -f "$newgidmap")

dir=$(mktemp -d)
pid=
trap '[[ ! $pid ]] || kill -KILL "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
cp "$1" "$dir/nsproof"
failed=0

check() {
	local name=$1

	shift
	if "$@" >"$dir/said" 2>&1; then
		echo "ok $name"
	else
		echo "not ok $name"
		sed 's/^/#   /' "$dir/said"
		((++failed))
	fi
}

make_image() {
	local tar=(tar --numeric-owner -C "$dir/root" -f "$dir/image.tar")

	mkdir -p "$dir/root/bin" "$dir/root/srv"
	cp "$1" "$dir/root/bin/busybox"
	ln -s busybox "$dir/root/bin/sh"
	touch "$dir/root/srv/zero" "$dir/root/srv/ann" "$dir/root/srv/last" \
		"$dir/root/srv/beyond"
	"${tar[@]}" --owner=0 --group=0 -c bin srv/zero
	"${tar[@]}" --owner=1000 --group=50 -r srv/ann
	"${tar[@]}" --owner=65535 --group=65535 -r srv/last
	"${tar[@]}" --owner=65536 --group=65536 -r srv/beyond
}

# Sets the machine up for a case: ranges of users, of groups, and what lies over the two tools.
machine() {
	echo "$1" >"$dir/subuid"
	echo "$2" >"$dir/subgid"
	{
		cat /etc/passwd
		echo "tester:x:$uid:$uid::/:/bin/sh"
	} >"$dir/passwd"
	over_newuidmap=${3-} over_newgidmap=${4-}
	chmod -R a+rX "$dir"
}

# Becomes the user on that machine, in place of this process.
# shellcheck disable=SC2016 # words of the inner shell
become_user() {
	exec unshare --mount sh -ec '
		dir=$1 over_uid=$2 newuidmap=$3 over_gid=$4 newgidmap=$5 uid=$6
		shift 6
		for name in subuid subgid passwd; do
			mount --bind "$dir/$name" "/etc/$name"
		done
		test -z "$over_uid" || mount --bind "$over_uid" "$newuidmap"
		test -z "$over_gid" || mount --bind "$over_gid" "$newgidmap"
		cd /
		exec setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"' sh \
		"$dir" "$over_newuidmap" "$newuidmap" "$over_newgidmap" "$newgidmap" "$uid" "$@"
}

as_user() {
	(become_user "$@")
}

# maps LINE: the container's maps of users and groups, both of one line.
maps() {
	local got

	got=$(as_user "$dir/nsproof" run "$dir/image.tar" -- /bin/busybox cat /proc/self/uid_map \
		/proc/self/gid_map | sed 's/  */ /g; s/^ //')
	echo "$got"
	[[ $got == "$1"$'\n'"$1" ]]
}

# owners LINE: of the image's four files, as the container sees them.
owners() {
	local got

	got=$(as_user "$dir/nsproof" run "$dir/image.tar" -- /bin/busybox stat -c %u:%g \
		/srv/zero /srv/ann /srv/last /srv/beyond | xargs)
	echo "$got"
	[[ $got == "$1" ]]
}

doctor() {
	as_user "$dir/nsproof" doctor >"$dir/out" || true
	sed -n '/^  ids/p' "$dir/out"
	grep -q "^  ids  *$1" "$dir/out"
}

# The rows that want a range; none of them may be skipped.
rows() {
	as_user "$dir/nsproof" check --strict --image "$dir/image.tar" user/read-root-only-file \
		user/overflow-ids user/chmod-root-file user/setuid-file-born-inside \
		works/files-have-mapped-owner
}

# FIRST: who nsproof and the container's process are, seen from the host.
host_ids() {
	local map child='' status=1

	become_user "$dir/nsproof" run "$dir/image.tar" -- /bin/busybox sleep 1000 &
	pid=$!
	for _ in {1..200}; do
		child=$(pgrep -P "$pid" -fx '/bin/busybox sleep 1000' || true)
		[[ $child ]] && break
		sleep 0.05
	done
	map=$(xargs <"/proc/$pid/uid_map")
	echo "$map; child $child"
	[[ $child && $map == "0 $uid 1 1 $1 65536" ]] &&
		grep -q "^Uid:	$1	$1	$1	$1$" "/proc/$child/status" &&
		grep -q "^Gid:	$1	$1	$1	$1$" "/proc/$child/status" && status=0
	kill -KILL "$pid" # PID 1 takes no SIGTERM that it does not handle
	wait "$pid" || true
	pid=
	return $status
}

# A user's own directory stays the user's, who is root in there.
own_directory() {
	rm -rf "$dir/own"
	cp -R "$dir/root" "$dir/own"
	chown -R "$uid:$uid" "$dir/own"
	as_user "$dir/nsproof" run "$dir/own" -- /bin/busybox touch /srv/new
	[[ $(stat -c %u "$dir/own/srv/new") == "$uid" ]]
}

chmod 755 "$dir"
make_image "$2"
install -m 755 "$newuidmap" "$dir/plain_newuidmap"
install -m 755 "$newgidmap" "$dir/plain_newgidmap"
alone="0 0 1" range=tester:2000000:65536

machine $range $range
check "a range: doctor" doctor "our own and 65536 subordinate ones"
check "a range: maps" maps "0 1 65536"
check "a range: owners" owners "0:0 1000:50 65535:65535 0:0"
check "a range: rows" rows
check "a range: seen from the host" host_ids 2000000
check "a range: a directory" own_directory
machine "$uid:3000000:65536" "rubbish"$'\n'"$uid:3000000:70000"
check "a range by number" maps "0 1 65536"
machine tester:2000000:10 tester:2000000:2000
check "ranges of two sizes: maps" maps "0 1 10"
check "ranges of two sizes: owners" owners "0:0 0:0 0:0 0:0"
machine tester:2000000:2000 tester:2000000:2000
check "a small range: owners" owners "0:0 1000:50 0:0 0:0"

machine "" ""
check "no range: doctor" doctor "our own alone: tester has no range of ids in /etc/subuid; .*usermod --add-subuids"
check "no range: maps" maps "$alone"
check "no range: owners" owners "0:0 0:0 0:0 0:0"
machine $range ""
check "no range of groups: doctor" doctor "our own alone: .* /etc/subgid; .*usermod --add-subgids"
check "no range of groups: maps" maps "$alone"
machine tester:0:4000 tester:0:4000
check "a range with the host's root is not taken" maps "$alone"
machine $range $range /dev/null
check "no newuidmap: doctor" doctor "our own alone: no newuidmap; install"
check "no newuidmap: maps" maps "$alone"
machine $range $range "$dir/plain_newuidmap"
check "newuidmap without rights: doctor" doctor "our own alone: newuidmap: .*must be set-user-ID"
check "newuidmap without rights: maps" maps "$alone"
# the map of users is written then, and must not stay
machine $range $range "" "$dir/plain_newgidmap"
check "newgidmap without rights: doctor" doctor "our own alone: newgidmap: .*must be set-user-ID"
check "newgidmap without rights: maps" maps "$alone"
echo "$failed failed"
((failed == 0))
