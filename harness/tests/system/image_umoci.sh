#!/bin/sh
# SPDX-License-Identifier: MIT
# image_umoci.sh NSPROOF COMPARE_TREES FIXTURES: what nsproof makes of an image is what umoci makes of
# it, entry by entry, for images written by our own maker, skopeo, umoci, buildah and podman, as far
# as they are installed. $NSPROOF_BIG_IMAGE may name one more, an archive of `docker save` or an OCI
# layout (DIR:TAG). Needs root, umoci and skopeo, otherwise it is skipped (77). All that the tools
# store lies in a temporary directory.
set -eu

nsproof=$1 compare=$2 fixtures=$3
test "$(id -u)" = 0 || exit 77
command -v umoci >/dev/null && command -v skopeo >/dev/null || exit 77
dir=$(mktemp -d)
trap 'chmod -R u+rwx "$dir"; rm -rf "$dir"' EXIT
failed=0

# Where umoci is not right, or no one is: "PATH: what compare_trees says", umoci on the left, as
# patterns of the shell. Nothing else may differ.
known()
{
	case $1 in
	# umoci takes the time of the root directory before it makes what is in it
	'.: time '*) ;;
	# umoci makes directories of the bookkeeping of aufs, which layer.md reserves
	'.wh..wh.orph: a directory only on the left') ;;
	# umoci reads no ACLs that are written as text (SCHILY.acl.access)
	'attributes/acl-text: attribute system.posix_acl_access only on the right') ;;
	# Go's tar reader takes an empty value of an attribute for none
	'attributes/empty: attribute user.empty only on the right') ;;
	# no layer says anything of these directories: umoci gives them the time of day, nsproof none
	'implicit: time 0.'* | 'implicit/directories: time 0.'*) ;;
	'names/abc'*'xd: time 0.'* | 'opt/a-name'*'there-is: time 0.'*) ;;
	# umoci forgets the time of a directory where it makes a parent or hides what was there
	'lower/again: time 1700000000.'* | 'names: time 1700000000.'* | 'opt: time 1700000000.'*) ;;
	# Go's tar reader takes half a second more away from times before 1970
	'times/before-1970: time -1.500000000 instead of -2.500000000') ;;
	*) return 1 ;;
	esac
}

# unpack_both IMAGE LAYOUT:TAG: the same image, as nsproof reads it and as umoci does
unpack_both()
{
	chmod -R u+rwx "$dir/ours" "$dir/umoci" 2>/dev/null || true
	rm -rf "$dir/ours" "$dir/umoci"
	"$nsproof" image unpack "$1" "$dir/ours" >"$dir/log" 2>&1 || return 1
	# the summary tells how many device nodes were not made, as umoci makes them
	left_out=$(sed -n 's/.*device nodes left out: \([0-9]*\).*/\1/p' "$dir/log")
	umoci raw unpack --image "$2" "$dir/umoci" >"$dir/log" 2>&1
}

# same NAME IMAGE LAYOUT:TAG
same()
{
	if ! unpack_both "$2" "$3"; then
		echo "FAILED: $1: $(cat "$dir/log")" >&2
		failed=1
		return
	fi
	status=0
	"$compare" "$dir/umoci" "$dir/ours" >"$dir/differences" 2>"$dir/count" || status=$?
	test $status -le 1 || failed=1
	named=0 nodes=0
	while read -r line; do
		case $line in
		*' device only on the left')
			nodes=$((nodes + 1))
			continue
			;;
		esac
		if known "$line"; then
			named=$((named + 1))
		else
			echo "FAILED: $1: $line" >&2
			failed=1
		fi
	done <"$dir/differences"
	if [ $nodes != "${left_out:-0}" ]; then
		echo "FAILED: $1: $nodes device nodes missing, ${left_out:-0} reported" >&2
		failed=1
	fi
	echo "$1: $(sed 's/,.*//' "$dir/count"); $named differences that are umoci's," \
		"$nodes device nodes left out"
}

copy()
{
	skopeo copy -q "$1" "$2"
}

