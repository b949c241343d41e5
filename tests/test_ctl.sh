#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl itself, and what it says and does about the module: that every failure is
# one line that says what to do next.
#
# Scripts in quotes are for another shell, and numbers need no quotes:
# shellcheck disable=SC2016,SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

# ---- the command itself ----------------------------------------------------------

says_its_version()
{
	ctl 0 --version && prints '^procfdctl [0-9]+\.[0-9]+\.[0-9]+$'
}

lists_its_commands()
{
	ctl 0 --help || return
	for name in ps tree info dir wait kill run features doctor load unload status; do
		prints "^  $name +[A-Z]" || return
	done
	prints '^  124 '
}

helps_with_each_command()
{
	for name in ps tree info dir wait kill run features doctor load unload status; do
		ctl 0 $name --help && prints "^Usage: procfdctl $name" &&
			prints '^Exit status: ' || return
	done
}

refuses_wrong_arguments()
{
	ctl 2 && fails 'a command is missing' &&
		ctl 2 nonsense && fails "no command 'nonsense'" &&
		ctl 2 wait && fails 'is missing' &&
		ctl 2 wait 12x && fails "'12x' is not the number" &&
		ctl 2 wait 0 && fails "'0' is not the number" &&
		ctl 2 wait -t soon 1 && fails "'soon' is not a number of seconds" &&
		ctl 2 wait --nonsense 1 && fails "'--nonsense'" &&
		ctl 2 wait -t && fails 'needs a value' &&
		ctl 2 kill && fails '--name is needed' &&
		ctl 2 kill -s NONSENSE 1 && fails "no signal 'NONSENSE'" &&
		ctl 2 kill --user root 1 && fails '--user goes with --name' &&
		ctl 2 kill --timeout 1 1 && fails '--timeout goes with --wait' &&
		ctl 2 load nonsense && fails "'nonsense' is not PARAMETER=VALUE" &&
		ctl 2 features now && fails "'now' is one word too many" &&
		ctl 125 run && fails 'the command is missing'
}

notices_a_full_disk()
{
	capture 1 sh -c 'procfdctl --help >/dev/full' &&
		complains 'standard output cannot be written'
}

# ---- features, status ------------------------------------------------------------

lists_features()
{
	ctl 0 features && prints '^procfd [0-9.]+, ABI 1$' && prints '^  clone +yes ' &&
		ctl 0 features --json && prints '^\{"abi":1,"version":"[0-9.]+","features":\{"clone":true,.*\}\}$'
}

lists_what_is_missing()
{
	module_load pretend_missing=do_wait && ctl 0 features && prints '^  reap +no .*this kernel lacks do_wait\(\)$'
	result=$?
	module_load
	return $result
}

says_what_needs_a_missing_feature()
{
	module_load pretend_missing=release_task && ctl 1 info --thread 1 &&
		fails "thread 1: Operation not supported: see 'procfdctl features'" &&
		ctl 1 wait --thread 1 && fails "see 'procfdctl features'" && ctl 0 info 1
	result=$?
	module_load
	return $result
}

tells_its_status()
{
	ctl 0 status && prints '^module +loaded, version [0-9.]+, 0 references$' &&
		prints '^device +/dev/procfd, mode 0666' && prints '^usable +yes' &&
		ctl 0 status --json && prints '^\{"loaded":true,.*"mode":"0666","usable":true\}$'
}

tells_who_is_kept_out()
{
	chmod 600 /dev/procfd
	as_user 1 'procfdctl features' &&
		fails 'Permission denied: run it as root, or see the mode of /dev/procfd' &&
		as_user 3 'procfdctl status' && prints '^usable +no: Permission denied; see .procfdctl doctor.$'
	result=$?
	chmod 666 /dev/procfd
	return $result
}

# ---- load, unload ----------------------------------------------------------------

does_not_unload_what_is_in_use()
{
	procfdctl run sleep 1000 &
	soon in_use
	ctl 1 unload && fails 'the module is in use: close the procfds'
	result=$?
	kill $!
	wait $!
	return $result
}

in_use()
{
	read -r references </sys/module/procfd/refcnt && [ "$references" != 0 ]
}

unloads_and_says_what_is_missing()
{
	ctl 0 unload && quiet && [ ! -d /sys/module/procfd ] && ctl 0 unload && quiet &&
		ctl 3 status && prints '^module +not loaded$' && prints '^usable +no: No such device; see .procfdctl doctor.$' &&
		ctl 3 features && fails "load it with 'procfdctl load'" &&
		ctl 3 wait 1 && fails "process 1: the module is not there: load it with 'procfdctl load'" &&
		ctl 3 kill -0 1 && fails "load it with 'procfdctl load'" &&
		ctl 3 info 1 && fails "load it with 'procfdctl load'" &&
		ctl 3 ps && fails "load it with 'procfdctl load'" &&
		ctl 3 tree 1 && fails "load it with 'procfdctl load'" &&
		ctl 3 dir 1 && fails "load it with 'procfdctl load'" &&
		ctl 125 run true && fails "load it with 'procfdctl load'"
}

loads()
{
	ctl 0 load && quiet && [ -d /sys/module/procfd ] && ctl 0 load && quiet &&
		ctl 1 load seccomp_trust=1 && fails 'loaded already: unload it first'
}

loads_with_parameters()
{
	ctl 0 unload && ctl 0 load seccomp_trust=1 &&
		read -r trust </sys/module/procfd/parameters/seccomp_trust && [ "$trust" = Y ] &&
		ctl 0 unload && ctl 1 load seccomp_trust=what && fails 'Invalid argument' &&
		ctl 0 load
}

users_cannot_load_or_unload()
{
	as_user 1 'procfdctl unload' && fails 'Operation not permitted: run it as root' &&
		ctl 0 unload &&
		as_user 1 'procfdctl load' && fails 'Operation not permitted: run it as root' &&
		ctl 0 load
}

# ---- all of them --------------------------------------------------------------------

[ $# -gt 0 ] || set -- says_its_version lists_its_commands helps_with_each_command refuses_wrong_arguments \
	notices_a_full_disk lists_features lists_what_is_missing \
	says_what_needs_a_missing_feature tells_its_status \
	tells_who_is_kept_out does_not_unload_what_is_in_use \
	unloads_and_says_what_is_missing loads loads_with_parameters \
	users_cannot_load_or_unload
run_points "$@"
