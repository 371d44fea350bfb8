#!/bin/sh
# SPDX-License-Identifier: MIT
# compare_trees.sh COMPARE_TREES: the comparison itself. Two equal trees are equal; then one thing at
# a time is changed, and each must be found. Other tests believe what this program says.
set -eu

compare=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

grow()
{
	mkdir "$1" "$1/d" "$1/d/e"
	echo content >"$1/d/file"
	ln "$1/d/file" "$1/d/linked"
	echo content >"$1/d/alone"
	ln -s target "$1/d/link"
	mkfifo "$1/d/fifo"
	find "$1" -depth -exec touch -h -d @1700000000.5 {} +
}

# finds WHAT COMMAND...: after the command, run in one of the trees, the difference is seen
finds()
{
	what=$1
	shift
	rm -rf "$dir/right"
	grow "$dir/right"
	(cd "$dir/right/d" && "$@")
	status=0
	"$compare" "$dir/left" "$dir/right" >"$dir/out" 2>"$dir/err" || status=$?
	if [ $status != 1 ] || ! grep -q "$what" "$dir/out"; then
		echo "FAILED: $*: status $status, no '$what' in: $(cat "$dir/out" "$dir/err")" >&2
		failed=1
	fi
}

grow "$dir/left"
grow "$dir/right"
"$compare" "$dir/left" "$dir/right" || failed=1
finds "d/file: content differs" sh -c 'echo CONTENT >file'
finds "d/file: 3 bytes instead of 8" sh -c 'echo no >file'
finds "d/file: time" touch -d @1700000000.6 file
finds "d/e: time" touch -d @1700000001.5 e
finds "d/link: time" touch -h -d @1700000001.5 link
finds "d/file: mode 4755" chmod 4755 file
finds "d/e: mode" chmod 700 e
finds "d/link: target" ln -sf other link
finds "d/fifo: a file instead of a FIFO" sh -c 'rm fifo; echo >fifo'
finds "d/e: a symbolic link instead of a directory" sh -c 'rmdir e; ln -s . e'
finds "d/fifo: a FIFO only on the left" rm fifo
finds "d/new: a file only on the right" touch new
finds "a hard link to other paths" ln -f alone linked
finds "d/file: 3 links instead of 2" ln file ../elsewhere
finds 'd/new\\x0aline' touch 'new
line'
if [ "$(id -u)" = 0 ]; then
	finds "d/file: owner 1:2" chown 1:2 file
	finds "d/link: owner 1:2" chown -h 1:2 link
	# a container may make no device node but this one
	finds "d/node: a character device only on the right" mknod node c 0 0
fi
if command -v setfattr >/dev/null && setfattr -n user.a -v b "$dir/left" 2>/dev/null; then
	setfattr -x user.a "$dir/left"
	finds "attribute user.a only on the right" setfattr -n user.a -v b file
	finds "d/e: attribute user.a" setfattr -n user.a -v b e
fi
! "$compare" "$dir/left" "$dir/missing" 2>/dev/null || failed=1
exit $failed
