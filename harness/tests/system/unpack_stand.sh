# shellcheck shell=sh disable=SC2034,SC2154 # shared with those that source it
# SPDX-License-Identifier: MIT
# unpack_stand.sh: what the tests of `image unpack`'s DIR have in common. Sourced with "$nsproof" and
# "$self" set; from then on the test is in a directory of its own, root's a tmpfs in a mount
# namespace of its own. KILL_ROUNDS moments of SIGKILL, 100 if unset.

rounds=${KILL_ROUNDS:-100}
root=$(test "$(id -u)" != 0 || echo yes)
if [ -n "$root" ] && [ -z "${IN_OWN_MOUNTS-}" ]; then
	IN_OWN_MOUNTS=yes exec unshare --mount --propagation private "$self" "$nsproof"
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
cd "$dir" || exit
failed=0

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

# accept DIR [IMAGE]
accept()
{
	unpack "$dir/${2-small}.tar" "$1" || not_ok "$1: $(cat "$dir/err")"
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

# enough DONE WANTED: of random moments, for a loaded machine may miss at first; $half is what came
# half-way
enough() { test "$1" -ge "$2" && test "$half" -gt 0; }

# kill_at SECONDS DIR: the status is in $status
kill_at()
{
	status=0
	timeout --foreground --preserve-status -s "${3-KILL}" "$1" \
		"$nsproof" image unpack many.tar "$2" >out 2>err </dev/null || status=$?
}
