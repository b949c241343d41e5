// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exit record: taken once while the process is still there, and shown to
 * each reader in its own numbers
 */
#include <linux/pid_namespace.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>
#include <linux/task_io_accounting_ops.h>
#include <linux/timekeeping.h>

#include "info.h"
#include "procfd.h"
#include "words.h"

/*
 * Has it been the leader until another thread came to its place by exec?  It is
 * about to be released; de_thread() marks its group as long as that lasts.
 */
bool task_gave_way(struct task_struct *task)
{
	return !task_is_leader(task) && READ_ONCE(task->exit_state) &&
	       READ_ONCE(task->signal->notify_count) == -1;
}

/*
 * Can what this object names run no more user code?  The leader of a group stands
 * for all of it.  In an exec by another thread the old leader has that thread's
 * number for a moment: it is not what was opened, see thread.c.
 */
bool process_is_over(struct procfd_process *process, struct task_struct *task)
{
	if (!process_is_thread(process) || task_is_leader(task))
		return task_has_ended(task);
	return READ_ONCE(task->exit_state) && !task_gave_way(task);
}

static void record_status(struct procfd_exit *exit, struct task_struct *task)
{
	struct signal_struct *sig = task->signal;
	int code = task->exit_code;

	/* A kernel thread's code is whatever its function returned. */
	if (task->flags & PF_KTHREAD)
		return;
	if (sig->flags & SIGNAL_GROUP_EXIT)
		code = sig->group_exit_code;

	exit->wait_status = code & 0xffff;
	if (code & 0x7f) {
		exit->code = code & 0x80 ? CLD_DUMPED : CLD_KILLED;
		exit->status = code & 0x7f;
	} else {
		exit->code = CLD_EXITED;
		exit->status = code >> 8 & 0xff;
	}
	exit->mask |= PROCFD_EXIT_STATUS;
}

/*
 * What the process has used.  Its dead threads are summed up in signal_struct;
 * the leader is added there too when it is released (__exit_signal()), which
 * nr_threads tells.
 */
static void record_usage(struct procfd_exit *exit, struct task_struct *task)
{
	struct signal_struct *sig = task->signal;
	u64 runtime = sig->sum_sched_runtime;

	exit->utime_ns = sig->utime;
	exit->stime_ns = sig->stime;
	exit->minflt = sig->min_flt;
	exit->majflt = sig->maj_flt;
	exit->nvcsw = sig->nvcsw;
	exit->nivcsw = sig->nivcsw;
	exit->inblock = sig->inblock;
	exit->oublock = sig->oublock;
	if (sig->nr_threads) {
		exit->utime_ns += task->utime;
		exit->stime_ns += task->stime;
		exit->minflt += task->min_flt;
		exit->majflt += task->maj_flt;
		/* It still has to switch away, once and for ever. */
		exit->nvcsw += task->nvcsw + (task == current);
		exit->nivcsw += task->nivcsw;
		exit->inblock += task_io_get_inblock(task);
		exit->oublock += task_io_get_oublock(task);
		runtime += task_runtime(task);
	}
	cputime_scale(&sig->prev_cputime, runtime, &exit->utime_ns,
		      &exit->stime_ns);
	exit->maxrss_bytes = (u64)sig->maxrss << PAGE_SHIFT;
	exit->mask |= PROCFD_EXIT_CPU | PROCFD_EXIT_FAULTS |
		      PROCFD_EXIT_SWITCHES | PROCFD_EXIT_BLOCK_IO |
		      PROCFD_EXIT_MEMORY;
}

static void record_children(struct procfd_exit *exit, struct signal_struct *sig)
{
	exit->cutime_ns = sig->cutime;
	exit->cstime_ns = sig->cstime;
	exit->cmaxrss_bytes = (u64)sig->cmaxrss << PAGE_SHIFT;
	exit->cminflt = sig->cmin_flt;
	exit->cmajflt = sig->cmaj_flt;
	exit->cnvcsw = sig->cnvcsw;
	exit->cnivcsw = sig->cnivcsw;
	exit->cinblock = sig->cinblock;
	exit->coublock = sig->coublock;
	exit->mask |= PROCFD_EXIT_CHILDREN;
}

/* Peak memory and children are the process's, not a thread's. */
static void record_thread_usage(struct procfd_exit *exit,
				struct task_struct *task)
{
	struct usage usage;

	usage = usage_of_thread(task);
	exit->utime_ns = usage.utime_ns;
	exit->stime_ns = usage.stime_ns;
	exit->minflt = usage.minflt;
	exit->majflt = usage.majflt;
	exit->nvcsw = usage.nvcsw;
	exit->nivcsw = usage.nivcsw;
	exit->inblock = task_io_get_inblock(task);
	exit->oublock = task_io_get_oublock(task);
	exit->mask |= PROCFD_EXIT_CPU | PROCFD_EXIT_FAULTS |
		      PROCFD_EXIT_SWITCHES | PROCFD_EXIT_BLOCK_IO;
}

