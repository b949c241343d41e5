#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl ps, tree, info and dir: they say what /proc says, of the processes
# that were meant, and look as they should.
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

prints()
{
	grep -qE -- "$1" "$out" && return
	echo "no '$1' in:"
	cat "$out" "$err"
	return 1
}

# is TEXT: all that was printed
is()
{
	printf '%s\n' "$1" >"$work/expected"
	diff "$work/expected" "$out"
}

# fails WORDS: one line, and nothing on standard output
fails()
{
	[ ! -s "$out" ] && [ "$(wc -l <"$err")" = 1 ] &&
		grep -qE "^procfdctl: [a-z]+: .+: .+" "$err" && grep -qF -- "$1" "$err" && return
	echo "not one line about '$1':"
	cat "$out" "$err"
	return 1
}

soon()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || return
		sleep 0.01
	done
}

# sleepers: $first $second $third, children of $parent, whose names are sleep
sleepers()
{
	sh -c 'sleep 1001 & sleep 1002 & sleep 1003 & echo $! >"$0"; wait' "$work/third" &
	parent=$!
	soon test -s "$work/third"
	third=$(cat "$work/third")
	rm "$work/third"
	# shellcheck disable=SC2046 # numbers
	set -- $(children_of $parent)
	first=$1 second=$2
	for pid in $first $second $third; do
		soon grep -q sleep "/proc/$pid/comm"
	done
}

children_of()
{
	for status in /proc/[0-9]*/status; do
		awk -v parent="$1" '/^PPid:/ && $2 == parent { split(FILENAME, path, "/"); print path[3] }' \
			$status 2>/dev/null
	done | sort -n
}

stop_sleepers()
{
	kill -KILL $first $second $third 2>/dev/null
	wait $parent
}

# with_sleepers COMMAND...: the status of the command
with_sleepers()
{
	sleepers
	"$@"
	result=$?
	stop_sleepers
	return $result
}

# the number of this shell: each point runs in one of its own
own_pid()
{
	read -r self _ </proc/self/stat
}

# field N of /proc/PID/stat: the name has no blanks here
stat_field()
{
	awk -v n="$2" '{ print $n }' "/proc/$1/stat"
}

status_field()
{
	awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"
}

# json NAME: the number of that name in what was printed
json()
{
	sed -n "s/.*[{,]\"$1\":\(-\?[0-9]*\)[,}].*/\1/p" "$out"
}

# same NAME VALUE
same()
{
	[ "$(json "$1")" = "$2" ] && return
	echo "$1 is '$(json "$1")', not '$2'"
	return 1
}

# ---- ps: which processes -----------------------------------------------------------

pids_in_proc()
{
	( cd /proc && echo [0-9]* ) | tr ' ' '\n' | sort
}

lists_what_proc_has()
{
	pids_in_proc >"$work/before"
	ctl 0 ps --no-header -o pid || return
	pids_in_proc >"$work/after"
	tr -d ' ' <"$out" | sort >"$work/listed"
	[ "$(uniq -d "$work/listed")" = "" ] &&
		[ "$(wc -l <"$work/listed")" -gt 20 ] &&
		sort "$work/before" "$work/after" | uniq -d |
		while read -r pid; do
			grep -qx "$pid" "$work/listed" || { echo "no $pid"; false; }
		done
}

lists_children()
{
	with_sleepers lists_the_sleepers
}

lists_the_sleepers()
{
	ctl 0 ps --parent $parent -o pid --no-header &&
		[ "$(xargs <"$out")" = "$first $second $third" ] &&
		ctl 0 ps -P $first && [ "$(wc -l <"$out")" = 1 ] &&
		ctl 1 ps -P 999999 && fails 'process 999999'
}

lists_one_user()
{
	su user -s /bin/sh -c 'sleep 1000; :' &
	soon user_sleeps
	ctl 0 ps --user user --no-header -o uid,user,comm --sort comm && is '1000  user  sh
1000  user  sleep' && ctl 0 ps --user 1000 --name sleep --no-header -o ruid && is 1000
	result=$?
	children_of $! | xargs kill
	wait $!
	return $result
}

