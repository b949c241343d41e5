#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# With seccomp_trust=1 only CLONE is refused under a seccomp filter: test_seccomp
# looks at the parameter and expects that.

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

plan 4
module_load seccomp_trust=1
check "the parameter is on" is on
check "under a filter all but CLONE works" "$(dirname "$0")/test_seccomp"
module_load
check "the parameter is off again" is off
check "under a filter it is refused again" "$(dirname "$0")/test_seccomp"
ktap_exit
