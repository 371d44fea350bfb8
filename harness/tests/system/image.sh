#!/bin/sh
# SPDX-License-Identifier: MIT
# image.sh NSPROOF FIXTURES: unpacks the fixture images and compares the trees, entry by entry. Needs
# no privilege.
set -eu

nsproof=$1 fixtures=$2
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

# everything about a tree, one line an entry; the inode's own numbers left out
list()
{
	(cd "$1" && find . ! -type d -printf '%p %y %m %U:%G %T@ %s %n %l\n' | LC_ALL=C sort
	 cd "$1" && find . -type d -printf '%p %y %m %U:%G %T@\n' | LC_ALL=C sort
	 cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort)
}

good_images()
{
	for layout in classic modern; do
		"$nsproof" image unpack "$fixtures/$layout.tar" "$dir/$layout" >"$dir/out" ||
			fail "$layout does not unpack"
		list "$dir/$layout" >"$dir/$layout.list"
		"$nsproof" image inspect "$fixtures/$layout.tar" | grep -q "^tags  *nsproof/fixture:$layout$" ||
			fail "$layout: inspect does not show the tag"
		"$nsproof" image inspect --json "$fixtures/$layout.tar" | grep -q '"codec":' ||
			fail "$layout: inspect --json shows no layers"
	done
	diff "$dir/classic.list" "$dir/modern.list" || fail "the two layouts give different trees"
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
	check "device left out" test ! -e dev/null
	check "device counted" grep -q 'device nodes left out: 1' "$dir/out"
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
	else
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
target_rules
exit $failed
