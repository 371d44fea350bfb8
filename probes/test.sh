#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs probes by hand, outside any container and without privileges, and compares their lines:
# the protocol, the arguments, and each answer that can be had from canaries made here.
#
#   test.sh NSPROBE LIST_H
set -u
probe=$1
list=$2
failed=0
dir=$(mktemp -d) || exit 1
canary=

# shellcheck disable=SC2317 # called by the trap
cleanup() {
	[ -z "$canary" ] || kill "$canary" 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' HUP INT PIPE TERM

# expect STATUS "LINE PATTERN" ARGS...: the whole output must be the one line
expect() {
	want_status=$1
	pattern=$2
	shift 2
	got=$("$probe" "$@" 2>&1 </dev/null)
	status=$?
	# shellcheck disable=SC2254 # the pattern is meant as one
	case $got in
	*"
"*) ;;
	$pattern) [ "$status" -eq "$want_status" ] && return ;;
	esac
	echo "FAILED: nsprobe $*: status $status, \"$got\"; expected $want_status, \"$pattern\""
	failed=1
}

same() {
	[ "$1" = "$2" ] && return
	echo "FAILED: $3: got \"$1\", expected \"$2\""
	failed=1
}

# usage
expect 2 'usage: nsprobe *'
expect 2 'nsprobe: no probe "nosuch/probe"*' nosuch/probe
expect 2 '' sleep
expect 0 '' idle whatever
same "$("$probe" --list | cut -d' ' -f1)" "$(sed -n 's/^\tP("\([^"]*\)".*/\1/p' "$list")" '--list'
same "$("$probe" --list | awk 'NF < 3')" '' 'a probe without text'

# arguments
expect 0 'error the argument "word" is not key=value' open/boot-id word
expect 0 'error the argument pid= is missing' pid/kill-0
expect 0 'error the argument pid= is missing' pid/kill-0 pid=
expect 0 'error the argument pid=1x is not a number *' pid/kill-0 pid=1x
expect 0 'error the argument port=65536 is not a number *' net/loopback-tcp port=65536
expect 0 'error "1.2.3" is not an IP address' net/veth-gateway addr=1.2.3 port=1
expect 0 'error the argument name= must be relative' fd/dir-fd-openat name=/etc

# files: trimmed, escaped, empty, missing
printf ' abc123 \nsecond\n' >"$dir/token"
printf 'a b\001\\\n' >"$dir/odd"
: >"$dir/empty"
expect 0 'reached abc123 read the file' mount/canary-by-path path="$dir/token"
expect 0 'reached a\\x20b\\x01\\x5c read the file' mount/canary-by-path path="$dir/odd"
expect 0 'error it was reached, but it holds no token' mount/canary-by-path path="$dir/empty"
expect 0 'blocked ENOENT opening the file' mount/canary-by-path path="$dir/none"
expect 0 'blocked ENOTDIR opening the file' user/read-root-only-file path="$dir/token/x"
expect 0 'reached abc123 *' mount/pivot-dot-dot path="$dir/token"
expect 0 'blocked ENOENT opening the file' mount/pivot-dot-dot path="$dir/none"
expect 0 'blocked absent *' mount/old-root-still-mounted path=/nosuch/canary
same "$(cd "$dir" && "$probe" mount/cwd-outside name=token)" \
	'reached abc123 the working directory is below the root' 'cwd'
same "$("$probe" fd/dir-fd-openat name=token 7<"$dir")" \
	'reached abc123 an inherited directory descriptor leads to it' 'descriptor'
expect 0 'blocked absent *' fd/dir-fd-openat name=no-such-canary

# a process
name=canary-$$
cat >"$dir/start" <<END
#!/bin/sh
export NSPROOF_TOKEN=feed01
cd /
ln -s "$probe" "$dir/$name"
PATH=$dir exec $name sleep feed02
END
sh "$dir/start" &
canary=$!
tries=0
until grep -q sleep "/proc/$canary/cmdline" || [ $((tries += 1)) -gt 50 ]; do sleep 0.1; done
argv0=$(tr '\0' '\n' <"/proc/$canary/cmdline" | head -n 1)
expect 0 'reached - kill(pid, 0) is allowed' pid/kill-0 pid="$canary"
expect 0 'reached - *' pid/pidfd-open pid="$canary"
expect 0 'reached feed02 *' pid/host-process-in-proc name="$argv0"
expect 0 'reached feed02 *' pid/host-cmdline pid="$canary" name="$argv0"
expect 0 'blocked absent *' pid/host-cmdline pid="$canary" name=other
expect 0 'reached feed01 *' proc/host-environ pid="$canary"
expect 0 'reached abc123 *' proc/host-root-link pid="$canary" path="$dir/token"
kill "$canary"
wait "$canary" 2>/dev/null
expect 0 'blocked ESRCH kill(pid, 0)' pid/kill-0 pid="$canary"
expect 0 'blocked ESRCH *' pid/pidfd-open pid="$canary"
expect 0 'blocked absent *' pid/host-process-in-proc name="$argv0"
expect 0 'blocked ENOENT *' pid/host-cmdline pid="$canary" name="$argv0"
expect 0 'blocked ENOENT *' proc/host-environ pid="$canary"
canary=
expect 0 'blocked absent *' pid/getppid-zero
expect 0 'blocked absent *' proc/mountinfo-no-host name="$name"

# waiting for a stimulus: end of file is the end, and only "go" goes on
expect 1 'ready' uts/host-rename-enters
same "$(echo go | "$probe" uts/host-rename-enters)" "ready
blocked unchanged uname() shows the same name before and after" 'go'
same "$(echo no | "$probe" uts/host-rename-enters)" "ready
error \"go\" was expected on standard input" 'not go'
same "$(echo go | "$probe" mount/host-mount-enters dir="$dir")" "ready
reached abc123 read the file" 'a mount enters'

# the rest
expect 0 'blocked ENODEV *' net/if-visible link=nosuchlink0
expect 0 'blocked ECONNREFUSED *' net/abstract-unix name="$name"
expect 0 'blocked absent *' net/routes dest=192.0.2.77
expect 0 'blocked ENOENT *' ipc/mq-open name="/$name"
expect 0 'blocked absent *' cgroup/path-leak name="$name"
expect 0 'blocked EINVAL clone3()' user/clone-newuser-fs
expect 0 'reached ????????-????-????-????-???????????? read the file' open/boot-id
expect 0 'reached - *' time/offset-differs mono="$(cut -d. -f1 /proc/uptime)"
expect 0 'blocked absent *' time/offset-differs mono=999999999
same "$("$probe" look | grep -c "^hostname=$(uname -n)\$")" 1 'look'
expect 2 '' floor /
same "$("$probe" namespaces | grep -cFx "$(readlink /proc/self/ns/uts)")" 1 'namespaces'

exit "$failed"
