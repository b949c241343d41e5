/* SPDX-License-Identifier: GPL-2.0-only */
/* What GET_INFO and LIST share: filling in struct procfd_info. */
#ifndef PROCFD_INFO_H
#define PROCFD_INFO_H

#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/user_namespace.h>

#include <procfd_ioctl.h>

#include "procfd.h"

/* cputime.c */
struct usage {
	u64 utime_ns;
	u64 stime_ns;
	u64 runtime_ns;
	u64 minflt;
	u64 majflt;
	u64 nvcsw;
	u64 nivcsw;
};

void usage_of_process(struct usage *usage, struct task_struct *task);
void usage_of_thread(struct usage *usage, struct task_struct *task);

/*
 * Who looks, at what.
 * @pids, @users: the caller's namespaces
 * @thread:       at threads, each by itself
 */
struct info_view {
	struct pid_namespace *pids;
	struct user_namespace *users;
	bool thread;
};

/* What can be filled in under RCU.  NAMESPACES and EXIT cannot. */
#define INFO_UNDER_RCU                                                     \
	(PROCFD_INFO_ID | PROCFD_INFO_PIDS | PROCFD_INFO_COMM |            \
	 PROCFD_INFO_STATE | PROCFD_INFO_CREDS | PROCFD_INFO_START |       \
	 PROCFD_INFO_CPU | PROCFD_INFO_FAULTS | PROCFD_INFO_THREADS |      \
	 PROCFD_INFO_SCHED | PROCFD_INFO_TTY | PROCFD_INFO_RSS |           \
	 PROCFD_INFO_SIGNALS | PROCFD_INFO_MEMORY | PROCFD_INFO_SWITCHES | \
	 PROCFD_INFO_CAPS | PROCFD_INFO_SECURITY | PROCFD_INFO_CGROUP |    \
	 PROCFD_INFO_NAMESPACE_PIDS)

/* info_fill.c */
void info_view_init(struct info_view *view, bool thread);
bool info_fill_rcu(struct procfd_info *info, u32 size, u64 mask,
		   struct pid *pid, enum pid_type type,
		   const struct info_view *view);

/* What only we know of a process; @process may be NULL. */
static inline u32 info_process_flags(const struct procfd_process *process)
{
	return process && test_bit(PROCESS_AUTOREAP, &process->state) ?
		       PROCFD_PROCESS_AUTOREAP :
		       0;
}

/* info_memory.c, info_signals.c */
u64 info_fill_memory(struct procfd_info *info, u64 mask,
		     struct task_struct *task);
u64 info_fill_signals(struct procfd_info *info, u64 mask,
		      struct task_struct *task, const struct info_view *view);

#endif /* PROCFD_INFO_H */
