#!/bin/busybox sh
# SPDX-License-Identifier: MIT
# shellcheck shell=dash
# vm_init.sh: PID 1 of the guest of vm.sh. The root of an initramfs can't be pivoted away from, so it
# first moves to a tmpfs and starts over there.
set -u
export PATH=/bin NO_COLOR=1 HOME=/

if test "${1:-}" != moved; then
	/bin/busybox mkdir -p /root /proc /sys /dev /tmp
	/bin/busybox --install -s /bin
	mount -t tmpfs -o mode=755 none /root
	# not by *: everything but what is mounted
	for name in bin etc job lib lib64 modules usr proc sys dev tmp init; do
		test -e "/$name" && cp -a "/$name" /root/
	done
	exec switch_root /root /init moved
fi

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm /dev/mqueue
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t mqueue mqueue /dev/mqueue
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=1777 tmpfs /tmp
exec </dev/console >/dev/console 2>&1
stty -F /dev/ttyS1 raw -echo

while read -r module; do
	insmod "/modules/$module" || echo "vm: $module: cannot be loaded"
done </modules/order
ip link set lo up
printf 'root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' >/etc/passwd
printf 'root:x:0:\nuser:x:1000:\n' >/etc/group
mkdir -m 777 /tmp/results

set --
while read -r argument; do
	set -- "$@" "$argument"
done </job/arguments
if test -e /job/test_rows; then
	set -- /job/test_rows "$@" -- /job/image.tar /job/fake_*
else
	# an emulated processor is slow: a limit that only what hangs exceeds
	set -- nsproof check --image /job/image.tar --timeout 30 --results /tmp/results "$@"
fi

status=0
if test -e /job/as_user; then
	chmod 711 /job
	# shellcheck disable=SC2016 # the words are the inner shell's
	su -s /bin/sh user -c '"$0" "$@"' -- "$@" || status=$?
else
	"$@" || status=$?
fi
tar -cz -C /tmp/results . >/dev/ttyS1
echo "vm: status $status"
poweroff -f
