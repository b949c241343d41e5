// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of a process now, group by group
 *
 * The filling functions run under RCU and take a task that was found there.  They
 * are called for every process of a list: what a list wants is in line here, and
 * what it seldom wants is apart.
 */
#include <linux/cgroup.h>
#include <linux/ptrace.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include <asm/word-at-a-time.h>

#include "autoreap.h"
#include "compat/mm.h"
#include "compat/pid.h"
#include "info.h"
#include "procfd.h"
#include "words.h"

/* A zombie has let go of these. */
#define LIVE_GROUPS                                                   \
	(PROCFD_INFO_RSS | PROCFD_INFO_MEMORY | PROCFD_INFO_SIGNALS | \
	 PROCFD_INFO_TTY | PROCFD_INFO_SECURITY | PROCFD_INFO_CGROUP)

/* Seldom wanted in lists: one test for all of them. */
#define FURTHER_GROUPS                                            \
	(PROCFD_INFO_ID | PROCFD_INFO_CGROUP | INFO_CREDENTIALS | \
	 PROCFD_INFO_NAMESPACE_PIDS)

void info_view_init(struct info_view *view, u64 mask, u32 size,
		    enum pid_type type)
{
	view->pids = task_active_pid_ns(current);
	view->users = current_user_ns();
	view->mask = mask & INFO_UNDER_RCU;
	view->size = size;
	view->type = type;
}

static int info_task_nr(const struct info_view *view, struct task_struct *task,
			enum pid_type type)
{
	return info_pid_nr(view, READ_ONCE(task->signal->pids[type]));
}

static int info_tracer(const struct info_view *view, struct task_struct *task)
{
	struct task_struct *tracer = ptrace_parent(task);

	return tracer ? info_task_nr(view, tracer, PIDTYPE_TGID) : 0;
}

static void info_pids_below(struct procfd_info *info, struct pid *pid,
			    struct task_struct *task,
			    const struct info_view *view)
{
	info->pid = info_pid_nr(view, pid);
	info->tgid = info_task_nr(view, task, PIDTYPE_TGID);
	info->pgid = info_task_nr(view, task, PIDTYPE_PGID);
	info->sid = info_task_nr(view, task, PIDTYPE_SID);
	info->ppid = info_task_nr(view, rcu_dereference(task->real_parent),
				  PIDTYPE_TGID);
}

/* In the initial namespace a task has its numbers at hand. */
static void info_pids(struct procfd_info *info, struct pid *pid,
		      struct task_struct *task, const struct info_view *view)
{
	struct pid *pgrp = READ_ONCE(task->signal->pids[PIDTYPE_PGID]);
	struct pid *session = READ_ONCE(task->signal->pids[PIDTYPE_SID]);

	if (view->pids == &init_pid_ns && pgrp && session) {
		info->pid = pid->numbers[0].nr;
		info->tgid = task->tgid;
		info->pgid = pgrp->numbers[0].nr;
		info->sid = session->numbers[0].nr;
		info->ppid = rcu_dereference(task->real_parent)->tgid;
	} else {
		info_pids_below(info, pid, task, view);
	}
	info->tracer =
		unlikely(READ_ONCE(task->ptrace)) ? info_tracer(view, task) : 0;
}

/* The name up to its end; behind that there may be the rest of an older one. */
static void info_comm(struct procfd_info *info, struct task_struct *task)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long *to = (unsigned long *)info->comm, word, zeros = 0;
	const unsigned long *from = (const unsigned long *)task->comm;
	int i;

	BUILD_BUG_ON(sizeof(info->comm) != TASK_COMM_LEN);
	for (i = 0; i < TASK_COMM_LEN / (int)sizeof(word); i++) {
		word = zeros ? 0 : READ_ONCE(from[i]);
		if (has_zero(word, &zeros, &constants)) {
			zeros = prep_zero_mask(word, zeros, &constants);
			word &= zero_bytemask(create_zero_mask(zeros));
		}
		to[i] = word;
	}
	info->comm[sizeof(info->comm) - 1] = 0;
}

