# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What tests of procfdctl need again and again. A command of its own for each look
# at what was printed would be most of the time of these tests on a slow kernel, so
# all this is done by the shell itself, which is busybox: it knows [[ =~ ]].
#
#	. "$(dirname "$0")/ctl.sh"
#	says_hello() { ctl 0 hello && prints '^hello$'; }
#	[ $# -gt 0 ] || set -- says_hello
#	run_points "$@"
#
# A pattern in quotes is a pattern all the same, numbers need no quotes, and what is
# set here is for the tests:
# shellcheck disable=SC2034,SC3010,SC2076,SC2086

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

work=$(mktemp -d)
err=$work/err
chmod 755 "$work"
newline='
'

# ---- run it ---------------------------------------------------------------------

# slurp FILE: what is in it, in $text; NUL bytes are left out
slurp()
{
	text=
	while IFS= read -r line || [ -n "$line" ]; do
		text=$text${text:+$newline}$line
	done 2>/dev/null <"$1"
}

# capture STATUS COMMAND...: what it prints is in $printed, what it complains of in
# $complaint, and it has to end with this status
capture()
{
	expected=$1
	shift
	printed=$("$@" 2>"$err" </dev/null)
	status=$?
	complaint=
	[ ! -s "$err" ] || { slurp "$err"; complaint=$text; }
	[ "$status" = "$expected" ] && return
	echo "$*: status $status, not $expected"
	show
	return 1
}

# ctl STATUS ARGUMENTS...
ctl()
{
	expected=$1
	shift
	capture "$expected" procfdctl "$@"
}

# as_user STATUS COMMAND: for a shell of the user of that name
as_user()
{
	capture "$1" su user -s /bin/sh -c "$2"
}

show()
{
	printf '%s\n%s\n' "$printed" "$complaint"
}

# ---- what it printed --------------------------------------------------------------

# some_line TEXT PATTERN: a line of the text matches
some_line()
{
	some_pattern=$2
	set -f
	IFS=$newline
	for line in $1; do
		[[ "$line" =~ "$some_pattern" ]] && break
		line=
	done
	unset IFS
	set +f
	[ -n "$line" ]
}

prints()
{
	some_line "$printed" "$1" && return
	echo "no '$1' in:"
	show
	return 1
}

# prints nothing like it
lacks()
{
	some_line "$printed" "$1" || return 0
	echo "'$1' in:"
	show
	return 1
}

# is TEXT: all that was printed
is()
{
	[ "$printed" = "$1" ] && return
	printf 'expected:\n%s\nbut this was printed:\n' "$1"
	show
	return 1
}

# all that was printed, one blank between two words, in $words
words()
{
	set -f
	set -- $printed
	set +f
	words=$*
}

# words_are TEXT: where blanks and ends of lines do not matter
words_are()
{
	words
	[ "$words" = "$1" ] && return
	echo "not '$1':"
	show
	return 1
}

quiet()
{
	[ -z "$printed$complaint" ] && return
	show
	return 1
}

# so many lines, in $lines
count_lines()
{
	lines=0
	set -f
	IFS=$newline
	for line in $printed; do
		lines=$((lines + 1))
	done
	unset IFS
	set +f
}

# has_lines TEST NUMBER: has_lines -gt 20
has_lines()
{
	count_lines
	test "$lines" "$1" "$2" && return
	echo "$lines lines, not $1 $2:"
	show
	return 1
}

# complains WORDS: one line, its parts apart, and a word of advice at its end
complains()
{
	case $complaint in
	*"$newline"*) ;;
	*"$1"*) [[ "$complaint" =~ '^procfdctl: ([a-z]+: )?.+: .+' ]] && return ;;
	esac
	echo "not one line about '$1':"
	show
	return 1
}

# complains, and prints nothing
fails()
{
	complains "$1" && [ -z "$printed" ]
}

# json NAME: the number of that name in what was printed, in $value
json()
{
	value=${printed#*\""$1"\":}
	[ "$value" != "$printed" ] || value=
	value=${value%%[!-0-9]*}
}

# same NAME VALUE
same()
{
	json "$1"
	[ "$value" = "$2" ] && return
	echo "$1 is '$value', not '$2'"
	return 1
}

# ---- waiting ------------------------------------------------------------------------

# soon COMMAND...: it is true within 10 s, of which a slow kernel has more
soon()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt $((1000 * ${DEADLINE_FACTOR:-1})) ] || return
		sleep 0.01
	done
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# it is, or waits for its parent
ended()
{
	gone "$1" || state_is Z "$1"
}

# ---- what /proc says ------------------------------------------------------------------

# the number of this shell, in $self: each point runs in one of its own
own_pid()
{
	read -r self _ </proc/self/stat
}

# children_of PID: in $children; it has one thread
children_of()
{
	read -r children <"/proc/$1/task/$1/children" || :
	children=${children% }
}

# comm_is NAME PID
comm_is()
{
	read -r comm <"/proc/$2/comm" && [ "$comm" = "$1" ]
}

# stat_field PID N: in $value, N from 3 on; a name may have blanks
stat_field()
{
	read -r value <"/proc/$1/stat" || return
	at=$2
	set -- ${value##*) }
	shift $((at - 3))
	value=$1
}

state_is()
{
	stat_field "$2" 3 && [ "$value" = "$1" ]
}

# status_field PID NAME: in $value
status_field()
{
	while read -r name value _; do
		[ "$name" != "$2:" ] || return 0
	done <"/proc/$1/status"
	return 1
}

# ---- processes that a point is about -----------------------------------------------

# named NAME: a process of that name, which begins with busybox; its pid in $pid
named()
{
	[ -x "$work/$1" ] || ln -s /bin/busybox "$work/$1"
	"$work/$1" sleep 1000 &
	pid=$!
	soon name_is "$1"
}

name_is()
{
	read -r cmdline <"/proc/$pid/cmdline"
	case $cmdline in *"/$1"sleep*) ;; *) return 1 ;; esac
}

# sleeper: one named sleep, its pid in $pid
sleeper()
{
	sleep 1000 &
	pid=$!
	soon comm_is sleep $pid
}

# three of them, $first $second $third, whose parent is $parent
sleepers()
{
	sh -c 'sleep 1001 & sleep 1002 & sleep 1003 & wait' &
	parent=$!
	soon three_sleep
}

three_sleep()
{
	children_of $parent
	set -- $children
	[ $# = 3 ] || return
	first=$1 second=$2 third=$3
	comm_is sleep $first && comm_is sleep $second && comm_is sleep $third
}

# with_sleepers COMMAND...: the status of the command
with_sleepers()
{
	sleepers
	"$@"
	result=$?
	kill -KILL $first $second $third 2>/dev/null
	wait $parent
	return $result
}

# zombie: its pid in $pid, which its parent $parent does not wait for
zombie()
{
	sh -c 'sleep 0 & exec sleep 1000' &
	parent=$!
	soon has_zombie
}

has_zombie()
{
	children_of $parent
	pid=$children
	comm_is sleep $parent && comm_is sleep "$pid" && state_is Z "$pid"
}

# ---- all points ------------------------------------------------------------------------

# run_points NAME...: a point is a function of that name
run_points()
{
	plan $#
	for point in "$@"; do
		check "$point" "$point"
	done
	rm -rf "$work"
	ktap_exit
}
