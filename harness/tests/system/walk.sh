#!/bin/sh
# SPDX-License-Identifier: MIT
# walk.sh NSPROOF IMAGE: takes the guided tour and holds it to its promises: every step is there,
# each one closes what it says that it closes, two tours tell the same. Needs no privilege; with it,
# the tour is taken as an ordinary user too. Status 77: this machine has no user namespaces for us.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# where an ordinary user can read them
chmod 755 "$dir"
cp "$1" "$dir/nsproof"
cp "$2" "$dir/image.tar"
chmod 755 "$dir/nsproof"
chmod 644 "$dir/image.tar"
failed=0

fail()
{
	echo "FAILED: $*" >&2
	failed=1
}

# section TITLE FILE: what the tour says under a heading that starts with the title
section()
{
	awk -v title="$1" '/^ ?[0-9]+  / { on = index($0, "  " title) } on' "$2"
}

# says FILE TITLE PATTERN...: each pattern is found in the section
says()
{
	file=$1 title=$2
	shift 2
	section "$title" "$file" >"$dir/section"
	[ -s "$dir/section" ] || fail "$file: no step '$title'"
	for pattern; do
		grep -Eq "^ *[*]? ?$pattern" "$dir/section" || fail "$file: '$title' does not say '$pattern'"
	done
}

# the steps whose guards every mode has
common_steps()
{
	says "$1" "Look into the archive" 'format +docker-archive' 'layers +1: '
	says "$1" "Unpack it" 'unpacked +[1-9]'
	says "$1" "A process" 'processes +4: .* host-service look' 'open +pid/kill-0'
	says "$1" "A mount namespace" 'opens +mount/host-mount-enters'
	says "$1" "Private mounts" 'closes +mount/host-mount-enters' 'closes +mount/mount-leaks-to-host'
	says "$1" "The image as root directory" 'files +bin ' 'closes +mount/canary-by-path' \
		'opens +mount/chroot-dotdot-escape'
	says "$1" "pivot_root" 'closes +mount/cwd-outside' 'opens +mount/old-root-still-mounted'
	says "$1" "Detach" 'closes +mount/old-root-still-mounted' 'closes +mount/chroot-dotdot-escape' \
		'closes +proc/mountinfo-no-host'
	says "$1" "The mistake" 'processes +4: .* host-service' 'still open +proc/host-root-link'
	says "$1" "A pid namespace" 'itself .*PID 1' 'processes +4: .* host-service' \
		'closes +pid/kill-0 \(ESRCH\)' 'works +pid/getppid-zero'
	says "$1" "A fresh /proc" 'processes +1: look' 'closes +pid/host-process-in-proc' \
		'closes +proc/host-root-link'
	says "$1" "A network namespace" 'links +lo; lo is down' 'closes +net/loopback-tcp'
	says "$1" "A hostname" 'hostname +container' 'closes +uts/sethostname-leaks'
	says "$1" "The loopback" 'links +lo; lo is up' 'works +net/lo-up'
	says "$1" "A wire"
	says "$1" "NAT"
	says "$1" "resolv.conf" 'nameserver +[0-9n]'
	says "$1" "An ipc namespace" 'closes +ipc/shm-by-key' 'closes +ipc/mq-open'
	says "$1" "What the creator" 'closes +fd/dir-fd-openat' 'closes +key/session-inherited'
	says "$1" "A cgroup"
	says "$1" "Cgroup and time namespaces" 'closes +time/offset-differs'
	says "$1" "A user namespace"
	says "$1" "Second walls" 'open now +[01] of'
}

root_steps()
{
	says "$1" "A user namespace" 'closes +user/read-root-only-file'
	says "$1" "Second walls" 'open now +0 of'
}

# tour NAME COMMAND...: twice
tour()
{
	name=$1
	shift
	status=0
	"$@" "$dir/nsproof" walk "$dir/image.tar" >"$dir/$name" 2>"$dir/err" || status=$?
	if [ $status = 4 ]; then
		echo "skipped: $(cat "$dir/err")"
		exit 77
	fi
	[ $status = 0 ] || fail "$name: status $status: $(cat "$dir/err")"
	! grep -E '^ +(WRONG|unclear|fails) ' "$dir/$name" || fail "$name: not as it should be"
	common_steps "$dir/$name"
	"$@" "$dir/nsproof" walk "$dir/image.tar" >"$dir/again" || fail "$name: does not work twice"
	diff "$dir/$name" "$dir/again" || fail "$name: two tours differ"
}

if [ "$(id -u)" != 0 ]; then
	tour user env
	exit $failed
fi
tour root env
root_steps "$dir/root"
if command -v setpriv >/dev/null; then
	tour user setpriv --reuid 65534 --regid 65534 --clear-groups
fi
exit $failed
