#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl for those who may not see all: an ordinary user, under the module
# parameter hidepid, in a pid namespace and in a user namespace. What is hidden is
# told by nothing, and what is said in its place makes sense.
#
# Scripts in quotes are for another shell, and numbers need no quotes:
# shellcheck disable=SC2016,SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

parameter=/sys/module/procfd/parameters/hidepid

# hiding VALUE COMMAND...: the status of the command
hiding()
{
	echo $1 >$parameter
	shift
	"$@"
	result=$?
	echo 0 >$parameter
	return $result
}

# own_too COMMAND: the command, for a user, who has a process that sleeps; $own is its
# number, and the shell that is its parent becomes the command
own_too()
{
	as_user 0 "sleep 1000 >/dev/null & until grep -q sleep /proc/\$!/comm; do :; done; echo \$!; $1" ||
		return
	own=${printed%%"$newline"*}
	printed=${printed#*"$newline"}
	kill $own
}

# ---- nothing is hidden ----------------------------------------------------------------

user_sees_everyone()
{
	own_too 'procfdctl ps --no-header -o pid,ppid,user,comm' &&
		prints '^ *1 +0  root  init$' && prints '^ *2 +0  root  kthreadd$' &&
		prints "^ *$own  .*  user  sleep$" &&
		as_user 0 'procfdctl tree -o pid --no-header' && prints '^ *1  init$' &&
		as_user 0 'procfdctl ps -u root -n init --no-header -o comm' && is init
}

user_is_told_what_everyone_may_know()
{
	as_user 0 'procfdctl info 1' && prints '^1 \(init\): alive' &&
		prints '^    user         root \(0\)$' && lacks 'namespaces' &&
		as_user 0 'procfdctl info --json 1' && lacks '"ns_mnt"' &&
		own_too 'procfdctl info $!' && prints "^$own \(sleep\): alive" && prints 'namespaces' &&
		as_user 1 'procfdctl dir 1 exe' &&
		fails 'exe: Permission denied: run it as root or as the owner of the process'
}

# ---- hidepid --------------------------------------------------------------------------

# the user's own, and nobody else
sees_own_alone()
{
	own_too 'procfdctl ps --no-header -o user,comm' && lacks root && lacks '^-' &&
		prints '^user  sleep$' && prints '^user  procfdctl$' &&
		own_too 'procfdctl tree --no-header -o user' && lacks root && prints '- sleep$' &&
		as_user 0 'procfdctl ps --no-header -u root' && quiet &&
		as_user 0 'procfdctl ps --no-header -n init' && quiet
}

misses_the_hidden()
{
	for command in info wait dir; do
		as_user 1 "procfdctl $command 1" && fails 'process 1: No such process' || return
	done
	as_user 1 'procfdctl ps --no-header 1' && fails 'process 1: No such process' &&
		as_user 1 'procfdctl ps -P 1' && fails 'process 1: No such process' &&
		as_user 1 'procfdctl tree 1' && fails 'process 1: it is not there' &&
		as_user 1 'procfdctl info --thread 2' && fails 'thread 2: No such process'
}

hidepid_2_hides_others()
{
	hiding 2 sees_own_alone && hiding 2 misses_the_hidden
}

hidepid_4_hides_others()
{
	hiding 4 sees_own_alone && hiding 4 misses_the_hidden
}

hidepid_1_tells_numbers_alone()
{
	hiding 1 tells_numbers_alone
}

tells_numbers_alone()
{
	as_user 0 'procfdctl ps -o pid,ppid,tracer,user,state,rss,comm,args 1 --no-header' &&
		is '1  -  -  -  -  -  -  -' &&
		as_user 0 'procfdctl ps --json 1' && is '{"pid":1}' &&
		as_user 0 'procfdctl tree --no-header 1' && is '1  -  -' &&
		as_user 1 'procfdctl info 1' && fails 'process 1: Operation not permitted' &&
		own_too 'procfdctl ps --no-header -o user,comm' && prints '^user +sleep$' &&
		tells_filters_of_own
}

# whom no filter can judge is in none
tells_filters_of_own()
{
	for filter in '-u root' '-n init' '-P 1'; do
		as_user 0 "procfdctl ps --no-header $filter" && quiet || return
	done
	for filter in -k "-n '*'" '-u user'; do
		own_too "procfdctl ps --no-header -o user,comm $filter" && lacks '^[^u]' &&
			prints '^user  sleep$' || return
	done
}

root_sees_everyone_all_the_same()
{
	for value in 1 2 4; do
		hiding $value ctl 0 ps --no-header -o pid,comm 1 2 && is '1  init
2  kthreadd' && hiding $value ctl 0 info 1 && prints '^1 \(init\): alive' || return
	done
}

# ---- namespaces -----------------------------------------------------------------------

# inside COMMAND: by the init of a new pid namespace, which has one child
inside()
{
	capture 0 unshare -p -f --mount-proc sh -c "$1; :"
}

pid_namespace_has_its_own_alone()
{
	inside 'procfdctl ps --no-header -o pid,ppid,comm' && is '1  0  sh
2  1  procfdctl' && inside 'procfdctl tree --no-header -o ppid' && is '0  sh
1  `- procfdctl' && inside 'procfdctl info 1' && prints '^1 \(sh\): alive' && lacks '    parent' &&
		lacks '    numbers' &&
		capture 1 unshare -p -f --mount-proc sh -c 'procfdctl ps --no-header 50' &&
		fails 'process 50: No such process'
}

pid_namespace_is_seen_from_above()
{
	unshare -p -f sh -c 'sleep 1000; :' &
	soon has_inner $!
	ctl 0 info $inner && prints "^    numbers      $inner here, 1 in the pid namespace below$" &&
		ctl 0 tree --no-header -o nice $! && is '0  unshare
0  `- sh
0     `- sleep'
	result=$?
	kill -KILL $inner
	wait $!
	return $result
}

has_inner()
{
	children_of $1
	inner=$children
	[ -n "$inner" ] && children_of $inner && comm_is sleep "$children"
}

# mapped COMMAND: by the user, as root of a new user namespace, which knows no other
mapped()
{
	as_user $1 "unshare -U -r $2"
}

user_namespace_knows_its_own_users()
{
	mapped 0 'procfdctl ps --no-header -o pid,user,group,uid 1' &&
		is '1  nobody  nogroup  65534' &&
		mapped 0 'procfdctl info 1' && prints '^    user         nobody \(65534\)$' &&
		mapped 0 'procfdctl ps --no-header -u root -o user,comm' && prints '^root  procfdctl$' &&
		lacks init &&
		mapped 1 'procfdctl ps -u 1000' && fails 'user 1000: there is none in this user namespace'
}

user_namespace_is_no_way_round_hidepid()
{
	hiding 2 mapped 1 'procfdctl info 1' && fails 'process 1: No such process' &&
		hiding 2 mapped 0 'procfdctl ps --no-header -o comm' && lacks init && prints procfdctl
}

# ---- all of them ----------------------------------------------------------------------

[ $# -gt 0 ] || set -- user_sees_everyone user_is_told_what_everyone_may_know \
	hidepid_2_hides_others hidepid_4_hides_others hidepid_1_tells_numbers_alone \
	root_sees_everyone_all_the_same pid_namespace_has_its_own_alone \
	pid_namespace_is_seen_from_above user_namespace_knows_its_own_users \
	user_namespace_is_no_way_round_hidepid
run_points "$@"
