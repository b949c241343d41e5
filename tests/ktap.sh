# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For tests/test_*.sh, which the guest's busybox sh runs: KTAP on standard
# output, and other parameters for the module.
#
#	. "$(dirname "$0")/ktap.sh"
#	plan 2
#	check "features lists the missing symbol" grep -q fget_task out
#	skip "reads block I/O" "no block device here"
#	ktap_exit

ktap_count=0
ktap_failed=0
ktap_planned=0

plan()
{
	ktap_planned=$1
	echo "KTAP version 1"
	echo "1..$1"
}

ktap_point()
{
	ktap_count=$((ktap_count + 1))
	echo "$1 $ktap_count $2"
}

pass()
{
	ktap_point ok "$1"
}

fail()
{
	ktap_failed=$((ktap_failed + 1))
	ktap_point "not ok" "$1"
}

skip()
{
	ktap_point ok "$1 # SKIP $2"
}

# check NAME COMMAND...: one point; what the command prints is told if it fails. The
# status 77 is a skip, and then that is the reason.
check()
{
	ktap_name=$1
	shift
	ktap_status=0
	ktap_output=$("$@" 2>&1) || ktap_status=$?
	case $ktap_status in
	0) pass "$ktap_name" ;;
	77) skip "$ktap_name" "$ktap_output" ;;
	*)
		echo "# $* failed with $ktap_status"
		echo "$ktap_output" | sed 's/^/# /'
		fail "$ktap_name"
		;;
	esac
}

# the module is let go of a moment after the last fd is closed
module_unload()
{
	ktap_tries=50
	until [ ! -d /sys/module/procfd ] || rmmod procfd 2>/dev/null; do
		ktap_tries=$((ktap_tries - 1))
		[ $ktap_tries -gt 0 ] || { rmmod procfd; return; }
		sleep 0.1
	done
}

# module_load [PARAMETER=VALUE...]: load the module anew; without a parameter it
# is as the other tests expect it, so do that before the end
module_load()
{
	module_unload || return
	insmod "/lib/modules/$(uname -r)/extra/procfd.ko" "$@"
}

ktap_exit()
{
	[ "$ktap_count" = "$ktap_planned" ] && [ "$ktap_failed" = 0 ]
	exit
}
