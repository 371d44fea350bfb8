#!/bin/sh
# SPDX-License-Identifier: MIT
# bench_commands.sh NSPROOF IMAGE DIR: whole commands with programs of ours in place of some runtimes and
# unpackers: one that fails, one that makes no namespaces, one that fails later, one that unpacks
# nothing; what they leave and where they write must not reach the machine. DIR must be a place that
# the sandbox shows (no /tmp).
set -eu

nsproof=$1 image=$2
case $3 in
/tmp/* | /run/* | /root/* | /dev/* | /var/lib/* | /var/tmp/*)
	echo "$3 is hidden from what bench starts"
	exit 77
	;;
esac
test "$(id -u)" = 0 || exit 77
command -v hyperfine >/dev/null || exit 77
dir=$(mktemp -d -p "$3")
trap 'rm -rf "$dir" /etc/nsproof-was-here' EXIT
mkdir "$dir/bin"
# copies: what runs is found in the sandbox, too
cp "$nsproof" "$dir/nsproof"
cp "$image" "$dir/image.tar"
failed=0

not_ok()
{
	echo "not ok $1"
	failed=$((failed + 1))
}

# program NAME: from standard input
program()
{
	cat >"$dir/bin/$1"
	chmod 755 "$dir/bin/$1"
}

# has TEXT: a line of the report that matches
has() { grep -q -- "$1" "$dir/out" || not_ok "no line '$1' in: $(cat "$dir/out")"; }

# bench STATUS ARGUMENT...
bench()
{
	want=$1
	shift
	status=0
	PATH=$dir/bin:$PATH "$dir/nsproof" bench --image "$dir/image.tar" "$@" \
		>"$dir/out" 2>"$dir/err" </dev/null || status=$?
	test "$status" = "$want" ||
		not_ok "$*: status $status instead of $want: $(cat "$dir/out" "$dir/err")"
}

program bwrap <<'END'
#!/bin/sh
echo first line
echo "no bubbles today" >&2
exit 7
END

# makes nothing: runs the program as it is
program unshare <<'END'
#!/bin/sh
for root; do
	case $root in --root=*) break ;; esac
done
for last; do :; done
exec "${root#--root=}/idle" "$last"
END

# works as long as it is tried, and some time more; leaves a daemon, and writes where it can
program crun <<END
#!/bin/sh
dir=\${2%/crun}
for bundle; do case \$bundle in \$dir/idle | \$dir/namespaces) break ;; esac; done
echo x >>/var/lib/runs
(echo x >"$dir/was-here") 2>/dev/null
(echo x >/etc/nsproof-was-here) 2>/dev/null
setsid sleep 47114711 >/dev/null 2>&1 &
test "\$(wc -l </var/lib/runs)" -le 9 || exit 5
exec "\$dir/nsprobe" floor "\$dir/root" /idle "\${bundle##*/}"
END

program bsdtar <<'END'
#!/bin/sh
exit 0
END

# all entries are there, but one has another content
program umoci <<'END'
#!/bin/sh
for out; do :; done
mkdir "$out" || exit 1
blob=$(find "${4%:bench}/blobs" -type f -size +1000k)
tar --extract --gzip --file="$blob" --directory="$out" || exit 1
file=$(find "$out" -type f -size +1k | head -n 1)
printf 'X' | dd of="$file" conv=notrunc 2>/dev/null
END

sort </proc/self/mountinfo >"$dir/mounts.before"
bench 3 --time 0.2 --results "$dir/results" runtimes/nsproof runtimes/unshare runtimes/bwrap runtimes/crun
has '^  runtimes/nsproof  .* of the floor'
has "^  runtimes/bwrap  .*skipped: $dir/bin/bwrap: status 7: no bubbles today"
has '^  runtimes/unshare  .*skipped: the program is not PID 1 but'
has '^  runtimes/crun  .*failed: .*hyperfine: status 1: .*non-zero exit code: 5'
has '^1 measured\|^0 measured, 1 noisy'
grep -q '"batch": "3"' "$dir/results/hyperfine/runtimes.json" || not_ok "no batches of hyperfine"
test -s "$dir/results/bench.json" || not_ok "no bench.json"
test -s "$dir/results/bench.txt" || not_ok "no bench.txt"

bench 0 --time 0.2 unpackers/nsproof unpackers/bsdtar unpackers/umoci
has '^  unpackers/nsproof  .* of the floor'
has '^  unpackers/bsdtar  .*skipped: it has not unpacked all of the image'
has '^  unpackers/umoci  .*skipped: it has not unpacked what was packed'

# ended early, softly and hard
status=0
PATH=$dir/bin:$PATH timeout --preserve-status --signal=INT 4 "$dir/nsproof" bench --time 60 \
	--image "$dir/image.tar" 'runtimes/n*' >"$dir/out" 2>&1 </dev/null || status=$?
test "$status" = 130 || not_ok "SIGINT: status $status"
has '; interrupted$'
has '^  runtimes/nsproof-image  .* of the floor'
rm "$dir/bin/crun"
cat >"$dir/bin/crun" <<END
#!/bin/sh
setsid sleep 47114711 >/dev/null 2>&1 &
exec sleep 47114711
END
chmod 755 "$dir/bin/crun"
PATH=$dir/bin:$PATH "$dir/nsproof" bench --time 60 --image "$dir/image.tar" runtimes/crun \
	>"$dir/out" 2>&1 &
pid=$!
sleep 3
pgrep -fx 'sleep 47114711' >/dev/null || not_ok "the hanging program does not run"
kill -KILL "$pid"
wait "$pid" 2>/dev/null || :
sleep 1

# nothing is left
pgrep -fx 'sleep 47114711' >/dev/null && not_ok "a daemon is left"
if test -e "$dir/was-here" || test -e /etc/nsproof-was-here; then
	not_ok "a program wrote to the machine"
fi
sort </proc/self/mountinfo >"$dir/mounts.after"
cmp -s "$dir/mounts.before" "$dir/mounts.after" || not_ok "the mounts have changed"
left=$(find /sys/fs/cgroup -type d -name "nsproof-$pid-*" 2>/dev/null)
test -z "$left" || not_ok "a cgroup is left: $left"
test "$failed" = 0
