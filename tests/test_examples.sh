#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The programs of userspace/examples, built with the libraries that they are about,
# do what they say, also when something is killed in the middle.
#
# Scripts in quotes are for another shell, patterns in quotes are patterns for busybox,
# and numbers need no quotes:
# shellcheck disable=SC2016,SC2086,SC2094,SC2154,SC3010,SC2076

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

examples=$(cd "$(dirname "$0")" && pwd)/examples
[ -d "$examples" ] || { echo "1..0 # SKIP no examples are built for this architecture"; exit; }
PATH=$examples:$PATH
out=$work/out
cd "$work" || exit

# no process has this number
none=4000000

# begin COMMAND...: in the background, as $!; what it prints is in $out
begin()
{
	"$@" >"$out" 2>"$err" &
}

# line PATTERN: a whole line has been printed
line()
{
	grep -qx -- "$1" "$out"
}

# soon_line PATTERN: within 10 s
soon_line()
{
	soon line "$1" && return
	echo "no line '$1' in:"
	cat "$out" "$err"
	return 1
}

# ends PID STATUS LINES: so, and these lines have been printed, in any order
ends()
{
	wait $1
	status=$?
	printed=$(sort "$out")
	slurp "$err"
	complaint=$text
	[ $status = $2 ] && is "$(echo "$3" | sort)" && return
	echo "status $status, not $2"
	show
	return 1
}

# refuses COMPLAINT COMMAND...: that line, and nothing else
refuses()
{
	wanted=$1
	shift
	capture 1 "$@" && is '' && [ "$complaint" = "$wanted" ] && return
	echo "not '$wanted':"
	show
	return 1
}

# holds NUMBER PID: it has so many procfds
holds()
{
	# shellcheck disable=SC2010 # names of fds are numbers
	[ "$(ls -l "/proc/$2/fd" | grep -cF '[procfd]')" = "$1" ]
}

# stranger: it sleeps, and is $pid. What is left of a point must not keep its output open.
stranger()
{
	sleep 1000 >/dev/null 2>&1 &
	pid=$!
}

# ended_child STATUS: of somebody else, $parent, who does not wait for it; it is $pid
ended_child()
{
	sh -c "(until [ -e end.\$\$ ]; do sleep 0.01; done; exit $1) & echo \$! >child; exec sleep 1000" >/dev/null 2>&1 &
	parent=$!
	soon comm_is sleep $parent && : >end.$parent && read -r pid <child && soon state_is Z $pid
}

# ---- event loops -----------------------------------------------------------------

epoll_tells_of_children_and_a_stranger()
{
	stranger
	begin epoll $pid 'exit 3' 'kill -9 $$'
	usage='user [0-9.]* s, system [0-9.]* s, peak memory [1-9][0-9]* KiB'
	soon_line "exit 3: exited with status 3; $usage" && soon_line "kill -9 \$\$: killed by SIGKILL; $usage" &&
		kill -TERM $pid && wait $! && soon_line "$pid: killed by SIGTERM; $usage" &&
		[ "$(wc -l <"$out")" = 3 ]
}

epoll_tells_what_a_child_used()
{
	ended_child 2
	capture 0 epoll $pid 'i=0; while [ $i -lt 5000 ]; do i=$((i + 1)); done' &&
		prints '^i=0.* user ([1-9]|0\.[1-9]|0\.0[1-9])' && prints "^$pid: exited with status 2;"
}

epoll_says_what_fails()
{
	refuses "epoll: $none: No such process" epoll $none true
}

libuv_stops_processes()
{
	stranger
	sh -c 'trap "" TERM; echo >trapped; while :; do sleep 1000; done' >/dev/null 2>&1 &
	resists=$!
	soon test -e trapped
	begin libuv 0.1 $pid $resists
	ends $! 0 "$pid: killed by SIGTERM
$resists: killed by SIGKILL"
}

libuv_tells_of_a_zombie()
{
	ended_child 4
	begin libuv 1000 $pid
	ends $! 0 "$pid: exited with status 4"
}

libuv_says_what_fails()
{
	refuses "libuv: $none: No such process" libuv 1 $none
}

