#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl ps: it says what /proc says, of the processes that were meant.
#
# Numbers and lists of them need no quotes, and what helpers set is used here:
# shellcheck disable=SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

# ---- which processes ----------------------------------------------------------------

pids_in_proc()
{
	cd /proc && echo [0-9]*
}

# twice in /proc, before and after, and not in the list
lists_what_proc_has()
{
	before=$(pids_in_proc)
	ctl 0 ps --no-header -o pid && has_lines -gt 20 || return
	after=" $(pids_in_proc) "
	words
	listed=" $words "
	for pid in $before; do
		case $after in *" $pid "*) ;; *) continue ;; esac
		case $listed in
		*" $pid "*" $pid "*) echo "$pid is there twice" && return 1 ;;
		*" $pid "*) ;;
		*) echo "no $pid" && return 1 ;;
		esac
	done
}

lists_children()
{
	with_sleepers lists_the_sleepers
}

lists_the_sleepers()
{
	ctl 0 ps --parent $parent -o pid --no-header && words_are "$first $second $third" &&
		ctl 0 ps -P $first && has_lines -eq 1 &&
		ctl 1 ps -P 999999 && fails 'process 999999'
}

lists_one_user()
{
	su user -s /bin/sh -c 'sleep 1000; :' &
	soon user_sleeps $!
	ctl 0 ps --user user --no-header -o uid,user,comm --sort comm && is '1000  user  sh
1000  user  sleep' && ctl 0 ps --user 1000 --name sleep --no-header -o ruid && is 1000
	result=$?
	kill $children
	wait $!
	return $result
}

# su becomes the shell
user_sleeps()
{
	children_of $1
	[ -n "$children" ] && comm_is sleep "$children"
}

lists_by_name()
{
	with_sleepers lists_sleepers_by_name
}

lists_sleepers_by_name()
{
	ctl 0 ps --name 'sl??p' -P $parent -o comm --no-header && words_are 'sleep sleep sleep' &&
		ctl 0 ps --name slee -P $parent && has_lines -eq 1
}

lists_no_kernel_threads()
{
	ctl 0 ps -o pid,comm && prints '^ *2  kthreadd$' &&
		ctl 0 ps -k -o pid,comm && lacks kthreadd && prints '^ *1  init$'
}

