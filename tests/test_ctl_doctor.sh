#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl doctor: each thing that keeps procfd from working is done here, and has to
# be told, with a step. Where the step is a command that this guest has, it is typed,
# and then the doctor is content. What cannot be undone until the next boot (lockdown,
# kernel.modules_disabled and the command line of the kernel) is mounted over.
#
# Scripts in quotes are for another shell, numbers need no quotes, and a point runs in
# a shell of its own:
# shellcheck disable=SC2016,SC2030,SC2031,SC2076,SC2086,SC2154,SC3010

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

release=$(uname -r)
modules=/lib/modules/$release
file=$modules/extra/procfd.ko
# the same in a pattern, where + is special
linux=$(echo "$release" | tr + .)
path=$(echo "$file" | tr + .)
lib=/lib/modules/$linux

# undo COMMANDS: when this point ends, the last ones first
undo()
{
	undoing="$1${undoing:+; $undoing}"
	# shellcheck disable=SC2064 # now
	trap "$undoing" EXIT
}

# type_step SUBJECT: what the doctor says of that subject is to type
type_step()
{
	some_line "$printed" "^[a-z]+ +$1 .*: type '.*'\$" || {
		echo "no step about $1 in:"
		show
		return 1
	}
	step=${line##*: type \'}
	[ -n "$step" ] && eval "${step%\'}"
}

# problem SUBJECT PATTERN: found, and the exit status says so
problem()
{
	ctl 1 doctor && prints "^problem +$1 +$2"
}

# note SUBJECT PATTERN: found, and it is no problem
note()
{
	ctl 0 doctor && lacks '^problem' && prints "^note +$1 +$2"
}

content()
{
	ctl 0 doctor && lacks '^problem'
}

# over FILE TEXT: it says so until the end of this point
over()
{
	printf '%s\n' "$2" >"$work/over" && mount --bind "$work/over" "$1" &&
		undo "umount $1"
}

# not_here REASON
not_here()
{
	echo "$1"
	exit 77
}

# without the module, which comes back when all such points have been
unloaded()
{
	module_unload
}

# without its file, too
uninstalled()
{
	unloaded && mv "$file" "$work/kept.ko" && undo "mv $work/kept.ko $file"
}

# ---- the command ------------------------------------------------------------------

nothing_is_wrong_here()
{
	content && prints "^ok +kernel +Linux $linux on [a-z0-9_]+\$" &&
		prints "^ok +module +$path is for this kernel\$" &&
		prints '^ok +module +procfd [0-9.]+ is loaded$' &&
		prints '^ok +signature ' && prints '^ok +device +/dev/procfd can be opened, mode 0666$' &&
		prints '^ok +version +[0-9.]+ of module, library and command, ABI 1$' &&
		prints '^ok +feature +all [0-9]+ are there$'
}

users_may_ask_too()
{
	as_user 0 'procfdctl doctor' && lacks '^problem' && prints '^ok +device '
}

every_line_is_a_finding()
{
	unloaded
	ctl 1 doctor
	set -f
	IFS=$newline
	for line in $printed; do
		[[ "$line" =~ "^(ok|note|problem) +[a-z]+ +[^ ].*[^:]\$" ]] || { echo "$line"; return 1; }
		[[ "$line" =~ "^ok |: type '[^']*'\$|: type '.*sed -i '.*'\$|^note +signature" ]] ||
			{ echo "no step: $line"; return 1; }
	done
}

json_says_the_same()
{
	unloaded
	ctl 1 doctor && count_lines && findings=$lines &&
		ctl 1 doctor --json && has_lines -eq $findings &&
		prints '^\{"verdict":"problem","subject":"module","text":"it is not loaded","step":"procfdctl load"\}$' &&
		lacks '^[^{]' && lacks '[^}]$'
}

refuses_arguments()
{
	ctl 2 doctor now && fails "'now' is one word too many" && ctl 2 doctor --what && fails "'--what'"
}

errors_lead_to_it()
{
	unloaded
	ctl 3 wait 1 && fails "'procfdctl doctor' tells more" &&
		ctl 3 features && fails "'procfdctl doctor' tells more" &&
		ctl 3 status && prints "see 'procfdctl doctor'"
}

# ---- the kernel ------------------------------------------------------------------------

no_module_may_be_loaded()
{
	unloaded
	over /proc/sys/kernel/modules_disabled 1 &&
		problem kernel 'no module can be loaded until the next boot: .*: type .reboot.$'
}

kernel_was_told_to_refuse_it()
{
	unloaded
	over /proc/cmdline 'quiet module_blacklist=floppy,procfd ro' &&
		problem kernel 'the kernel was started with module_blacklist=procfd: type ' &&
		umount /proc/cmdline &&
		over /proc/cmdline 'quiet module_blacklist=procfd2' && ctl 1 doctor && lacks 'module_blacklist'
}

another_machine()
{
	capture 0 linux32 procfdctl doctor &&
		prints '^(note +kernel +procfd runs on x86-64 and arm64, and this is (i686|armv8l):|ok +kernel .* aarch64)'
}

# ---- headers, dkms, and what is built ------------------------------------------------------

headers_are_missing()
{
	uninstalled
	problem headers "those of Linux $linux are missing, so dkms builds nothing for it: type 'apt-get install linux-headers-$linux'\$"
}

headers_have_another_name_elsewhere()
{
	uninstalled
	undo 'rm -f /etc/os-release'
	printf 'ID="rocky"\nID_LIKE="rhel centos fedora"\n' >/etc/os-release
	problem headers ".*: type 'dnf install kernel-devel-$linux'\$" || return
	printf 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n' >/etc/os-release
	problem headers ".*: type 'zypper install kernel-default-devel'\$"
}

headers_are_here()
{
	undo "rm -r $modules/build"
	mkdir "$modules/build" && : >"$modules/build/Makefile" &&
		content && prints "^ok +headers +those of Linux $linux are here\$"
}

no_module_is_installed()
{
	uninstalled
	problem module "none is installed for Linux $linux: type 'apt-get install linux-headers-$linux && make dkms-install'\$" &&
		lacks 'not loaded' && prints '^problem +dkms +it does not know procfd'
}

# another kernel RELEASE: it is installed
another_kernel()
{
	mkdir -p "/lib/modules/$1/extra" && : >"/lib/modules/$1/modules.builtin" &&
		undo "rm -r /lib/modules/$1"
}

module_is_installed_for_another_kernel()
{
	uninstalled
	another_kernel 6.0.0-7-amd64
	cp "$work/kept.ko" /lib/modules/6.0.0-7-amd64/extra/procfd.ko
	problem module "none is installed for Linux $linux, but for 6.0.0-7-amd64: type"
}

another_kernel_has_no_module()
{
	another_kernel 6.0.0-7-amd64
	note module "Linux 6.0.0-7-amd64, which is here too, has none: type 'apt-get install linux-headers-6.0.0-7-amd64 && make dkms-install'\$"
}

# dkms_has VERSION RELEASE...: and has built it for these
dkms_has()
{
	[ -d /var/lib/dkms ] || undo 'rm -r /var/lib/dkms'
	mkdir -p "/var/lib/dkms/procfd/$1/source" && : >"/var/lib/dkms/procfd/$1/source/dkms.conf"
	version=$1
	shift
	for built in "$@"; do
		mkdir -p "/var/lib/dkms/procfd/$version/$built/x86_64/module"
		: >"/var/lib/dkms/procfd/$version/$built/x86_64/module/procfd.ko.xz"
	done
}

dkms_has_built_it()
{
	dkms_has 0.1.0 "$release" 6.0.0-7-amd64
	content && prints "^ok +dkms +procfd 0.1.0 is built for Linux $linux, 6.0.0-7-amd64\$"
}

dkms_has_built_it_for_another_kernel()
{
	uninstalled
	dkms_has 0.1.0 6.0.0-7-amd64
	problem dkms "procfd 0.1.0 is not built for Linux $linux, but for 6.0.0-7-amd64: type 'apt-get install linux-headers-$linux && dkms install procfd/0.1.0 -k $linux'\$"
}

dkms_has_not_installed_it()
{
	uninstalled
	dkms_has 0.1.0 "$release"
	problem dkms "procfd 0.1.0 is built for Linux $linux, and not installed: type 'dkms install procfd/0.1.0 -k $linux'\$"
}

dkms_has_failed()
{
	uninstalled
	dkms_has 0.1.0
	mkdir /var/lib/dkms/procfd/0.1.0/build
	printf 'DKMS make.log for procfd-0.1.0 for kernel %s (x86_64)\nerror\n' "$release" \
		>/var/lib/dkms/procfd/0.1.0/build/make.log
	problem dkms "building procfd 0.1.0 for Linux $linux failed: type 'less /var/lib/dkms/procfd/0.1.0/build/make.log'\$"
}

dkms_has_lost_the_sources()
{
	uninstalled
	dkms_has 0.1.0
	rm -r /var/lib/dkms/procfd/0.1.0/source
	ln -s /usr/src/procfd-0.1.0 /var/lib/dkms/procfd/0.1.0/source
	problem dkms "the sources of procfd 0.1.0 that it knew are gone: type 'make dkms-install'\$"
}

# ---- the file and what is loaded -------------------------------------------------------------

is_not_loaded()
{
	unloaded
	problem module "it is not loaded: type 'procfdctl load'\$" && type_step module && content
}

is_not_indexed()
{
	mkdir "$modules/misc" && mv "$file" "$modules/misc/" &&
		undo "mv $modules/misc/procfd.ko $file; rmdir $modules/misc" &&
		note module "$lib/misc/procfd.ko is not in modules.dep, .*: type 'depmod -a $linux'\$"
}

modules_have_no_index()
{
	unloaded
	mkdir "$work/index" && mv "$modules"/modules.dep* "$work/index/" && undo "mv $work/index/* $modules/"
	ctl 1 load && fails 'there is no module for kernel' && problem module "$path is not in modules.dep"
}

# patch OLD NEW: as many bytes of the module's file; it is put back
patch()
{
	cp "$file" "$work/kept.ko" && undo "mv $work/kept.ko $file"
	at=$(strings -t d "$file" | awk -v old="$1" 'index($0, old) {
		sub(/^ */, ""); print $1 + index($0, old) - length($1) - 2; exit }')
	[ -n "$at" ] && printf %s "$2" | dd of="$file" bs=1 seek=$at conv=notrunc 2>/dev/null
}

# a kernel with modversions compares symbols and not releases: it may fit, and does
is_built_for_another_kernel()
{
	unloaded
	patch "vermagic=$release" "vermagic=9${release#?}" || return
	words="$path is built for Linux 9${linux#?}, and this is $linux \(version magic\): type "
	if strings "$file" | grep -q '^vermagic=.* modversions'; then
		ctl 1 doctor && prints "^note +module +$words" && ctl 0 load && note module "$words"
	else
		problem module "$words" && ctl 1 load && fails "'procfdctl doctor' tells more" &&
			problem module 'the kernel refused it: procfd: version magic'
	fi
}

is_refused_for_its_version_magic()
{
	unloaded
	patch 'mod_unload ' 'mod_unlaod ' || return
	ctl 1 doctor && lacks 'refused' && ctl 1 load && fails 'Exec format error: it is built for another kernel' &&
		problem module "the kernel refused it: procfd: version magic '$linux .*mod_unlaod .*' should be '$linux .*mod_unload .*': type "
}

# the module of now is not the one that was refused
was_refused_once()
{
	unloaded
	patch 'mod_unload ' 'mod_nuload ' && ctl 1 load && cp "$work/kept.ko" "$file" &&
		ctl 1 doctor && lacks 'refused' && prints "^note +log +the kernel said: procfd: version magic '$linux .*mod_nuload"
}

is_no_module()
{
	unloaded
	cp "$file" "$work/kept.ko" && undo "mv $work/kept.ko $file"
	echo nonsense >"$file"
	problem module "$path is no module: type "
}

is_not_the_one_that_is_loaded()
{
	patch srcversion= srcversion=0000 &&
		note module "procfd [0-9.]+ is loaded, and another than $path: type 'procfdctl unload && procfdctl load'\$"
}

# ---- modprobe.d, modules-load.d -----------------------------------------------------------------

# modprobe_says LINE
modprobe_says()
{
	undo 'rm -rf /etc/modprobe.d'
	mkdir /etc/modprobe.d && echo "$1" >/etc/modprobe.d/local.conf
}

is_blacklisted()
{
	modprobe_says 'blacklist procfd' &&
		note modprobe 'it is blacklisted, so nothing loads it at boot: /etc/modprobe.d/local.conf: type ' || return
	unloaded
	problem modprobe 'it is blacklisted' && type_step modprobe && content
}

is_blacklisted_by_the_kernels_command_line()
{
	unloaded
	over /proc/cmdline 'quiet modprobe.blacklist=procfd' &&
		problem modprobe 'it is blacklisted.*\(modprobe.blacklist= of the kernel\): type '
}

is_replaced_by_a_command()
{
	unloaded
	modprobe_says 'install procfd /bin/true' && ctl 0 load && [ ! -d /sys/module/procfd ] &&
		problem modprobe "/etc/modprobe.d/local.conf has 'install procfd /bin/true', so that is run" &&
		type_step modprobe && content
}

nothing_loads_it_at_boot()
{
	undo 'rm -rf /etc/modules-load.d'
	note boot 'nothing loads it at boot: type ' && mkdir -p /etc/modules-load.d &&
		type_step boot && content && lacks ' boot '
}

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

# ---- all of them ------------------------------------------------------------------------------------------------

# First those that find the module loaded, then those that do without: to load it takes
# longer than all else here.
[ $# -gt 0 ] || set -- nothing_is_wrong_here users_may_ask_too refuses_arguments another_machine headers_are_here \
	another_kernel_has_no_module dkms_has_built_it is_not_indexed is_not_the_one_that_is_loaded \
	nothing_loads_it_at_boot lockdown_is_not_told device_is_absent device_is_a_file \
	device_is_another_one device_answers_wrongly device_is_not_for_everyone device_is_for_a_group \
	device_is_on_a_nodev_mount devices_are_not_for_everyone device_is_kept_back is_in_a_container \
	processes_are_hidden symbols_are_missing symbol_is_not_in_the_kernel kprobes_are_off is_blacklisted \
	every_line_is_a_finding json_says_the_same errors_lead_to_it no_module_may_be_loaded \
	kernel_was_told_to_refuse_it headers_are_missing headers_have_another_name_elsewhere \
	no_module_is_installed module_is_installed_for_another_kernel \
	dkms_has_built_it_for_another_kernel dkms_has_not_installed_it dkms_has_failed \
	dkms_has_lost_the_sources is_not_loaded modules_have_no_index is_built_for_another_kernel \
	is_refused_for_its_version_magic was_refused_once is_no_module \
	is_blacklisted_by_the_kernels_command_line is_replaced_by_a_command signature_is_wanted \
	signature_is_enforced key_is_not_enrolled key_is_enrolled device_is_left_over
trap '[ -d /sys/module/procfd ] || module_load' EXIT
run_points "$@"
