#!/bin/sh
# SPDX-License-Identifier: MIT
# image_overlay.sh NSPROOF COMPARE_TREES BUSYBOX: stores of layers (image unpack --overlay). What
# overlayfs shows of the layers is what unpacking them into one tree gives, layers are shared and not
# unpacked twice, nothing half is ever seen, and commands take a store as they take an image. Root
# does it all once more as an ordinary user.
# shellcheck disable=SC2046 # names of layers and files are words
set -eu

nsproof=$(readlink -f "$1") compare=$(readlink -f "$2") busybox=$(readlink -f "$3")
root=$(test "$(id -u)" != 0 || echo yes)
if [ -z "$root" ] && ! unshare -Urm sh -c 'mount -t tmpfs none /mnt && cd /mnt && mkdir l u w m &&
	mount -t overlay -o userxattr,lowerdir=l,upperdir=u,workdir=w none m' 2>/dev/null; then
	echo "no overlayfs in a user namespace here"
	exit 77
fi
# not below /tmp, which a spawner hides behind a mount of its own
dir=$(mktemp -d -p "${OVERLAY_TEST_DIR:-/var/tmp}")
clean()
{
	cd /
	chmod -R u+rwx "$dir"
	rm -rf "$dir"
}
trap clean EXIT
cd "$dir"
cp "$compare" "$busybox" .
compare=$dir/$(basename "$compare") busybox=$dir/$(basename "$busybox")
failed=0

not_ok()
{
	echo "not ok $*"
	failed=$((failed + 1))
}

# same WHAT GOT WANT
same() { test "$2" = "$3" || not_ok "$1: '$2' instead of '$3'"; }

unpack() { "$nsproof" image unpack "$@" >out 2>err </dev/null; }

# hex FILE: its digest
hex() { sha256sum "$1" | cut -d ' ' -f 1; }

# layer NAME TAR-ARGUMENT...: the archive NAME.layer of entries below the directory NAME
layer()
{
	name=$1
	shift
	tar --format=posix --xattrs --pax-option=delete=atime,delete=ctime --numeric-owner --sort=name \
		--no-recursion -C "$name" -cf "$name.layer" "$@"
}

# image NAME LAYER...: NAME.tar, what `docker save` would write
image()
{
	name=$1
	shift
	ids='' files=''
	for l; do
		ids="$ids${ids:+,}\"sha256:$(hex "$l.layer")\""
		files="$files${files:+,}\"$l.layer\""
	done
	printf '{"architecture":"none","os":"linux","config":{"Env":["NAME=%s","PATH=/bin"],"WorkingDir":"/etc","Cmd":["/bin/busybox","pwd"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
		"$name" "$ids" >"$name.json"
	config=$(hex "$name.json").json
	cp "$name.json" "$config"
	printf '[{"Config":"%s","RepoTags":["nsproof/%s:test"],"Layers":[%s]}]' \
		"$config" "$name" "$files" >manifest.json
	tar -cf "$name.tar" manifest.json "$config" $(printf '%s.layer\n' "$@" | sort -u)
	rm manifest.json "$config"
}

