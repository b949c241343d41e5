// SPDX-License-Identifier: GPL-2.0-only
/* GET_INFO: what is known of one process, alive or not */
#include <linux/err.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "access.h"
#include "info.h"
#include "procfd.h"
#include "words.h"

/* What is left of a process that was reaped. */
#define GONE_GROUPS                                               \
	(PROCFD_INFO_ID | PROCFD_INFO_STATE | PROCFD_INFO_START | \
	 PROCFD_INFO_EXIT)

/*
 * Outside of RCU: each takes a reference on the namespace and drops it again.
 * Every process has a mount namespace, until it ends.
 */
static void info_namespaces_of(struct procfd_info *info,
			       struct task_struct *task)
{
	u64 inums[PROCFD_NAMESPACE_UTS], *to = &info->ns_cgroup;
	int i;

	if (READ_ONCE(task->exit_state) || !may_read_namespace_ids(task))
		return;
	for (i = 0; i < ARRAY_SIZE(inums); i++)
		inums[i] = namespace_inum(task, i + PROCFD_NAMESPACE_CGROUP);
	if (!inums[PROCFD_NAMESPACE_MNT - PROCFD_NAMESPACE_CGROUP])
		return;
	for (i = 0; i < ARRAY_SIZE(inums); i++)
		to[i] = inums[i];
	info->mask |= PROCFD_INFO_NAMESPACES;
}

/* An exec may give it more rights meanwhile; nobody waits here until it has. */
static void info_namespaces(struct procfd_info *info, struct pid *pid,
			    enum pid_type type)
{
	struct task_struct *task = get_pid_task(pid, type);

	if (!task)
		return;
	if (down_read_trylock(&task->signal->exec_update_lock)) {
		info_namespaces_of(info, task);
		up_read(&task->signal->exec_update_lock);
	}
	put_task_struct(task);
}

static void info_exit(struct procfd_info *info, struct procfd_file *file)
{
	if (!process_has_ended(file->process))
		return;
	record_view(file, &info->exit);
	info->mask |= PROCFD_INFO_EXIT;
}

/* Reaped: the record is what is left, and the numbers may be another's. */
static int info_of_reaped(struct procfd_info *info, u64 mask,
			  struct procfd_process *process)
{
	if (!process_has_ended(process))
		return -ESRCH;
	words_clear(info, sizeof(*info));
	info->size = sizeof(*info);
	info->mask = mask & GONE_GROUPS & ~PROCFD_INFO_EXIT;
	if (mask & PROCFD_INFO_ID)
		info->id = process->id;
	if (mask & PROCFD_INFO_START)
		info->start_ns = process->exit.start_ns;
	if (mask & PROCFD_INFO_STATE) {
		info->state = 'X';
		info->flags = PROCFD_PROCESS_EXITING | PROCFD_PROCESS_ENDED |
			      PROCFD_PROCESS_REAPED |
			      info_process_flags(process);
		if (test_bit(PROCESS_KTHREAD, &process->state))
			info->flags |= PROCFD_PROCESS_KERNEL_THREAD;
	}
	return 0;
}

static int info_of_task(struct procfd_info *info, u64 mask,
			struct procfd_process *process, enum pid_type type)
{
	struct info_view view;
	bool there;

	words_clear(info, sizeof(*info));
	info_view_init(&view, mask, sizeof(*info), type);
	rcu_read_lock();
	there = info_fill_rcu(info, process->pid,
			      pid_first_task(process->pid, type), &view);
	rcu_read_unlock();
	if (!there)
		return info_of_reaped(info, mask, process);
	if (mask & PROCFD_INFO_STATE && process_is_thread(process) &&
	    process_has_ended(process))
		info->flags |= PROCFD_PROCESS_ENDED | PROCFD_PROCESS_EXITING;
	return 0;
}

long procfd_get_info(struct file *filp, void *arg)
{
	struct procfd_file *file = filp->private_data;
	struct procfd_process *process = visible_process(file);
	struct procfd_info *info = arg;
	u64 mask = info->mask;
	enum pid_type type;
	int err;

	if (IS_ERR(process))
		return PTR_ERR(process);
	type = process_is_thread(process) ? PIDTYPE_PID : PIDTYPE_TGID;
	err = may_see_pid(process->pid);
	if (!err)
		err = info_of_task(info, mask, process, type);
	if (err)
		return err;
	if (mask & PROCFD_INFO_NAMESPACES)
		info_namespaces(info, process->pid, type);
	if (mask & PROCFD_INFO_EXIT)
		info_exit(info, file);
	return 0;
}
