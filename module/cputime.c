// SPDX-License-Identifier: GPL-2.0-only
/*
 * What threads and processes have used: time, faults, switches
 *
 * A process is the sum of its threads: those that are gone are summed up in
 * signal_struct, under stats_lock, those that are left have their own numbers.
 */
#include <linux/math64.h>
#include <linux/rculist.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>

#include "compat/symbols.h"
#include "info.h"
#include "procfd.h"

/*
 * The ticks that were counted tell the ratio of user to system time, the
 * scheduler tells the sum: the same rule as cputime_adjust(), which is not
 * exported, and like it never less than what was shown before.
 */
static __always_inline void scale(const struct prev_cputime *shown, u64 runtime,
				  u64 *utime, u64 *stime)
{
	u64 shown_utime = READ_ONCE(shown->utime);
	u64 shown_stime = READ_ONCE(shown->stime);

	if (shown_utime + shown_stime >= runtime) {
		*utime = shown_utime;
		*stime = shown_stime;
		return;
	}
	if (!*stime)
		*stime = 0;
	else if (!*utime)
		*stime = runtime;
	else
		*stime = mul_u64_u64_div_u64(*stime, runtime, *utime + *stime);

	if (*stime < shown_stime)
		*stime = shown_stime;
	*utime = runtime - *stime;
	if (*utime < shown_utime) {
		*utime = shown_utime;
		*stime = runtime - *utime;
	}
}

void cputime_scale(const struct prev_cputime *shown, u64 runtime, u64 *utime,
		   u64 *stime)
{
	scale(shown, runtime, utime, stime);
}

/* The scheduler's clock of a task that runs is a tick old. */
u64 task_runtime(struct task_struct *task)
{
	if (task == current && symbol_found(task_sched_runtime))
		return symbol_call(task_sched_runtime)(task);
	return task->se.sum_exec_runtime;
}

/* What counts on while we look is as good as a moment earlier. */
static __always_inline void usage_add(struct usage *usage,
				      const struct task_struct *task)
{
	usage->utime_ns += data_race(task->utime);
	usage->stime_ns += data_race(task->stime);
	usage->runtime_ns += data_race(task->se.sum_exec_runtime);
	usage->minflt += data_race(task->min_flt);
	usage->majflt += data_race(task->maj_flt);
	usage->nvcsw += data_race(task->nvcsw);
	usage->nivcsw += data_race(task->nivcsw);
}

/* Threads that are gone. */
static __always_inline void usage_gone(struct usage *usage,
				       const struct signal_struct *sig)
{
	usage->utime_ns = sig->utime;
	usage->stime_ns = sig->stime;
	usage->runtime_ns = sig->sum_sched_runtime;
	usage->minflt = sig->min_flt;
	usage->majflt = sig->maj_flt;
	usage->nvcsw = sig->nvcsw;
	usage->nivcsw = sig->nivcsw;
}

static void usage_sum(struct usage *usage, const struct signal_struct *sig)
{
	struct task_struct *task;

	usage_gone(usage, sig);
	/* __for_each_thread() of a kernel with lockdep names tasklist_lock */
	list_for_each_entry_rcu(task, &sig->thread_head, thread_node)
		usage_add(usage, task);
}

/*
 * Under RCU.  A thread that ends while we sum moves from one part to the other.
 * Where they end faster than we sum, they are held up.
 */
static noinline struct usage usage_of_threads(struct signal_struct *sig)
{
	unsigned int seq, tries;
	struct usage usage;
	unsigned long flags;

	for (tries = 0; tries < 4; tries++) {
		seq = read_seqbegin(&sig->stats_lock);
		usage_sum(&usage, sig);
		if (!read_seqretry(&sig->stats_lock, seq))
			return usage;
	}
	read_seqlock_excl_irqsave(&sig->stats_lock, flags);
	usage_sum(&usage, sig);
	read_sequnlock_excl_irqrestore(&sig->stats_lock, flags);
	return usage;
}

/* Most processes have one thread, and that is @task.  False: this one has more. */
static __always_inline bool usage_of_single(struct usage *usage,
					    struct signal_struct *sig,
					    const struct task_struct *task)
{
	unsigned int seq = read_seqbegin(&sig->stats_lock);

	if (READ_ONCE(sig->nr_threads) != 1)
		return false;
	usage_gone(usage, sig);
	usage_add(usage, task);
	return !read_seqretry(&sig->stats_lock, seq);
}

static __always_inline void usage_of_process(struct usage *usage,
					     struct task_struct *task)
{
	struct signal_struct *sig = task->signal;

	/* Brings the scheduler's clock of the one that asks up to date. */
	if (sig == current->signal)
		task_runtime(current);
	if (!usage_of_single(usage, sig, task))
		*usage = usage_of_threads(sig);
	scale(&sig->prev_cputime, usage->runtime_ns, &usage->utime_ns,
	      &usage->stime_ns);
}

struct usage usage_of_thread(struct task_struct *task)
{
	struct usage usage = {};

	if (task == current)
		task_runtime(task);
	usage_add(&usage, task);
	scale(&task->prev_cputime, usage.runtime_ns, &usage.utime_ns,
	      &usage.stime_ns);
	return usage;
}

/* Under RCU. */
u64 info_fill_usage(struct procfd_info *info, u64 mask,
		    struct task_struct *task, const struct info_view *view)
{
	struct signal_struct *sig = task->signal;
	struct usage usage;

	if (view->type == PIDTYPE_PID)
		usage = usage_of_thread(task);
	else
		usage_of_process(&usage, task);
	if (mask & PROCFD_INFO_CPU) {
		info->utime_ns = usage.utime_ns;
		info->stime_ns = usage.stime_ns;
		info->cutime_ns = data_race(sig->cutime);
		info->cstime_ns = data_race(sig->cstime);
	}
	if (mask & PROCFD_INFO_FAULTS) {
		info->minflt = usage.minflt;
		info->majflt = usage.majflt;
		info->cminflt = data_race(sig->cmin_flt);
		info->cmajflt = data_race(sig->cmaj_flt);
	}
	if (mask & PROCFD_INFO_SWITCHES) {
		info->nvcsw = usage.nvcsw;
		info->nivcsw = usage.nivcsw;
	}
	return mask & INFO_USAGE;
}
