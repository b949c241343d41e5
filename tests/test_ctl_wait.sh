#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl wait: what it says of those that end, and its exit statuses.
#
# Scripts in quotes are for another shell, and numbers need no quotes:
# shellcheck disable=SC2016,SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

# ---- wait ------------------------------------------------------------------------

# A child of this point has a procfd of the process, and sleeps: has read its name, too.
# It is told by /proc/PID/task/PID/children, which is quicker than to look at all.
watched()
{
	children_of "$self"
	for holder in $children; do
		comm_is procfdctl "$holder" && state_is S "$holder" && holds "$holder" "$1" && return
	done
	return 1
}

holds()
{
	for fdinfo in "/proc/$1/fdinfo"/*; do
		slurp "$fdinfo"
		some_line "$text" "^Pid:[^0-9]*$2\$" && return
	done
	return 1
}

# of this shell itself: its number is not that of the first one
end_when_watched()
{
	read -r own _ </proc/self/stat
	soon watched "$own"
	exit "$1"
}

# a process that is no child of anything here and ends with STATUS when it is watched
stranger()
{
	own_pid
	( end_when_watched "$1" & echo $! >"$work/pid" )
	read -r pid <"$work/pid"
}

killed_when_watched()
{
	own_pid
	( soon watched "$1"; kill -KILL "$1" ) &
}

waits_for_a_stranger()
{
	stranger 3
	ctl 0 wait "$pid" &&
		prints "^$pid \(sh\): exited with status 3 after [0-9]+\.[0-9]{2} s$" &&
		prints '^    user .* s, system .* s, peak memory .* [KM]iB$'
}

waits_and_passes_the_status_on()
{
	stranger 3
	ctl 3 wait --exit-status "$pid" || return
	sleeper
	killed_when_watched $pid
	ctl 137 wait -e $pid && prints 'killed by SIGKILL'
}

waits_for_all()
{
	stranger 0
	first=$pid
	stranger 4
	ctl 0 wait "$first" "$pid" && prints "^$first .*status 0" && prints "^$pid .*status 4"
}

waits_for_any()
{
	sleep 1000 &
	other=$!
	stranger 0
	ctl 0 wait --any $other "$pid" && prints "^$pid " && lacks "^$other "
	result=$?
	kill $other
	return $result
}

gives_up_when_the_time_is_over()
{
	sleep 1000 &
	ctl 124 wait --timeout 0.2 $! && fails 'time is over, and 1 process is running'
	result=$?
	kill $!
	return $result
}

waits_for_those_that_are_there()
{
	stranger 0
	ctl 1 wait 4000000 "$pid" && complains 'process 4000000: No such process' && prints "^$pid "
}

waits_in_json()
{
	stranger 3
	ctl 0 wait --json "$pid" && has_lines -eq 1 &&
		prints "^\{\"pid\":$pid,\"comm\":\"sh\",\"state\":\"ended\",\"exit\":\{.*\}\}$" &&
		prints '"cause":"exited","status":3,"wait_status":768' &&
		prints '"start_ns":[0-9]+,"end_ns":[0-9]+' && prints '"maxrss_bytes":[1-9]'
}

keeps_strange_names_off_the_terminal()
{
	name=$(printf 'busybox\033[31m')
	named "$name"
	killed_when_watched "$pid"
	ctl 0 wait "$pid" && prints '^[0-9]+ \(busybox\?\[31m\)'
}

# ---- all of them --------------------------------------------------------------------

[ $# -gt 0 ] || set -- waits_for_a_stranger waits_and_passes_the_status_on waits_for_all waits_for_any \
	gives_up_when_the_time_is_over waits_for_those_that_are_there waits_in_json \
	keeps_strange_names_off_the_terminal
run_points "$@"