libevent_runs_jobs_one_by_one()
{
	capture 1 libevent 1 'exit 3' true 'kill -9 $$' && [[ "$printed" =~ '^exit 3: exited with status 3 after [0-9]+\.[0-9] s
true: exited with status 0 after [0-9]+\.[0-9] s
kill -9 \$\$: killed by SIGKILL after [0-9]+\.[0-9] s$' ]]
}

# the first two need each other
libevent_runs_jobs_at_once()
{
	mkfifo fifo
	capture 0 libevent 2 'echo word >fifo' 'read word <fifo && [ $word = word ]' true && has_lines -eq 3
}

libevent_takes_its_jobs_along()
{
	begin libevent 1 'echo $$ >inner; exec sleep 1000'
	soon test -s inner && inner=$(cat inner) && kill -KILL $! && soon gone "$inner"
}

glib_begins_a_service_again()
{
	begin glib 2 sh -c 'echo >>begun; exit 3'
	ends $! 3 'sh: exited with status 3
sh: exited with status 3
sh: exited with status 3' && [ "$(wc -l <begun)" = 3 ]
}

glib_lets_a_service_end()
{
	begin glib 9 sh -c '[ -e second ] || { echo >second; kill -9 $$; }'
	ends $! 0 'sh: killed by SIGKILL
sh: exited with status 0'
}

# the words are GLib's
glib_says_what_fails()
{
	capture 1 glib 1 nonsense && is '' || return
	case $complaint in *"$newline"*) return 1 ;; esac
	some_line "$complaint" '^glib: .*nonsense.*No such file or directory'
}

# One client ends and one is killed, when the server has let go of their connections.
clients='
import os, socket
for user, end in (0, lambda: os._exit(7)), (1000, lambda: os.kill(os.getpid(), 9)):
    pid = os.fork()
    if not pid:
        os.setuid(user)
        link = socket.socket(socket.AF_UNIX)
        link.connect("socket")
        link.recv(1)
        end()
    print(f"client {pid} of user {user}: " + ("killed by SIGKILL" if user else "exited with status 7"))
    os.waitpid(pid, 0)
'

sd_event_learns_how_clients_end()
{
	begin sd-event socket
	soon test -S socket && chmod 666 socket && python3 -c "$clients" >expected && soon cmp "$out" expected
	result=$?
	kill $!
	diff expected "$out"
	return $result
}

sd_event_says_what_fails()
{
	refuses "sd-event: missing/socket: No such file or directory" sd-event missing/socket
}

# the number of its threads
threads()
{
	set -- /proc/$1/task/*
	echo $#
}

io_uring_tells_of_the_end_and_of_reaping()
{
	ended_child 6
	begin io_uring $pid
	soon_line "$pid: exited with status 6" && [ "$(wc -l <"$out")" = 1 ] && [ "$(threads $!)" = 1 ] &&
		kill -KILL $parent && wait $! && printed=$(cat "$out") && is "$pid: exited with status 6
$pid: reaped"
}

# this shell reaps both
io_uring_waits_for_many()
{
	stranger
	other=$pid
	stranger
	begin io_uring $other $pid
	soon holds 2 $! && soon state_is S $! && [ "$(threads $!)" = 1 ] && kill -KILL $pid && kill -TERM $other
	ends $! 0 "$other: killed by SIGTERM
$other: reaped
$pid: killed by SIGKILL
$pid: reaped"
}

io_uring_says_what_fails()
{
	refuses "io_uring: $none: No such process" io_uring $none
}

# ---- Python ------------------------------------------------------------------------

python_tells_how_processes_end()
{
	ended_child 4
	ended=$pid
	stranger
	begin python.py $pid $ended
	rest='after [0-9.]* s, peak memory [1-9][0-9]* KiB'
	soon_line "$ended: exited with status 4 .*" && kill -TERM $pid && wait $! &&
		line "$pid: killed by SIGTERM $rest" && [ "$(wc -l <"$out")" = 2 ]
}

python_says_what_fails()
{
	refuses 'python.py: [Errno 3] No such process' python.py $none
}

# ---- the supervisor ------------------------------------------------------------------

# in_call NUMBER PID: it is in that system call, of x86-64
in_call()
{
	read -r call _ <"/proc/$2/syscall" && [ "$call" = "$1" ]
}

recvmsg=47
recvfrom=45

# service NUMBER: its command, which writes its number to the file of that name
service()
{
	echo "echo \$\$ >$1.pid; exec sleep 1000"
}

# supervised: by $old, whose word for the first one that ended is there
supervised()
{
	rm -f socket ./*.pid
	supervisor.py socket 'exit 3' "$(service 1)" "$(service 2)" "$(service 3)" >old 2>&1 &
	old=$!
	soon is_up
}

is_up()
{
	[ -s 1.pid ] && [ -s 2.pid ] && [ -s 3.pid ] && [ -S socket ] && [ -s old ]
}

early='exit 3: exited with status 3'
late="$(service 1): killed by SIGHUP
$(service 2): killed by SIGTERM
$(service 3): killed by SIGKILL"

# let_end SIGNAL NUMBER: nobody has to reap it, it is gone
let_end()
{
	read -r service <"$2.pid" && kill -$1 $service && soon gone $service
}

# $old is stopped and $new waits to be handed three services, of which one ended
# before and one since it was begun
succession()
{
	supervised && kill -STOP $old && soon state_is T $old && let_end HUP 1 || return
	supervisor.py socket >new 2>&1 &
	new=$!
	soon in_call $recvmsg $new && let_end TERM 2
}

# handed: it has all been sent, and nobody has taken it
handed()
{
	succession && kill -STOP $new && soon state_is T $new && kill -CONT $old && soon in_call $recvfrom $old
}

# told FILE LINES
told()
{
	printed=$(sort "$1")
	is "$2"
}

supervisor_hands_over_what_ends_meanwhile()
{
	succession && kill -CONT $old && wait $old && soon test -S socket && let_end KILL 3 && wait $new &&
		told old "$early" && told new "$late"
}

supervisor_goes_on_when_its_successor_is_killed()
{
	handed && kill -KILL $new && let_end KILL 3 && wait $old && told new '' && told old "$late
$early"
}

supervisor_succeeds_one_that_is_killed()
{
	handed && kill -KILL $old || return
	wait $old
	kill -CONT $new && let_end KILL 3 && wait $new && told old "$early" && told new "$late"
}

supervisor_killed_takes_its_services_along()
{
	supervised && kill -KILL $old || return
	for number in 1 2 3; do
		read -r service <$number.pid
		soon gone "$service" || return
	done
}

supervisor_says_what_fails()
{
	refuses 'supervisor.py: [Errno 2] No such file or directory' supervisor.py missing/socket true
}

# ---- the test runner -------------------------------------------------------------------

testrunner_tells_verdicts()
{
	capture 1 testrunner 1000 true 'exit 3' 'kill -SEGV $$' && [ -z "$complaint" ] && is '1..3
ok 1 - true
not ok 2 - exit 3
not ok 3 - kill -SEGV $$' && capture 0 testrunner 1000 true
}

testrunner_ends_what_takes_too_long()
{
	capture 1 testrunner 0 'exec sleep 1000' && is '1..1
not ok 1 - exec sleep 1000' && [ "$complaint" = 'testrunner: exec sleep 1000: the time is up' ]
}

# a daemon and its two children; none of them is left
ln -s /bin/busybox busybox-d
sleeps='./busybox-d sleep 1000'
daemon="setsid sh -c '($sleeps & $sleeps & exec $sleeps) &' >/dev/null 2>&1"

# sleeping NUMBER: so many of them
sleeping()
{
	# shellcheck disable=SC2046 # words
	set -- $1 $(pidof busybox-d)
	[ $(($# - 1)) = $1 ]
}

testrunner_kills_daemons()
{
	capture 0 testrunner 1000 "$daemon" && is "1..1
ok 1 - $daemon" && [ "$complaint" = "testrunner: $daemon: left processes behind" ] && sleeping 0
}

testrunner_killed_kills_daemons()
{
	begin testrunner 1000 "$daemon; exec $sleeps"
	soon sleeping 4 && kill -KILL $! && soon sleeping 0
}

testrunner_needs_no_root()
{
	as_user 1 "PATH=$examples:\$PATH testrunner 1000 \"$daemon\" 'exit 1'" && is "1..2
ok 1 - $daemon
not ok 2 - exit 1" && sleeping 0
}

testrunner_says_what_fails()
{
	capture 2 testrunner 1 && is '' && [ "$complaint" = 'testrunner: usage: testrunner SECONDS COMMAND...' ]
}

[ $# -gt 0 ] || set -- \
	epoll_tells_of_children_and_a_stranger \
	epoll_tells_what_a_child_used \
	epoll_says_what_fails \
	libuv_stops_processes \
	libuv_tells_of_a_zombie \
	libuv_says_what_fails \
	libevent_runs_jobs_one_by_one \
	libevent_runs_jobs_at_once \
	libevent_takes_its_jobs_along \
	glib_begins_a_service_again \
	glib_lets_a_service_end \
	glib_says_what_fails \
	sd_event_learns_how_clients_end \
	sd_event_says_what_fails \
	io_uring_tells_of_the_end_and_of_reaping \
	io_uring_waits_for_many \
	io_uring_says_what_fails \
	python_tells_how_processes_end \
	python_says_what_fails \
	supervisor_hands_over_what_ends_meanwhile \
	supervisor_goes_on_when_its_successor_is_killed \
	supervisor_succeeds_one_that_is_killed \
	supervisor_killed_takes_its_services_along \
	supervisor_says_what_fails \
	testrunner_tells_verdicts \
	testrunner_ends_what_takes_too_long \
	testrunner_kills_daemons \
	testrunner_killed_kills_daemons \
	testrunner_needs_no_root \
	testrunner_says_what_fails
run_points "$@"
