# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # used by those who read this
#
# What the phases share. State that lasts from one boot to the next is in /root.

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

# made by handed
read -r version newer first second </mnt/conf
running=$(uname -r)
person="--reuid person --regid person --clear-groups"

# how wide is_usable's points are
usable_points=5

# the file of a kernel's module, however it is compressed; of all kernels' without one
built()
{
	find "/lib/modules${1:+/$1}" -name 'procfd.ko*'
}

# is_built RELEASE VERSION: by DKMS, for that kernel, and nowhere but where it says
is_built()
{
	dkms status | tee /tmp/status
	grep "^procfd.*$2.*$1.*: installed" /tmp/status &&
		[ "$(modinfo -k "$1" -F version procfd)" = "$2" ] &&
		modinfo -k "$1" -F vermagic procfd | grep "^$1 " &&
		[ "$(built "$1" | wc -l)" = 1 ] && built "$1" | grep '/updates/dkms/'
}

is_not_built()
{
	[ -z "$(built "$1")" ]
}

is_loaded()
{
	[ "$(cat /sys/module/procfd/version)" = "$1" ]
}

# node_is_right: the module makes it so, and no udev rule
node_is_right()
{
	ls -l /dev/procfd
	[ "$(stat -c '%F %a %U %G' /dev/procfd)" = "character special file 666 root root" ]
}

as_person()
{
	# shellcheck disable=SC2086 # words
	setpriv $person "$@"
}

# waits_on PID: it has a procfd open, and not the device alone
waits_on()
{
	find "/proc/$1/fd" -lname '*\[procfd\]*' 2>/dev/null | grep -q .
}

# wait_of_a_stranger: a person learns how a process of root has ended
wait_of_a_stranger()
{
	rm -f /tmp/go /tmp/said
	mkfifo /tmp/go
	sh -c 'read -r _ </tmp/go; exit 3' &
	stranger=$!
	# no function, whose process would be the shell's
	# shellcheck disable=SC2086 # words
	setpriv $person procfdctl wait "$stranger" >/tmp/said 2>&1 &
	waiter=$!
	until waits_on $waiter; do
		kill -0 $waiter 2>/dev/null || break
		sleep 0.1
	done
	echo >/tmp/go
	wait $waiter
	status=$?
	cat /tmp/said
	rm -f /tmp/go
	[ $status = 0 ] && grep "^$stranger .*exited with status 3" /tmp/said
}

# is_usable VERSION: five points on the module that is loaded
is_usable()
{
	check "the module is that of version $1" is_loaded "$1"
	check "its node is there for all" node_is_right
	check "a person reads the features" as_person procfdctl features
	check "a person learns how a stranger has ended" wait_of_a_stranger
	check "procfdctl status is content" as_person procfdctl status
}

# All files but what apt, dpkg, Python, DKMS (its key) and those that log keep for
# themselves, what kernels copy to /boot, and the lists that depmod makes.
files()
{
	find / -xdev \( -path /mnt -o -path /proc -o -path /tmp -o -path /root -o -path /run -o -path /sys -o -path /dev \
		-o -path /var/cache -o -path /var/log -o -path /var/tmp -o -path /var/lib/systemd -o -path /var/lib/apt \
		-o -path /var/lib/dpkg -o -path /boot -o -path '*/lib/modules/*/modules.*' \
		-o -name 'mok.*' -o -name __pycache__ \) -prune -o -print | sort
}

# what other packages have, those that the second kernel brought too, is no trace of procfd
files_of_packages()
{
	# a path of /lib is one of /usr/lib where that is a link
	cat /var/lib/dpkg/info/*.list | sed 'p; s,^,/usr,' | sort -u
}

leaves_nothing()
{
	files_of_packages >/root/owned
	files | comm -23 - /root/owned >/root/after
	comm -23 /root/before /root/owned | diff - /root/after
}

# is_forgotten: by depmod and the initrds, too
is_forgotten()
{
	! grep -rl procfd /lib/modules/*/modules.* || return 1
	for initrd in /boot/initrd.img-*; do
		! lsinitramfs "$initrd" | grep 'procfd\.' || return 1
	done
}

no_unit_failed()
{
	systemctl --failed --no-legend --plain
	[ -z "$(systemctl --failed --no-legend --plain)" ]
}
