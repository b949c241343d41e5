#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the harness makes of each way a case can end (cases.c), as KTAP.

. "$(dirname "$0")/../ktap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
cases=${BUILD:-$top/build}/tests/selftest/cases
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# alone CASE: run it, and check that it alone was run
alone()
{
	status=0
	"$cases" "$1" >"$out" || status=$?
	grep -qx '1\.\.1' "$out"
}

# is_ok CASE, is_not_ok CASE TEXT...: the text must be among the diagnostics
is_ok()
{
	alone "$1" && [ "$status" = 0 ] && grep -qx "ok 1 $1" "$out" || { cat "$out"; return 1; }
}

is_not_ok()
{
	alone "$1" && [ "$status" = 1 ] && grep -qx "not ok 1 $1" "$out" || { cat "$out"; return 1; }
	shift
	for text in "$@"; do
		grep -q "^# .*$text" "$out" || { echo "no '$text' in:"; cat "$out"; return 1; }
	done
}

is_silent_about()
{
	! "$cases" "$1" | grep "$2"
}

is_skipped()
{
	"$cases" "$1" | grep -qx "ok 1 $1 # SKIP $2"
}

leaves_nothing()
{
	"$cases" "$1" >"$out"
	! pgrep -f "^$cases $1"
}

has_more_time()
{
	( export DEADLINE_FACTOR=2 && is_not_ok hangs 'not finished after 2 s' )
}

lists_in_order()
{
	[ "$("$cases" -l | head -n 3 | xargs)" = "passes compares_wrong goes_on_after_expect" ]
}

plans_all()
{
	[ "$("$cases" 2>&1 | grep -Ec '^(not )?ok ')" = "$("$cases" -l | wc -l)" ]
}

refuses_unknown()
{
	! "$cases" no_such_case >"$out" && grep -qx '1\.\.0' "$out"
}

# tells SIZE [NAME=VALUE...]: the lines before its point, and not what it notes
tells()
{
	want=$(printf '# tells: a storm\n# tells: of %d\nok 1 tells' "$1")
	shift
	env "$@" "$cases" tells >"$out"
	[ "$(sed '1,2d' "$out")" = "$want" ] || { cat "$out"; return 1; }
}

# what a script says of a command: 0 ok, 77 skipped with its reason, all else failed
script_says()
{
	local ktap

	ktap=$(sh -c '. "$1"; check point sh -c "$2"' sh "$(dirname "$0")/../ktap.sh" "$1")
	[ "$(tail -n 1 <<<"$ktap")" = "$2" ]
}

plan 24
check "a case that holds passes" is_ok passes
check "both values of a comparison are told" is_not_ok compares_wrong \
	'cases.c:[0-9]*: three, 4: want ==, have 3 (0x3) and 4 (0x4)'
check "an assertion ends the case" is_silent_about compares_wrong 'not reached'
check "an expectation does not" is_not_ok goes_on_after_expect '"a" and "b" differ' \
	'byte 1 of 2' 'is false' 'reached' '3 of 3'
check "the wrong errno is told" is_not_ok wrong_errno 'want EINVAL, have EBADF' \
	'want EINVAL, but it returned 0' 'EBADF (Bad file'
check "a crash tells its signal" is_not_ok crashes 'killed by signal 11'
check "a hang is ended at its deadline" is_not_ok hangs 'not finished after 1 s'
check "a slow kernel gives more time" has_more_time
check "a hang leaves no process" leaves_nothing hangs
check "a case that asserts nothing fails" is_not_ok asserts_nothing 'asserts nothing'
check "a case that exits early fails" is_not_ok exits_early 'exited early with status 0'
check "a child left behind fails" is_not_ok leaves_a_child 'left 1 process'
check "a daemon left behind fails" is_not_ok leaves_a_daemon 'left 1 process'
check "a daemon left behind is ended" leaves_nothing leaves_a_daemon
check "an assertion of a child counts" is_not_ok fails_in_a_child '4711'
check "a skip in a child is one, with its reason" is_skipped skips 'no sugar here'
check "run_as is that user, who may look at itself" is_ok runs_as_another_user
check "run_as passes failures on and ends the case" is_not_ok fails_as_another_user '4711'
check "pid namespaces, gates and fds" eval 'is_ok runs_in_a_pid_namespace && is_ok gates_open'
check "cases are listed as in the source, all are run" eval 'lists_in_order && plans_all'
check "no case is no success" refuses_unknown
check "what a case tells is shown though it passes" tells 2000
check "STORM is the size of storms, which is else smaller on a slow kernel" \
	eval 'tells 500 SMALLER=4 && tells 100000 SMALLER=4 STORM=100000'
check "a point of a script passes, is skipped or fails" \
	eval 'script_says "exit 0" "ok 1 point" && script_says "exit 1" "not ok 1 point" &&
		script_says "echo why; exit 77" "ok 1 point # SKIP why"'
ktap_exit
