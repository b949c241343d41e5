#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl doctor: the module is not signed, the device not usable, or not all of it there.
#
# Scripts in quotes are for another shell, numbers need no quotes, and a point runs in
# a shell of its own:
# shellcheck disable=SC2016,SC2030,SC2031,SC2076,SC2086,SC2154,SC3010

# shellcheck source=tests/doctor.sh
. "$(dirname "$0")/doctor.sh"

# ---- signatures -------------------------------------------------------------------------------------

enforced=/sys/module/module/parameters/sig_enforce

# where lockdown is told
has_securityfs()
{
	[ -d /sys/kernel/security ] || not_here "this kernel was built without securityfs"
}

# locked_down STATES
locked_down()
{
	has_securityfs
	undo 'umount /sys/kernel/security'
	mount -t tmpfs tmpfs /sys/kernel/security && echo "$1" >/sys/kernel/security/lockdown
}

# secure_boot KEYS: and these are what the owner enrolled
secure_boot()
{
	undo 'umount /sys/firmware'
	mount -t tmpfs tmpfs /sys/firmware && mkdir -p /sys/firmware/efi/efivars &&
		printf '\006\000\000\000\001' >/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c &&
		printf '\006\000\000\000%s' "$1" >/sys/firmware/efi/efivars/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23
}

signed()
{
	cp "$file" "$work/kept.ko" && undo "mv $work/kept.ko $file"
	# PKCS#7, of the length 4
	printf 'none\000\000\002\000\000\000\000\000\000\000\000\004~Module signature appended~\n' >>"$file"
}

signature_is_wanted()
{
	unloaded
	locked_down 'none [integrity] confidentiality' &&
		problem signature "the kernel takes only signed modules \(lockdown is integrity\), and $path is not: type 'dkms generate_mok && " &&
		echo '[none] integrity confidentiality' >/sys/kernel/security/lockdown &&
		ctl 1 doctor && prints '^ok +signature '
}

signature_is_enforced()
{
	[ -e $enforced ] || not_here "this kernel was built without signatures"
	unloaded
	over $enforced Y && problem signature 'the kernel takes only signed modules \(module.sig_enforce is set\)'
}

lockdown_is_not_told()
{
	has_securityfs
	secure_boot 'a key' &&
		note signature "with Secure Boot the kernel may be locked down, .*: type 'mount -t securityfs securityfs /sys/kernel/security/'\$" &&
		undo 'umount /sys/kernel/security' && type_step signature && ctl 0 doctor &&
		prints '^ok +signature +the kernel asks for none, in spite of Secure Boot$'
}

key_is_not_enrolled()
{
	unloaded
	signed && locked_down 'none [integrity] confidentiality' && secure_boot 'a key, another key' &&
		ctl 1 doctor && prints '^note +signature .*enrol the key' || return
	undo 'rm -r /var/lib/dkms'
	mkdir -p /var/lib/dkms && printf 'the key of dkms' >/var/lib/dkms/mok.pub
	problem signature "the kernel takes only signed modules \(lockdown is integrity, with Secure Boot\), and the key of dkms is not enrolled: type 'mokutil --import /var/lib/dkms/mok.pub && reboot'\$"
}

key_is_enrolled()
{
	unloaded
	undo 'rm -r /var/lib/dkms'
	mkdir -p /var/lib/dkms && printf 'the key of dkms' >/var/lib/dkms/mok.pub
	signed && locked_down 'none [integrity] confidentiality' && secure_boot 'a key, the key of dkms, a third' &&
		ctl 1 doctor && prints '^ok +signature +it is there, and its key is enrolled'
}

# ---- the device ----------------------------------------------------------------------------------------

# another node in its place
node_gone()
{
	# in its file system, or it is none that the kernel takes away with the module
	mv /dev/procfd /dev/kept && undo 'rm -rf /dev/procfd; mv /dev/kept /dev/procfd'
}

device_is_absent()
{
	node_gone
	problem device "the module is loaded, and /dev/procfd is not there: type 'mknod -m 666 /dev/procfd c [0-9]+ [0-9]+'\$" &&
		type_step device && content
}

device_is_a_file()
{
	node_gone
	: >/dev/procfd
	problem device '/dev/procfd is a file, and no character device: type ' && type_step device && content
}

device_is_another_one()
{
	node_gone
	mknod /dev/procfd c 1 3
	problem device "/dev/procfd is 1:3, and the module's device [0-9]+:[0-9]+: type " && type_step device &&
		content
}

# where sysfs does not tell the number
device_answers_wrongly()
{
	node_gone
	undo 'umount /sys/class/misc'
	mount -t tmpfs tmpfs /sys/class/misc && mknod -m 666 /dev/procfd c 1 3 &&
		problem device 'what answers at /dev/procfd is not procfd: type '
}

device_is_left_over()
{
	unloaded
	mknod -m 666 /dev/procfd c 10 254 && undo 'rm -f /dev/procfd'
	ctl 1 doctor && prints "^note +device +/dev/procfd is left over, its module is gone: type 'rm /dev/procfd'\$" &&
		type_step device && ctl 1 doctor && lacks '^[a-z]+ +device'
}

