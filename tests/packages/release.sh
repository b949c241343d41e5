# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # read between others
#
# release.sh, read after tests/vm/lib.sh: packages are built in a Debian of their
# release, $root, from a copy of the sources below $built, which is /mnt there.

source_version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")

# sources VERSION: what git knows or would take, and nothing that was built
sources()
{
	rm -rf "$built"
	mkdir -p "$built"
	( cd "$top" && git ls-files -co --exclude-standard -z | tar -c --null -T - --ignore-failed-read ) |
		tar -x -C "$built" --one-top-level="procfd-$1"
}

# in_release COMMAND...: as root, but nothing of it may depend on the user's home
in_release()
{
	# shellcheck disable=SC2016 # expanded in there
	in_chroot "$root" "$built" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/nonexistent \
		sh -c 'cd "/mnt/$0" && shift 0 && exec "$@"' "$@"
}

# build_packages VERSION
build_packages()
{
	in_release "procfd-$1" dpkg-buildpackage -us -uc -j"$(nproc)"
}
