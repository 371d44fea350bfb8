#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The whole main job in one command, from a fresh clone to a report: installs what is missing,
# builds, makes the fixture images, runs every check, measures, and keeps the results. What is already done is
# not done again. Standard output is the report and nothing else; progress goes to standard error.
set -euo pipefail
export LC_ALL=C
unset CDPATH
umask 022

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd -P)
build=$root/build/release
start=$PWD

job=checks
install=yes
image=
results=
bench=
installed=no
made=()

usage() {
	cat <<-'END'
		Usage: run-all.sh [OPTION...]        build nsproof, run every check, measure
		       run-all.sh [OPTION...] test   build and run all tests

		Options:
		  --no-install     install nothing; go on with what is there
		  --image FILE     image to check: what 'docker save' writes, an OCI layout in a tar file, or
		                   an unpacked root directory (default: a small image made here)
		  --results DIR    keep the results below DIR (default: results/ beside this script)
		  --bench quick|full|none
		                   what to measure after the checks (default: quick, about a minute;
		                   full is every scenario, with more time for each)
		  --help           this text

		Exit status: that of 'nsproof check' (0 as expected, 1 a leak, 3 blind or broken, 4 nothing
		ran, 130 interrupted), and when that is 0, 3 if a benchmark failed; or that of the tests;
		2 when something is missing or cannot be built.
	END
}

say() {
	echo "run-all: $*" >&2
}

die() {
	say "$*"
	exit 2
}

