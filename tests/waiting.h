/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of WAIT share. */
#ifndef PROCFD_TESTS_WAITING_H
#define PROCFD_TESTS_WAITING_H

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>

#include "native.h"

static inline void expect_result(const struct procfd_wait *wait, pid_t pid,
				 int code, int status)
{
	EXPECT_EQ(wait->code, code);
	EXPECT_EQ(wait->status, status);
	EXPECT_EQ(wait->pid, pid);
	EXPECT_EQ(wait->uid, getuid());
}

static inline bool is_reaped(int procfd)
{
	return poll_fd(procfd, 0, 0) & POLLHUP;
}

#endif
