#!/bin/sh
# SPDX-License-Identifier: MIT
# vm.sh [OPTION...] KERNEL MODULES_DIR [check arguments]: the catalogue on a kernel under test.
#
#   -b DIR      the build directory (default: build)
#   -o DIR      keep results.json, results.ktap, report.txt and the console log there
#   -u          as an ordinary user of the guest, not as its root
#   -r          the rows test instead (every row can fail, fake probes never pass); the arguments
#               are then patterns of rows
#   -a NAME     the accelerator (default: tcg, which emulates; kvm where the machine has it)
#   -c NAME     the processor to emulate (default: max)
#   -k WORDS    more for the kernel's command line: lockdown=integrity, ipv6.disable=1 ...
#   -p N        how many processors (default: 2)
#   -t SECONDS  deadline for everything in the guest (default: 600)
#
# Boots KERNEL (a vmlinuz) in qemu without network or disk. The guest lives on
# an initramfs of busybox, nsproof, the fixture image and what MODULES_DIR (as /lib/modules/VERSION)
# has of the modules below. Prints the report and ends with the guest's status; 77: something that
# this needs is not installed. vm_init.sh is what runs inside.
set -eu

# What rows and needs use and a kernel may have as a module; what it lacks shows as a need.
modules="veth bridge dummy macvlan ipvlan tun overlay fuse nf_tables nft_chain_nat nft_masq
	nf_conntrack ipv6 unix_diag inet_diag tcp_diag udp_diag packet_diag loop"

here=$(cd "$(dirname "$0")" && pwd)
build=build results='' user=0 rows=0 accel=tcg cpu=max words='' cpus=2 deadline=600

usage() { sed -n 's/^# \{0,1\}//; 3,19p' "$0"; }

while getopts b:o:ura:c:k:p:t:h option; do
	case $option in
	b) build=$OPTARG ;;
	o) results=$OPTARG ;;
	u) user=1 ;;
	r) rows=1 ;;
	a) accel=$OPTARG ;;
	c) cpu=$OPTARG ;;
	k) words=$OPTARG ;;
	p) cpus=$OPTARG ;;
	t) deadline=$OPTARG ;;
	h) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if test $# -lt 2 || ! test -r "$1" || ! test -d "$2" || ! test -x "$build/harness/nsproof"; then
	echo "vm.sh: wanted: a kernel, its directory of modules, and -b DIR with a build" >&2
	exit 2
fi
kernel=$1 modules_dir=$2
shift 2

for tool in qemu-system-x86_64 busybox cpio modinfo ldd; do
	if ! PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null; then
		echo "vm.sh: $tool is not installed" >&2
		exit 77
	fi
done
PATH=$PATH:/usr/sbin:/sbin

dir=$(mktemp -d)
qemu=
# in the background, so that a signal is not kept waiting for it
trap 'test -z "$qemu" || kill "$qemu"; rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
root=$dir/root
mkdir -p "$root/bin" "$root/job" "$root/modules" "$root/etc"

# copy_libraries FILE: the shared libraries of a file, where the loader looks for them
copy_libraries()
{
	ldd "$1" 2>/dev/null | sed -n 's|.*[[:space:]]\(/[^ ]*\) (.*|\1|p' | while read -r library; do
		mkdir -p "$root/$(dirname "$library")"
		cp -L "$library" "$root/$library"
	done
}

# add_module NAME: the module behind what it depends on, once; none where the kernel has it built in
add_module()
{
	pattern=$(echo "$1" | sed 's/[-_]/[-_]/g')
	file=$(find "$modules_dir/" -name "$pattern.ko*" | head -n 1)
	if test -z "$file" || grep -qx "$1" "$root/modules/order"; then
		return
	fi
	for needed in $(modinfo -F depends "$file" | tr , ' '); do
		(add_module "$needed")
	done
	case $file in
	*.ko) cp "$file" "$root/modules/$1" ;;
	*.xz) xz -dc "$file" >"$root/modules/$1" ;;
	*.zst) zstd -qdc "$file" >"$root/modules/$1" ;;
	*.gz) gzip -dc "$file" >"$root/modules/$1" ;;
	esac
	echo "$1" >>"$root/modules/order"
}

cp "$(command -v busybox)" "$root/bin/busybox"
cp "$here/vm_init.sh" "$root/init"
cp "$build/harness/nsproof" "$root/bin/nsproof"
cp "$build/fixtures/classic.tar" "$root/job/image.tar"
if test "$rows" = 1; then
	cp "$build"/harness/tests/test_rows "$build"/harness/tests/fake_* "$root/job/"
	copy_libraries "$build/harness/tests/test_rows"
fi
copy_libraries "$build/harness/nsproof"
# loaded at run time: of Debian's and Fedora's directories the one that has it
for library in /usr/lib/*/libnftables.so.1 /usr/lib64/libnftables.so.1 /usr/lib/libnftables.so.1; do
	test -e "$library" || continue
	mkdir -p "$root/$(dirname "$library")"
	cp -L "$library" "$root/$library"
	copy_libraries "$library"
	# a static program looks for the loader there, and not where programs name it
	cp -L /lib*/ld-linux* "$root/$(dirname "$library")/" 2>/dev/null || true
	break
done
: >"$root/modules/order"
for module in $modules; do
	add_module "$module"
done
test "$user" = 0 || touch "$root/job/as_user"
for argument; do
	printf '%s\n' "$argument"
done >"$root/job/arguments"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$dir/initramfs"

# The console is the first serial port; the second brings back an archive of the results.
began=$(date +%s)
timeout -k 5 "$deadline" qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none \
	-M q35 -accel "$accel" -cpu "$cpu" -smp "$cpus" -m 1024 -nic none \
	-serial "file:$dir/console" -serial "file:$dir/results.tar.gz" \
	-kernel "$kernel" -initrd "$dir/initramfs" -append "console=ttyS0 panic=-1 quiet $words" \
	>"$dir/qemu" 2>&1 &
qemu=$!
wait "$qemu" || echo "qemu ended with status $?" >>"$dir/qemu"
qemu=
touch "$dir/console"
seconds=$(($(date +%s) - began))

if test -n "$results"; then
	mkdir -p "$results"
	cp "$dir/console" "$results/console.txt"
	if test -s "$dir/results.tar.gz"; then
		tar -xzf "$dir/results.tar.gz" -C "$results" || true
	fi
fi
tr -d '\r' <"$dir/console"
status=$(tr -d '\r' <"$dir/console" | sed -n 's/^vm: status \([0-9]*\)$/\1/p' | tail -n 1)
if test -z "$status"; then
	cat "$dir/qemu" >&2
	echo "vm.sh: the guest did not end by itself in $seconds of $deadline s" >&2
	exit 1
fi
echo "vm: $seconds s"
# the guest's own 77 does not say that something is not installed here
test "$status" != 77 || status=4
exit "$status"
