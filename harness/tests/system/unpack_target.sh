#!/bin/sh
# SPDX-License-Identifier: MIT
# unpack_target.sh NSPROOF: where `image unpack` puts a tree. Whatever ends it (an error, a signal, a
# file size limit, a rival), DIR is as it was, and what a killed one leaves goes with the next. Root
# does it all once more as an ordinary user.
# shellcheck disable=SC2034,SC2154 # shared with unpack_stand.sh
set -eu

nsproof=$(readlink -f "$1") self=$(readlink -f "$0")
# shellcheck source=/dev/null # beside this one
. "$(dirname "$self")/unpack_stand.sh"
hex=0123456789ab

# refuse WORDS DIR [IMAGE]: status 2, one line with the words, and nothing has changed
refuse()
{
	list "$dir/work" >"$dir/before"
	status=0
	unpack "$dir/${3-small}.tar" "$2" || status=$?
	same "$2: status" "$status" 2
	same "$2: lines" "$(wc -l <"$dir/err")" 1
	grep -qF -- "$1" "$dir/err" || not_ok "$2: no '$1' in: $(cat "$dir/err")"
	list "$dir/work" | cmp -s - "$dir/before" || not_ok "$2: something has changed"
}

places()
{
	mkdir work work/full work/empty work/closed
	: >work/full/file
	ln -s empty work/link
	ln -s nothing work/dangling
	long=$(printf %255s x | tr ' ' n)
	cd work
	refuse 'not empty' full
	refuse 'not a directory' full/file
	refuse 'a symbolic link' link
	refuse 'a symbolic link' link/
	refuse 'a symbolic link' dangling
	refuse 'its parent directory: No such file' missing/root
	refuse 'its parent directory: Not a directory' full/file/root
	refuse 'by its own name' .
	refuse 'by its own name' empty/..
	refuse 'by its own name' empty/.
	refuse 'No such file' ''
	refuse 'its name is too long' "${long}n"
	refuse 'names of this form are temporary' ".x.nsproof-$hex"
	refuse 'not empty' /
	chmod 555 closed
	test -w closed || refuse 'making a directory beside it: Permission denied' closed/root
	for name in new slashes// ./dot "$dir/work/absolute" "$long" empty link/below; do
		accept "$name"
		test -f "$name/file" || not_ok "$name: not unpacked"
	done
	same "what is there" "$(names .)" \
		"$(printf '%s\n' absolute closed dangling dot empty full link new "$long" slashes |
			LC_ALL=C sort | tr '\n' ' ')"
	cd ..
	wipe work
}

# the tree's own root: what the archive says, nothing of the directory that it grows in
roots()
{
	mkdir work
	accept work/tight tight
	same "mode of a closed root" "$(stat -c '%a %.9Y' work/tight)" '555 1700000000.123456789'
	if [ -n "${SHARED-}" ]; then # set-group-id, and of another group
		accept "$SHARED/tight" tight
		same "group of the parent" "$(stat -c '%a %g' "$SHARED/tight")" "555 $(id -g)"
	fi
	accept work/many many
	whole work/many || not_ok "complete tree: $(list work/many | diff - many.list | head -n 3)"
	same "beside them" "$(names work)" 'many tight '
	wipe work
}

# leftovers: ours, unlocked, and nothing else
leftovers()
{
	mkdir work work/prey
	: >work/prey/file
	for name in .a.nsproof-$hex .b.nsproof-$hex .c.nsproof-$hex a.nsproof-$hex .d.nsproof-${hex}c; do
		mkdir -p "work/$name/tree/sub"
	done
	mkdir work/.e.nsproof-$hex
	: >work/.e.nsproof-$hex/mine
	: >work/.f.nsproof-$hex
	ln -s prey work/.g.nsproof-$hex
	mkdir work/.h.nsproof-$hex
	ln -s ../prey work/.h.nsproof-$hex/tree
	stay=".b.nsproof-$hex .d.nsproof-${hex}c .e.nsproof-$hex .f.nsproof-$hex .g.nsproof-$hex"
	if [ "$(id -u)" = 0 ]; then
		chown 1234 work/.c.nsproof-$hex
		stay="$stay .c.nsproof-$hex"
	fi
	mkfifo hold
	flock work/.b.nsproof-$hex cat hold &
	holder=$!
	exec 9>hold # from here on the lock is held
	sleep 0.2
	accept work/new
	# shellcheck disable=SC2086 # words
	same "what stays" "$(names work)" \
		"$(printf '%s\n' $stay a.nsproof-$hex new prey | LC_ALL=C sort | tr '\n' ' ')"
	test -f work/prey/file || not_ok "a link was followed"
	test -d work/.b.nsproof-$hex/tree/sub || not_ok "a locked one was touched"
	exec 9>&-
	wait $holder
	accept work/newer
	test ! -e work/.b.nsproof-$hex || not_ok "one that is locked no more stays"
	rm -r work hold
}