user_sleeps()
{
	procfdctl ps -u 1000 -n sleep --no-header | grep -q .
}

lists_by_name()
{
	with_sleepers lists_sleepers_by_name
}

lists_sleepers_by_name()
{
	ctl 0 ps --name 'sl??p' -P $parent -o comm --no-header && is 'sleep
sleep
sleep' && ctl 0 ps --name slee -P $parent && [ "$(wc -l <"$out")" = 1 ]
}

lists_no_kernel_threads()
{
	ctl 0 ps -o pid,comm && prints '^ *2  kthreadd$' &&
		ctl 0 ps -k -o pid,comm && ! grep -q kthreadd "$out" && prints '^ *1  init$'
}

lists_threads()
{
	# the module's own test has a thread; here it is enough that all are there
	threads=$(echo /proc/[0-9]*/task/[0-9]* | wc -w)
	ctl 0 ps --threads --no-header -o pid,tgid || return
	listed=$(wc -l <"$out")
	[ $((listed - threads)) -ge -10 ] && [ $((listed - threads)) -le 10 ] && return
	echo "$listed threads, not $threads"
	return 1
}

lists_a_pid_namespace()
{
	unshare -p -f sh -c 'sleep 1000; :' &
	soon inner_of $!
	ctl 0 ps --pidns $inner --no-header -o comm && is 'sh
sleep' && ctl 0 ps --pidns /proc/$inner/ns/pid --no-header -o comm && is 'sh
sleep' && ctl 1 ps --pidns /dev/null && fails 'Invalid argument'
	result=$?
	kill -KILL $inner
	wait $!
	return $result
}

# the child of that one has a child, so it is the init that was meant
inner_of()
{
	inner=$(children_of $1)
	[ -n "$inner" ] && [ -n "$(children_of $inner)" ]
}

# ---- ps: what of them ----------------------------------------------------------------

shows_what_proc_shows()
{
	own_pid
	sleep 1000 &
	pid=$!
	soon grep -q sleep /proc/$pid/comm
	renice -n 7 -p $pid
	columns=pid,ppid,pgid,sid,nice,priority,threads,minflt,majflt,vsz,uid,gid,umask,blocked
	ctl 0 ps --json -P $self -n sleep -o $columns &&
		same pid $pid && same ppid $self && same pgid "$(stat_field $pid 5)" &&
		same sid "$(stat_field $pid 6)" && same nice 7 && same priority "$(stat_field $pid 18)" &&
		same nr_threads 1 && same minflt "$(stat_field $pid 10)" &&
		same majflt "$(stat_field $pid 12)" && same vsize_bytes "$(stat_field $pid 23)" &&
		same euid 0 && same egid 0 && same umask $(($(status_field $pid Umask))) &&
		same sig_blocked $((0x$(status_field $pid SigBlk)))
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
	ctl 0 ps -P $parent --no-header -o state,vsz,user,nice && prints '^S  [0-9.]+[KM]  root  [ -]?[0-9]+$' || return
	kill -STOP $first
	soon grep -q 'State:.T' /proc/$first/status
	ctl 0 ps -P $parent --no-header -o state && is 'T
S
S'
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
		! grep -q NAME "$out" && ctl 0 ps -n init -o +nice && prints ' NI  NAME$' &&
		ctl 0 ps -n kthreadd -o args --no-header && is '[kthreadd]' &&
		ctl 0 ps -o help && prints '^  rss ' &&
		ctl 2 ps -o pid,nonsense && fails "no column 'nonsense'" &&
		ctl 2 ps -o '' && fails "no column ''" && ctl 2 ps 1 && fails 'one word too many' &&
		ctl 2 ps -u nonsense && fails "no user 'nonsense'"
}

sorts()
{
	with_sleepers sorts_sleepers
}

