/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/pid.h> */
#ifndef PROCFD_COMPAT_PID_H
#define PROCFD_COMPAT_PID_H

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/threads.h>
#include <linux/version.h>
#include <uapi/linux/pidfd.h>

/*
 * Does the kernel wake pid->wait_pidfd when the last task leaves a pid?  Since
 * 6.9 it does; below, proc_flush_pid() is probed.  Goes when the floor is 6.9.
 */
#define COMPAT_PID_WAKES_AT_REAP (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0))

/* A pidfd of a thread: since 6.9.  Goes when the floor is 6.9. */
#ifdef PIDFD_THREAD
#define COMPAT_PIDFD_THREAD PIDFD_THREAD
#else
#define COMPAT_PIDFD_THREAD 0
#endif

/*
 * A number that no other process has while the machine is up.  6.9 gave struct
 * pid one.  Below, the number in the initial namespace (22 bits at most) is
 * joined with the start time in units of 2^14 ns: a number would have to come
 * round within 16 us, or again to the same 16 us after 2.3 years.  A thread that is
 * first opened in the middle of its exec has the start time of its process already, and
 * so another id than before; its fd ends with that exec.  Goes when the floor is 6.9.
 */
static inline u64 compat_pid_id(struct pid *pid, struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	return pid->ino;
#else
	BUILD_BUG_ON(PID_MAX_LIMIT > 1 << 22);
	return (READ_ONCE(task->start_boottime) >> 14 << 22) |
	       pid->numbers[0].nr;
#endif
}

#endif /* PROCFD_COMPAT_PID_H */
