// SPDX-License-Identifier: GPL-2.0-only
/*
 * AUTOREAP: children that need nobody to wait for them
 *
 * Here is who they are.  autoreap_probe.c has the kernel release them, reparent.c
 * keeps them hidden from plain waits, leftover.c sees to those that the probe did
 * not see.  Each holds its object and the module until it is released.
 */
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>

#include "autoreap.h"
#include "procfd.h"

atomic_t autoreap_alive;

static HLIST_HEAD(autoreap_list);
static DEFINE_RAW_SPINLOCK(autoreap_lock);

static void autoreap_link(struct procfd_process *process)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&autoreap_lock, flags);
	hlist_add_head_rcu(&process->autoreap, &autoreap_list);
	raw_spin_unlock_irqrestore(&autoreap_lock, flags);
}

static void autoreap_unlink(struct procfd_process *process)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&autoreap_lock, flags);
	hlist_del_rcu(&process->autoreap);
	raw_spin_unlock_irqrestore(&autoreap_lock, flags);
}

/* Under RCU; @task is NULL where the child is gone. */
void autoreap_visit_rcu(void (*func)(struct procfd_process *process,
				     struct task_struct *task))
{
	struct procfd_process *process;

	hlist_for_each_entry_rcu(process, &autoreap_list, autoreap)
		func(process, pid_task(process->pid, PIDTYPE_PID));
}

static void pick(struct procfd_process *process, void *found)
{
	if (test_bit(PROCESS_AUTOREAP, &process->state))
		*(struct procfd_process **)found = process;
}

/* Under RCU; takes no reference. */
struct procfd_process *autoreap_find(struct pid *pid)
{
	struct procfd_process *found = NULL;

	process_visit(pid, false, pick, &found);
	return found;
}

/* In the fork hook: @child has not run.  Module and object stay for it. */
void autoreap_adopt(struct procfd_process *process, struct task_struct *child)
{
	if (test_and_set_bit(PROCESS_AUTOREAP, &process->state))
		return;
	set_bit(PROCESS_LISTED, &process->state);
	refcount_inc(&process->refs);
	__module_get(THIS_MODULE);
	atomic_inc(&autoreap_alive);
	autoreap_link(process);
	child->exit_signal = 0;
}

/* In the worker: the child's reference is the last one. */
void autoreap_let_go(struct procfd_process *process)
{
	process_put(process);
	module_put(THIS_MODULE);
}

/*
 * It was released, by the probe or by whoever waited for it.  Any context that may take
 * a raw lock: mostly somebody else still holds the object, and no worker is woken.
 */
void autoreap_done(struct procfd_process *process)
{
	if (!test_and_clear_bit(PROCESS_AUTOREAP, &process->state))
		return;
	autoreap_unlink(process);
	atomic_dec(&autoreap_alive);
	if (refcount_dec_not_one(&process->refs))
		module_put(THIS_MODULE);
	else
		process_defer(process, PROCESS_LET_GO);
}
