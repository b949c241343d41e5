# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # used by those who read this
#
# What the scripts in this directory share: places, words, the kernel list.

set -u -o pipefail

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$vm/../.." && pwd)
build=${BUILD:-$top/build}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/procfd

die()
{
	echo "procfd: $*" >&2
	exit 1
}

say()
{
	echo "$*" >&2
}

need_root()
{
	[ "$(id -u)" = 0 ] || die "$1 needs root (it uses chroot and apt-get): run it as root"
}

# in_mount_ns COMMAND...: in a mount namespace, so that nothing is left when we are
# killed. In a chroot / is no mount point and cannot be made private: there a
# mount may be seen outside, so COMMAND takes its mounts back itself.
in_mount_ns()
{
	local propagation=private

	unshare -m true 2>/dev/null || propagation=unchanged
	unshare -m --propagation "$propagation" "$@"
}

# in_chroot ROOT DIR COMMAND...: with /proc, and DIR (if it is not empty) on /mnt
in_chroot()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_mount_ns sh -c 'root=$0 dir=$1
		shift
		mount -t proc proc "$root/proc" || exit
		[ -z "$dir" ] || mount --bind "$dir" "$root/mnt" || exit
		chroot "$root" "$@"
		status=$?
		[ -z "$dir" ] || umount "$root/mnt"
		umount "$root/proc"
		exit $status' "$@"
}

# logged LOG COMMAND...: run quietly, keep all output in LOG
logged()
{
	local log=$1

	shift
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 </dev/null
}

# not_by_clang DIR: the objects below it that do not say that clang made them
not_by_clang()
{
	find "$1" -name '*.o' | while read -r object; do
		readelf -p .comment "$object" 2>/dev/null | awk '/clang/ { made = 1 } /GCC/ { other = 1 }
			END { exit !made || other }' || echo "$object"
	done
}

# kernels_in SET: names of the kernels in a set, in the order of the list
kernels_in()
{
	awk -v set="$1" '!/^#/ && $2 == set { print $1 }' "$vm/kernels"
}

# kernel_field NAME COLUMN
kernel_field()
{
	awk -v name="$1" -v col="$2" '!/^#/ && $1 == name { print $col }' "$vm/kernels"
}

# kernel_option NAME KEY: its value; nothing if it is not there
kernel_option()
{
	kernel_field "$1" 6 | tr ',' '\n' | sed -n "s/^$2=//p"
}

# the line that says where a kernel comes from, if this one says only =NAME
kernel_base()
{
	local release

	release=$(kernel_field "$1" 5)
	case $release in
	=*) echo "${release#=}" ;;
	*) echo "$1" ;;
	esac
}

# programs_of NAME: where the programs of its guest are built
programs_of()
{
	local bits arch

	bits=$(kernel_option "$1" bits)
	arch=$(kernel_option "$1" arch)
	echo "$build${bits:+/${bits}bit}${arch:+/$arch}"
}

usual_kernel()
{
	awk '!/^#/ && $6 ~ /(^|,)usual(,|$)/ { print $1 }' "$vm/kernels"
}

# mirror_tree FROM TO: newer files over, files that are gone away; objects stay
mirror_tree()
{
	local file

	mkdir -p "$2"
	cp -Rpu "$1/." "$2/" || die "cannot copy $1 to $2"
	find "$2" -type f \( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) ! -name '*.mod.c' -printf '%P\n' |
		while read -r file; do
			[ -e "$1/$file" ] || rm -f "$2/$file"
		done
}

kernel_known()
{
	[ -n "$(kernel_field "$1" 1)" ] ||
		die "no kernel '$1' in tests/vm/kernels, which has: $(awk '!/^#/ && NF { printf "%s ", $1 }' "$vm/kernels")"
}
