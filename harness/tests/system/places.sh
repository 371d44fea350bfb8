#!/bin/sh
# SPDX-License-Identifier: MIT
# places.sh NSPROOF FIXTURE: in another container (bwrap and crun, where they are installed), and
# where a limit is set, nothing leaks, is blind or broken for the reason of the place: what can't be
# tried there is skipped, and what is to be changed is named. Needs root (77 without).
set -eu

nsproof=$1 fixture=$2
test "$(id -u)" = 0 && command -v setpriv >/dev/null && command -v unshare >/dev/null || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
cp "$nsproof" "$dir/nsproof"
cp "$fixture" "$dir/image.tar"
chmod a+rx "$dir/nsproof" && chmod a+r "$dir/image.tar"
suites='pid/* uts/* key/* sys/* net/lo* fd/open* nested/fresh* time/b* cgroup/* open/*'
failed=0

# ran NAME STATUS WORDS [COMMAND...]: the checks below this command end with the status, and say the
# words, in the report or on standard error
ran()
{
	name=$1 want=$2 words=$3 status=0
	shift 3
	set -f
	# shellcheck disable=SC2086 # the suites are words
	timeout 120 "$@" "$dir/nsproof" check --image "$dir/image.tar" $suites \
		>"$dir/out" 2>"$dir/err" </dev/null || status=$?
	set +f
	cat "$dir/err" >>"$dir/out"
	if test "$status" = "$want" && grep -qF -- "$words" "$dir/out" &&
		! grep -Eq '^  [!?x] ' "$dir/out"; then
		echo "ok $name: $(grep ' isolated, ' "$dir/out" || echo "$words")"
	else
		echo "not ok $name: status $status, expected $want with: $words"
		grep -E -A5 '^  [!?x] |^nsproof: ' "$dir/out" | head -n 30 | sed 's/^/#   /'
		failed=$((failed + 1))
	fi
}

as_user() { echo "setpriv --reuid 65534 --regid 65534 --clear-groups"; }

# limit NAME NUMBER: in a user namespace of its own, whose limits are nobody else's
limit() { echo "unshare --user --map-root-user sh $dir/limit $1 $2"; }

limits()
{
	cat >"$dir/limit" <<-'END'
		echo "$2" >"/proc/sys/user/max_$1_namespaces" || exit 99
		shift 2
		exec "$@"
	END
	# shellcheck disable=SC2046 # words
	ran "max_net_namespaces" 4 "user.max_net_namespaces is 0; as root" $(limit net 0)
	# shellcheck disable=SC2046
	ran "max_time_namespaces" 0 "user.max_time_namespaces is 0; as root" $(limit time 0)
}

bubblewraps()
{
	fresh="--proc /proc --dev /dev --tmpfs /tmp --ro-bind $dir $dir"
	# shellcheck disable=SC2086,SC2046 # words
	if ! $(as_user) bwrap --ro-bind / / --unshare-all true 2>"$dir/err"; then
		echo "skip bwrap: it can't run here: $(head -n 1 "$dir/err")"
		return
	fi
	ran "bwrap of the host" 0 " isolated, " bwrap --dev-bind / / --unshare-all
	# shellcheck disable=SC2086
	ran "bwrap with a /sys" 0 " isolated, " bwrap --ro-bind / / $fresh --unshare-all
	# shellcheck disable=SC2086,SC2046
	ran "bwrap of a user, without a /sys" 0 "needs     sysfs: " $(as_user) \
		bwrap --ro-bind / / --tmpfs /sys $fresh --unshare-all --cap-drop ALL
	# shellcheck disable=SC2086
	ran "bwrap of root without any right" 4 "without CAP_SETFCAP" \
		bwrap --ro-bind / / $fresh --unshare-all --cap-drop ALL
	# shellcheck disable=SC2086,SC2046
	ran "bwrap without user namespaces" 4 "needs userns: " $(as_user) \
		bwrap --ro-bind / / $fresh --unshare-all --unshare-user --disable-userns
}

# crun_run SEDS COMMAND...: in a container by crun's own specification, changed. It may want a
# hierarchy of cgroup v2 alone.
cat >"$dir/crun_run" <<-'END'
	dir=$1 seds=$2
	shift 2
	args=$(printf ', "%s"' "$@")
	mkdir -p "$dir/bundle" && cd "$dir/bundle" && rm -f config.json && crun spec || exit
	sed -i -e '/"terminal"/s/true/false/' -e 's|"path": "rootfs"|"path": "'"$dir/root"'"|' \
		-e "s|^\(\t*\)\"sh\"\$|\1${args#, }|" -e "$seds" config.json
	umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup 2>/dev/null
	mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit
	# the host's files, on a mount that it can pivot to
	mkdir -p "$dir/root" && mount --rbind / "$dir/root" || exit
	exec crun --root "$dir/state" --cgroup-manager=disabled run "places-$$"
END
crun_as() { echo "unshare --mount sh $dir/crun_run $dir $1"; }

# Most capabilities, no covers, everything writable
privileged='s/"CAP_KILL"/&,"CAP_SYS_ADMIN","CAP_NET_ADMIN","CAP_NET_RAW","CAP_SETUID","CAP_SETGID",\
"CAP_SETFCAP","CAP_SETPCAP","CAP_SYS_PTRACE","CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FOWNER","CAP_SYS_CHROOT","CAP_MKNOD"/
/"maskedPaths": \[/,/\]/d
s/"noNewPrivileges": true/"noNewPrivileges": false/'

cruns()
{
	# shellcheck disable=SC2046 # words
	if ! $(crun_as s/x/x/) true >"$dir/out" 2>"$dir/err"; then
		echo "skip crun: it can't run here: $(head -n 1 "$dir/err")"
		return
	fi
	# shellcheck disable=SC2046
	ran "crun" 4 "without CAP_SETFCAP" $(crun_as s/x/x/)
	# shellcheck disable=SC2046
	ran "crun of a user" 4 "/proc is covered in part" $(crun_as 's/"uid":.0/"uid":65534/')
	ran "crun with rights" 0 "needs     time: " unshare --mount sh "$dir/crun_run" "$dir" \
		"$privileged"
}

limits
if command -v bwrap >/dev/null; then bubblewraps; else echo "skip bwrap: not installed"; fi
if command -v crun >/dev/null; then cruns; else echo "skip crun: not installed"; fi
echo "$failed failed"
test "$failed" = 0
