/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of NEXT_CHILD share. */
#ifndef PROCFD_TESTS_NEXT_CHILD_H
#define PROCFD_TESTS_NEXT_CHILD_H

#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "native.h"

static inline int arm(unsigned int flags)
{
	int dev = device();
	int procfd = ASSERT_OK(next_child(dev, flags));

	close(dev);
	return procfd;
}

static inline void expect_bound(int procfd, pid_t pid, int code)
{
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	expect_exit(procfd, code);
	EXPECT_EQ(reap(pid), code << 8);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN | POLLHUP);
}

#endif
