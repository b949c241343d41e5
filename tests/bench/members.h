/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc/PID/stat tells of a process, in binary: the parser fills it in, and
 * the BPF program writes it
 */
#ifndef PROCFD_BENCH_MEMBERS_H
#define PROCFD_BENCH_MEMBERS_H

#include <linux/types.h>

struct stat_members {
	__s32 pid;
	__s32 ppid;
	__s32 pgid;
	__s32 sid;
	__u8 comm[16];
	__u32 state;
	__u32 flags;
	__u32 tty;
	__s32 tty_pgid;
	__u64 minflt;
	__u64 cminflt;
	__u64 majflt;
	__u64 cmajflt;
	__u64 utime;
	__u64 stime;
	__u64 cutime;
	__u64 cstime;
	__s32 priority;
	__s32 nice;
	__u32 nr_threads;
	__s32 exit_signal;
	__s32 processor;
	__u32 rt_priority;
	__s32 policy;
	__u32 zero;
	__u64 start;
	__u64 vsize;
	__u64 rss;
};

#endif /* PROCFD_BENCH_MEMBERS_H */