# the trees that the layers are made of
make_layers()
{
	mkdir -p base/bin base/etc base/etc/kept base/data/deep base/gone base/proc base/sys base/dev base/tmp
	cp "$busybox" base/bin/busybox
	ln base/bin/busybox base/bin/again
	ln -s busybox base/bin/sh
	ln -s data base/link
	for f in etc/first etc/second etc/kept/file data/one data/deep/two gone/file; do
		echo "base $f" >base/$f
	done
	chmod 750 base/data
	chmod 1777 base/tmp
	chmod 711 base
	mkdir -p upper/etc upper/data upper/new upper/bin
	echo upper >upper/etc/second
	: >upper/etc/.wh.first
	: >upper/data/.wh..wh..opq
	: >upper/data/.wh.one
	echo upper >upper/data/three
	: >upper/.wh.gone
	echo upper >upper/new/file
	: >upper/new/.wh.nothing
	ln upper/new/file upper/new/linked
	chmod 700 upper/data
	# files in directories that the layer does not list, and no root either
	mkdir -p bare/etc/kept bare/data/deep bare/own
	echo bare >bare/etc/kept/added
	: >bare/etc/kept/.wh.file
	echo bare >bare/data/added
	echo bare >bare/data/deep/more
	echo bare >bare/own/file
	mkdir -p last/etc
	echo last >last/etc/last
	mkdir -p link/link rootopq hard/bin
	: >link/link/file
	: >rootopq/.wh..wh..opq
	mkdir rootopq/etc
	echo only >rootopq/etc/only
	echo hard >hard/bin/busybox
	ln hard/bin/busybox hard/bin/new
	chmod 755 upper
	if [ -n "$root" ]; then
		chown 12:34 base/data base/data/deep upper/etc/second
	fi
	for d in base base/data base/etc/kept upper/data; do
		setfattr -n user.note -v "$d" "$d" 2>/dev/null || true
	done
	find base upper bare last link rootopq -depth -exec touch -h -d @1700000000.123456789 {} +
	touch -d @1600000000 base/data base/etc base upper/etc
	(cd base && find . | LC_ALL=C sort) >list
	layer base $(cat list)
	layer upper $(cd upper && find . -mindepth 1 | LC_ALL=C sort)
	layer bare etc/kept/added etc/kept/.wh.file data/added data/deep/more own/file
	layer last etc etc/last
	layer link link/file
	layer hard bin/busybox bin/new
	tar -f hard.layer --delete bin/busybox
	layer rootopq .wh..wh..opq etc etc/only
	: >empty.layer.list
	tar -cf empty.layer -T empty.layer.list
	image one base
	image two base upper
	image three base upper bare last
	image twice base last upper last empty empty
	image lowest bare
	image hard base hard
	image behind base link
	image hides base upper rootopq
}

# Runs in the spawner's own view, where the layers are put together: no guard but the mounts'
inside()
{
	"$nsproof" run --no-user --no-ids --no-mnt --no-pid --no-net --no-ipc --no-uts --no-cgroup \
		--no-time --no-root --no-caps --no-seccomp --no-cwd "$@" </dev/null
}

# shows IMAGE: from a store, overlayfs shows what the merged tree has
shows()
{
	rm -rf merged
	unpack "$1.tar" merged || not_ok "$1: $(cat err)"
	rm -rf store
	unpack --overlay "$1.tar" store || not_ok "$1: overlay: $(cat err)"
	cp -a store before
	# a root that nobody lists has no time of its own
	test "$1" != lowest || touch -d @-1 merged
	inside store -- "$compare" "$dir/merged" /tmp/image >out 2>&1 || not_ok "$1: $(head -n 5 out)"
	inside store -- "$busybox" ls -R /tmp/image >/dev/null 2>err || not_ok "$1: $(cat err)"
	"$compare" before store 2>/dev/null || not_ok "$1: the store has changed"
	chmod -R u+rwx before merged
	rm -rf before
}

# A layer that takes something from those below is another one above others
stacks()
{
	rm -rf store merged
	unpack three.tar merged
	unpack --overlay lowest.tar store
	unpack --overlay three.tar store || not_ok "a layer above others: $(cat err)"
	same "layers" "$(names store/layers | wc -w)" 5
	inside --ref "$(hex three.json)" store -- "$compare" "$dir/merged" \
		/tmp/image >out 2>&1 || not_ok "above others: $(head -n 5 out)"
}

# names DIR: of its entries, in one line
names() { find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | tr '\n' ' '; }

# inodes and times of everything in the store's layers
marks() { find store/layers -printf '%P %i %C@\n' | LC_ALL=C sort; }

