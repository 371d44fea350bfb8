#!/bin/sh
# SPDX-License-Identifier: MIT
# unpack_target.sh NSPROOF: where `image unpack` puts a tree. Whatever ends it (an error, a signal, a
# full disk, a file size limit), DIR is as it was, and what a killed one leaves goes with the next.
# KILL_ROUNDS moments of SIGKILL, 100 if unset. Root works in a tmpfs of its own, and does it all once
# more as an ordinary user; without root, what needs mounts is left out.
set -eu

nsproof=$(readlink -f "$1") self=$(readlink -f "$0")
rounds=${KILL_ROUNDS:-100}
root=$(test "$(id -u)" != 0 || echo yes)
if [ -n "$root" ] && [ -z "${IN_OWN_MOUNTS-}" ]; then
	IN_OWN_MOUNTS=yes exec unshare --mount --propagation private "$self" "$@"
fi
dir=$(mktemp -d)
clean()
{
	cd /
	chmod -R u+rwx "$dir"
	test -z "$root" || umount "$dir/mount" "$dir" 2>/dev/null || true
	rm -rf "$dir"
}
trap clean EXIT
test -z "$root" || mount -t tmpfs -o mode=755 nsproof-test "$dir"
cd "$dir"
failed=0
hex=0123456789ab

not_ok()
{
	echo "not ok $*"
	failed=$((failed + 1))
}

# same WHAT GOT WANT
same() { test "$2" = "$3" || not_ok "$1: '$2' instead of '$3'"; }

# make_image NAME: NAME.tar, of one layer, from the tree NAME
make_image()
{
	mkdir "image-$1"
	tar --format=posix --pax-option=delete=atime,delete=ctime --numeric-owner --sort=name -C "$1" -cf "image-$1/layer.tar" .
	diff_id=$(sha256sum "image-$1/layer.tar" | cut -d ' ' -f 1)
	printf '{"architecture":"none","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
		"$diff_id" >config.json
	config=$(sha256sum config.json | cut -d ' ' -f 1).json
	mv config.json "image-$1/$config"
	printf '[{"Config":"%s","RepoTags":["nsproof/%s:test"],"Layers":["layer.tar"]}]' \
		"$config" "$1" >"image-$1/manifest.json"
	tar -C "image-$1" -cf "$1.tar" manifest.json "$config" layer.tar
	rm -r "image-$1"
}

make_images()
{
	mkdir many many/sub many/closed large small tight marker
	head -c 6000000 /dev/urandom | (cd many/sub && split -a 4 -b 4000 -)
	mv many/sub/xaa* many
	head -c 25000000 /dev/zero >large/zeros
	: >small/file
	: >marker/.nsproof-incomplete
	mkdir marker/before tight/closed
	: >tight/closed/file
	: >many/closed/file
	chmod 711 many
	chmod 555 tight tight/closed many/closed
	touch -d @1700000000.123456789 many tight
	for name in many large small tight marker; do
		make_image "$name"
	done
	list many >many.list
}

# wipe FILE...: removes them, whatever their modes
wipe()
{
	chmod -R u+rwx "$@"
	rm -r "$@"
}

# all entries below a directory, and itself; times too
list()
{
	(cd "$1" && find . \( -type d -printf '%P %y %m %U:%G %T@\n' \) -o \
		-printf '%P %y %m %U:%G %T@ %s %l\n' | LC_ALL=C sort)
}

# names DIR: of its entries, in one line
names() { find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | head -n 20 | tr '\n' ' '; }

# whole DIR: it holds all of the tree "many"
whole() { list "$1" | cmp -s - "$dir/many.list"; }

unpack() { "$nsproof" image unpack "$@" >"$dir/out" 2>"$dir/err" </dev/null; }

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

