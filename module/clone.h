/* SPDX-License-Identifier: GPL-2.0-only */
/* The flags of clone3(2) that CLONE was built to know. */
#ifndef PROCFD_CLONE_H
#define PROCFD_CLONE_H

#include <linux/sched.h>

/*
 * CLONE_DETACHED and the bits of CSIGNAL mean nothing to clone3(2), but for
 * CLONE_NEWTIME, which lies among them.  CLONE_THREAD needs a procfd of a
 * thread.  Flags of later kernels are added when their rules are known.
 */
#define PROCFD_CLONE_FLAGS                                                 \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_PIDFD | \
	 CLONE_PTRACE | CLONE_VFORK | CLONE_PARENT | CLONE_NEWNS |         \
	 CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |              \
	 CLONE_CHILD_CLEARTID | CLONE_UNTRACED | CLONE_CHILD_SETTID |      \
	 CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |   \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_IO | CLONE_NEWTIME |          \
	 CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)

#endif /* PROCFD_CLONE_H */
