#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl info and dir: they say what /proc says.
#
# Numbers need no quotes, and what helpers set is used here:
# shellcheck disable=SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

# ---- info -----------------------------------------------------------------------------

informs_about_the_living_and_the_dead()
{
	ctl 0 info $$ && prints "^$$ \(.*\): alive, id [0-9]+$" || return
	zombie
	ctl 0 info "$pid" && prints "^$pid .*: ended" && prints 'exited with status 0' &&
		ctl 0 info --json "$pid" $$ && prints '"state":"ended","exit":\{' && prints '"state":"alive"'
	result=$?
	kill $parent
	return $result
}

# link_number PATH: of mnt:[4026531840]
link_number()
{
	value=$(readlink "$1")
	value=${value#*\[}
	value=${value%\]}
}

informs_in_full()
{
	own_pid
	sleeper
	ctl 0 info $pid && prints "^$pid \(sleep\): alive, id [0-9]+$" &&
		prints '^    state        sleeping, 1 thread$' && prints '^    command      sleep 1000$' &&
		prints "^    parent       $self \(.*\)$" && prints '^    user         root \(0\)$' &&
		prints '^    capabilities all$' &&
		prints '^    started      [0-9-]+ [0-9:]+, .* ago$' && prints '^    memory       resident ' &&
		prints '^    switches     [0-9]+ voluntary' && prints '^    security     no seccomp, umask 0022$' &&
		link_number /proc/$pid/ns/mnt && prints " mnt $value" && informs_in_json
	result=$?
	kill $pid
	return $result
}

informs_in_json()
{
	ctl 0 info --json $pid && has_lines -eq 1 && same pid $pid && same ppid $self &&
		stat_field $pid 23 && same vsize_bytes "$value" &&
		stat_field $pid 39 && same processor "$value" &&
		link_number /proc/$pid/ns/uts && same ns_uts "$value" &&
		status_field $pid SigIgn && same sig_ignored $((0x$value)) &&
		prints '"run_state":"S"' && prints "\"nspids\":\[$pid\]"
}

# ---- dir -------------------------------------------------------------------------------

shows_the_directory()
{
	sleep 1000 3<"$work" &
	pid=$!
	soon comm_is sleep $pid
	ctl 0 dir $pid && prints '^status$' && prints '^fd/$' && prints '^exe -> /bin/busybox$' &&
		ctl 0 dir $pid status && prints "^Pid:.$pid$" &&
		ctl 0 dir $pid exe && is /bin/busybox &&
		ctl 0 dir $pid fd && prints "^3 -> $work$" && ctl 0 dir $pid fd/3 && is "$work" &&
		ctl 0 dir $pid task/$pid/comm && is sleep &&
		procfdctl dir $pid cmdline | cmp -s - /proc/$pid/cmdline
	result=$?
	kill $pid
	return $result
}

stays_in_the_directory()
{
	ctl 1 dir 1 ../2/comm && fails 'process 1: ../2/comm' &&
		ctl 1 dir 1 /etc/passwd && fails 'process 1: /etc/passwd' &&
		ctl 1 dir 1 root/etc/passwd && fails 'process 1: root/etc/passwd' &&
		ctl 1 dir 1 nonsense && fails "process 1 has no nonsense: see what there is" &&
		ctl 1 dir 999999 && fails 'directory of process 999999: No such process' &&
		ctl 1 dir --procfs /tmp 1 && fails 'Invalid argument' &&
		ctl 2 dir && fails 'is missing' && ctl 2 dir 1 a b && fails 'one word too many'
}

looks_into_another_procfs()
{
	mkdir "$work/proc"
	mount -t proc -o hidepid=0 proc "$work/proc"
	ctl 0 dir --procfs "$work/proc" 1 comm && is init
	result=$?
	umount "$work/proc"
	return $result
}

# ---- all of them -------------------------------------------------------------------------

[ $# -gt 0 ] || set -- informs_about_the_living_and_the_dead informs_in_full shows_the_directory \
	stays_in_the_directory looks_into_another_procfs
run_points "$@"
