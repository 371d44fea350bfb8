#!/bin/sh
# SPDX-License-Identifier: MIT
# image_hostile.sh NSPROOF CORPUS: unpacks the hostile images that make_hostile has written. Each must
# be refused as its row of CORPUS/expected says, with status 2 and one line, or unpack and stay
# inside; and everything around must be afterwards as it was before. Needs no privilege: run it as
# root and as a user.
set -eu

nsproof=$1 corpus=$2
prey="nsproof-hostile-prey"
dir=$(mktemp -d)
trap 'chmod -R u+rwx "$dir"; rm -rf "$dir"' EXIT
around=$dir/around
failed=0 refused=0 accepted=0

fail()
{
	echo "FAILED: $*" >&2
	failed=1
}

# what the images aim at: a directory /tmp of prey, and neighbours of the tree
set_up()
{
	mkdir -p "$around/x/y" "$around/x/neighbour" "$around/tmp"
	echo alive >"$around/tmp/$prey"
	chmod 755 "$around/tmp"
	echo alive >"$around/x/neighbour/file"
	touch -d @1600000000 "$around/tmp" "$around/x/y" "$around/x/neighbour" "$around/x"
	state >"$dir/before"
}

state()
{
	# the tree's own parent is written to, so its time is given back
	touch -d @1600000000 "$around/x/y"
	(cd "$around" && find . -printf '%p %y %m %U:%G %T@ %s %n %l\n' | LC_ALL=C sort
	 cat tmp/* x/neighbour/*
	 for escaped in "/$prey"* "/tmp/$prey"* "$corpus/$prey"*; do
		 test ! -e "$escaped" || echo "$escaped"
	 done)
}

# is_refused FILE PATTERN
is_refused()
{
	refused=$((refused + 1))
	line=$(cat "$dir/err")
	if [ "$status" != 2 ]; then
		fail "$1: status $status instead of 2: $line"
		return
	fi
	test "$(wc -l <"$dir/err")" = 1 || fail "$1: not one line: $line"
	# the pattern is one of the shell
	# shellcheck disable=SC2254
	case $line in
	*$2*) ;;
	*) fail "$1: no '$2' in: $line" ;;
	esac
	if printf '%s' "$line" | LC_ALL=C grep -q '[^ -~]'; then
		fail "$1: control characters in: $line"
	fi
}

# attributes that overlayfs obeys must not come from an image
no_orders_for_overlayfs()
{
	command -v getfattr >/dev/null || return 0
	test -z "$(getfattr -R -h -d -m '^trusted\.overlay' "$around/x/y/root" 2>/dev/null)" ||
		fail "$1: gives orders to overlayfs"
}

# hostile FILE OPTIONS PATTERN
hostile()
{
	status=0
	test "$2" = - && set -- "$1" "" "$3"
	# the options are words
	# shellcheck disable=SC2086
	timeout 60 "$nsproof" image unpack $2 "$corpus/$1" "$around/x/y/root" \
		>"$dir/out" 2>"$dir/err" </dev/null || status=$?
	if [ -n "$3" ]; then
		is_refused "$1" "$3"
	else
		accepted=$((accepted + 1))
		test "$status" = 0 || fail "$1: status $status: $(cat "$dir/err")"
	fi
	# what should not be there at all is seen below
	if [ "$status" = 0 ]; then
		case $1 in xattr-*) no_orders_for_overlayfs "$1" ;; esac
		chmod -R u+rwx "$around/x/y/root" 2>/dev/null || true
		rm -rf "$around/x/y/root"
	fi
	state >"$dir/after"
	if ! diff "$dir/before" "$dir/after" >"$dir/diff"; then
		fail "$1: changes what is around: $(head -n 5 "$dir/diff")"
		rm -rf "$around"
		set_up
	fi
}

set_up
tab=$(printf '\t')
while IFS=$tab read -r file options pattern; do
	hostile "$file" "$options" "$pattern"
done <"$corpus/expected"
echo "$refused refused, $accepted contained"
# a corpus that is not there proves nothing
test "$refused" -ge 200 || fail "only $refused images"
exit $failed
