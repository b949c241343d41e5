// SPDX-License-Identifier: GPL-2.0-only
/*
 * AUTOREAP: the probe that lets the kernel release a child by itself
 *
 * A return probe on do_notify_parent() turns its answer into "nobody will wait",
 * and the kernel releases the task at once.  The entry probe runs with
 * tasklist_lock held for writing, so the task, its parent and whether it is
 * traced stand still.  A traced task is its tracer's.
 *
 * Three things would undo it, and each is put right where it happens:
 *
 *	exec of the child     de_thread() makes the exit signal SIGCHLD:
 *	                      reparent.c
 *	exec of the parent    the kernel sends SIGCHLD whatever the exit signal is,
 *	                      as parent_exec_id differs: evened in the entry probe
 *	end of the parent     reparenting makes the exit signal SIGCHLD:
 *	                      reparent.c
 *
 * Where the probe does not fire the zombie is left to leftover.c.
 */
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>

#include "autoreap.h"
#include "compat/kprobes.h"
#include "compat/symbols.h"
#include "procfd.h"

static DEFINE_MUTEX(autoreap_mutex);
static bool autoreap_armed;

bool autoreap_given(void)
{
	return symbol_found(do_notify_parent) && symbol_found(task_work_add) &&
	       !kprobes_check();
}

/* ---- the probe ---- */

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
	*slot = autoreap_find(task_tgid(task));
	rcu_read_unlock();
	if (!*slot)
		return 1;

	set_bit(PROCESS_HOOKED, &(*slot)->state);
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
	/* The child's reference kept it here until now. */
	autoreap_done(*slot);
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

/* ---- armed at first use ---- */

static int autoreap_hook(void)
{
	int err;

	if (autoreap_armed)
		return 0;
	probe_renew(&notify_parent_probe.kp);
	err = register_kretprobe(&notify_parent_probe);
	if (err)
		return probe_error(err);
	err = reparent_hook();
	if (err) {
		unregister_kretprobe(&notify_parent_probe);
		return err;
	}
	process_set_work(PROCESS_REAPED, autoreap_done);
	process_set_work(PROCESS_LET_GO, autoreap_let_go);
	leftover_hook();
	autoreap_armed = true;
	return 0;
}

int autoreap_arm(void)
{
	int err;

	if (!symbol_found(do_notify_parent))
		return -EOPNOTSUPP;
	err = kprobes_check();
	if (err)
		return err;
	mutex_lock(&autoreap_mutex);
	err = autoreap_hook();
	mutex_unlock(&autoreap_mutex);
	return err;
}

/* No such child is alive: each holds the module. */
void autoreap_exit(void)
{
	if (autoreap_armed) {
		reparent_unhook();
		unregister_kretprobe(&notify_parent_probe);
	}
	reparent_exit();
}
