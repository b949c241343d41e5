#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl doctor: the kernel takes no module, or none is built, installed or loaded.
#
# Scripts in quotes are for another shell, numbers need no quotes, and a point runs in
# a shell of its own:
# shellcheck disable=SC2016,SC2030,SC2031,SC2076,SC2086,SC2154,SC3010

# shellcheck source=tests/doctor.sh
. "$(dirname "$0")/doctor.sh"

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

dkms_has_built_it_for_no_kernel()
{
	uninstalled
	dkms_has 0.1.0
	problem dkms "procfd 0.1.0 is not built for Linux $linux: type '"
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

# ---- all of them ----------------------------------------------------------------------

# First those that find the module loaded, then those that do without: to load it takes
# longer than all else here.
[ $# -gt 0 ] || set -- nothing_is_wrong_here users_may_ask_too refuses_arguments another_machine headers_are_here \
	another_kernel_has_no_module dkms_has_built_it is_not_indexed is_not_the_one_that_is_loaded \
	nothing_loads_it_at_boot is_blacklisted every_line_is_a_finding json_says_the_same \
	errors_lead_to_it no_module_may_be_loaded kernel_was_told_to_refuse_it headers_are_missing \
	headers_have_another_name_elsewhere no_module_is_installed \
	module_is_installed_for_another_kernel dkms_has_built_it_for_another_kernel \
	dkms_has_built_it_for_no_kernel dkms_has_not_installed_it dkms_has_failed \
	dkms_has_lost_the_sources is_not_loaded \
	modules_have_no_index is_built_for_another_kernel is_refused_for_its_version_magic \
	was_refused_once is_no_module is_blacklisted_by_the_kernels_command_line \
	is_replaced_by_a_command
doctor_points "$@"