static void record_fill(struct procfd_exit *exit, struct task_struct *task,
			bool thread)
{
	words_clear(exit, sizeof(*exit));
	exit->size = sizeof(*exit);
	exit->start_ns = READ_ONCE(task->start_boottime);
	exit->mask = PROCFD_EXIT_IDS | PROCFD_EXIT_START;
	record_status(exit, task);
	if (thread) {
		record_thread_usage(exit, task);
		return;
	}
	record_usage(exit, task);
	record_children(exit, task->signal);
}

/*
 * A zombie may be reaped while we look: its leader's numbers move into
 * signal_struct under stats_lock.  The sequence tells.  Not with any lock of
 * ours held: the writer calls process_notify() from inside.
 */
static void record_fill_zombie(struct procfd_exit *exit,
			       struct task_struct *task)
{
	unsigned int seq;

	do {
		seq = read_seqbegin(&task->signal->stats_lock);
		record_fill(exit, task, false);
	} while (read_seqretry(&task->signal->stats_lock, seq));
}

static void record_publish(struct procfd_process *process,
			   struct task_struct *task)
{
	process->exit_uid = task_uid(task);
	smp_wmb(); /* the record before the bit; process_has_ended() */
	set_bit(PROCESS_ENDED, &process->state);
}

static void record_fill_exec(struct procfd_exit *exit, struct task_struct *task,
			     u64 start_ns)
{
	record_fill(exit, task, true);
	exit->start_ns = start_ns;
	exit->code = PROCFD_CLD_EXEC;
	exit->status = 0;
	exit->wait_status = 0;
	exit->mask |= PROCFD_EXIT_STATUS;
}

/* Of a task that is ending just now: under the lock, in place. */
static void record_make(struct procfd_exit *exit,
			const struct procfd_process *process,
			struct task_struct *task, enum record_how how)
{
	if (how == RECORD_EXEC)
		record_fill_exec(exit, task, process->exit.start_ns);
	else
		record_fill(exit, task, process_is_thread(process));
	exit->end_ns = ktime_get_boottime_ns();
	exit->mask |= PROCFD_EXIT_END;
}

/* Of one that has ended some time ago: when, nobody knows. */
static void record_make_late(struct procfd_exit *exit,
			     const struct procfd_process *process,
			     struct task_struct *task)
{
	if (process_is_thread(process))
		record_fill(exit, task, true);
	else
		record_fill_zombie(exit, task);
}

/* Is the record @exit, or if NULL is made in its place?  False: there is one. */
static bool record_write(struct procfd_process *process,
			 struct task_struct *task, enum record_how how,
			 const struct procfd_exit *exit)
{
	unsigned long flags;
	bool first;

	raw_spin_lock_irqsave(&process->exit_lock, flags);
	first = !test_bit(PROCESS_ENDED, &process->state);
	if (first) {
		if (exit)
			process->exit = *exit;
		else
			record_make(&process->exit, process, task, how);
		record_publish(process, task);
	}
	raw_spin_unlock_irqrestore(&process->exit_lock, flags);
	return first;
}

static noinline bool record_take_late(struct procfd_process *process,
				      struct task_struct *task)
{
	struct procfd_exit exit;

	record_make_late(&exit, process, task);
	return record_write(process, task, RECORD_LATE, &exit);
}

/*
 * The first one to come writes the record, and is told so; later ones would find
 * other credentials and times.  Called from the kernel's notification, from
 * probes, and by those who open: any context that may take a raw lock.
 */
bool record_take(struct procfd_process *process, struct task_struct *task,
		 enum record_how how)
{
	if (test_bit(PROCESS_ENDED, &process->state))
		return false;
	if (how == RECORD_LATE)
		return record_take_late(process, task);
	return record_write(process, task, how, NULL);
}

/* The record as the calling task may see it through @file. */
void record_view(const struct procfd_file *file, struct procfd_exit *exit)
{
	const struct procfd_process *process = file->process;

	*exit = process->exit;
	exit->pid = pid_nr_ns(process->pid, task_active_pid_ns(current));
	exit->uid = from_kuid_munged(current_user_ns(), process->exit_uid);
	if (!(file->flags & FILE_BLOCK_IO)) {
		exit->inblock = 0;
		exit->oublock = 0;
		exit->cinblock = 0;
		exit->coublock = 0;
		exit->mask &= ~PROCFD_EXIT_BLOCK_IO;
	}
}
