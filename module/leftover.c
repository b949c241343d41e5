// SPDX-License-Identifier: GPL-2.0-only
/*
 * AUTOREAP children that are zombies all the same
 *
 * The return probe does not fire when kprobes were switched off after the child
 * was made, and there is nothing for it to see when a thread ends that traced
 * its own process's child and had not waited for it.  Then the parent reaps the
 * child, as it next returns to user space: only a parent can.
 */
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <uapi/linux/wait.h>

#include "autoreap.h"
#include "compat/symbols.h"
#include "procfd.h"

struct left_zombie {
	struct callback_head work;
	struct procfd_process *process;
};

/* In the parent, on its way to user space. */
static void reap_as_parent(struct callback_head *work)
{
	struct left_zombie *left = container_of(work, struct left_zombie, work);
	struct wait_opts opts = {
		.wo_type = PIDTYPE_PID,
		.wo_pid = left->process->pid,
		.wo_flags = WEXITED | WNOHANG | __WALL,
	};

	clear_bit(PROCESS_ASKED, &left->process->state);
	symbol_call(do_wait)(&opts);
	process_put(left->process);
	kfree(left);
	/* Module exit waits for the return from here. */
	module_put(THIS_MODULE);
}

/* If the parent is ending, init has it soon. */
static void ask_parent(struct procfd_process *process,
		       struct task_struct *parent)
{
	struct left_zombie *left;

	if (test_and_set_bit(PROCESS_ASKED, &process->state))
		return;
	/* for want of it the zombie would stay, and nobody comes by again */
	left = kzalloc(sizeof(*left), GFP_KERNEL | __GFP_NOFAIL);
	left->process = process;
	refcount_inc(&process->refs);
	__module_get(THIS_MODULE);
	init_task_work(&left->work, reap_as_parent);
	if (symbol_call(task_work_add)(parent, &left->work, TWA_RESUME)) {
		clear_bit(PROCESS_ASKED, &process->state);
		process_put(process);
		kfree(left);
		module_put(THIS_MODULE);
	}
}

static struct task_struct *parent_of_left(struct procfd_process *process)
{
	struct task_struct *task, *parent = NULL;

	rcu_read_lock();
	task = pid_task(process->pid, PIDTYPE_PID);
	if (task && autoreap_is_left(task)) {
		parent = rcu_dereference(task->real_parent);
		get_task_struct(parent);
	}
	rcu_read_unlock();
	return parent;
}

/*
 * In the worker.  The end of the child may just be under way, and the probe about to
 * fire: a sweep tells, that looks twice.  It comes again until the child is gone.
 */
static void leftover_reap(struct procfd_process *process)
{
	struct task_struct *parent;

	if (!test_bit(PROCESS_AUTOREAP, &process->state) ||
	    test_bit(PROCESS_HOOKED, &process->state))
		return;
	if (!test_bit(PROCESS_SEEN_LEFT, &process->state)) {
		reparent_sweep();
		return;
	}
	if (!symbol_found(do_wait))
		return;
	parent = parent_of_left(process);
	if (!parent)
		return;
	ask_parent(process, parent);
	put_task_struct(parent);
}

void leftover_hook(void)
{
	process_set_work(PROCESS_LEFT, leftover_reap);
}
