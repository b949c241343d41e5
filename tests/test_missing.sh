#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A symbol that the kernel does not have turns one feature off, and nothing else:
# the module is told to pretend, and test_features to expect it.

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

features=$(dirname "$0")/test_features

# bits of PROCFD_FEATURE_*, as in include/procfd_ioctl.h
clone=0x001 next_child=0x002 autoreap=0x004 reap=0x008 signal_info=0x010
hangup=0x020 block_io=0x040 pidfd=0x080 namespaces=0x100 exact_cpu=0x200
from_pidfd=0x400 pidns_fd=0x800

below_6_9()
{
	uname -r | awk -F. '{ exit !($1 < 6 || ($1 == 6 && $2 < 9)) }'
}

# without SYMBOLS BITS: one point
without()
{
	if ! module_load pretend_missing="$1"; then
		fail "loads without $1"
		return
	fi
	check "without $1" env PROCFD_EXPECT_MISSING=$(($2)) "$features"
}

# those the module pretends to miss, and no other that a kernel of today has
names_them()
{
	module_load pretend_missing=do_wait,pidfd_pid || return
	found=$(cat /sys/class/misc/procfd/missing_symbols)
	echo "$found"
	[ "$(echo "$found" | grep -cx 'do_wait\|pidfd_pid')" = 2 ] && ! echo "$found" | grep -qx kernel_clone
}

# loaded without it by the point before
files_that_are_opened()
{
	grep -qx alloc_file_clone /sys/class/misc/procfd/missing_symbols && "$(dirname "$0")/test_file"
}

plan 16
without alloc_file_clone 0
check "files without alloc_file_clone" files_that_are_opened
without kernel_clone "$clone"
without do_notify_parent "$autoreap"
without do_wait "$reap"
without group_send_sig_info "$signal_info"
if below_6_9; then
	without proc_flush_pid "$hangup"
else
	skip "without proc_flush_pid" "the kernel wakes pollers itself"
fi
without ptrace_may_access "$block_io | $namespaces"
without pidfd_prepare,pidfd_create "$pidfd"
# nothing is left that could make a child AUTOREAP
without task_work_add "$clone | $next_child | $autoreap"
without task_sched_runtime "$exact_cpu"
without pidfd_pid "$from_pidfd"
without proc_ns_file "$pidns_fd"
without kernel_clone,do_wait,task_sched_runtime "$clone | $reap | $exact_cpu"
check "names them" names_them
module_load
check "all is there again" "$features"
ktap_exit
