// SPDX-License-Identifier: GPL-2.0-only
/*
 * AUTOREAP children stay hidden from plain waits also at the moments when the
 * kernel itself gives them an exit signal: in the middle of an exec, and when
 * they get another parent.
 */
#include <sys/prctl.h>

#include "support.h"

#define ROUNDS 40

static pid_t autoreap_child(int *procfd, void (*run)(void))
{
	int dev = device();
	pid_t pid = ASSERT_OK(clone_child(dev, PROCFD_AUTOREAP, 0, procfd));

	if (!pid) {
		run();
		_exit(1);
	}
	close(dev);
	return pid;
}

/* By exec another program, which ends at once. */
static void exec_true(void)
{
	execl("/bin/busybox", "true", NULL);
}

TEST(wait_that_sleeps_through_an_exec_says_echild_at_the_end)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		struct procfd_exit record;
		int procfd;

		autoreap_child(&procfd, exec_true);
		ASSERT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
		record = ended_record(procfd);
		EXPECT_EQ(record.code, CLD_EXITED);
		EXPECT_EQ(record.status, 0);
		close(procfd);
	}
}

/* One that has a child of the usual kind sleeps on, and gets only that. */
TEST(wait_that_sleeps_through_an_exec_gets_the_other_child)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		pid_t other = fork_sleeper(), pid;
		int procfd, status;

		pid = autoreap_child(&procfd, exec_true);
		ASSERT_EQ(poll_fd(procfd, POLLIN, SOON_MS) & POLLIN, POLLIN);
		ASSERT_SOON(kill(pid, 0) < 0 && errno == ESRCH);
		ASSERT_OK(kill(other, SIGTERM));
		ASSERT_EQ(waitpid(-1, &status, 0), other);
		ASSERT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
		close(procfd);
	}
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

static void leave_a_child(void *arg)
{
	int procfd;

	*(volatile pid_t *)arg = autoreap_child(&procfd, sleep_for_ever);
}

/* The moment the parent is reaped its child is ours, and hidden. */
TEST(new_parent_never_sees_the_child_it_is_given)
{
	pid_t *child = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i;

	ASSERT_NE((long)child, (long)MAP_FAILED);
	ASSERT_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < ROUNDS; i++) {
		pid_t parent = fork_child(leave_a_child, child);

		ASSERT_EQ(reap(parent), 0);
		ASSERT_ERRNO(waitpid(-1, NULL, WNOHANG), ECHILD);
		ASSERT_OK(kill(*child, SIGKILL));
		ASSERT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
		ASSERT_SOON(kill(*child, 0) < 0 && errno == ESRCH);
	}
}
