# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # read after lib.sh
#
# disk.sh, read by tests/vm/cache: how the disk of a machine is made on which
# packages are installed.
#
#   disk       an ext4 filesystem: a Debian with systemd, a stock kernel and its
#              initrd, dkms and a compiler, without headers. In it /srv/packages is
#              a repository of the headers, of the next kernel, and of its headers
#   releases   the two kernels' releases, as uname -r, the first one first

# what a person has, or gets by apt from what the packages say they need
disk_packages=(systemd-sysv udev kmod initramfs-tools zstd openssl dkms gcc make pkg-config libkmod-dev libjson-c-dev)

# is_there ROOT RELEASE: both an image and headers; a mirror may list what it has no
# more
is_there()
{
	local packages="linux-image-$2 linux-headers-$2"

	has_package "$1" "linux-image-$2" &&
		in_root "$1" sh -c "cd /tmp && apt-get -q download $packages && rm -f *.deb" >&2
}

# two_newest ROOT PATTERN: releases, the older one first
two_newest()
{
	local release found=()

	while read -r release; do
		! is_there "$1" "$release" || found=("$release" "${found[@]}")
		[ ${#found[@]} -lt 2 ] || break
	done < <(in_root "$1" apt-cache pkgnames linux-headers- | sed 's/^linux-headers-//' |
		grep -Ex "$2" | sort -rV)
	echo "${found[*]}"
}

# disk_install ROOT RELEASE: it is a person's machine, where the recommended is not
disk_install()
{
	# an initrd of what this machine has, and no more: it is made there, too
	mkdir -p "$1/etc/initramfs-tools/conf.d"
	printf '%s\n' MODULES=list COMPRESS=gzip COMPRESSLEVEL=1 RESUME=none \
		>"$1/etc/initramfs-tools/conf.d/procfd"
	printf '%s\n' virtio_pci virtio_blk ext4 >"$1/etc/initramfs-tools/modules"
	in_root "$1" apt-get -q -y --no-install-recommends install "${disk_packages[@]}" &&
		in_root "$1" apt-get -q -y --no-install-recommends install "linux-image-$2" &&
		in_root "$1" apt-get clean
}

# disk_archive ROOT PACKAGE...: what apt would fetch for them, as a repository
disk_archive()
{
	local root=$1

	shift
	mkdir -p "$root/srv/packages/partial"
	in_root "$root" apt-get -q -y --no-install-recommends -o Dir::Cache::archives=/srv/packages \
		-o APT::Sandbox::User=root --download-only install "$@" || return 1
	rm -rf "$root/srv/packages/partial" "$root/srv/packages/lock"
	in_root "$root" sh -c 'cd /srv/packages && dpkg-scanpackages . >Packages' || return 1
	echo 'deb [trusted=yes] file:/srv/packages ./' >"$root/etc/apt/sources.list"
	rm -rf "$root"/var/lib/apt/lists/* "$root"/etc/apt/apt.conf.d/1{0host,1procfd}
	in_root "$root" apt-get -q update
}

# disk_settle ROOT: it boots without a question, and runs what a second disk says
disk_settle()
{
	local unit

	echo '/dev/vda / ext4 defaults 0 0' >"$1/etc/fstab"
	echo guest >"$1/etc/hostname"
	rm -f "$1/etc/resolv.conf"
	in_root "$1" useradd -m person || return 1
	cat >"$1/etc/systemd/system/session.service" <<-'END'
		[Unit]
		Description=What the host has handed in on a second disk
		After=multi-user.target
		ConditionKernelCommandLine=session

		[Service]
		Type=oneshot
		TimeoutStartSec=infinity
		ExecStartPre=/bin/mount -o ro /dev/vdb /mnt
		ExecStart=/mnt/session
		StandardOutput=journal+console

		[Install]
		WantedBy=graphical.target
	END
	in_root "$1" systemctl enable session.service || return 1
	for unit in serial-getty@ttyS0.service getty@tty1.service apt-daily.timer apt-daily-upgrade.timer; do
		in_root "$1" systemctl mask "$unit" || return 1
	done
}

# disk_pack DIR: features that an older release's tools do not know are left out
disk_pack()
{
	truncate -s 5G "$1/disk" &&
		mkfs.ext4 -q -O '^orphan_file,^metadata_csum_seed' -d "$1/root" "$1/disk"
}

# disk_make DIR SUITE SUITE_DIR SOURCES PATTERN
disk_make()
{
	local dir=$1 suite=$2 first second

	cp -a --reflink=auto "$3/root" "$dir/root" || die "cannot copy $3: is the disk full?"
	write_sources "$dir/root" "$4"
	step "update-disk-$suite.log" "disk of $suite: package lists" in_root "$dir/root" apt-get -q update
	read -r first second < <(two_newest "$dir/root" "$5" 2>"$build/log/kernels-disk-$suite.log")
	[ -n "$second" ] || die "no two kernels like $5 in $4: mend the line of $suite in tests/install/suites"
	step "install-disk-$suite.log" "disk of $suite: systemd, dkms, kernel $first" \
		disk_install "$dir/root" "$first"
	step "archive-disk-$suite.log" "disk of $suite: its headers, and kernel $second" \
		disk_archive "$dir/root" "linux-headers-$first" "linux-image-$second" "linux-headers-$second"
	step "settle-disk-$suite.log" "disk of $suite: how it boots" disk_settle "$dir/root"
	step "pack-disk-$suite.log" "disk of $suite: its filesystem" disk_pack "$dir"
	rm -rf "$dir/root"
	echo "$first $second" >"$dir/releases"
}
