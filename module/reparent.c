// SPDX-License-Identifier: GPL-2.0-only
/*
 * An AUTOREAP child has no exit signal, which is what hides it from waits without
 * __WALL.  The kernel gives it SIGCHLD when it execs, and when its parent ends
 * and it gets another.  Here that is taken back: after an exec at once; after
 * the end of a parent by a sweep, and before anyone waits while one is due.
 */
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "autoreap.h"
#include "procfd.h"

/*
 * Parents that began to end since their children were last put right.  Zero:
 * nobody who waits has to look.
 */
static atomic_t reparenting;
static bool somebody_leaving;

static void sweep_worker(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweep_work, sweep_worker);

/* Before exit_notify(), which gives away the children and who is traced. */
void reparent_parent_exits(struct task_struct *task)
{
	if (!atomic_read(&autoreap_alive) ||
	    (list_empty(&task->children) && list_empty(&task->ptraced)))
		return;
	atomic_inc(&reparenting);
	mod_delayed_work(procfd_workqueue, &sweep_work, 0);
}

/* Is @task between the start of its end and giving its children away? */
static bool is_leaving(struct task_struct *task)
{
	return task->flags & PF_EXITING && !READ_ONCE(task->exit_state);
}

static void put_right(struct procfd_process *process)
{
	struct task_struct *task;

	if (!test_bit(PROCESS_AUTOREAP, &process->state))
		return;
	task = pid_task(process->pid, PIDTYPE_PID);
	if (!task)
		return;
	if (is_leaving(rcu_dereference(task->real_parent)) ||
	    is_leaving(rcu_dereference(task->parent)))
		WRITE_ONCE(somebody_leaving, true);
	if (leftover_is(task)) {
		process_defer(process, PROCESS_LEFT);
	} else if (READ_ONCE(task->exit_signal) == SIGCHLD) {
		WRITE_ONCE(task->exit_signal, 0);
		process_defer(process, PROCESS_REPARENTED);
	}
}

static void put_all_right(void)
{
	rcu_read_lock();
	process_visit_rcu(put_right);
	rcu_read_unlock();
}

/*
 * Until no parent is on its way out.  forget_original_parent() first changes the
 * parent and then the signal, under tasklist_lock: whoever was seen between the
 * two is through after a grace period, and seen again.
 */
static void sweep_worker(struct work_struct *work)
{
	int seen = atomic_read(&reparenting);

	WRITE_ONCE(somebody_leaving, false);
	put_all_right();
	if (!READ_ONCE(somebody_leaving)) {
		synchronize_rcu();
		put_all_right();
	}
	if (READ_ONCE(somebody_leaving))
		queue_delayed_work(procfd_workqueue, &sweep_work, 1);
	else
		atomic_cmpxchg(&reparenting, seen, 0);
}

/* In the worker: who waits already may have counted the child in. */
void reparent_wake(struct procfd_process *process)
{
	struct task_struct *task, *parent;

	rcu_read_lock();
	task = pid_task(process->pid, PIDTYPE_PID);
	if (task) {
		parent = rcu_dereference(task->real_parent);
		__wake_up_sync_key(&parent->signal->wait_chldexit,
				   TASK_INTERRUPTIBLE, task);
	}
	rcu_read_unlock();
}

/* Someone is about to wait: it must not count such a child in. */
void reparent_before_wait(void *data, struct pid *pid)
{
	if (atomic_read(&reparenting) && atomic_read(&autoreap_alive))
		put_all_right();
}

void reparent_exec(struct task_struct *task)
{
	struct procfd_process *process;

	if (!atomic_read(&autoreap_alive))
		return;
	rcu_read_lock();
	process = autoreap_find(task);
	if (process) {
		WRITE_ONCE(task->exit_signal, 0);
		process_defer(process, PROCESS_REPARENTED);
	}
	rcu_read_unlock();
}

void reparent_exit(void)
{
	cancel_delayed_work_sync(&sweep_work);
}