# Two images have a layer in common: it is not unpacked again, and its blob is not even needed
shares()
{
	rm -rf store
	unpack --overlay one.tar store || not_ok "one: $(cat err)"
	marks | grep -v '^ ' >before
	mkdir without
	tar -xf two.tar -C without
	: >without/base.layer
	tar -C without -cf without.tar manifest.json $(names without | sed 's/manifest.json//')
	unpack --overlay without.tar store || not_ok "a layer that is there: $(cat err)"
	grep -q '^1[0-9] entries' out || not_ok "only the new layer is counted: $(cat out)"
	marks | grep -F -x -f before | cmp -s before - || not_ok 'a layer was touched'
	same "layers" "$(names store/layers | wc -w)" 2
	unpack --overlay two.tar store || not_ok "an image that is there: $(cat err)"
	same "nothing to do" "$(cat out)" '0 entries, 0 bytes'
	for name in one two; do
		cmp -s "$name.json" "store/images/$(hex $name.json)/config.json" || not_ok "config of $name"
		"$nsproof" run --ref "$(hex $name.json | cut -c 1-6)" store -- /bin/busybox env \
			>out </dev/null || not_ok "run $name"
		grep -qx "NAME=$name" out || not_ok "env of $name: $(cat out)"
	done
	same "command and directory" "$("$nsproof" run --ref "$(hex one.json)" store </dev/null)" /etc
	! "$nsproof" run store >out 2>err </dev/null || not_ok "one of two images was chosen"
	grep -q "several images; choose with --ref among: .*$(hex two.json)" err || not_ok "$(cat err)"
	! "$nsproof" run --ref 12345 store >out 2>err </dev/null || not_ok "five digits"
	grep -q 'at least 6 digits' err || not_ok "$(cat err)"
	! "$nsproof" run --ref 1234567 store >out 2>err </dev/null || not_ok "a wrong digest"
	grep -q 'no such image' err || not_ok "$(cat err)"
	rm -rf without
}

# refuse WORDS IMAGE DIR [OPTION...]: status 2, one line
refuse()
{
	words=$1
	shift
	status=0
	unpack --overlay "$@" || status=$?
	same "$1: status" $status 2
	same "$1: lines" "$(wc -l <err)" 1
	grep -q -- "$words" err || not_ok "$1: no '$words' in: $(cat err)"
}

refusals()
{
	rm -rf store
	mkdir full place
	: >full/file
	refuse 'neither empty nor a store' one.tar full
	same "a full directory" "$(names full)" 'file '
	refuse 'a plain archive' base.layer store
	test ! -e store || not_ok "a store was made for a plain archive"
	mkdir bad
	tar -xf one.tar -C bad
	printf DAMAGED | dd of=bad/base.layer bs=1 seek=100000 conv=notrunc 2>/dev/null
	tar -C bad -cf damaged.tar manifest.json $(names bad | sed 's/manifest.json//')
	refuse 'layer 1 (sha256:' damaged.tar store
	test ! -e store || not_ok "a store is left: $(names store)"
	refuse 'layer 1 (sha256:' damaged.tar place
	same "an empty directory" "$(names place)" ''
	unpack --overlay two.tar place || not_ok "$(cat err)"
	refuse 'a link or file there; unpack without --overlay' behind.tar place
	same "a failed image" "$(names place/images)" "$(hex two.json) "
	refuse "which is not in its layer; unpack without --overlay" hard.tar new
	refuse 'more than 3 entries' one.tar limited --max-files 3
	for kind in user trusted; do
		echo $kind >place/nsproof-layers
		refused=0
		unpack --overlay one.tar place || refused=$?
		case "$kind$root" in
		useryes | trusted)
			same "the kind $kind" $refused 2
			grep -q 'a store that .* has made' err || not_ok "$(cat err)"
			;;
		*) same "the kind $kind" $refused 0 ;;
		esac
	done
	echo strange >place/nsproof-layers
	refuse "neither 'user' nor 'trusted'" one.tar place
	: >place/nsproof-layers
	unpack --overlay one.tar place || not_ok "a marker that was not written yet: $(cat err)"
	rm -rf bad full place damaged.tar
}

