#!/bin/sh
# SPDX-License-Identifier: MIT
# as_user_with_ids.sh PROGRAM FILE...: as_user.sh for a user with a range of subordinate ids. It is listed
# in a private mount namespace only.
set -eu

test "$(id -u)" = 0 && command -v unshare >/dev/null || exit 77
command -v newuidmap >/dev/null && test -e /etc/subuid && test -e /etc/subgid || exit 77
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
echo 65534:2000000:65536 >"$lines"
chmod a+r "$lines"
status=0
# shellcheck disable=SC2016 # words of the inner shell
unshare --mount sh -c '
	mount --bind "$0" /etc/subuid
	mount --bind "$0" /etc/subgid
	exec "$@"' "$lines" "$(dirname "$0")/as_user.sh" "$@" || status=$?
exit $status