sorts_sleepers()
{
	renice -n 5 -p $first && renice -n 3 -p $third && renice -n 4 -p $second || return
	ctl 0 ps -P $parent --no-header -o pid --sort nice && [ "$(xargs <"$out")" = "$third $second $first" ] &&
		ctl 0 ps -P $parent --no-header -o pid --sort -nice && [ "$(xargs <"$out")" = "$first $second $third" ] &&
		ctl 0 ps -P $parent --no-header -o pid --sort comm && [ "$(xargs <"$out")" = "$first $second $third" ] &&
		ctl 2 ps --sort nonsense && fails "no column 'nonsense'"
}

prints_json()
{
	ctl 0 ps -n init --json -o pid,user,comm,rss,time &&
		prints '^\{"pid":1,"user":"root","comm":"init","rss_bytes":[0-9]+,"time_ns":[0-9]+\}$' &&
		[ "$(wc -l <"$out")" = 1 ]
}

shows_a_zombie()
{
	sh -c 'sleep 0 & echo $! >"$0"; exec sleep 1000' "$work/zombie" &
	soon test -s "$work/zombie"
	pid=$(cat "$work/zombie")
	soon grep -q 'State:.Z' /proc/$pid/status
	ctl 0 ps -P $! --no-header -o pid,state,rss,comm && is "$pid  Z  -  sleep <defunct>" &&
		ctl 0 ps -P $! --json -o state,rss,comm && is '{"state":"Z","comm":"sleep"}'
	result=$?
	rm "$work/zombie"
	kill $!
	return $result
}

keeps_strange_names_off_the_terminal()
{
	own_pid
	name=$(printf 'busybox\033[1m')
	cp /bin/busybox "$work/$name"
	"$work/$name" sleep 1000 &
	soon grep -q busybox /proc/$!/comm
	ctl 0 ps -P $self -n 'busybox*' --no-header -o comm && is 'busybox?[1m' &&
		ctl 0 tree $! --no-header && prints ' busybox\?\[1m$' &&
		ctl 0 ps -P $self -n 'busybox*' --no-header -o args && prints '/busybox\?\[1m sleep 1000$'
	result=$?
	kill $!
	return $result
}

is_plain_in_a_pipe()
{
	escape=$(printf '\033')
	TERM=xterm ctl 0 ps -n init -o state,args && ! grep -q "$escape" "$out" &&
		[ "$(grep -c . "$out")" = 2 ]
}

# ---- tree ---------------------------------------------------------------------------------

draws_a_tree()
{
	with_sleepers draws_the_sleepers
}

draws_the_sleepers()
{
	ctl 0 tree --no-header $parent &&
		is "$parent  root  sh
$first  root  |- sleep
$second  root  |- sleep
$third  root  \`- sleep" &&
		ctl 0 tree --no-header -o nice -a $parent && prints '^ *[0-9]+  sh -c sleep 1001' &&
		prints '  `- sleep 1003$' &&
		ctl 0 tree --no-header $third $parent $first $parent && [ "$(wc -l <"$out")" = 4 ] &&
		ctl 0 tree -o pid --json $parent &&
		is "{\"pid\":$parent,\"comm\":\"sh\",\"children\":[$(leaf $first),$(leaf $second),$(leaf $third)]}"
}

leaf()
{
	printf '{"pid":%d,"comm":"sleep","children":[]}' "$1"
}

draws_with_boxes_in_utf8()
{
	with_sleepers draws_boxes
}

draws_boxes()
{
	LC_ALL=C.UTF-8 ctl 0 tree --no-header -o pid $parent &&
		is "$parent  sh
$first  ├─ sleep
$second  ├─ sleep
$third  └─ sleep"
}