# a test of the module has a thread; here it is enough that all are there
lists_threads()
{
	set -- /proc/[0-9]*/task/[0-9]*
	ctl 0 ps --threads --no-header -o pid,tgid &&
		has_lines -ge $(($# - 10)) && has_lines -le $(($# + 10))
}

lists_a_pid_namespace()
{
	unshare -p -f sh -c 'sleep 1000; :' &
	soon inner_of $!
	ctl 0 ps --pidns $inner --no-header -o comm && words_are 'sh sleep' &&
		ctl 0 ps --pidns /proc/$inner/ns/pid --no-header -o comm && words_are 'sh sleep' &&
		ctl 1 ps --pidns /dev/null && fails 'Invalid argument'
	result=$?
	kill -KILL $inner
	wait $!
	return $result
}

# the child of that one has a child, so it is the init that was meant
inner_of()
{
	children_of $1
	inner=$children
	[ -n "$inner" ] && children_of $inner && [ -n "$children" ] && comm_is sleep "$children"
}

lists_those_that_are_named()
{
	with_sleepers lists_some_sleepers
}

lists_some_sleepers()
{
	ctl 0 ps --no-header -o pid $third $first $third && words_are "$first $third" &&
		ctl 0 ps --no-header -o pid --sort -pid $first $third && words_are "$third $first" &&
		ctl 0 ps $second && has_lines -eq 2 && prints '^ *PID ' && prints "^ *$second .* sleep$" &&
		ctl 0 ps --json -o pid $second && is "{\"pid\":$second}" &&
		ctl 0 ps --no-header -o pid -P $parent $parent $first && words_are "$first" &&
		ctl 0 ps --no-header -n init $first && quiet
}

# what is there is shown all the same
misses_those_that_are_not_there()
{
	ctl 1 ps --no-header -o pid 999999 1 && words_are 1 &&
		complains 'process 999999: No such process' &&
		ctl 1 ps --no-header -n nonsense 999999 && fails 'process 999999: No such process' &&
		ctl 2 ps 1 12x && fails "'12x' is not the number"
}

# ---- what of them -------------------------------------------------------------------

# same_as_stat NAME N
same_as_stat()
{
	stat_field $pid $2
	same "$1" "$value"
}

shows_what_proc_shows()
{
	own_pid
	sleeper
	renice -n 7 -p $pid
	columns=pid,ppid,pgid,sid,nice,priority,threads,minflt,majflt,vsz,uid,gid,umask,blocked
	ctl 0 ps --json -P $self -n sleep -o $columns &&
		same pid $pid && same ppid $self && same nice 7 && same nr_threads 1 &&
		same_as_stat pgid 5 && same_as_stat sid 6 && same_as_stat priority 18 &&
		same_as_stat minflt 10 && same_as_stat majflt 12 && same_as_stat vsize_bytes 23 &&
		same euid 0 && same egid 0 &&
		status_field $pid Umask && same umask $((value)) &&
		status_field $pid SigBlk && same sig_blocked $((0x$value))
	result=$?
	kill $pid
	return $result
}

shows_sizes_and_states()
{
	with_sleepers shows_sleepers
}

shows_sleepers()
{
	ctl 0 ps -P $parent --no-header -o state,vsz,user,nice &&
		prints '^S  [0-9.]+[KM]  root  [ -]?[0-9]+$' || return
	kill -STOP $first
	soon state_is T $first
	ctl 0 ps -P $parent --no-header -o state && words_are 'T S S'
}

fits_columns_to_what_is_in_them()
{
	with_sleepers fits_sleepers
}

fits_sleepers()
{
	renice -n 10 -p $second
	ctl 0 ps -P $parent -o nice,comm --sort nice && is 'NI  NAME
 0  sleep
 0  sleep
10  sleep'
}

chooses_columns()
{
	ctl 0 ps -n init -o pid,comm && is 'PID  NAME
  1  init' && ctl 0 ps -n init -o ucmd && is 'NAME
init' && ctl 0 ps -n init -o +args && prints 'COMMAND$' && prints '  /bin/sh /init$' &&
		lacks NAME && ctl 0 ps -n init -o +nice && prints ' NI  NAME$' &&
		ctl 0 ps -n kthreadd -o args --no-header && is '[kthreadd]' &&
		ctl 0 ps -o help && prints '^  rss ' &&
		ctl 2 ps -o pid,nonsense && fails "no column 'nonsense'" &&
		ctl 2 ps -o '' && fails "no column ''" &&
		ctl 2 ps -u nonsense && fails "no user 'nonsense'"
}

sorts()
{
	with_sleepers sorts_sleepers
}

sorts_sleepers()
{
	renice -n 5 -p $first && renice -n 3 -p $third && renice -n 4 -p $second || return
	ctl 0 ps -P $parent --no-header -o pid --sort nice && words_are "$third $second $first" &&
		ctl 0 ps -P $parent --no-header -o pid --sort -nice && words_are "$first $second $third" &&
		ctl 0 ps -P $parent --no-header -o pid --sort comm && words_are "$first $second $third" &&
		ctl 2 ps --sort nonsense && fails "no column 'nonsense'"
}

prints_json()
{
	ctl 0 ps -n init --json -o pid,user,comm,rss,time && has_lines -eq 1 &&
		prints '^\{"pid":1,"user":"root","comm":"init","rss_bytes":[0-9]+,"time_ns":[0-9]+\}$'
}

shows_a_zombie()
{
	zombie
	ctl 0 ps -P $parent --no-header -o pid,state,rss,comm && is "$pid  Z  -  sleep <defunct>" &&
		ctl 0 ps -P $parent --json -o state,rss,comm && is '{"state":"Z","comm":"sleep"}'
	result=$?
	kill $parent
	return $result
}

keeps_strange_names_off_the_terminal()
{
	own_pid
	named "$(printf 'busybox\033[1m')"
	ctl 0 ps -P $self -n 'busybox*' --no-header -o comm && is 'busybox?[1m' &&
		ctl 0 ps -P $self -n 'busybox*' --no-header -o args && prints '/busybox\?\[1m sleep 1000$'
	result=$?
	kill $pid
	return $result
}

is_plain_in_a_pipe()
{
	escape=$(printf '\033')
	TERM=xterm ctl 0 ps -n init -o state,args && lacks "$escape" && has_lines -eq 2
}

# ---- all of them --------------------------------------------------------------------

[ $# -gt 0 ] || set -- lists_what_proc_has lists_children lists_one_user lists_by_name \
	lists_no_kernel_threads lists_threads lists_a_pid_namespace lists_those_that_are_named \
	misses_those_that_are_not_there shows_what_proc_shows \
	shows_sizes_and_states fits_columns_to_what_is_in_them chooses_columns sorts prints_json \
	shows_a_zombie keeps_strange_names_off_the_terminal is_plain_in_a_pipe
run_points "$@"
