/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shields <trace/events/sched.h>
 *
 * Tracepoints are found by name, so nothing at load compares what they give
 * with what a probe takes.  check_trace_callback_type_*() does so when the
 * module is built: a probe with the wrong arguments is a compile error.
 */
#ifndef PROCFD_COMPAT_TRACE_H
#define PROCFD_COMPAT_TRACE_H

#include <linux/tracepoint.h>
#include <linux/version.h>
#include <trace/events/sched.h>

/*
 * Until 6.12 probes run with preemption off, since then under SRCU.  6.12 is
 * counted in: where it began depends on the configuration.  Goes when the floor
 * is 6.13.
 */
#define COMPAT_PROBES_ARE_ATOMIC (LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0))

/*
 * 7.0 gave sched_process_exit another argument.  Goes when the floor is 7.0.
 */
#ifdef PROCFD_EXIT_EVENT_HAS_GROUP_DEAD
#define COMPAT_EXIT_EVENT_ARGS \
	void *data, struct task_struct *task, bool group_dead
#else
#define COMPAT_EXIT_EVENT_ARGS void *data, struct task_struct *task
#endif

#endif /* PROCFD_COMPAT_TRACE_H */