# Checks are as good from a store as from the image, and leave it alone
checks()
{
	rm -rf store
	unpack --overlay two.tar store
	marks >before
	for from in two.tar store; do
		status=0
		"$nsproof" check --image $from 'mount/*' 'pid/*' >out 2>err </dev/null || status=$?
		same "check $from" $status 0
		# a user can map the owners of an image, but not those of a store: some arms are left out
		sed -n 's/\( isolated, .*\);.*/\1/p' out >$from.sum
		test -s $from.sum || not_ok "check $from: $(cat err)"
	done
	cmp -s two.tar.sum store.sum || not_ok "not the same checks: $(cat store.sum)"
	"$nsproof" run store -- /bin/busybox sh -c 'rm -r /etc; echo new >/fresh; ls /' >out </dev/null
	same "what the container has made of it" "$(grep -x -e fresh -e etc out)" fresh
	marks | cmp -s before - || not_ok "the store has changed"
	if [ -n "$root" ]; then
		echo user >store/nsproof-layers
		"$nsproof" run store -- /bin/busybox true </dev/null || not_ok "root with a user's store"
		unpack --overlay lowest.tar theirs
		chmod 755 . && cp "$nsproof" nsproof.copy
		! setpriv --reuid 65534 --regid 65534 --clear-groups ./nsproof.copy run theirs -- \
			/bin/busybox true >out 2>err </dev/null || not_ok "a user with root's store"
		grep -q 'only root can use layers that root' err || not_ok "$(cat err)"
	fi
}

# whole STORE: what has a name in it is whole
whole()
{
	for name in $(names "$1/layers" 2>/dev/null | sed 's/\.[^ ]*//g'); do
		"$compare" "reference/layers/$name" "$1/layers/$name" >out 2>&1 ||
			not_ok "half a layer: $(head -n 2 out)"
	done
	for name in $(names "$1/images" 2>/dev/null | sed 's/\.[^ ]*//g'); do
		cmp -s "reference/images/$name/config.json" "$1/images/$name/config.json" ||
			not_ok "half an image"
		same "layers of an image" "$(names "$1/layers")" "$(names reference/layers)"
	done
}

# kill_at SIGNAL SECONDS: the status is in $status
kill_at()
{
	status=0
	timeout --foreground --preserve-status -s "$1" "$2" "$nsproof" image unpack --overlay \
		three.tar killed >out 2>err </dev/null || status=$?
}

# Killed at random moments, until this was half-way a few times
kills()
{
	unpack --overlay three.tar reference
	half=0 rounds=0
	while [ $half -lt 8 ] && [ $rounds -lt 200 ]; do
		rounds=$((rounds + 1))
		kill_at KILL "$(awk -v "n=$rounds" 'BEGIN { srand(n); printf "%.4f", rand() * 0.03 }')"
		find killed -name '.*.nsproof-*' 2>/dev/null >left || true
		test ! -s left || half=$((half + 1))
		whole killed
		unpack --overlay three.tar killed || not_ok "after a kill: $(cat err)"
		same "leftovers" "$(find killed -name '.*')" ''
		whole killed
		rm -rf killed
	done
	unpack --overlay three.tar killed
	mkdir -p killed/layers/.x.nsproof-0123456789ab/tree/x killed/images/.y.nsproof-0123456789ab
	unpack --overlay three.tar killed
	same "leftovers in a complete store" "$(find killed -name '.*')" ''
	rm -rf killed
	test $half = 8 || not_ok "hardly any was killed half-way"
	caught=0 rounds=0
	while [ $caught = 0 ] && [ $rounds -lt 200 ]; do
		rounds=$((rounds + 1))
		kill_at TERM "$(awk -v "n=$rounds" 'BEGIN { srand(n); printf "%.4f", rand() * 0.03 }')"
		same "hidden" "$(find killed -name '.*' 2>/dev/null)" ''
		whole killed
		test $status != 130 || caught=1
		test $status != 130 || grep -q 'interrupted; killed holds whole layers' err || not_ok "$(cat err)"
		rm -rf killed
	done
	test $caught = 1 || not_ok "SIGTERM never came half-way"
}

make_layers
for name in one two three twice lowest hides; do
	shows $name
done
stacks
shares
refusals
checks
kills
echo "$failed failed"
test "$failed" = 0
