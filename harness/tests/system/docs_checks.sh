#!/bin/sh
# SPDX-License-Identifier: MIT
# docs_checks.sh NSPROOF FILE: docs/checks.md is what the catalogue says.
set -eu

"$1" list --markdown | diff "$2" - >&2 || {
	echo "out of step; write it anew: nsproof list --markdown > docs/checks.md" >&2
	exit 1
}
