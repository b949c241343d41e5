#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# With the module unloaded, and not only hidden: the library does what a native
# pidfd can, and the command says what to do next. And with a module that cannot
# wait for children: forkfd does that by a native pidfd, too.

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

tests=$(dirname "$0")
work=$(mktemp -d)

# cases of a program that are the same with the module and without it
same_without()
{
	# shellcheck disable=SC2046 # names
	"$tests/$1" $("$tests/$1" -l | sed -n 's/^without_module_//p' |
		while read -r name; do
			"$tests/$1" -l | grep -x "$name"
		done)
}

# what a program tests without the module, now that it is not hidden but gone
really_without()
{
	# shellcheck disable=SC2046 # names
	"$tests/$1" $("$tests/$1" -l | grep '^without_module_')
}

# says_what_to_do STATUS COMMAND...: that exit status, and the next step
says_what_to_do()
{
	expected=$1 status=0
	shift
	"$@" >"$work/out" 2>"$work/err" || status=$?
	cat "$work/out" "$work/err"
	[ "$status" = "$expected" ] && grep -q 'procfdctl load' "$work/err"
}

tells_that_it_is_not_loaded()
{
	procfdctl status >"$work/out"
	grep -q 'not loaded' "$work/out"
}

plan 14
module_unload || { echo "Bail out! the module cannot be unloaded"; exit 1; }
check "forkfd" same_without test_lib_forkfd
check "spawn" really_without test_lib_spawn_native
check "info" really_without test_lib_pidfd_info
for command in features 'info 1' 'wait 1' 'kill -0 1' ps tree 'dir 1'; do
	# shellcheck disable=SC2086 # words
	check "$command" says_what_to_do 3 procfdctl $command
done
check "run" says_what_to_do 125 procfdctl run -- true
check "status" tells_that_it_is_not_loaded
module_load pretend_missing=do_wait
check "forkfd without do_wait" same_without test_lib_forkfd
# shellcheck disable=SC2119 # without parameters
check "the module is as the other tests expect it" module_load
rm -rf "$work"
ktap_exit
