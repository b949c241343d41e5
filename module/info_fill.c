// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of a process now, group by group
 *
 * The filling functions run under RCU and take a task that was found there.  Each
 * returns nothing, or the groups that it could give.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/ptrace.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seccomp.h>
#include <linux/string.h>

#include <asm/word-at-a-time.h>

#include "compat/capability.h"
#include "compat/mm.h"
#include "compat/pid.h"
#include "info.h"
#include "procfd.h"

/* A zombie has let go of these. */
#define LIVE_GROUPS                                                    \
	(PROCFD_INFO_RSS | PROCFD_INFO_MEMORY | PROCFD_INFO_SIGNALS |  \
	 PROCFD_INFO_TTY | PROCFD_INFO_SECURITY | PROCFD_INFO_CGROUP | \
	 PROCFD_INFO_NAMESPACES)

void info_view_init(struct info_view *view, bool thread)
{
	view->pids = task_active_pid_ns(current);
	view->users = current_user_ns();
	view->thread = thread;
}

/* As pid_nr_ns(), in line: there are six of them in each record. */
static int info_pid_nr(const struct info_view *view, const struct pid *pid)
{
	const struct upid *upid;

	if (!pid || view->pids->level > pid->level)
		return 0;
	upid = &pid->numbers[view->pids->level];
	return upid->ns == view->pids ? upid->nr : 0;
}

static int info_task_nr(const struct info_view *view, struct task_struct *task,
			enum pid_type type)
{
	return info_pid_nr(view, READ_ONCE(task->signal->pids[type]));
}

static void info_pids(struct procfd_info *info, struct pid *pid,
		      struct task_struct *task, const struct info_view *view)
{
	struct task_struct *tracer;

	info->pid = info_pid_nr(view, pid);
	info->tgid = info_task_nr(view, task, PIDTYPE_TGID);
	info->pgid = info_task_nr(view, task, PIDTYPE_PGID);
	info->sid = info_task_nr(view, task, PIDTYPE_SID);
	if (!pid_alive(task))
		return;
	info->ppid = info_task_nr(view, rcu_dereference(task->real_parent),
				  PIDTYPE_TGID);
	tracer = ptrace_parent(task);
	if (tracer)
		info->tracer = info_task_nr(view, tracer, PIDTYPE_TGID);
}

/* The name up to its end; behind that there may be the rest of an older one. */
static void info_comm(struct procfd_info *info, struct task_struct *task)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long *to = (unsigned long *)info->comm, word, zeros;
	const unsigned long *from = (const unsigned long *)task->comm;
	int i;

	BUILD_BUG_ON(sizeof(info->comm) != TASK_COMM_LEN);
	for (i = 0; i < TASK_COMM_LEN / (int)sizeof(word); i++) {
		word = READ_ONCE(from[i]);
		if (has_zero(word, &zeros, &constants)) {
			zeros = prep_zero_mask(word, zeros, &constants);
			to[i] = word & zero_bytemask(create_zero_mask(zeros));
			return;
		}
		to[i] = word;
	}
	info->comm[sizeof(info->comm) - 1] = 0;
}

static u32 task_flags(struct task_struct *task)
{
	u32 flags = 0;

	if (task->flags & PF_KTHREAD)
		flags |= PROCFD_PROCESS_KERNEL_THREAD;
	if (!thread_group_leader(task))
		flags |= PROCFD_PROCESS_THREAD;
	if (task->signal->flags & SIGNAL_GROUP_EXIT ||
	    !atomic_read(&task->signal->live))
		flags |= PROCFD_PROCESS_EXITING;
	if (task_has_ended(task))
		flags |= PROCFD_PROCESS_ENDED;
	if (compat_core_dumping(task))
		flags |= PROCFD_PROCESS_CORE_DUMPING;
	if (task_no_new_privs(task))
		flags |= PROCFD_PROCESS_NO_NEW_PRIVS;
	return flags;
}

static void info_state(struct procfd_info *info, struct pid *pid,
		       struct task_struct *task)
{
	info->state = task_state_to_char(task);
	info->flags = task_flags(task) |
		      info_process_flags(process_find_rcu(pid, false));
}

static u32 uid_for(const struct info_view *view, kuid_t uid)
{
	if (view->users == &init_user_ns)
		return __kuid_val(uid);
	return from_kuid_munged(view->users, uid);
}

static u32 gid_for(const struct info_view *view, kgid_t gid)
{
	if (view->users == &init_user_ns)
		return __kgid_val(gid);
	return from_kgid_munged(view->users, gid);
}

static void info_creds(struct procfd_info *info, const struct cred *cred,
		       const struct info_view *view)
{
	info->ruid = uid_for(view, cred->uid);
	info->euid = uid_for(view, cred->euid);
	info->suid = uid_for(view, cred->suid);
	info->fsuid = uid_for(view, cred->fsuid);
	info->rgid = gid_for(view, cred->gid);
	info->egid = gid_for(view, cred->egid);
	info->sgid = gid_for(view, cred->sgid);
	info->fsgid = gid_for(view, cred->fsgid);
}

static void info_caps(struct procfd_info *info, const struct cred *cred)
{
	info->cap_inheritable = compat_cap_mask(cred->cap_inheritable);
	info->cap_permitted = compat_cap_mask(cred->cap_permitted);
	info->cap_effective = compat_cap_mask(cred->cap_effective);
	info->cap_bounding = compat_cap_mask(cred->cap_bset);
	info->cap_ambient = compat_cap_mask(cred->cap_ambient);
}

static void info_usage(struct procfd_info *info, u64 mask,
		       struct task_struct *task, const struct info_view *view)
{
	struct signal_struct *sig = task->signal;
	struct usage usage;