# our own maker: umoci knows no archives and no zstd, so it gets what skopeo makes of them
own_images()
{
	copy "docker-archive:$fixtures/classic.tar" "oci:$dir/busybox:x"
	same "own docker-archive, busybox" "$fixtures/classic.tar" "$dir/busybox:x"
	same "own archive in the new form, busybox" "$fixtures/modern.tar" "$dir/busybox:x"
	mkdir "$dir/features"
	tar -xf "$fixtures/features-oci.tar" -C "$dir/features"
	same "own OCI layout, features" "$dir/features" "$dir/features:oci"
	same "own OCI archive, features" "$fixtures/features-oci.tar" "$dir/features:oci"
}

skopeo_images()
{
	copy "oci:$dir/features:oci" "docker-archive:$dir/skopeo-docker.tar:nsproof/features:oci"
	copy "oci:$dir/features:oci" "oci-archive:$dir/skopeo-oci.tar:oci"
	copy "oci:$dir/features:oci" "oci:$dir/skopeo-layout:oci"
	for image in skopeo-docker.tar skopeo-oci.tar skopeo-layout; do
		same "$image, features" "$dir/$image" "$dir/features:oci"
	done
}

# change TREE: something of everything that a layer can say
change()
{
	rm -r "$1/lower/announced" "$1/links/second" "$1/change/file-to-dir" "$1/modes"
	ln -s elsewhere "$1/change/file-to-dir"
	mkdir "$1/new" "$1/modes"
	echo new >"$1/new/file"
	ln "$1/new/file" "$1/lower/new-link"
	echo setuid >"$1/modes/setuid"
	chown 1000:1000 "$1/modes/setuid"
	chmod 4711 "$1/modes/setuid"
	touch -d 2001-01-01 "$1/lower"
}

umoci_images()
{
	umoci init --layout "$dir/written" >/dev/null
	umoci new --image "$dir/written:x" >/dev/null
	umoci unpack --image "$dir/written:x" "$dir/bundle" >/dev/null 2>&1
	cp -a "$dir/features-tree/." "$dir/bundle/rootfs/"
	umoci repack --refresh-bundle --image "$dir/written:x" "$dir/bundle" >/dev/null 2>&1
	change "$dir/bundle/rootfs"
	umoci repack --image "$dir/written:x" "$dir/bundle" >/dev/null 2>&1
	rm -rf "$dir/bundle"
	same "umoci, features" "$dir/written" "$dir/written:x"
}

storage()
{
	tool=$1
	shift
	"$tool" --root "$dir/storage" --runroot "$dir/run" --storage-driver vfs "$@"
}

# Layers that buildah has written, of a tree and of its changes, saved by buildah and by podman.
storage_images()
{
	storage buildah from -q --name first scratch >/dev/null
	cp -a "$dir/features-tree/." "$(storage buildah mount first)/"
	storage buildah commit -q first localhost/nsproof/first >/dev/null
	storage buildah from -q --pull-never --name second localhost/nsproof/first >/dev/null
	change "$(storage buildah mount second)"
	storage buildah commit -q second localhost/nsproof/second >/dev/null
	storage buildah push -q localhost/nsproof/second "oci:$dir/buildah-layout:x"
	storage buildah push -q localhost/nsproof/second "oci-archive:$dir/buildah-oci.tar:x"
	storage buildah push -q localhost/nsproof/second "docker-archive:$dir/buildah-docker.tar"
	for image in buildah-layout buildah-oci.tar buildah-docker.tar; do
		same "$image, features" "$dir/$image" "$dir/buildah-layout:x"
	done
	command -v podman >/dev/null || return 0
	for format in docker-archive oci-archive oci-dir; do
		storage podman --cgroup-manager cgroupfs --events-backend none save -q \
			--format $format -o "$dir/podman-$format" localhost/nsproof/second
		same "podman-$format, features" "$dir/podman-$format" "$dir/buildah-layout:x"
	done
}

big_image()
{
	case $1 in
	*.tar)
		copy "docker-archive:$1" "oci:$dir/big:x"
		same "$1" "$1" "$dir/big:x"
		;;
	*) same "$1" "${1%:*}" "$1" ;;
	esac
}

own_images
skopeo_images
mv "$dir/umoci" "$dir/features-tree"
rm -r "$dir/features-tree/.wh..wh.orph"
umoci_images
if command -v buildah >/dev/null; then
	storage_images
else
	echo "buildah is not installed: its images and podman's are left out"
fi
test -z "${NSPROOF_BIG_IMAGE-}" || big_image "$NSPROOF_BIG_IMAGE"
exit $failed
