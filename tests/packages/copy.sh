# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # read after tests/vm/lib.sh
#
# copy.sh, read after tests/vm/lib.sh: packages are installed in a copy of a Debian,
# as nothing may change in what the cache has.

# in_copy ROOT DIR COMMAND...: in a copy of ROOT in DIR, where DIR/handed is /mnt. Both
# are gone afterwards.
in_copy()
{
	local from=$1 dir=$2 status

	shift 2
	rm -rf "$dir/root"
	cp -a --reflink=auto "$from" "$dir/root" || die "cannot copy $from: is the disk full?"
	in_chroot "$dir/root" "$dir/handed" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root \
		DEBIAN_FRONTEND=noninteractive "$@"
	status=$?
	rm -rf "$dir/root" "$dir/handed"
	return "$status"
}