	if (view->thread)
		usage_of_thread(&usage, task);
	else
		usage_of_process(&usage, task);
	if (mask & PROCFD_INFO_CPU) {
		info->utime_ns = usage.utime_ns;
		info->stime_ns = usage.stime_ns;
		info->cutime_ns = sig->cutime;
		info->cstime_ns = sig->cstime;
	}
	if (mask & PROCFD_INFO_FAULTS) {
		info->minflt = usage.minflt;
		info->majflt = usage.majflt;
		info->cminflt = sig->cmin_flt;
		info->cmajflt = sig->cmaj_flt;
	}
	if (mask & PROCFD_INFO_SWITCHES) {
		info->nvcsw = usage.nvcsw;
		info->nivcsw = usage.nivcsw;
	}
}

static void info_sched(struct procfd_info *info, struct task_struct *task)
{
	info->policy = task->policy;
	info->nice = task_nice(task);
	info->priority = task->prio - MAX_RT_PRIO;
	info->rt_priority = task->rt_priority;
	info->processor = task_cpu(task);
	info->exit_signal = task->exit_signal;
}

/* One that is ending has no umask any more. */
static u64 info_security(struct procfd_info *info, struct task_struct *task)
{
	bool has_fs;

	task_lock(task);
	has_fs = task->fs;
	if (has_fs)
		info->umask = task->fs->umask;
	task_unlock(task);
#ifdef CONFIG_SECCOMP
	if (has_fs)
		info->seccomp = task->seccomp.mode;
#endif
	return has_fs ? PROCFD_INFO_SECURITY : 0;
}

static void info_namespace_pids(struct procfd_info *info, struct pid *pid,
				const struct info_view *view)
{
	unsigned int i;

	BUILD_BUG_ON(MAX_PID_NS_LEVEL + 1 != PROCFD_NSPIDS_MAX);
	for (i = view->pids->level; i <= pid->level; i++)
		info->nspids[info->nr_nspids++] = pid->numbers[i].nr;
}

static void info_fill_creds(struct procfd_info *info, u64 mask,
			    struct task_struct *task,
			    const struct info_view *view)
{
	const struct cred *cred = __task_cred(task);

	if (mask & PROCFD_INFO_CREDS)
		info_creds(info, cred, view);
	if (mask & PROCFD_INFO_CAPS)
		info_caps(info, cred);
}

static void info_fill_simple(struct procfd_info *info, u64 mask,
			     struct pid *pid, struct task_struct *task,
			     const struct info_view *view)
{
	if (mask & PROCFD_INFO_ID)
		info->id = compat_pid_id(pid, task);
	if (mask & PROCFD_INFO_PIDS)
		info_pids(info, pid, task, view);
	if (mask & PROCFD_INFO_COMM)
		info_comm(info, task);
	if (mask & PROCFD_INFO_STATE)
		info_state(info, pid, task);
	if (mask & PROCFD_INFO_START)
		info->start_ns = task->start_boottime;
	if (mask & PROCFD_INFO_THREADS)
		info->nr_threads = get_nr_threads(task);
	if (mask & PROCFD_INFO_SCHED)
		info_sched(info, task);
	if (mask & PROCFD_INFO_NAMESPACE_PIDS)
		info_namespace_pids(info, pid, view);
}

static void info_fill(struct procfd_info *info, u64 mask, struct pid *pid,
		      struct task_struct *task, const struct info_view *view)
{
	u64 given;

	mask &= INFO_UNDER_RCU;
	if (READ_ONCE(task->exit_state))
		mask &= ~LIVE_GROUPS;
	given = mask & ~LIVE_GROUPS;
	info_fill_simple(info, mask, pid, task, view);
	if (mask & (PROCFD_INFO_CREDS | PROCFD_INFO_CAPS))
		info_fill_creds(info, mask, task, view);
	if (mask &
	    (PROCFD_INFO_CPU | PROCFD_INFO_FAULTS | PROCFD_INFO_SWITCHES))
		info_usage(info, mask, task, view);
	if (mask & (PROCFD_INFO_RSS | PROCFD_INFO_MEMORY))
		given |= info_fill_memory(info, mask, task);
	if (mask & (PROCFD_INFO_SIGNALS | PROCFD_INFO_TTY))
		given |= info_fill_signals(info, mask, task, view);
	if (mask & PROCFD_INFO_SECURITY)
		given |= info_security(info, task);
	if (mask & PROCFD_INFO_CGROUP) {
		info->cgroup_id = cgroup_id(task_dfl_cgroup(task));
		given |= PROCFD_INFO_CGROUP;
	}
	info->mask = given;
	info->size = sizeof(*info);
}

/*
 * What @pid has of this @type.  Only groups of @mask are touched in @info, of
 * which @size bytes are there, and mask and size.  A task that is still attached
 * afterwards was so all the time: its numbers are of one moment.  If it is another
 * one by then, an exec was between; none: false.
 */
bool info_fill_rcu(struct procfd_info *info, u32 size, u64 mask,
		   struct pid *pid, enum pid_type type,
		   const struct info_view *view)
{
	struct task_struct *task, *now = pid_task(pid, type);
	bool alive;

	do {
		task = now;
		/* An old leader on its way out is not who had this number. */
		if (!task || (type == PIDTYPE_PID && task_gave_way(task)))
			return false;
		memset64((u64 *)info, 0, size / sizeof(u64));
		info_fill(info, mask, pid, task, view);
		smp_rmb(); /* all of it before the second look */
		alive = pid_alive(task);
		smp_rmb(); /* a leader is replaced before it is released */
		now = pid_task(pid, type);
	} while (now != task);
	/* Released, its number goes first, and then that of the group. */
	return alive;
}
