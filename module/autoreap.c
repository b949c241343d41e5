// SPDX-License-Identifier: GPL-2.0-only
/*
 * AUTOREAP: children that need nobody to wait for them
 *
 * A return probe on do_notify_parent() turns its answer into "nobody will wait",
 * and the kernel releases the task at once.  Three things would undo it, and
 * each is put right where it happens:
 *
 *	exec of the child     de_thread() makes the exit signal SIGCHLD:
 *	                      back to none in sched_process_exec
 *	exec of the parent    the kernel sends SIGCHLD whatever the exit signal is,
 *	                      as parent_exec_id differs: evened in the entry probe
 *	end of the parent     reparenting makes the exit signal SIGCHLD: back to
 *	                      none before anyone waits, and by the worker
 *
 * The entry probe runs with tasklist_lock held for writing, so the task, its
 * parent and whether it is traced stand still.  A traced task is its tracer's.
 *
 * An AUTOREAP child holds its object and the module until it is released.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "compat/kprobes.h"
#include "compat/symbols.h"
#include "compat/trace.h"
#include "hooks.h"
#include "procfd.h"

static DEFINE_MUTEX(autoreap_mutex);
static bool autoreap_armed;
static atomic_t autoreap_alive;

/*
 * Parents that began to end since their children were last put right.  Zero:
 * nobody who waits has to look.
 */
static atomic_t reparenting;
static bool somebody_leaving;

static void sweep_worker(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweep_work, sweep_worker);

/* ---- are kprobes switched on? ---- */

static atomic_t canary_hits;

static noinline void autoreap_canary(void)
{
	/* Not empty, so that the call is not optimized away. */
	barrier();
}

static int canary_hit(struct kprobe *probe, struct pt_regs *regs)
{
	atomic_inc(&canary_hits);
	return 0;
}

static struct kprobe canary = {
	.addr = (kprobe_opcode_t *)autoreap_canary,
	.pre_handler = canary_hit,
};

static bool canary_set;

/* Switched off at run time, a probe can be registered and never fires. */
static bool kprobes_fire(void)
{
	int before = atomic_read(&canary_hits);

	if (!canary_set && register_kprobe(&canary))
		return false;
	canary_set = true;
	autoreap_canary();
	return atomic_read(&canary_hits) != before;
}

bool autoreap_given(void)
{
	bool given;

	if (!symbol_found(do_notify_parent) || !symbol_found(task_work_add))
		return false;
	mutex_lock(&autoreap_mutex);
	given = kprobes_fire();
	mutex_unlock(&autoreap_mutex);
	return given;
}

/* ---- the probe ---- */

static struct procfd_process *find_autoreap(struct task_struct *task)
{
	struct procfd_process *process = process_find_rcu(task_pid(task));

	return process && test_bit(PROCESS_AUTOREAP, &process->state) ?
		       process :
		       NULL;
}

/* Non-zero: not ours, leave the return alone. */
static int notify_parent_entry(struct kretprobe_instance *instance,
			       struct pt_regs *regs)
{
	struct procfd_process **slot = (void *)instance->data;
	struct task_struct *task;

	if (!atomic_read(&autoreap_alive))
		return 1;
	task = (struct task_struct *)compat_kernel_argument(regs, 0);
	if (task->ptrace || !task_has_ended(task))
		return 1;
	rcu_read_lock();
	*slot = find_autoreap(task);
	rcu_read_unlock();
	if (!*slot)
		return 1;

	/* No signal, and none for the sake of an exec of the parent either. */
	compat_set_kernel_argument(regs, 1, 0);
	WRITE_ONCE(task->parent_exec_id,
		   READ_ONCE(rcu_dereference_raw(task->parent)->self_exec_id));
	return 0;
}

static int notify_parent_return(struct kretprobe_instance *instance,
				struct pt_regs *regs)
{
	struct procfd_process **slot = (void *)instance->data;

	regs_set_return_value(regs, true);
	/* The child's reference, which only now ends, kept it here. */
	process_defer(*slot, PROCESS_REAPED);
	return 0;
}

/* Entered one at a time, under tasklist_lock. */
static struct kretprobe notify_parent_probe = {
	.kp.symbol_name = "do_notify_parent",
	.entry_handler = notify_parent_entry,
	.handler = notify_parent_return,
	.data_size = sizeof(struct procfd_process *),
	.maxactive = 64,
};

/* ---- reparenting ---- */

/* Before exit_notify(), which gives the children away. */
void autoreap_parent_exits(struct task_struct *task)
{
	if (!atomic_read(&autoreap_alive) || list_empty(&task->children))
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
	if (is_leaving(rcu_dereference(task->real_parent)))
		WRITE_ONCE(somebody_leaving, true);
	/* A zombie that was left, with probes switched off, is for init. */
	if (READ_ONCE(task->exit_signal) == SIGCHLD && !task->exit_state) {
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
void autoreap_wake_parent(struct procfd_process *process)
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
static void probe_process_wait(void *data, struct pid *pid)
{
	if (atomic_read(&reparenting) && atomic_read(&autoreap_alive))
		put_all_right();
}

void autoreap_exec(struct task_struct *task)
{
	struct procfd_process *process;

	if (!atomic_read(&autoreap_alive))
		return;
	rcu_read_lock();
	process = find_autoreap(task);
	if (process) {
		WRITE_ONCE(task->exit_signal, 0);
		process_defer(process, PROCESS_REPARENTED);
	}
	rcu_read_unlock();
}

/* ---- the life of an AUTOREAP child ---- */

/* In the fork hook: @child has not run.  Module and object stay for it. */
void autoreap_adopt(struct procfd_process *process, struct task_struct *child)
{
	if (test_and_set_bit(PROCESS_AUTOREAP, &process->state))
		return;
	refcount_inc(&process->refs);
	__module_get(THIS_MODULE);
	atomic_inc(&autoreap_alive);
	child->exit_signal = 0;
}

/* In the worker: it was released, by the probe or by whoever waited for it. */
void autoreap_done(struct procfd_process *process)
{
	if (!test_and_clear_bit(PROCESS_AUTOREAP, &process->state))
		return;
	atomic_dec(&autoreap_alive);
	process_put(process);
	module_put(THIS_MODULE);
}

static int autoreap_hook(void)
{
	int err;

	if (autoreap_armed)
		return 0;
	err = register_kretprobe(&notify_parent_probe);
	if (err)
		return -EOPNOTSUPP;
	err = tracepoint_set("sched_process_wait", probe_process_wait);
	if (err) {
		unregister_kretprobe(&notify_parent_probe);
		return err;
	}
	autoreap_armed = true;
	return 0;
}

int autoreap_arm(void)
{
	int err = -EOPNOTSUPP;

	if (!symbol_found(do_notify_parent))
		return err;
	mutex_lock(&autoreap_mutex);
	if (kprobes_fire())
		err = autoreap_hook();
	mutex_unlock(&autoreap_mutex);
	return err;
}

/* No such child is alive: each holds the module. */
void autoreap_exit(void)
{
	if (autoreap_armed) {
		tracepoint_clear("sched_process_wait", probe_process_wait);
		unregister_kretprobe(&notify_parent_probe);
	}
	if (canary_set)
		unregister_kprobe(&canary);
	cancel_delayed_work_sync(&sweep_work);
	check_trace_callback_type_sched_process_wait(probe_process_wait);
}
