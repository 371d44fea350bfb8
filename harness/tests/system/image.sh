#!/bin/sh
# SPDX-License-Identifier: MIT
# image.sh NSPROOF COMPARE_TREES FIXTURES: unpacks the fixture images and compares the trees, entry by
# entry: with what they have to be, and the same image in one form with another. Needs no privilege.
set -eu

nsproof=$1 compare=$2 fixtures=$3
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
failed=0

fail()
{
	echo "FAILED: $*" >&2
	failed=1
}

# check NAME COMMAND...: the command must succeed
check()
{
	name=$1
	shift
	"$@" || fail "$name"
}

good_images()
{
	for layout in classic modern; do
		"$nsproof" image unpack "$fixtures/$layout.tar" "$dir/$layout" >"$dir/out" ||
			fail "$layout does not unpack"
		"$nsproof" image inspect "$fixtures/$layout.tar" | grep -q "^tags  *nsproof/fixture:$layout$" ||
			fail "$layout: inspect does not show the tag"
		"$nsproof" image inspect --json "$fixtures/$layout.tar" | grep -q '"codec":' ||
			fail "$layout: inspect --json shows no layers"
	done
	readable "$dir/classic" "$dir/modern"
	"$compare" "$dir/classic" "$dir/modern" 2>"$dir/count" ||
		fail "the two layouts give different trees"
}

# readable TREE...: a user opens what its mode would keep from its owner
readable()
{
	test "$(id -u)" = 0 || chmod -R u+r "$@"
}

# Every compression and every form of a sparse file, against plain layers and gzip.
features()
{
	for image in features features-classic features-oci; do
		"$nsproof" image unpack "$fixtures/$image.tar" "$dir/$image" >"$dir/out" ||
			fail "$image does not unpack"
	done
	readable "$dir/features" "$dir/features-classic" "$dir/features-oci"
	"$compare" "$dir/features" "$dir/features-classic" 2>"$dir/count" ||
		fail "the features differ in the old form"
	cd "$dir/features/sparse"
	check "sparse: old form" cmp gnu-old pax-1.0
	check "sparse: PAX 0.0" cmp pax-0.0 pax-1.0
	check "sparse: PAX 0.1" cmp pax-0.1 pax-1.0
	check "sparse: first piece" test "$(dd if=pax-1.0 bs=8 skip=512 count=1 2>/dev/null)" = first...
	check "sparse: second piece" test "$(tail -c +65537 pax-1.0 | head -c 8)" = second..
	check "sparse: size" test "$(stat -c %s pax-1.0)" = 131072
	check "sparse: holes" test "$(stat -c %b gnu-old-long)" -lt 256
	check "sparse: a long map" test "$(tail -c +40961 gnu-old-long | head -c 8)" = "piece 5."
	# what the portable one leaves out; the times of their directory tell nothing
	rm gnu-old gnu-old-long
	touch -r "$dir/features-oci/sparse" .
	cd /
	"$compare" "$dir/features" "$dir/features-oci" 2>"$dir/count" ||
		fail "the features differ in the portable form"
}

tree_is_right()
{
	cd "$dir/modern"
	check "program runs" test "$(bin/busybox echo runs)" = runs
	check "applet links" test "$(readlink bin/sh)" = busybox
	check "whiteout" test ! -e etc/motd
	check "no whiteout file stays" test -z "$(find . -name '.wh.*')"
	check "replaced file" grep -q second etc/issue
	check "opaque hides" test ! -e var/lib/data/lower -a ! -e var/lib/data/deep
	check "opaque spares its layer" test -e var/lib/data/upper -a -e var/lib/data/before
	check "file becomes directory" test -f opt/becomes-directory/inside
	check "directory becomes file" test -f opt/becomes-file
	check "directory becomes link" test -L opt/becomes-link
	check "hard link into a lower layer" test bin/busybox -ef bin/linked-busybox
	check "entry through a link" test -f bin/late
	check "absolute link as it is" test "$(readlink opt/absolute-link)" = /etc/passwd
	check "FIFO" test -p opt/fifo
	check "sticky" test "$(stat -c %a tmp)" = 1777
	check "directory mode" test "$(stat -c %a opt/tight)" = 555
	check "time of a directory" test "$(stat -c %.9Y opt/tight)" = 1700000000.000000001
	check "time in nanoseconds" test "$(stat -c %.9Y opt/nanoseconds)" = 1700000000.123456789
	check "hole" test "$(stat -c %s opt/hole)" = 1048605
	check "hole is one" test "$(stat -c %b opt/hole)" -lt 1024
	check "content after the hole" test "$(tail -c 29 opt/hole)" = "after a hole of one mebibyte"
	check "line break in a name" test -f 'opt/new
line'
	if [ "$(id -u)" = 0 ]; then
		check "owner" test "$(stat -c %u:%g opt/owned)" = 1000:1000
		check "setuid" test "$(stat -c %a opt/setuid)" = 6755
		# root of a user namespace may not
		check "device" test -c dev/null -o "$(grep -c 'device nodes left out: 1' "$dir/out")" = 1
	else
		check "device left out" test ! -e dev/null
		check "device counted" grep -q 'device nodes left out: 1' "$dir/out"
		check "no setuid for others" test "$(stat -c %a opt/setuid)" = 755
	fi
	cd / # for the trap
}

target_rules()
{
	mkdir "$dir/empty" "$dir/full"
	touch "$dir/full/file"
	check "empty directory is taken" "$nsproof" image unpack "$fixtures/modern.tar" "$dir/empty" >"$dir/out"
	check "tree is there" test -f "$dir/empty/etc/passwd"
	for wrong in full full/file missing/below .; do
		! "$nsproof" image unpack "$fixtures/modern.tar" "$dir/$wrong" >"$dir/out" 2>&1 ||
			fail "unpacks into $wrong"
	done
	check "full directory untouched" test "$(ls "$dir/full")" = file
	chmod -R u+w "$dir/empty"
	rm -rf "$dir/empty" "$dir/full"
}

good_images
tree_is_right
features
target_rules
exit $failed
