#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl: what each command prints, its exit statuses, and that every failure
# is one line that says what to do next.
#
# Scripts in quotes are for another shell, and numbers need no quotes:
# shellcheck disable=SC2016,SC2086

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

work=$(mktemp -d)
out=$work/out
err=$work/err
chmod 755 "$work"

# ---- helpers ------------------------------------------------------------------

# ctl STATUS ARGUMENTS...: run it, keep what it prints, and expect this status
ctl()
{
	expected=$1
	shift
	procfdctl "$@" >"$out" 2>"$err" </dev/null
	status=$?
	[ "$status" = "$expected" ] && return
	echo "procfdctl $*: status $status, not $expected"
	cat "$out" "$err"
	return 1
}

as_user()
{
	su user -s /bin/sh -c "$*" >"$out" 2>"$err"
}

prints()
{
	grep -qE -- "$1" "$out" && return
	echo "no '$1' in:"
	cat "$out" "$err"
	return 1
}

quiet()
{
	[ ! -s "$out" ] && [ ! -s "$err" ] && return
	cat "$out" "$err"
	return 1
}

# complains WORDS: one line, its parts apart, and a word of advice at its end
complains()
{
	[ "$(wc -l <"$err")" = 1 ] && grep -qE "^procfdctl: ([a-z]+: )?.+: .+" "$err" &&
		grep -qF -- "$1" "$err" && return
	echo "not one line about '$1':"
	cat "$err"
	return 1
}

# complains, and prints nothing
fails()
{
	complains "$1" && [ ! -s "$out" ]
}

# named NAME: a process of that name, which begins with busybox; its pid in $pid
named()
{
	[ -x "$work/$1" ] || cp /bin/busybox "$work/$1"
	"$work/$1" sleep 1000 &
	pid=$!
	soon name_is "$1"
}

name_is()
{
	tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "/$1 "
}

