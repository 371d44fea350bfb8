#!/bin/sh
# SPDX-License-Identifier: MIT
# unpack_place.sh NSPROOF: `image unpack` to a small disk that fills up, and into a mount point, which
# is filled in place: whatever ends it, it is as it was, or marked. Skipped (77) without root.
# shellcheck disable=SC2034,SC2154 # shared with unpack_stand.sh
set -eu

test "$(id -u)" = 0 || exit 77
nsproof=$(readlink -f "$1") self=$(readlink -f "$0")
# shellcheck source=/dev/null # beside this one
. "$(dirname "$self")/unpack_stand.sh"

# on OPTIONS: a new tmpfs on "mount"
on()
{
	umount mount 2>/dev/null || true
	mount -t tmpfs -o "$1" nsproof-test mount
	mkdir -m 700 mount/lost+found
	touch -d @1600000000 mount
	list mount >found
}

# not_there WORDS IMAGE: in place; the mount point is as it was found
not_there()
{
	status=0
	unpack "$2.tar" mount || status=$?
	same "in place, $1: status" "$status" 2
	grep -qF -- "$1" err || not_ok "in place: no '$1' in: $(cat err)"
	list mount | diff found - || not_ok "in place, $1: not as it was found"
}

full_disk()
{
	on size=20m
	mkdir mount/work mount/work/empty
	ln -s mount/work work
	fails 'No space left on device' large
	rm work
	on size=20m
	not_there 'No space left on device' large
	on size=20m,nr_inodes=500
	not_there 'No space left on device' many
}

in_place()
{
	on size=50m
	not_there "'.nsproof-incomplete'" marker
	accept mount many
	same "in place" "$(stat -c '%a %.9Y' mount)" '711 1700000000.123456789'
	rmdir mount/lost+found
	touch -d @1700000000.123456789 mount
	whole mount || not_ok "in place: not complete: $(list mount | diff - many.list | head -n 3)"
	list mount >found
	not_there 'not empty' small
	on size=50m
	: >mount/lost+found/saved
	list mount >found
	not_there 'not empty' small
	on size=50m
	(cd mount && accept .)
	test -f mount/file || not_ok "a mount point as '.'"
	on size=50m
	: >mount/.nsproof-incomplete
	: >mount/half
	flock mount/.nsproof-incomplete sleep 1 &
	sleep 0.2
	list mount >found
	not_there 'another process is filling it' small
	wait
	accept mount
	same "taken over" "$(names mount)" 'file lost+found '
	# a bind mount is on the same device as what surrounds it
	mkdir work work/bound
	mount --bind work/bound work/bound
	accept work/bound
	test -f work/bound/file || not_ok "a bind mount"
	umount work/bound
	wipe work
}

# the marker is taken away while the tree grows: then nobody can tell that it is whole
marker_touched()
{
	for i in 1 2 3 4 5 6 7 8 9 10; do
		on size=50m
		"$nsproof" image unpack many.tar mount >out 2>err &
		pid=$!
		# a marker that has just been made is still to be locked
		while kill -0 $pid 2>/dev/null && [ ! -e mount/sub ]; do
			:
		done
		kill -STOP $pid 2>/dev/null || true
		touched=
		if rm mount/.nsproof-incomplete 2>/dev/null; then
			touched=yes
			mkdir mount/.nsproof-incomplete
		fi
		kill -CONT $pid 2>/dev/null || true
		status=0
		wait $pid || status=$?
		test -z "$touched" || break
	done
	same "marker touched: status" "$status" 2
	grep -q 'somebody has touched' err || not_ok "marker touched: $(cat err)"
	list mount | diff found - || not_ok "marker touched: not as it was found"
}

kills_in_place()
{
	half=0 done=0
	moments $((rounds / 10 + 50)) >delays
	on size=50m
	while ! enough $done $((rounds / 10)) && read -r delay; do
		done=$((done + 1))
		kill_at "$delay" mount
		if [ -e mount/.nsproof-incomplete ]; then
			half=$((half + 1))
		elif [ "$(names mount)" != 'lost+found ' ]; then
			rmdir mount/lost+found
			touch -d @1700000000.123456789 mount
			whole mount || not_ok "in place: half a tree, not marked, after $delay s"
			on size=50m
			continue
		fi
		accept mount
		same "in place, after $delay s" "$(names mount)" 'file lost+found '
		on size=50m
	done <delays
	echo "$half of $done killed half-way in place"
	enough $done $((rounds / 10)) || not_ok "in place: none was killed half-way"
}

make_images
mkdir mount
full_disk
in_place
marker_touched
ms=$(measure)
kills_in_place
echo "$failed failed"
test "$failed" = 0
