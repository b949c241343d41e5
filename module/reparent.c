// SPDX-License-Identifier: GPL-2.0-only
/*
 * An AUTOREAP child has no exit signal, which is what hides it from waits without
 * __WALL.  The kernel gives it SIGCHLD in the middle of an exec, and when its
 * parent ends and it gets another.  Here that is taken back: in the exec, a
 * moment later; after the end of a parent by a sweep, and before the new parent
 * waits while one is due.  Who waits already is woken to look again.
 */
#include <linux/kprobes.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "autoreap.h"
#include "compat/trace.h"
#include "procfd.h"
#include "tracepoints.h"

/*
 * Parents that began to end since their children were last put right.  Zero:
 * nobody who waits has to look.
 */
static atomic_t reparenting;
static bool somebody_leaving;
/* There are zombies, left or traced, whose release no probe may tell. */
static bool somebody_left;

static void sweep_worker(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweep_work, sweep_worker);

void reparent_sweep(void)
{
	mod_delayed_work(procfd_workqueue, &sweep_work, 0);
}

/* Before exit_notify(), which gives away the children and who is traced. */
static void parent_exits(struct task_struct *task)
{
	if (!atomic_read(&autoreap_alive) ||
	    (list_empty(&task->children) && list_empty(&task->ptraced)))
		return;
	atomic_inc(&reparenting);
	reparent_sweep();
}

/* Is @task between the start of its end and giving its children away? */
static bool is_leaving(struct task_struct *task)
{
	return READ_ONCE(task->flags) & PF_EXITING &&
	       !READ_ONCE(task->exit_state);
}

/* Not over the -1 of a leader that another thread replaces: so cmpxchg. */
static void hide(struct procfd_process *process, struct task_struct *task)
{
	if (cmpxchg(&task->exit_signal, SIGCHLD, 0) == SIGCHLD)
		process_defer(process, PROCESS_REPARENTED);
}

/* Is it a zombie that nobody is going to reap, as it seems? */
static bool put_right(struct procfd_process *process, struct task_struct *task)
{
	if (!task) {
		process_defer(process, PROCESS_REAPED);
		return false;
	}
	if (is_leaving(rcu_dereference(task->real_parent)) ||
	    is_leaving(rcu_dereference(task->parent)))
		WRITE_ONCE(somebody_leaving, true);
	if (process_has_ended(process) &&
	    !test_bit(PROCESS_HOOKED, &process->state))
		WRITE_ONCE(somebody_left, true);
	if (autoreap_is_left(task))
		return true;
	hide(process, task);
	return false;
}

static void first_look(struct procfd_process *process, struct task_struct *task)
{
	if (put_right(process, task))
		set_bit(PROCESS_SEEN_LEFT, &process->state);
}

/* So seems one whose end is being told just now; not any more if it did before. */
static void second_look(struct procfd_process *process,
			struct task_struct *task)
{
	if (put_right(process, task) &&
	    test_bit(PROCESS_SEEN_LEFT, &process->state))
		process_defer(process, PROCESS_LEFT);
}

static void look_at_all(void (*look)(struct procfd_process *process,
				     struct task_struct *task))
{
	rcu_read_lock();
	autoreap_visit_rcu(look);
	rcu_read_unlock();
}

/*
 * Until no parent is on its way out.  The kernel changes parent, signal and exit state
 * one after the other, under tasklist_lock: whoever was seen between two of them is
 * through after a grace period, and seen again.
 */
static void sweep_worker(struct work_struct *work)
{
	int seen = atomic_read(&reparenting);

	WRITE_ONCE(somebody_leaving, false);
	WRITE_ONCE(somebody_left, false);
	look_at_all(first_look);
	synchronize_rcu();
	look_at_all(second_look);
	if (READ_ONCE(somebody_leaving))
		queue_delayed_work(procfd_workqueue, &sweep_work, 1);
	else
		atomic_cmpxchg(&reparenting, seen, 0);
	if (READ_ONCE(somebody_left))
		queue_delayed_work(procfd_workqueue, &sweep_work, HZ);
}

/* In the worker: who waits already may have counted the child in. */
static void wake_parent(struct procfd_process *process)
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

static bool is_subreaper(struct task_struct *task)
{
	return task->signal->is_child_subreaper;
}

/* Only these get children that others have made. */
static bool is_reaper(struct task_struct *task)
{
	return data_race(is_subreaper(task)) ||
	       is_child_reaper(task_tgid(task));
}

static void hide_own(struct procfd_process *process, struct task_struct *task)
{
	if (task &&
	    same_thread_group(rcu_dereference(task->real_parent), current) &&
	    !READ_ONCE(task->exit_state))
		hide(process, task);
}

/* Someone is about to wait: it must not count such a child in. */
static void before_wait(void *data, struct pid *pid)
{
	if (!atomic_read(&autoreap_alive) || !atomic_read(&reparenting) ||
	    !is_reaper(current))
		return;
	rcu_read_lock();
	autoreap_visit_rcu(hide_own);
	rcu_read_unlock();
}

/* @task is in an exec, or through with it. */
static void hide_after_exec(struct task_struct *task)
{
	struct procfd_process *process;

	if (!atomic_read(&autoreap_alive))
		return;
	rcu_read_lock();
	process = autoreap_find(task_tgid(task));
	if (process)
		hide(process, task);
	rcu_read_unlock();
}

/*
 * unshare_files(): what exec calls next after de_thread() has set the signal.  The
 * microsecond between the two is not closed: a wait with WNOHANG may find the
 * child in it.  One that sleeps is woken to look again.
 */
static int exec_set_signal(struct kprobe *probe, struct pt_regs *regs)
{
	hide_after_exec(current);
	return 0;
}

static struct kprobe exec_probe = {
	.symbol_name = "unshare_files",
	.pre_handler = exec_set_signal,
};

static void probe_process_exit(COMPAT_EXIT_EVENT_ARGS)
{
	parent_exits(task);
}

static void probe_process_exec(void *data, struct task_struct *task,
			       pid_t old_pid, struct linux_binprm *bprm)
{
	hide_after_exec(task);
}

/* Compares prototypes when this is built; never called. */
static inline void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_sched_process_exit(probe_process_exit);
	check_trace_callback_type_sched_process_exec(probe_process_exec);
	check_trace_callback_type_sched_process_wait(before_wait);
}

static const struct tracepoint_probe reparent_probes[] = {
	{ "sched_process_exit", probe_process_exit },
	{ "sched_process_exec", probe_process_exec },
	{ "sched_process_wait", before_wait },
};

int reparent_hook(void)
{
	int err =
		tracepoints_join(reparent_probes, ARRAY_SIZE(reparent_probes));

	if (err)
		return err;
	probe_renew(&exec_probe);
	err = register_kprobe(&exec_probe);
	if (err) {
		tracepoints_leave(reparent_probes, ARRAY_SIZE(reparent_probes));
		return probe_error(err);
	}
	process_set_work(PROCESS_REPARENTED, wake_parent);
	return 0;
}

void reparent_unhook(void)
{
	unregister_kprobe(&exec_probe);
	tracepoints_leave(reparent_probes, ARRAY_SIZE(reparent_probes));
}

void reparent_exit(void)
{
	cancel_delayed_work_sync(&sweep_work);
}
