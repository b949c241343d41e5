// SPDX-License-Identifier: GPL-2.0-only
/* Children that are born and end, while an allocation or a user copy fails. */
#include "autoreap.h"
#include "fault.h"

#define MEMORY (FAULT_EFAULT | FAULT_ENOMEM)

/* ---- CLONE ----------------------------------------------------------------------- */

struct clone_case {
	int dev;
	unsigned int flags;
	int exit_signal;
	uint64_t clone_flags;
	pid_t number; /* that it is to get, or 0 */
};

/* Its end is told in the record; one that AUTOREAP has is gone by itself. */
static void see_child_off(const struct clone_case *c, pid_t pid, int procfd)
{
	if (c->flags & PROCFD_AUTOREAP) {
		expect_exit(procfd, 7);
		ASSERT_SOON(is_hung_up(procfd));
	} else {
		EXPECT_EQ(reap(pid), 7 << 8);
		expect_exit(procfd, 7);
	}
	close(procfd);
}

static int call_clone(void *arg)
{
	const struct clone_case *c = arg;
	int procfd = -1, pidfd = -1;
	pid_t pid;
	struct procfd_clone clone = {
		.flags = c->flags,
		.procfd = (uintptr_t)&procfd,
		.clone_flags = c->clone_flags,
		.pidfd = c->clone_flags & CLONE_PIDFD ? (uintptr_t)&pidfd : 0,
		.exit_signal = c->exit_signal,
		.set_tid = c->number ? (uintptr_t)&c->number : 0,
		.set_tid_size = c->number != 0,
	};
	int error;

	fault_begin();
	pid = ioctl(c->dev, PROCFD_CLONE, &clone);
	error = ERRNO_OF(pid);
	if (!pid)
		_exit(7);
	fault_end();
	if (error)
		return error;
	see_child_off(c, pid, procfd);
	if (pidfd >= 0)
		close(pidfd);
	return 0;
}

static void fault_clone(struct clone_case c)
{
	fault_setup();
	c.dev = device();
	fault_each("CLONE", MEMORY, call_clone, &c);
}

TEST_TIMEOUT(fault_in_clone_with_all_it_can_have, 120)
{
	fault_clone(
		(struct clone_case){ .flags = PROCFD_KILL_ON_CLOSE,
				     .exit_signal = SIGCHLD,
				     .clone_flags = CLONE_PIDFD | CLONE_FILES,
				     .number = free_number() });
}

TEST_TIMEOUT(fault_in_clone_with_autoreap, 120)
{
	fault_clone((struct clone_case){ .flags = PROCFD_AUTOREAP });
}

/* ---- NEXT_CHILD ------------------------------------------------------------------ */

static void fork_bound(int procfd)
{
	pid_t pid = fork_exit(7);

	expect_exit(procfd, 7);
	EXPECT_EQ(reap(pid), 7 << 8);
}

/* A fork that fails leaves it armed, and the next one is bound. */
static int call_fork(void *dev)
{
	int procfd = ASSERT_OK(next_child(*(int *)dev, 0)), error;
	pid_t pid;

	fault_begin();
	pid = raw_clone(SIGCHLD);
	error = ERRNO_OF(pid);
	if (!pid)
		_exit(7);
	fault_end();
	if (error) {
		EXPECT_STATE(procfd, "unbound");
		fork_bound(procfd);
	} else {
		expect_exit(procfd, 7);
		EXPECT_EQ(reap(pid), 7 << 8);
	}
	close(procfd);
	return error;
}

TEST_TIMEOUT(fault_in_the_fork_of_the_next_child, 120)
{
	int dev = device();

	fault_setup();
	fault_each("fork", FAULT_ENOMEM, call_fork, &dev);
}

static int call_next_autoreap(void *dev)
{
	int procfd = FAULT(next_child(*(int *)dev, PROCFD_AUTOREAP));
	int error = ERRNO_OF(procfd);
	pid_t pid;

	if (error)
		return error;
	pid = fork_exit(7);
	expect_exit(procfd, 7);
	ASSERT_SOON(is_hung_up(procfd));
	EXPECT_ERRNO(waitpid(pid, NULL, WNOHANG | __WALL), ECHILD);
	close(procfd);
	return 0;
}

TEST_TIMEOUT(fault_in_next_child_with_autoreap, 120)
{
	int dev = device();

	fault_setup();
	fault_each("NEXT_CHILD", MEMORY, call_next_autoreap, &dev);
}

/* ---- WAIT ------------------------------------------------------------------------- */

/* Whatever failed, the child can be waited for, and its end is told. */
static int call_wait(void *options)
{
	pid_t pid = fork_exit(7);
	int procfd = procfd_of(pid), result, error;
	struct procfd_exit record = { 0 };
	struct procfd_wait wait = {
		.options = *(unsigned int *)options,
		.record = (uintptr_t)&record,
		.record_size = sizeof(record),
	};

	wait_readable(procfd);
	result = FAULT(ioctl(procfd, PROCFD_WAIT, &wait));
	error = ERRNO_OF(result);
	if (!error)
		expect_status(&record, 7 << 8);
	expect_exit(procfd, 7);
	EXPECT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.status, 7);
	close(procfd);
	return error;
}

TEST_TIMEOUT(fault_in_the_wait_that_reaps, 120)
{
	unsigned int options = PROCFD_WEXITED;

	fault_setup();
	fault_each("WAIT", FAULT_EFAULT, call_wait, &options);
}

TEST_TIMEOUT(fault_in_the_wait_that_does_not_reap, 120)
{
	unsigned int options = PROCFD_WEXITED | PROCFD_WNOWAIT;

	fault_setup();
	fault_each("WAIT", FAULT_EFAULT, call_wait, &options);
}