# accept DIR [IMAGE]
accept()
{
	unpack "$dir/${2-small}.tar" "$1" || not_ok "$1: $(cat "$dir/err")"
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

# fails WORDS IMAGE: as refuse, while the tree is being made; DIR missing, and DIR there and empty
fails()
{
	for place in new empty; do
		status=0
		(test -z "${limit-}" || ulimit -f "$limit"; unpack "$2.tar" "work/$place") || status=$?
		same "$place, $1: status" "$status" 2
		grep -qF -- "$1" err || not_ok "no '$1' in: $(cat err)"
		same "lines" "$(wc -l <err)" 1
		same "$1: what is there" "$(names work/)$(names work/empty)" 'empty '
	done
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

# milliseconds that unpacking "many" takes, at its best
measure()
{
	best=
	mkdir work
	for i in 1 2 3; do
		start=$(date +%s%N)
		accept "work/$i" many
		took=$((($(date +%s%N) - start) / 1000000 + 1))
		test "${best:-$took}" -lt "$took" || best=$took
	done
	wipe work
	echo "$best"
}

# moments COUNT: seconds, at random while it runs, one a line
moments()
{
	awk -v "n=$1" -v "ms=$ms" 'BEGIN { srand(); for (; n > 0; n--) printf "%.4f\n", rand() * ms * 1.1 / 1000 }'
}

# kill_at SECONDS DIR: the status is in $status
kill_at()
{
	status=0
	timeout --foreground --preserve-status -s "${3-KILL}" "$1" \
		"$nsproof" image unpack many.tar "$2" >out 2>err </dev/null || status=$?
}

# enough DONE WANTED: of random moments, for a loaded machine may miss at first; $half is what came
# half-way
enough() { test "$1" -ge "$2" && test $half -gt 0; }

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

# on OPTIONS: a new tmpfs on "mount"
on()
{
	umount mount 2>/dev/null || true
	mount -t tmpfs -o "$1" nsproof-test mount
	mkdir -m 700 mount/lost+found
	touch -d @1600000000 mount
	list mount >found
}

# not_there WORDS IMAGE: in place; the mount point is as it was found
not_there()
{
	status=0
	unpack "$2.tar" mount || status=$?
	same "in place, $1: status" "$status" 2
	grep -qF -- "$1" err || not_ok "in place: no '$1' in: $(cat err)"
	list mount | diff found - || not_ok "in place, $1: not as it was found"
}

full_disk()
{
	on size=20m
	mkdir mount/work mount/work/empty
	ln -s mount/work work
	fails 'No space left on device' large
	rm work
	on size=20m
	not_there 'No space left on device' large
	on size=20m,nr_inodes=500
	not_there 'No space left on device' many
}

in_place()
{
	on size=50m
	not_there "'.nsproof-incomplete'" marker
	limit=
	accept mount many
	same "in place" "$(stat -c '%a %.9Y' mount)" '711 1700000000.123456789'
	rmdir mount/lost+found
	touch -d @1700000000.123456789 mount
	whole mount || not_ok "in place: not complete: $(list mount | diff - many.list | head -n 3)"
	list mount >found
	not_there 'not empty' small
	on size=50m
	: >mount/lost+found/saved
	list mount >found
	not_there 'not empty' small
	on size=50m
	(cd mount && accept .)
	test -f mount/file || not_ok "a mount point as '.'"
	on size=50m
	: >mount/.nsproof-incomplete
	: >mount/half
	flock mount/.nsproof-incomplete sleep 1 &
	sleep 0.2
	list mount >found
	not_there 'another process is filling it' small
	wait
	accept mount
	same "taken over" "$(names mount)" 'file lost+found '
	# a bind mount is on the same device as what surrounds it
	mkdir work work/bound
	mount --bind work/bound work/bound
	accept work/bound
	test -f work/bound/file || not_ok "a bind mount"
	umount work/bound
	wipe work
}

# the marker is taken away while the tree grows: then nobody can tell that it is whole
marker_touched()
{
	for i in 1 2 3 4 5 6 7 8 9 10; do
		on size=50m
		"$nsproof" image unpack many.tar mount >out 2>err &
		pid=$!
		while kill -0 $pid 2>/dev/null && [ ! -e mount/.nsproof-incomplete ]; do
			:
		done
		kill -STOP $pid 2>/dev/null || true
		touched=
		if rm mount/.nsproof-incomplete 2>/dev/null; then
			touched=yes
			mkdir mount/.nsproof-incomplete
		fi
		kill -CONT $pid 2>/dev/null || true
		status=0
		wait $pid || status=$?
		test -z "$touched" || break
	done
	same "marker touched: status" "$status" 2
	grep -q 'somebody has touched' err || not_ok "marker touched: $(cat err)"
	list mount | diff found - || not_ok "marker touched: not as it was found"
}

kills_in_place()
{
	half=0 done=0
	moments $((rounds / 10 + 50)) >delays
	on size=50m
	while ! enough $done $((rounds / 10)) && read -r delay; do
		done=$((done + 1))
		kill_at "$delay" mount
		if [ -e mount/.nsproof-incomplete ]; then
			half=$((half + 1))
		elif [ "$(names mount)" != 'lost+found ' ]; then
			rmdir mount/lost+found
			touch -d @1700000000.123456789 mount
			whole mount || not_ok "in place: half a tree, not marked, after $delay s"
			on size=50m
			continue
		fi
		accept mount
		same "in place, after $delay s" "$(names mount)" 'file lost+found '
		on size=50m
	done <delays
	echo "$half of $done killed half-way in place"
	enough $done $((rounds / 10)) || not_ok "in place: none was killed half-way"
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
	mkdir mount
	full_disk
	in_place
	marker_touched
	kills_in_place
	mkdir -m 755 user user/tmp
	cp "$nsproof" user/nsproof
	cp "$self" user/test
	mkdir user/shared
	chown 65534:65534 user/tmp
	chown 65534:1234 user/shared
	chmod g+s user/shared
	KILL_ROUNDS=$((rounds / 10)) TMPDIR=$dir/user/tmp SHARED=$dir/user/shared setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$dir/user/test" "$dir/user/nsproof" || not_ok "as an ordinary user"
fi
echo "$failed failed"
test "$failed" = 0