static u32 task_flags(struct task_struct *task)
{
	u32 flags = 0;

	if (READ_ONCE(task->flags) & PF_KTHREAD)
		flags |= PROCFD_PROCESS_KERNEL_THREAD;
	if (!task_is_leader(task))
		flags |= PROCFD_PROCESS_THREAD;
	if (READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT ||
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
	info->state = data_race(task_state_to_char(task));
	info->flags = task_flags(task);
	if (unlikely(atomic_read(&autoreap_alive)))
		info->flags |= autoreap_find(pid) ? PROCFD_PROCESS_AUTOREAP : 0;
}

static void info_sched(struct procfd_info *info, struct task_struct *task)
{
	info->policy = READ_ONCE(task->policy);
	info->nice = data_race(task_nice(task));
	info->priority = READ_ONCE(task->prio) - MAX_RT_PRIO;
	info->rt_priority = READ_ONCE(task->rt_priority);
	info->processor = task_cpu(task);
	info->exit_signal = READ_ONCE(task->exit_signal);
}

static void info_namespace_pids(struct procfd_info *info, struct pid *pid,
				const struct info_view *view)
{
	unsigned int i;

	BUILD_BUG_ON(MAX_PID_NS_LEVEL + 1 != PROCFD_NSPIDS_MAX);
	info->nr_nspids = 0;
	memset(info->nspids, 0, sizeof(info->nspids));
	for (i = view->pids->level; i <= pid->level; i++)
		info->nspids[info->nr_nspids++] = pid->numbers[i].nr;
}

static noinline u64 info_further(struct procfd_info *info, u64 mask,
				 struct pid *pid, struct task_struct *task,
				 const struct info_view *view)
{
	u64 given = mask & (FURTHER_GROUPS & ~INFO_CREDENTIALS);

	if (mask & PROCFD_INFO_ID)
		info->id = compat_pid_id(pid, task);
	if (mask & PROCFD_INFO_NAMESPACE_PIDS)
		info_namespace_pids(info, pid, view);
	if (mask & PROCFD_INFO_CGROUP)
		info->cgroup_id = cgroup_id(task_dfl_cgroup(task));
	if (mask & INFO_CREDENTIALS)
		given |= info_fill_credentials(info, mask, task, view);
	return given;
}

#define SIMPLE_GROUPS                                              \
	(PROCFD_INFO_PIDS | PROCFD_INFO_COMM | PROCFD_INFO_STATE | \
	 PROCFD_INFO_START | PROCFD_INFO_THREADS | PROCFD_INFO_SCHED)

static u64 info_simple(struct procfd_info *info, u64 mask, struct pid *pid,
		       struct task_struct *task, const struct info_view *view)
{
	if (mask & PROCFD_INFO_PIDS)
		info_pids(info, pid, task, view);
	if (mask & PROCFD_INFO_COMM)
		info_comm(info, task);
	if (mask & PROCFD_INFO_STATE)
		info_state(info, pid, task);
	if (mask & PROCFD_INFO_START)
		info->start_ns = READ_ONCE(task->start_boottime);
	if (mask & PROCFD_INFO_THREADS)
		info->nr_threads = data_race(get_nr_threads(task));
	if (mask & PROCFD_INFO_SCHED)
		info_sched(info, task);
	return mask & SIMPLE_GROUPS;
}

/* Most processes of a machine have no terminal, and that needs no lock. */
static u64 info_signals(struct procfd_info *info, u64 mask,
			struct task_struct *task, const struct info_view *view)
{
	if (!(mask & PROCFD_INFO_SIGNALS) && !READ_ONCE(task->signal->tty)) {
		info->tty = 0;
		info->tty_pgid = -1;
		return PROCFD_INFO_TTY;
	}
	return info_fill_signals(info, mask, task, view);
}

static u64 info_fill(struct procfd_info *info, u64 mask, struct pid *pid,
		     struct task_struct *task, const struct info_view *view)
{
	u64 given = info_simple(info, mask, pid, task, view);

	if (mask & INFO_USAGE)
		given |= info_fill_usage(info, mask, task, view);
	if (mask & INFO_MEMORY)
		given |= info_fill_memory(info, mask, task);
	if (mask & INFO_SIGNALS)
		given |= info_signals(info, mask, task, view);
	if (mask & FURTHER_GROUPS)
		given |= info_further(info, mask, pid, task, view);
	info->mask = given;
	info->size = sizeof(*info);
	return given;
}

/* Of a zombie, of one that is ending, of a kernel thread: what is left. */
static noinline void info_fill_less(struct procfd_info *info, struct pid *pid,
				    struct task_struct *task,
				    const struct info_view *view)
{
	u64 mask = view->mask;

	if (READ_ONCE(task->exit_state))
		mask &= ~LIVE_GROUPS;
	words_clear(info, view->size);
	info_fill(info, mask, pid, task, view);
}

/*
 * An old leader on its way out is not who has a number: if it was found there a moment
 * ago, its successor has it now; if it still is, it was the number of that one, and is
 * nobody's any more.  de_thread() gives the numbers away before it marks the leader.
 */
static struct task_struct *info_owner(struct pid *pid, struct task_struct *task,
				      enum pid_type type)
{
	struct task_struct *found = task;

	if (!task || type != PIDTYPE_PID || !task_gave_way(task))
		return task;
	smp_rmb(); /* the mark, then who has the number */
	task = pid_first_task(pid, type);
	return task != found ? task : NULL;
}

/*
 * What @pid has of the type of @view; @now is the task that was found there.  False:
 * there is none any more.
 *
 * @info is clear, or has what was filled in for another process and the same @view:
 * whatever has all groups needs no clearing, as the same members are written again.
 *
 * A task that is still attached afterwards was so all the time: its numbers are of
 * one moment.  If it is another one by then, an exec was between.
 */
bool info_fill_rcu(struct procfd_info *info, struct pid *pid,
		   struct task_struct *now, const struct info_view *view)
{
	struct task_struct *task;
	bool alive;

	do {
		task = info_owner(pid, now, view->type);
		if (!task)
			return false;
		if (unlikely(READ_ONCE(task->exit_state)) ||
		    info_fill(info, view->mask, pid, task, view) != view->mask)
			info_fill_less(info, pid, task, view);
		smp_rmb(); /* all of it before the second look */
		alive = data_race(pid_alive(task));
		smp_rmb(); /* a leader is replaced before it is released */
		now = pid_first_task(pid, view->type);
	} while (now != task);
	/* Released, its number goes first, and then that of the group. */
	return alive;
}
