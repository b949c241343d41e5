/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/mm.h> and what tells of core dumps */
#ifndef PROCFD_COMPAT_MM_H
#define PROCFD_COMPAT_MM_H

#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

/*
 * The counter as /proc/PID/status shows it.  6.2 made it one per CPU, and since
 * 7.0 status adds these up, where before it took what was near enough.  Goes
 * when the floor is 7.0.
 */
static inline unsigned long compat_mm_counter(struct mm_struct *mm, int member)
{
#ifdef PROCFD_MM_COUNTER_SUM
	return get_mm_counter_sum(mm, member);
#else
	return get_mm_counter(mm, member);
#endif
}

/*
 * Is a core of this process being written?  5.16 moved the mark from the mm to
 * signal_struct.  Goes when the floor is 5.16.
 */
static inline bool compat_core_dumping(struct task_struct *task)
{
#ifdef PROCFD_SIGNAL_HAS_CORE_STATE
	return READ_ONCE(task->signal->core_state);
#else
	bool dumping;

	if (!(task->signal->flags & SIGNAL_GROUP_COREDUMP))
		return false;
	task_lock(task);
	dumping = task->mm && READ_ONCE(task->mm->core_state);
	task_unlock(task);
	return dumping;
#endif
}

#endif /* PROCFD_COMPAT_MM_H */