# gives_up WORDS ARGUMENT...: status 2, one line with the words, nothing made
gives_up()
{
	words=$1
	shift
	status=0
	unpack "$@" work/new || status=$?
	same "$*: status" "$status" 2
	same "$*: lines" "$(wc -l <err)" 1
	grep -qF -- "$words" err || not_ok "$*: no '$words' in: $(cat err)"
	same "$*: what is there" "$(names work)" 'empty '
}

failures()
{
	mkdir work work/empty
	gives_up '--max-files raises' --max-files 100 many.tar
	gives_up '--max-size raises' --max-size 20M large.tar
	gives_up '--max-size takes a size' --max-size 20MB large.tar
	gives_up 'a directory, but no OCI layout' many
	"$nsproof" image unpack --max-size 24M - work/stdin <large.tar >out 2>err ||
		not_ok "standard input: $(cat err)"
	wipe work/stdin
	limit=2048 fails 'File too large' large
	head -c 3000000 many.tar >cut.tar
	fails 'cut.tar' cut
	wipe work
}

kills()
{
	mkdir work
	half=0 done=0
	moments $((rounds + 50)) >delays
	while ! enough $done "$rounds" && read -r delay; do
		done=$((done + 1))
		kill_at "$delay" work/root
		for left in $(names work); do
			case $left in
			root) whole work/root || not_ok "half a tree after $delay s" ;;
			.root.nsproof-????????????) half=$((half + 1)) ;;
			*) not_ok "'$left' after $delay s" ;;
			esac
		done
		accept work/next
		same "after $delay s: leftovers" "$(names work | sed 's/root //')" 'next '
		wipe work/*
	done <delays
	echo "$half of $done killed half-way; it takes $ms ms"
	enough $done "$rounds" || not_ok "none was killed half-way"
	wipe work
}

# each signal until it has come half-way once; the tree is never half there
signals()
{
	mkdir work
	for signal in INT TERM HUP; do
		caught=0
		moments 30 >delays
		while read -r delay; do
			kill_at "$delay" work/root $signal
			case $status in
			0) whole work/root || not_ok "$signal: half a tree, and status 0" ;;
			*)
				same "SIG$signal: what is there" "$(names work)" ''
				# silent: it came before anybody was there to catch it
				if [ -s err ]; then
					same "SIG$signal: status" "$status" 130
					same "SIG$signal" "$(cat err)" \
						'nsproof: interrupted; nothing of work/root stays'
					caught=1
					break
				fi
				;;
			esac
			test ! -e work/root || wipe work/root
		done <delays
		test $caught = 1 || not_ok "SIG$signal never came half-way"
	done
	wipe work
}

# several at once want the same name: one gets it
rivals()
{
	mkdir work
	: >results
	for i in 1 2 3 4; do
		{
			if "$nsproof" image unpack many.tar work/root >/dev/null 2>"err.$i"; then
				echo won
			else
				cat "err.$i"
			fi
		} >>results &
	done
	wait
	same "winners" "$(grep -c '^won$' results)" 1
	same "losers" "$(grep -c '^nsproof: work/root: ' results)" 3
	whole work/root || not_ok "rivals: half a tree"
	same "beside it" "$(names work)" 'root '
	wipe work
}

make_images
places
roots
leftovers
failures
ms=$(measure)
kills
signals
rivals
if [ -n "$root" ]; then
	mkdir -m 755 user user/tmp
	cp "$nsproof" user/nsproof
	cp "$self" user/test
	cp "$(dirname "$self")/unpack_stand.sh" user
	mkdir user/shared
	chown 65534:65534 user/tmp
	chown 65534:1234 user/shared
	chmod g+s user/shared
	KILL_ROUNDS=$((rounds / 10)) TMPDIR=$dir/user/tmp SHARED=$dir/user/shared \
		setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$dir/user/test" "$dir/user/nsproof" || not_ok "as an ordinary user"
fi
echo "$failed failed"
test "$failed" = 0