# soon COMMAND...: it is true within 10 s
soon()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || return
		sleep 0.01
	done
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# somebody has a procfd of the process, and sleeps: has read its name, too
watched()
{
	holder=$(grep -ls "^Pid:[^0-9]*$1\$" /proc/[0-9]*/fdinfo/* | head -n 1)
	holder=${holder#/proc/}
	grep -q '^State:.S' "/proc/${holder%%/*}/status"
}

# of this shell itself: $$ is the first one's
end_when_watched()
{
	soon watched "$(exec sh -c 'echo $PPID')"
	exit "$1"
}

# a process that is no child of anything here and ends with STATUS when it is watched
stranger()
{
	( end_when_watched "$1" & echo $! >"$work/pid" )
	pid=$(cat "$work/pid")
}

# ---- the command itself ---------------------------------------------------------

says_its_version()
{
	ctl 0 --version && prints '^procfdctl [0-9]+\.[0-9]+\.[0-9]+$'
}

lists_its_commands()
{
	ctl 0 --help || return
	for name in ps tree info dir wait kill run features load unload status; do
		prints "^  $name +[A-Z]" || return
	done
	prints '^  124 '
}

helps_with_each_command()
{
	for name in ps tree info dir wait kill run features load unload status; do
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
	procfdctl --help >/dev/full 2>"$err"
	[ $? = 1 ] && complains 'standard output cannot be written'
}

# ---- wait ---------------------------------------------------------------------------

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
	sleep 1000 &
	pid=$!
	( soon watched $pid; kill -KILL $pid ) &
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
	ctl 0 wait --any $other "$pid" && prints "^$pid " && ! prints "^$other " >/dev/null
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
	ctl 0 wait --json "$pid" && [ "$(wc -l <"$out")" = 1 ] &&
		prints "^\{\"pid\":$pid,\"comm\":\"sh\",\"state\":\"ended\",\"exit\":\{.*\}\}$" &&
		prints '"cause":"exited","status":3,"wait_status":768' &&
		prints '"start_ns":[0-9]+,"end_ns":[0-9]+' && prints '"maxrss_bytes":[1-9]'
}

keeps_strange_names_off_the_terminal()
{
	name=$(printf 'busybox\033[31m')
	named "$name"
	( soon watched "$pid"; kill "$pid" ) &
	ctl 0 wait "$pid" && prints '^[0-9]+ \(busybox\?\[31m\)'
}

# ---- kill -----------------------------------------------------------------------------

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
	as_user "procfdctl kill $!"
	[ $? = 1 ] && fails 'Operation not permitted: run it as root or as the owner'
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

# ---- run --------------------------------------------------------------------------------

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

runs_with_a_timeout()
{
	ctl 124 run --timeout 0.2 sleep 1000 && fails 'time is over' &&
		ctl 124 run -v -t "${DEADLINE_FACTOR:-1}" -s INT -- sh -c 'trap "exit 9" INT; while :; do sleep 0.1; done' &&
		grep -q 'exited with status 9' "$err"
}

runs_without_a_zombie()
{
	ctl 5 run --autoreap -v -- sh -c 'exit 5' && grep -q 'sh.*exited with status 5' "$err"
}

runs_what_dies_with_it()
{
	procfdctl run --kill-on-close -- sh -c 'echo $$ >"$0"; exec sleep 1000' "$work/inner" &
	soon test -s "$work/inner"
	kill -KILL $!
	soon gone "$(cat "$work/inner")"
}

passes_signals_on()
{
	procfdctl run -- sh -c 'trap "exit 6" TERM; echo >"$0"; while :; do sleep 0.1; done' "$work/trapped" &
	runner=$!
	soon test -e "$work/trapped"
	kill -TERM $runner
	( sleep 20; kill -KILL $runner ) &
	wait $runner
	[ $? = 6 ] && kill $!
}

runs_and_reports_in_json()
{
	ctl 3 run --json "$work/report" -- sh -c 'exit 3' && quiet &&
		grep -q '"state":"ended","exit":{"cause":"exited","status":3,' "$work/report" &&
		ctl 125 run --json /nonsense/report true && fails '/nonsense/report'
}

hands_no_fd_down()
{
	ctl 0 run --autoreap --json "$work/report" -- sh -c 'ls -l /proc/$$/fd' && ! prints 'procfd|report|signalfd' >/dev/null
}

# ---- info, features, status ------------------------------------------------------------------

informs_about_the_living_and_the_dead()
{
	ctl 0 info $$ && prints "^$$ \(.*\): alive, id [0-9]+$" || return
	sh -c 'sleep 0 & echo $! >"$0"; exec sleep 1000' "$work/zombie" &
	soon test -s "$work/zombie"
	pid=$(cat "$work/zombie")
	soon grep -q 'State:.Z' "/proc/$pid/status" || {
		echo "$pid is no zombie, and its parent is $!:"
		grep -E '^(Name|State|PPid|Sig.*|Shd.*):' /proc/$!/status "/proc/$pid/status"
		return 1
	}
	ctl 0 info "$pid" && prints "^$pid .*: ended" && prints 'exited with status 0' &&
		ctl 0 info --json "$pid" $$ && prints '"state":"ended","exit":\{' && prints '"state":"alive"'
	result=$?
	kill $!
	return $result
}

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

tells_its_status()
{
	ctl 0 status && prints '^module +loaded, version [0-9.]+, 0 references$' &&
		prints '^device +/dev/procfd, mode 0666' && prints '^usable +yes' &&
		ctl 0 status --json && prints '^\{"loaded":true,.*"mode":"0666","usable":true\}$'
}

tells_who_is_kept_out()
{
	chmod 600 /dev/procfd
	as_user procfdctl features
	[ $? = 1 ] && fails 'Permission denied: run it as root, or see the mode of /dev/procfd' &&
		! as_user procfdctl status && prints '^usable +no: Permission denied$'
	result=$?
	chmod 666 /dev/procfd
	return $result
}

# ---- load, unload ------------------------------------------------------------------------------

does_not_unload_what_is_in_use()
{
	procfdctl run sleep 1000 &
	soon grep -qv '^0$' /sys/module/procfd/refcnt
	ctl 1 unload && fails 'the module is in use: close the procfds'
	result=$?
	kill $!
	wait $!
	return $result
}

unloads_and_says_what_is_missing()
{
	ctl 0 unload && quiet && [ ! -d /sys/module/procfd ] && ctl 0 unload && quiet &&
		ctl 3 status && prints '^module +not loaded$' && prints '^usable +no: No such device$' &&
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
	ctl 0 unload && ctl 0 load seccomp_trust=1 && grep -q '[1Y]' /sys/module/procfd/parameters/seccomp_trust &&
		ctl 0 unload && ctl 1 load seccomp_trust=what && fails 'Invalid argument' &&
		ctl 0 load
}

users_cannot_load_or_unload()
{
	as_user procfdctl unload
	[ $? = 1 ] && fails 'Operation not permitted: run it as root' && ctl 0 unload || return
	as_user procfdctl load
	[ $? = 1 ] && fails 'Operation not permitted: run it as root' && ctl 0 load
}

# ---- all of them ---------------------------------------------------------------------------------

points="says_its_version lists_its_commands helps_with_each_command refuses_wrong_arguments
	notices_a_full_disk waits_for_a_stranger waits_and_passes_the_status_on waits_for_all waits_for_any
	gives_up_when_the_time_is_over waits_for_those_that_are_there waits_in_json
	keeps_strange_names_off_the_terminal kills_by_number kills_by_exact_name
	kills_by_a_name_longer_than_comm kills_those_of_one_user kills_nobody_without_the_right
	gives_up_on_one_that_ignores_the_signal kill_of_nobody_fails runs_and_passes_the_status_on
	runs_what_is_not_there runs_with_a_timeout runs_without_a_zombie runs_what_dies_with_it
	passes_signals_on runs_and_reports_in_json hands_no_fd_down informs_about_the_living_and_the_dead
	lists_features lists_what_is_missing tells_its_status tells_who_is_kept_out
	does_not_unload_what_is_in_use unloads_and_says_what_is_missing loads loads_with_parameters
	users_cannot_load_or_unload"

[ $# -gt 0 ] || set -- $points
plan $#
for point in "$@"; do
	check "$point" "$point"
done
rm -rf "$work"
ktap_exit
