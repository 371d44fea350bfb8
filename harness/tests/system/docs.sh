#!/bin/bash
# SPDX-License-Identifier: MIT
# docs.sh NSPROOF: every command and every option that --help names is in the manual page and in the
# completion of each shell, --help fits in 100 columns, and the shells take the scripts. (bash: one of
# the scripts is for it.)
set -eu

nsproof=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

not_ok()
{
	echo "not ok $1"
	failed=$((failed + 1))
}

# has FILE WHAT TEXT: the file contains the text
has() { grep -qF -- "$3" "$1" || not_ok "$2: no '$3'"; }

# same WHAT GOT WANT
same() { test "$2" = "$3" || not_ok "$1: '$2' instead of '$3'"; }

# the part of the manual page that is about one command, without roff's escapes
man_section()
{
	sed 's/\\f.//g; s/\\-/-/g' "$dir/man" | awk -v "head=.SS nsproof $1" '
		/^\.S[SH]/ { inside = $0 == head || index($0, head " ") == 1 }
		inside'
}

check_option()
{
	has "$dir/section" "manual page, $1" "--$2"
	# of bash's script the line that lists the options of this command
	grep -F "'$1:'*:-)" "$dir/bash" | grep -qE -- "--$2[ ']" || not_ok "bash, $1: no --$2"
	grep -qE -- "--$2[=},[]" "$dir/zsh-section" || not_ok "zsh, $1: no --$2"
	has "$dir/fish" fish "'__nsproof_in $1' -l $2 "
}

check_command()
{
	# shellcheck disable=SC2086 # one word or two
	"$nsproof" $1 --help >"$dir/help" || not_ok "$1 --help fails"
	awk 'length > 100 { exit 1 }' "$dir/help" || not_ok "$1 --help is wider than 100 columns"
	man_section "$1" >"$dir/section"
	test -s "$dir/section" || not_ok "manual page: no section on $1"
	sed -n "/^	'$1')/,/;;/p" "$dir/zsh" >"$dir/zsh-section"
	sed -n '/^Options:/,$s/^ .*--\([a-z0-9-]*\).*/\1/p' "$dir/help" | sed 's/ .*//' >"$dir/options"
	while read -r option; do
		test "$option" = help || check_option "$1" "$option"
	done <"$dir/options"
}

# offers WANT WORD...: what bash offers for the last word
offers()
{
	want=$1
	shift
	# shellcheck disable=SC2034 # bash's interface
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_nsproof "$nsproof" "${COMP_WORDS[COMP_CWORD]}" ""
	same "bash, $*" "${COMPREPLY[*]}" "$want"
}

# works within a completion only
compopt() { :; }

check_bash()
{
	# shellcheck source=/dev/null # written by the program under test
	. "$dir/bash"
	cd "$dir"
	: >"a file" && : >another
	offers image nsproof im
	offers unpack nsproof image un
	offers '--format' nsproof check --fo
	offers 'text json ktap' nsproof check --format ''
	offers 'json' nsproof check --format = j
	offers 'ktap' nsproof check -f k
	offers 'pid/pidfd-open' nsproof check -v pid/pidfd-o
	offers 'time/offset-differs' nsproof explain time/o
	offers 'none veth' nsproof run --net ''
	offers 'bash zsh fish' nsproof completion ''
	offers '' nsproof check --jobs ''
	offers '' nsproof nonsense ''
	offers 'a file another' nsproof image inspect a
	cd - >/dev/null
}

check_fish()
{
	command -v fish >/dev/null || { echo "skip fish: it is not there" && return; }
	got=$(PATH=$(dirname "$nsproof"):$PATH fish --no-config -c "source $dir/fish
		for line in 'nsproof imag' 'nsproof image unp' 'nsproof check --format=j' \
			'nsproof explain time/o'
			complete -C \$line | string split -f 1 \t
		end" | tr '\n' ' ')
	same fish "$got" 'image unpack --format=json time/offset-differs '
}

check_zsh()
{
	command -v zsh >/dev/null || { echo "skip zsh: it is not there" && return; }
	zsh -n "$dir/zsh" || not_ok "zsh cannot read its script"
}

check_man()
{
	command -v groff >/dev/null || { echo "skip groff: it is not there" && return; }
	same "warnings of groff" "$(groff -man -ww -Tutf8 "$dir/man" 2>&1 >/dev/null)" ''
}

"$nsproof" man >"$dir/man"
for shell in bash zsh fish; do
	"$nsproof" completion "$shell" >"$dir/$shell"
done
"$nsproof" --help >"$dir/help-all"
awk 'length > 100 { exit 1 }' "$dir/help-all" || not_ok "--help is wider than 100 columns"
sed -n '/^Commands:/,/^$/s/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p' "$dir/help-all" |
	sed 's/ *$//' >"$dir/commands"
test "$(wc -l <"$dir/commands")" -ge 8 || not_ok "--help names hardly any command"
while read -r name; do
	check_command "$name"
done <"$dir/commands"
check_bash
check_fish
check_zsh
check_man
echo "$failed failed"
test "$failed" = 0
