#!/bin/sh
# SPDX-License-Identifier: MIT
# as_user.sh PROGRAM FILE...: runs the program on these files (or directories) as an ordinary user,
# wherever the build directory is. Needs root (77 without) to become that user.
set -eu

test "$(id -u)" = 0 && command -v setpriv >/dev/null || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# this directory goes away with everything in it, so the program is not replaced by exec
cp -R "$@" "$dir"
chmod -R a+rX "$dir"
program=$dir/$(basename "$1")
shift
for file; do
	set -- "$@" "$dir/$(basename "$file")"
	shift
done
cd /
status=0
setpriv --reuid 65534 --regid 65534 --clear-groups "$program" "$@" || status=$?
exit $status
