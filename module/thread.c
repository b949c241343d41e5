// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of one thread
 *
 * No kernel before 6.9 tells of it, and later ones late.  Three moments are seen
 * here, on all of them:
 *
 *	sched_process_exit     the thread will run no more user code
 *	release_task()         it goes for good: the last moment, for a thread that
 *	                       was opened after the first one
 *	release_task() of the  another thread has exec'd and taken the leader's
 *	leader, in an exec     number: what had been its own ends here
 *
 * Of a leader the end is that of the process, which process_notify() hears of.
 *
 * Whoever opens puts the object into the table and looks at the thread then; here
 * it is the other way round, so one of the two sees the other.
 */
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>

#include "compat/kprobes.h"
#include "compat/symbols.h"
#include "compat/trace.h"
#include "procfd.h"
#include "tracepoints.h"

static DEFINE_MUTEX(thread_mutex);
static bool thread_armed;

static bool nobody_looks(void)
{
	smp_mb(); /* the task's exit_state before the look; see above */
	return !atomic_read(&process_threads);
}

static void thread_ends(struct procfd_process *process, void *task)
{
	if (record_take(process, task, RECORD_LIVE))
		process_defer(process, PROCESS_WAKE_END);
}

static void thread_execs(struct procfd_process *process, void *task)
{
	if (record_take(process, task, RECORD_EXEC))
		process_defer(process, PROCESS_WAKE_END);
}

static void probe_process_exit(COMPAT_EXIT_EVENT_ARGS)
{
	if (!nobody_looks() && !task_is_leader(task))
		process_visit(task_pid(task), true, thread_ends, task);
}

/* The old leader is none any more when the thread that exec'd releases it. */
static int before_release(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *task;

	if (nobody_looks())
		return 0;
	task = (struct task_struct *)compat_kernel_argument(regs, 0);
	if (task_is_leader(task))
		return 0;
	if (task != current && task->signal == current->signal)
		process_visit(task_pid(task), true, thread_execs, current);
	else
		process_visit(task_pid(task), true, thread_ends, task);
	return 0;
}

/* Compares prototypes when this is built; never called. */
static inline void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_sched_process_exit(probe_process_exit);
}

static const struct tracepoint_probe thread_probes[] = {
	{ "sched_process_exit", probe_process_exit },
};

static struct kprobe release_probe = {
	.symbol_name = "release_task",
	.pre_handler = before_release,
};

static int thread_hook(void)
{
	int err;

	probe_renew(&release_probe);
	err = register_kprobe(&release_probe);
	if (err)
		return probe_error(err);
	err = tracepoints_join(thread_probes, ARRAY_SIZE(thread_probes));
	if (err)
		unregister_kprobe(&release_probe);
	return err;
}

/* Needed before a thread can be opened. */
int thread_arm(void)
{
	int err;

	if (!symbol_found(release_task))
		return -EOPNOTSUPP;
	err = kprobes_check();
	if (err)
		return err;
	mutex_lock(&thread_mutex);
	if (!thread_armed)
		err = thread_hook();
	if (!err)
		thread_armed = true;
	mutex_unlock(&thread_mutex);
	return err;
}

bool thread_given(void)
{
	return symbol_found(release_task) && !kprobes_check();
}

/* No object of a thread is left. */
void thread_exit(void)
{
	if (!thread_armed)
		return;
	tracepoints_leave(thread_probes, ARRAY_SIZE(thread_probes));
	unregister_kprobe(&release_probe);
}