device_is_not_for_everyone()
{
	undo 'chmod 666 /dev/procfd'
	chmod 600 /dev/procfd
	as_user 1 'procfdctl doctor' &&
		prints "^problem +device +user may not open /dev/procfd, which has mode 0600 and is root's, group root: type 'chmod 666 /dev/procfd'\$" &&
		note device 'others may not open /dev/procfd' && type_step device && content &&
		as_user 0 'procfdctl doctor'
}

device_is_for_a_group()
{
	undo 'chown root:root /dev/procfd; chmod 666 /dev/procfd'
	chown root:other /dev/procfd && chmod 660 /dev/procfd
	as_user 1 'procfdctl doctor' && prints "group other: type 'usermod -aG other user'\$"
}

device_is_on_a_nodev_mount()
{
	undo "umount /dev/procfd; umount $work/nodev"
	mkdir "$work/nodev" && mount -t tmpfs -o nodev tmpfs "$work/nodev" &&
		cp -a /dev/procfd "$work/nodev/procfd" && mount --bind "$work/nodev/procfd" /dev/procfd &&
		problem device "/dev/procfd is on a file system that is mounted nodev: type 'mount -o remount,dev /dev'\$"
}

devices_are_not_for_everyone()
{
	undo 'chmod 755 /dev'
	chmod 700 /dev
	as_user 1 'procfdctl doctor' && prints "^problem +device +user may not look into /dev: type 'chmod 755 /dev'\$"
}

# a control group that lets nobody open devices; the old kind, as the new one wants BPF
device_is_kept_back()
{
	mkdir "$work/devices"
	mount -t cgroup -o devices none "$work/devices" 2>/dev/null ||
		not_here "this kernel has no old control groups of devices"
	undo "rmdir $work/devices/none; umount $work/devices"
	mkdir "$work/devices/none" && echo 'c *:* rwm' >"$work/devices/none/devices.deny"
	capture 1 sh -c "echo \$\$ >$work/devices/none/cgroup.procs && exec procfdctl doctor" &&
		prints '^problem +device +a control group keeps this caller from opening /dev/procfd: type '
}

# ---- the caller --------------------------------------------------------------------------------------------

is_in_a_container()
{
	capture 0 unshare -p -f procfdctl doctor && prints '^note +caller +it is in a container' &&
		lacks ' (headers|dkms|module|signature) ' && prints '^ok +device ' || return
	node_gone
	capture 1 unshare -p -f procfdctl doctor &&
		prints "^problem +device +/dev/procfd is not in this container: type 'systemd-nspawn --bind=/dev/procfd" || return
	undo 'rm -f /run/.containerenv'
	: >/run/.containerenv
	ctl 1 doctor && prints "not in this container: type 'podman run --device /dev/procfd'\$"
}

processes_are_hidden()
{
	undo module_load
	module_load hidepid=2 &&
		note caller 'the module hides processes of others from users \(hidepid=2\): type ' &&
		type_step caller && content && lacks hidepid
}

# ---- features ------------------------------------------------------------------------------------------------

symbols_are_missing()
{
	undo module_load
	module_load pretend_missing=do_wait,mntns_get,task_work_add || return
	problem feature "reap is off: the module was told to miss do_wait\(\): type 'procfdctl unload && procfdctl load'\$" &&
		prints '^problem +feature +namespaces is off: .* mntns_get\(\):' &&
		prints '^problem +feature +clone is off: .* task_work_add\(\):' &&
		prints '^problem +feature +next_child is off: .* task_work_add\(\):' &&
		lacks 'exact_cpu|all [0-9]+ are there'
}

symbol_is_not_in_the_kernel()
{
	undo module_load
	module_load pretend_missing=do_wait || return
	over /sys/module/procfd/parameters/pretend_missing '' &&
		problem feature "reap is off: this kernel lacks do_wait\(\): type 'grep -w do_wait /proc/kallsyms'\$" &&
		type_step feature >/dev/null
}

kprobes_are_off()
{
	kprobes=/sys/kernel/debug/kprobes/enabled
	[ -e $kprobes ] || not_here "this kernel does not let kprobes be switched off"
	undo "echo 1 >$kprobes; module_load"
	echo 0 >$kprobes && module_load || return
	problem feature "autoreap is off: kprobes are switched off: type 'echo 1 >$kprobes'\$" &&
		type_step feature && ctl 0 doctor && prints '^ok +feature'
}

# ---- all of them ----------------------------------------------------------------------

# First those that find the module loaded, then those that do without: to load it takes
# longer than all else here.
[ $# -gt 0 ] || set -- lockdown_is_not_told device_is_absent device_is_a_file device_is_another_one \
	device_answers_wrongly device_is_not_for_everyone device_is_for_a_group \
	device_is_on_a_nodev_mount devices_are_not_for_everyone device_is_kept_back \
	is_in_a_container processes_are_hidden symbols_are_missing symbol_is_not_in_the_kernel \
	kprobes_are_off signature_is_wanted signature_is_enforced key_is_not_enrolled \
	key_is_enrolled device_is_left_over
doctor_points "$@"
