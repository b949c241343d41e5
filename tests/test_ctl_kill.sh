#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl kill: who gets the signal, and who does not.
#
# Scripts in quotes are for another shell, and numbers need no quotes:
# shellcheck disable=SC2016,SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

# ---- kill ------------------------------------------------------------------------

kills_by_number()
{
	for option in '' -KILL -9 '-s KILL' '--signal=SIGKILL' '-RTMIN+1'; do
		sleep 1000 &
		ctl 0 kill $option $! && quiet || return
		wait $!
		case $?,$option in
		143, | 137,*KILL | 137,-9 | 163,-RT*) ;;
		*)
			echo "kill $option: wrong signal"
			return 1
			;;
		esac
	done
}

kills_by_exact_name()
{
	named busybox-one
	one=$pid
	named busybox-one-more
	ctl 0 kill --name busybox-one --wait && prints "^$one .*killed by SIGTERM" && kill -0 "$pid" &&
		ctl 0 kill -v --name busybox-one-more && prints "^$pid .*: SIGTERM sent$" && soon gone "$pid"
}

kills_by_a_name_longer_than_comm()
{
	named busybox-with-a-long-name
	one=$pid
	named busybox-with-a-long-name-too
	ctl 0 kill --name busybox-with-a-long-name && soon gone "$one" && kill -0 "$pid" &&
		ctl 1 kill --name busybox-with-a- && fails 'no process has the name busybox-with-a-' &&
		kill "$pid"
}

kills_those_of_one_user()
{
	named busybox-mine
	ctl 1 kill --user user --name busybox-mine && fails 'no process has the name' &&
		ctl 0 kill --user root --name busybox-mine && soon gone "$pid"
}

kills_nobody_without_the_right()
{
	sleep 1000 &
	as_user 1 "procfdctl kill $!" &&
		fails 'Operation not permitted: run it as root or as the owner'
	result=$?
	ctl 0 kill -0 $! && kill $! || return
	return $result
}

gives_up_on_one_that_ignores_the_signal()
{
	sh -c 'trap "" TERM; echo >"$0"; while :; do sleep 0.1; done' "$work/ready" &
	soon test -e "$work/ready"
	ctl 124 kill --wait --timeout 0.3 $! && fails 'time is over'
	result=$?
	ctl 0 kill -KILL --wait --json $! && prints '"state":"signalled","signal":9,"signal_name":"SIGKILL"' &&
		prints '"cause":"killed","signal":9' || return
	return $result
}

kill_of_nobody_fails()
{
	ctl 1 kill 4000000 && fails 'process 4000000: No such process: look its number up'
}

# ---- all of them --------------------------------------------------------------------

[ $# -gt 0 ] || set -- kills_by_number kills_by_exact_name kills_by_a_name_longer_than_comm \
	kills_those_of_one_user kills_nobody_without_the_right \
	gives_up_on_one_that_ignores_the_signal kill_of_nobody_fails
run_points "$@"
