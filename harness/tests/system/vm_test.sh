#!/bin/sh
# SPDX-License-Identifier: MIT
# vm_test.sh BUILD ROOT: vm.sh with a kernel that is installed below ROOT (empty: on this machine), as
# the guest's root and as its user; a few suites, since an emulated processor is slow. 77 where there is
# no kernel, or no qemu.
set -eu

build=$1 root=$2
here=$(dirname "$0")

for modules in "$root"/lib/modules/*; do
	kernel=$root/boot/vmlinuz-$(basename "$modules")
	if test -r "$kernel"; then
		"$here/vm.sh" -b "$build" -t 280 "$kernel" "$modules" 'pid/*' 'cap/*' 'dev/*' 'net/nat*'
		"$here/vm.sh" -b "$build" -t 280 -u "$kernel" "$modules" 'uts/*' 'user/*'
		exit 0
	fi
done
echo "vm_test.sh: there is no kernel in $root/boot with its modules in $root/lib/modules" >&2
exit 77