draws_the_levels()
{
	sh -c 'sh -c "sleep 1001 & sleep 1002; :" & sleep 1003; :' &
	parent=$!
	soon deep_enough
	ctl 0 tree --no-header -o ppid $parent && sed 's/^ *[0-9]*//' "$out" >"$work/names" &&
		mv "$work/names" "$out" && is '  sh
  |- sh
  |  |- sleep
  |  `- sleep
  `- sleep'
	result=$?
	procfdctl tree --no-header -o pid $parent | awk '{ print $1 }' | xargs kill
	wait $parent
	return $result
}

deep_enough()
{
	[ "$(procfdctl tree --no-header $parent | grep -c sleep)" = 3 ]
}

draws_all_processes()
{
	ctl 0 tree -o pid --no-header && prints '^ *1  init$' && prints '^ *2  kthreadd$' || return
	[ "$(wc -l <"$out")" -gt 20 ] && ctl 0 tree -k -o pid --no-header && ! grep -q kthreadd "$out" &&
		ctl 1 tree 999999 && fails 'process 999999: it is not there' &&
		ctl 2 tree -o comm && fails 'the names are in the tree' &&
		ctl 2 tree 12x && fails "'12x' is not the number"
}

# ---- info -----------------------------------------------------------------------------------

informs_in_full()
{
	own_pid
	sleep 1000 &
	pid=$!
	soon grep -q sleep /proc/$pid/comm
	ctl 0 info $pid && prints "^$pid \(sleep\): alive, id [0-9]+$" &&
		prints '^    state        sleeping, 1 thread$' && prints '^    command      sleep 1000$' &&
		prints "^    parent       $self \(.*\)$" && prints '^    user         root \(0\)$' &&
		prints '^    capabilities all$' &&
		prints '^    started      [0-9-]+ [0-9:]+, .* ago$' && prints '^    memory       resident ' &&
		prints '^    switches     [0-9]+ voluntary' && prints '^    security     no seccomp, umask 0022$' &&
		prints " mnt $(readlink /proc/$pid/ns/mnt | tr -dc 0-9)" &&
		ctl 0 info --json $pid && same pid $pid && same ppid $self &&
		same vsize_bytes "$(stat_field $pid 23)" && same processor "$(stat_field $pid 39)" &&
		same ns_uts "$(readlink /proc/$pid/ns/uts | tr -dc 0-9)" &&
		same sig_ignored $((0x$(status_field $pid SigIgn))) &&
		prints '"run_state":"S"' && prints "\"nspids\":\[$pid\]" && [ "$(wc -l <"$out")" = 1 ]
	result=$?
	kill $pid
	return $result
}

# ---- dir -------------------------------------------------------------------------------------

shows_the_directory()
{
	sleep 1000 3<"$work" &
	pid=$!
	soon grep -q sleep /proc/$pid/comm
	ctl 0 dir $pid && prints '^status$' && prints '^fd/$' && prints '^exe -> /bin/busybox$' &&
		ctl 0 dir $pid status && prints "^Pid:.$pid$" &&
		ctl 0 dir $pid exe && is /bin/busybox &&
		ctl 0 dir $pid fd && prints "^3 -> $work$" && ctl 0 dir $pid fd/3 && is "$work" &&
		ctl 0 dir $pid task/$pid/comm && is sleep &&
		ctl 0 dir $pid cmdline && cmp -s "$out" /proc/$pid/cmdline
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

# ---- all of them ---------------------------------------------------------------------------------

points="lists_what_proc_has lists_children lists_one_user lists_by_name lists_no_kernel_threads
	lists_threads lists_a_pid_namespace shows_what_proc_shows shows_sizes_and_states
	fits_columns_to_what_is_in_them chooses_columns sorts prints_json shows_a_zombie
	keeps_strange_names_off_the_terminal is_plain_in_a_pipe draws_a_tree
	draws_with_boxes_in_utf8 draws_the_levels draws_all_processes informs_in_full shows_the_directory
	stays_in_the_directory looks_into_another_procfs"

[ $# -gt 0 ] || set -- $points
plan $#
for point in "$@"; do
	check "$point" "$point"
done
rm -rf "$work"
ktap_exit
