#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl run: statuses and signals are passed on, and nothing stays behind.
#
# Scripts in quotes are for another shell, and numbers need no quotes:
# shellcheck disable=SC2016,SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

# ---- run -------------------------------------------------------------------------

runs_and_passes_the_status_on()
{
	ctl 0 run true && quiet && ctl 7 run -- sh -c 'exit 7' && ctl 143 run -- sh -c 'kill $$' &&
		ctl 0 run echo --timeout && prints '^--timeout$'
}

runs_what_is_not_there()
{
	ctl 127 run /nonsense && fails '/nonsense: cannot run it: No such file' &&
		ctl 126 run /tmp && fails '/tmp: cannot run it: Permission denied'
}

# on a busy machine the trap may not be set yet
traps_within()
{
	ctl 124 run -v -t "$1" -s INT -- sh -c 'trap "exit 9" INT; while :; do sleep 0.1; done' &&
		some_line "$complaint" 'exited with status 9'
}

runs_with_a_timeout()
{
	ctl 124 run --timeout 0.2 sleep 1000 && fails 'time is over' || return
	for seconds in 1 4 16 64; do
		traps_within $seconds && return
	done
	return 1
}

runs_without_a_zombie()
{
	ctl 5 run --autoreap -v -- sh -c 'exit 5' && some_line "$complaint" 'sh.*exited with status 5'
}

runs_what_dies_with_it()
{
	procfdctl run --kill-on-close -- sh -c 'echo $$ >"$0"; exec sleep 1000' "$work/inner" &
	soon test -s "$work/inner"
	kill -KILL $!
	read -r inner <"$work/inner"
	soon gone "$inner"
}

passes_signals_on()
{
	procfdctl run -- sh -c 'trap "exit 6" TERM; echo >"$0"; while :; do sleep 0.1; done' "$work/trapped" &
	runner=$!
	soon test -e "$work/trapped"
	kill -TERM $runner
	soon ended $runner || kill -KILL $runner
	wait $runner
	[ $? = 6 ]
}

runs_and_reports_in_json()
{
	ctl 3 run --json "$work/report" -- sh -c 'exit 3' && quiet &&
		slurp "$work/report" &&
		some_line "$text" '"state":"ended","exit":\{"cause":"exited","status":3,' &&
		ctl 125 run --json /nonsense/report true && fails '/nonsense/report'
}

hands_no_fd_down()
{
	ctl 0 run --autoreap --json "$work/report" -- sh -c 'ls -l /proc/$$/fd' && lacks 'procfd|report|signalfd'
}

# ---- all of them --------------------------------------------------------------------

[ $# -gt 0 ] || set -- runs_and_passes_the_status_on runs_what_is_not_there runs_with_a_timeout \
	runs_without_a_zombie runs_what_dies_with_it passes_signals_on \
	runs_and_reports_in_json hands_no_fd_down
run_points "$@"