# Prints an absolute path for a file named on the command line; links are not followed.
absolute() {
	case $1 in
	/*) printf '%s' "$1" ;;
	*) printf '%s/%s' "${start%/}" "$1" ;;
	esac
}

parse_options() {
	local words=0

	while (($#)); do
		case $1 in
		--help | -h)
			usage
			exit 0
			;;
		--no-install) install=no ;;
		--image=* | --results=* | --bench=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			continue
			;;
		--image | --results)
			[[ ${2-} ]] || die "$1 needs a value; see run-all.sh --help"
			[[ $1 == --image ]] && image=$(absolute "$2") || results=$(absolute "$2")
			shift
			;;
		--bench)
			[[ ${2-} =~ ^(quick|full|none)$ ]] ||
				die "--bench takes quick, full or none; see run-all.sh --help"
			bench=$2
			shift
			;;
		-*) die "unknown option '$1'; see run-all.sh --help" ;;
		test)
			((words++ == 0)) || die "one command is enough; see run-all.sh --help"
			job=tests
			;;
		*) die "unknown command '$1'; see run-all.sh --help" ;;
		esac
		shift
	done
	[[ $job != tests || -z $image$results$bench ]] ||
		die "--image, --results and --bench do not go with test; see run-all.sh --help"
	[[ -z $image || -e $image ]] || die "$image: no such file"
	: "${results:=$root/results}" "${bench:=quick}"
}

# Which family of distributions this is: an id that one of the functions below knows.
distribution() {
	local id

	if [[ -r /etc/os-release ]]; then
		# shellcheck source=/dev/null
		for id in $(. /etc/os-release && echo "${ID-} ${ID_LIKE-}"); do
			case $id in
			debian | ubuntu) echo debian && return ;;
			fedora | rhel | centos) echo fedora && return ;;
			alpine | arch) echo "$id" && return ;;
			opensuse* | suse | sles) echo opensuse && return ;;
			esac
		done
	fi
	echo unknown
}

# The packages that a build takes, one list a family.
packages() {
	case $1 in
	debian)
		echo gcc libc6-dev linux-libc-dev musl-tools cmake ninja-build busybox-static \
			libarchive-dev libcap-dev libjansson-dev libnftables-dev libnl-3-dev \
			libnl-route-3-dev libseccomp-dev libssl-dev libzstd-dev zlib1g-dev \
			liblzma-dev libbz2-dev liblz4-dev libisal-dev \
			check libsubunit-dev python3 python3-jsonschema uidmap hyperfine
		;;
	fedora)
		echo gcc glibc-devel kernel-headers musl-gcc musl-libc-static cmake ninja-build \
			busybox libarchive-devel libcap-devel jansson-devel nftables-devel \
			libnl3-devel libseccomp-devel openssl-devel libzstd-devel zlib-devel \
			xz-devel bzip2-devel lz4-devel isa-l-devel \
			check-devel subunit-devel python3 python3-jsonschema
		;;
	alpine)
		echo gcc musl-dev linux-headers cmake samurai busybox-static libarchive-dev \
			libcap-dev jansson-dev nftables-dev libnl3-dev libseccomp-dev openssl-dev \
			zstd-dev zlib-dev xz-dev bzip2-dev lz4-dev check-dev subunit-dev \
			python3 py3-jsonschema shadow-uidmap
		;;
	arch)
		echo gcc linux-api-headers musl cmake ninja busybox libarchive libcap jansson \
			nftables libnl libseccomp openssl zstd zlib xz bzip2 lz4 check subunit \
			python python-jsonschema
		;;
	opensuse)
		echo gcc glibc-devel-static linux-glibc-devel cmake ninja busybox-static \
			libarchive-devel libcap-devel libjansson-devel nftables-devel \
			libnl3-devel libseccomp-devel libopenssl-devel libzstd-devel zlib-devel \
			xz-devel libbz2-devel liblz4-devel check-devel subunit-devel \
			python3 python3-jsonschema
		;;
	esac
}

# Is one package there? Asks the distribution's own database.
has_package() {
	case $1 in
	debian) dpkg-query -W -f '${db:Status-Status}\n' "$2" | grep -qx installed ;;
	fedora | opensuse) rpm -q --quiet --whatprovides "$2" ;;
	alpine) apk info -e "$2" ;;
	arch) pacman -T "$2" ;;
	esac >/dev/null 2>&1
}

install_command() {
	case $1 in
	debian) echo apt-get install --no-install-recommends ;;
	fedora) echo dnf install ;;
	alpine) echo apk add ;;
	arch) echo pacman -S --needed ;;
	opensuse) echo zypper install ;;
	esac
}

# Runs a command quietly; shows the end of what it wrote only when it fails.
quietly() {
	local output

	output=$("$@" 2>&1 </dev/null) && return
	tail -n 60 <<<"$output" >&2
	return 1
}

apt() {
	DEBIAN_FRONTEND=noninteractive quietly apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

install_missing() {
	local family name missing=()

	family=$(distribution)
	for name in $(packages "$family"); do
		has_package "$family" "$name" || missing+=("$name")
	done
	if [[ $family == unknown ]]; then
		say "unknown distribution: going on with what is there"
	elif ((${#missing[@]} == 0)); then
		return 0
	elif [[ $install == no ]]; then
		say "not installed: ${missing[*]}"
	elif [[ $family != debian || $EUID != 0 ]]; then
		die "packages are missing; as root: $(install_command "$family") ${missing[*]}"
	else
		say "installing ${#missing[@]} packages"
		apt update || die "apt-get update failed"
		apt install --no-install-recommends "${missing[@]}" || die "apt-get install failed"
		installed=yes
	fi
}

# What root has made for somebody through sudo shall be theirs.
give_back() {
	local path

	[[ $EUID == 0 && ${SUDO_UID-} =~ ^[0-9]+$ && ${SUDO_GID-} =~ ^[0-9]+$ ]] || return 0
	for path in "$root/build" "${made[@]}"; do
		[[ -e $path || -L $path ]] || continue
		find "$path" -uid 0 -exec chown -h "$SUDO_UID:$SUDO_GID" {} + ||
			say "cannot give $path to user $SUDO_UID"
	done
}

# A directory and its parents, remembered for give_back.
make_directory() {
	local path=$1

	while [[ ! -e $(dirname -- "$path") ]]; do
		path=$(dirname -- "$path")
	done
	[[ -e $path ]] || made+=("$path")
	mkdir -p -- "$1" || die "cannot make $1"
}

build_all() {
	command -v cmake >/dev/null || die "cmake is missing"
	cd -- "$root"
	# a build tree that was moved, or belongs to another checkout, is of no use
	if [[ -e $build/CMakeCache.txt ]] &&
		! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
		rm -rf -- "$build"
	fi
	if [[ $installed == yes || ! -e $build/build.ninja ]]; then
		say "configuring"
		quietly cmake --preset release || die "cannot configure, see above"
	fi
	say "building"
	quietly cmake --build --preset release || die "cannot build, see above"
	cd -- "$start"
}

# The name of a run: when, and on which kernel. Prints the directory, which is new.
new_results() {
	local dir

	until
		dir=$results/$(date -u +%Y%m%dT%H%M%SZ)-$(uname -r)
		mkdir -- "$dir" 2>/dev/null
	do
		[[ -d $dir ]] || return 1
		sleep 1 # two runs in the same second
	done
	printf '%s' "$dir"
}

# Beside the results of the checks: bench.json, bench.txt. What a benchmark says is no verdict on
# isolation: only a failed one counts, and only when all else is well.
run_benchmarks() {
	local status=0 options=()

	[[ $bench != none ]] || return 0
	[[ $bench == full ]] || options=(--quick --time 0.2)
	say "measuring"
	"$build/harness/nsproof" bench --results "$1" "${options[@]}" ${image:+--image "$image"} ||
		status=$?
	((status != 4)) || status=0 # nothing can be measured here, and the report says why
	return $status
}

run_checks() {
	local dir status=0 measured=0

	make_directory "$results"
	dir=$(new_results) || die "cannot make a directory below $results"
	made+=("$dir" "$results/latest")
	say "checking"
	"$build/harness/nsproof" check --results "$dir" ${image:+--image "$image"} || status=$?
	if [[ -e $dir/results.json ]]; then
		ln -sfn -- "${dir##*/}" "$results/latest"
		say "results are in $dir"
	else
		rmdir -- "$dir"
	fi
	if [[ -d $dir && $status != 130 ]]; then
		run_benchmarks "$dir" || measured=$?
	fi
	((status != 0)) || status=$measured
	return $status
}

run_tests() {
	say "testing"
	cd -- "$root"
	ctest --preset release --parallel "$(nproc)"
}

# A function, so that all of the script is read before any of it runs.
main() {
	parse_options "$@"
	trap give_back EXIT
	install_missing
	build_all
	if [[ $job == tests ]]; then
		run_tests
	else
		run_checks
	fi
}

main "$@"
