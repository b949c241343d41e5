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

/* cputime.c: what a thread has used */
struct usage {
	u64 utime_ns;
	u64 stime_ns;
	u64 runtime_ns;
	u64 minflt;
	u64 majflt;
	u64 nvcsw;
	u64 nivcsw;
};

struct usage usage_of_thread(struct task_struct *task);

/*
 * Who looks, and at what.
 * @pids, @users: the caller's namespaces
 * @mask:         the groups that are wanted; others are left out
 * @size:         bytes of the record, as many as the groups need at least
 * @type:         TGID: processes; PID: threads, each by itself
 */
struct info_view {
	struct pid_namespace *pids;
	struct user_namespace *users;
	u64 mask;
	u32 size;
	enum pid_type type;
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
void info_view_init(struct info_view *view, u64 mask, u32 size,
		    enum pid_type type);
bool info_fill_rcu(struct procfd_info *info, struct pid *pid,
		   struct task_struct *now, const struct info_view *view);

/* What only we know of a process; @process may be NULL. */
static inline u32 info_process_flags(const struct procfd_process *process)
{
	return process && test_bit(PROCESS_AUTOREAP, &process->state) ?
		       PROCFD_PROCESS_AUTOREAP :
		       0;
}

/* As pid_nr_ns(), in line: there are six of them in each record. */
static inline int info_pid_nr(const struct info_view *view,
			      const struct pid *pid)
{
	const struct upid *upid;

	if (!pid || view->pids->level > pid->level)
		return 0;
	upid = &pid->numbers[view->pids->level];
	return upid->ns == view->pids ? upid->nr : 0;
}

/*
 * What takes more than reading a member.  Each returns the groups it could give, and
 * writes every member of these.
 */
#define INFO_USAGE (PROCFD_INFO_CPU | PROCFD_INFO_FAULTS | PROCFD_INFO_SWITCHES)
#define INFO_CREDENTIALS \
	(PROCFD_INFO_CREDS | PROCFD_INFO_CAPS | PROCFD_INFO_SECURITY)
#define INFO_MEMORY (PROCFD_INFO_RSS | PROCFD_INFO_MEMORY)
#define INFO_SIGNALS (PROCFD_INFO_SIGNALS | PROCFD_INFO_TTY)

u64 info_fill_usage(struct procfd_info *info, u64 mask,
		    struct task_struct *task, const struct info_view *view);
u64 info_fill_credentials(struct procfd_info *info, u64 mask,
			  struct task_struct *task,
			  const struct info_view *view);
u64 info_fill_memory(struct procfd_info *info, u64 mask,
		     struct task_struct *task);
u64 info_fill_signals(struct procfd_info *info, u64 mask,
		      struct task_struct *task, const struct info_view *view);

#endif /* PROCFD_INFO_H */
