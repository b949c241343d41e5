/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of AUTOREAP have in common. */
#ifndef PROCFD_TESTS_AUTOREAP_H
#define PROCFD_TESTS_AUTOREAP_H

#include "native.h"

enum way { BY_CLONE, BY_NEXT_CHILD };

/* As fork(). The child is AUTOREAP. */
static inline pid_t autoreap_fork(enum way way, int *procfd)
{
	int dev = device();
	pid_t pid;

	if (way == BY_CLONE) {
		pid = clone_child(dev, PROCFD_AUTOREAP, 0, procfd);
	} else {
		*procfd = ASSERT_OK(next_child(dev, PROCFD_AUTOREAP));
		pid = fork();
	}
	ASSERT_OK(pid);
	close(dev);
	return pid;
}

/* A child that calls the function and exits with its result. */
static inline pid_t autoreap_child(enum way way, int *procfd,
				   int (*run)(void *), void *arg)
{
	pid_t pid = autoreap_fork(way, procfd);

	if (!pid)
		_exit(run(arg));
	return pid;
}

static inline int wait_at_gate(void *gate)
{
	gate_wait(gate);
	return 9;
}

static inline int sleep_until_killed(void *unused)
{
	for (;;)
		pause();
	return 0;
}

static inline bool is_hung_up(int procfd)
{
	return poll_fd(procfd, 0, 0) & POLLHUP;
}

/* Alive, and no wait of the parent's counts it in but those for all kinds. */
static inline void expect_unseen(pid_t pid)
{
	EXPECT_ERRNO(waitpid(-1, NULL, WNOHANG), ECHILD);
	EXPECT_ERRNO(waitpid(pid, NULL, WNOHANG), ECHILD);
	EXPECT_ERRNO(waitpid(pid, NULL, WNOHANG | WUNTRACED), ECHILD);
	EXPECT_EQ(waitpid(pid, NULL, WNOHANG | __WALL), 0);
	EXPECT_EQ(waitpid(-1, NULL, WNOHANG | __WCLONE), 0);
}

/*
 * It ends with that status and is gone, with nobody waiting for it. The caller
 * has blocked SIGCHLD and has no other children.
 */
static inline void expect_goes_by_itself(pid_t pid, int procfd, int status)
{
	struct procfd_exit record = ended_record(procfd);

	expect_status(&record, status);
	ASSERT_SOON(is_hung_up(procfd));
	EXPECT_ERRNO(kill(pid, 0), ESRCH);
	EXPECT_FALSE(signal_pending(SIGCHLD));
	EXPECT_ERRNO(waitpid(pid, NULL, WNOHANG | __WALL), ECHILD);
	EXPECT_ERRNO(waitpid(-1, NULL, WNOHANG | __WALL), ECHILD);
	EXPECT_ERRNO(waitpid(-1, NULL, WNOHANG), ECHILD);
}

#endif
