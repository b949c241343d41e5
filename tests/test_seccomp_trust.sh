#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# seccomp_trust=1 at load lifts what test_seccomp expects to be refused, but for
# CLONE.

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

parameter=/sys/module/procfd/parameters/seccomp_trust

is()
{
	case $(cat "$parameter") in
	Y | 1) [ "$1" = on ] ;;
	*) [ "$1" = off ] ;;
	esac
}

# passes CASE, refuses CASE: of test_seccomp
passes()
{
	"$(dirname "$0")/test_seccomp" "$1"
}

refuses()
{
	! passes "$1"
}

plan 5
module_load seccomp_trust=1
check "the parameter is on" is on
check "CLONE is refused as ever" passes seccomp_filter_makes_clone_eperm
check "signals to strangers are not" refuses seccomp_filter_makes_signals_to_strangers_eperm
module_load
check "the parameter is off again" is off
check "signals to strangers are refused" passes seccomp_filter_makes_signals_to_strangers_eperm
ktap_exit
