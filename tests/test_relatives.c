// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_RELATIVE: parents, children, siblings, and everyone in order. */
#include <pthread.h>
#include <sys/prctl.h>

#include "finding.h"

#define PARENT PROCFD_RELATIVE_PARENT
#define FIRST_CHILD PROCFD_RELATIVE_FIRST_CHILD
#define NEXT_SIBLING PROCFD_RELATIVE_NEXT_SIBLING
#define NEXT PROCFD_RELATIVE_NEXT

#define SOME 12

static int relative(int procfd, unsigned int relation)
{
	return open_relative(procfd, relation, -1, 0);
}

/* Take the step, in place of the fd that was there. */
static bool step(int *procfd, unsigned int relation, int parent_fd)
{
	int next = open_relative(*procfd, relation, parent_fd, 0);

	if (next == -1)
		EXPECT_EQ(errno, ENOENT);
	close(*procfd);
	*procfd = next;
	return next >= 0;
}

/* The parent has exactly these children, in this order. */
static void expect_children(int parent, const pid_t *pids, int count)
{
	int child = relative(parent, FIRST_CHILD);

	for (int i = 0; i < count; i++) {
		ASSERT_OK(child);
		EXPECT_EQ(pid_of(child), pids[i]);
		step(&child, NEXT_SIBLING, i % 2 ? parent : -1);
	}
	EXPECT_EQ(child, -1);
}

static void fork_in_order(pid_t *pids, int count)
{
	for (int i = 0; i < count; i++)
		pids[i] = fork_sleeper();
	for (int i = 1; i < count; i++)
		if (pids[i] < pids[i - 1])
			SKIP("numbers began anew");
}

/* ---- parent ----------------------------------------------------------------------- */

TEST(relatives_parent_is_who_forked)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	expect_names(relative(procfd, PARENT), getpid(), 0);
	expect_names(open_relative(procfd, PARENT, -1, PROCFD_NONBLOCK),
		     getpid(), O_NONBLOCK);
	expect_names(relative(procfd_of(getpid()), PARENT), getppid(), 0);
	kill_and_reap(pid);
	EXPECT_ERRNO(relative(procfd, PARENT), ESRCH);
}

TEST(relatives_init_and_kthreadd_have_no_parent)
{
	EXPECT_ERRNO(relative(procfd_of(1), PARENT), ENOENT);
	EXPECT_ERRNO(relative(procfd_of(2), PARENT), ENOENT);
}

TEST(relatives_zombies_have_parents)
{
	pid_t pid = fork_exit(0);
	int procfd;

	wait_zombie(pid);
	procfd = procfd_of(pid);
	expect_names(relative(procfd, PARENT), getpid(), 0);
	expect_children(procfd_of(getpid()), &pid, 1);
	reap(pid);
}

static void leave_orphan(void *arg)
{
	if (!ASSERT_OK(fork()))
		for (;;)
			pause();
	gate_open((struct gate *)arg);
	pause();
}

TEST(relatives_parent_of_an_orphan_is_its_reaper)
{
	struct gate told = gate_make();
	int procfd, parent;
	pid_t pid;

	ASSERT_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	pid = fork_child(leave_orphan, &told);
	gate_wait(&told);
	parent = procfd_of(pid);
	procfd = ASSERT_OK(relative(parent, FIRST_CHILD));
	expect_names(relative(procfd, PARENT), pid, 0);
	EXPECT_ERRNO(open_relative(procfd, NEXT_SIBLING, -1, 0), ENOENT);
	kill_and_reap(pid);
	expect_names(relative(procfd, PARENT), getpid(), 0);
	EXPECT_ERRNO(relative(parent, FIRST_CHILD), ESRCH);
	expect_children(procfd_of(getpid()), (pid_t[]){ pid_of(procfd) }, 1);
	kill_and_reap(pid_of(procfd));
}

/* ---- children ----------------------------------------------------------------------- */

TEST(relatives_children_come_by_number)
{
	int self = procfd_of(getpid());
	pid_t pids[SOME];

	EXPECT_ERRNO(relative(self, FIRST_CHILD), ENOENT);
	fork_in_order(pids, SOME);
	expect_children(self, pids, SOME);
	expect_names(relative(self, FIRST_CHILD), pids[0], 0);
	expect_names(open_relative(self, FIRST_CHILD, -1, PROCFD_NONBLOCK),
		     pids[0], O_NONBLOCK);
	expect_names(open_relative(procfd_of(pids[3]), NEXT_SIBLING, self,
				   PROCFD_NONBLOCK),
		     pids[4], O_NONBLOCK);
	expect_kills_on_close(open_relative(procfd_of(pids[4]), NEXT_SIBLING,
					    -1, PROCFD_KILL_ON_CLOSE),
			      pids[5]);
	expect_names(relative(procfd_of(pids[4]), NEXT_SIBLING), pids[6], 0);
	for (int i = 0; i < SOME; i++)
		if (i != 5)
			kill_and_reap(pids[i]);
	EXPECT_ERRNO(relative(self, FIRST_CHILD), ENOENT);
}

TEST(relatives_siblings_are_those_of_the_given_parent)
{
	int self = procfd_of(getpid()), other;
	pid_t pids[SOME];

	fork_in_order(pids, SOME);
	other = procfd_of(pids[0]);
	/* They have no children. */
	EXPECT_ERRNO(open_relative(procfd_of(pids[2]), NEXT_SIBLING, other, 0),
		     ENOENT);
	/* No child itself, but with a number to go on from. */
	expect_names(open_relative(procfd_of(1), NEXT_SIBLING, self, 0),
		     pids[0], 0);
	for (int i = 0; i < SOME; i++)
		kill_and_reap(pids[i]);
}

TEST(relatives_walk_goes_on_behind_children_that_are_reaped_under_it)
{
	int self = procfd_of(getpid()), child;
	pid_t pids[SOME];

	fork_in_order(pids, SOME);
	child = relative(self, FIRST_CHILD);
	for (int i = 0; i < SOME; i++) {
		EXPECT_EQ(pid_of(child), pids[i]);
		kill_and_reap(pids[i]);
		if (i < SOME - 1)
			EXPECT_ERRNO(relative(child, NEXT_SIBLING), ESRCH);
		step(&child, NEXT_SIBLING, self);
	}
	EXPECT_EQ(child, -1);
}

TEST(relatives_siblings_by_a_parent_that_was_reaped_are_none)
{
	pid_t pid, child, sleeper = fork_sleeper();
	int parent = reaped_procfd(&pid), init = procfd_of(1);

	EXPECT_ERRNO(open_relative(procfd_of(sleeper), NEXT_SIBLING, parent, 0),
		     ENOENT);
	EXPECT_ERRNO(open_relative(init, NEXT_SIBLING, parent, 0), ENOENT);
	ASSERT_EQ(parent_with_number(pid, &child), pid);
	EXPECT_ERRNO(open_relative(init, NEXT_SIBLING, parent, 0), ENOENT);
	EXPECT_ERRNO(relative(parent, FIRST_CHILD), ESRCH);
	expect_names(open_relative(init, NEXT_SIBLING, procfd_of(pid), 0),
		     child, 0);
	kill_and_reap(pid);
	kill_and_reap(sleeper);
}

static void *fork_in_thread(void *pid)
{
	*(pid_t *)pid = fork_sleeper();
	return NULL;
}

TEST(relatives_children_of_threads_are_the_processs)
{
	pid_t pids[3] = { fork_sleeper() };
	pthread_t thread;

	pthread_create(&thread, NULL, fork_in_thread, &pids[1]);
	pthread_join(thread, NULL);
	pids[2] = fork_sleeper();
	expect_children(procfd_of(getpid()), pids, 3);
	expect_names(relative(procfd_of(pids[1]), PARENT), getpid(), 0);
	expect_names(relative(procfd_of(pids[0]), NEXT_SIBLING), pids[1], 0);
	for (int i = 0; i < 3; i++)
		kill_and_reap(pids[i]);
}

TEST(relatives_with_a_parent_fd_that_is_no_procfd_are_ebadf)
{
	int self = procfd_of(getpid()), dev = device();
	int bad[] = { -2, INT32_MAX, 0, dev,
		      ASSERT_OK(pidfd_open_native(getpid())) };

	for (int i = 0; i < 5; i++)
		EXPECT_ERRNO(open_relative(self, NEXT_SIBLING, bad[i], 0),
			     EBADF);
	EXPECT_ERRNO(open_relative(self, NEXT_SIBLING, next_child(dev, 0), 0),
		     EUNATCH);
}

/* ---- next ------------------------------------------------------------------------------ */

TEST(relatives_next_is_the_next_number_also_of_who_was_reaped)
{
	pid_t pids[3];
	int procfd;

	fork_in_order(pids, 3);
	procfd = procfd_of(pids[0]);
	expect_names(relative(procfd, NEXT), pids[1], 0);
	expect_names(open_relative(procfd, NEXT, -1, PROCFD_NONBLOCK), pids[1],
		     O_NONBLOCK);
	kill_and_reap(pids[1]);
	expect_names(relative(procfd, NEXT), pids[2], 0);
	kill_and_reap(pids[0]);
	expect_names(relative(procfd, NEXT), pids[2], 0);
	expect_names(relative(procfd_of(1), NEXT), 2, 0);
	kill_and_reap(pids[2]);
}

TEST(relatives_walk_from_the_root_meets_everyone_and_ends)
{
	int procfd = ASSERT_OK(open_root(device(), 0)), before = 0, met = 0;
	pid_t pids[SOME];

	fork_in_order(pids, SOME);
	do {
		pid_t pid = get_pid(procfd, -1);

		if (pid < 0)
			continue; /* one of the kernel's own, gone by now */
		EXPECT_GT(pid, before);
		before = pid;
		met += pid == getpid();
		for (int i = 0; i < SOME; i++)
			met += pid == pids[i];
	} while (step(&procfd, NEXT, -1));
	EXPECT_EQ(met, SOME + 1);
	for (int i = 0; i < SOME; i++)
		kill_and_reap(pids[i]);
}

static void *sleep_in_thread(void *gate)
{
	gate_wait(gate);
	return NULL;
}

TEST(relatives_next_is_never_a_thread)
{
	struct gate leave = gate_make();
	pid_t pid, first;
	pthread_t thread;
	int procfd;

	first = fork_sleeper();
	pthread_create(&thread, NULL, sleep_in_thread, &leave);
	pid = fork_sleeper();
	if (pid < first)
		SKIP("numbers began anew");
	procfd = ASSERT_OK(relative(procfd_of(first), NEXT));
	EXPECT_EQ(pid_of(procfd), pid);
	gate_open(&leave);
	pthread_join(thread, NULL);
	kill_and_reap(first);
	kill_and_reap(pid);
}

/* ---- pid namespaces ---------------------------------------------------------------------- */

static void relatives_inside(void *outside)
{
	int self = procfd_of(getpid()), child;
	pid_t pids[2];

	EXPECT_EQ(getpid(), 1);
	EXPECT_ERRNO(relative(self, PARENT), ENOENT);
	fork_in_order(pids, 2);
	expect_children(self, pids, 2);
	child = procfd_of(pids[0]);
	expect_names(relative(child, NEXT), pids[1], 0);
	expect_names(relative(child, PARENT), 1, 0);
	EXPECT_ERRNO(relative(procfd_of(pids[1]), NEXT), ENOENT);
	EXPECT_ERRNO(relative(*(int *)outside, NEXT), EREMOTE);
	EXPECT_ERRNO(relative(*(int *)outside, FIRST_CHILD), EREMOTE);
	EXPECT_ERRNO(open_relative(child, NEXT_SIBLING, *(int *)outside, 0),
		     EREMOTE);
	kill_and_reap(pids[0]);
	kill_and_reap(pids[1]);
}

TEST(relatives_outside_the_pid_namespace_are_none)
{
	int outside = procfd_of(getpid());

	run_in_pid_namespace(relatives_inside, &outside);
}

TEST(relatives_in_a_pid_namespace_below_are_seen)
{
	pid_t pid = fork_init();
	int self = procfd_of(getpid());

	expect_names(relative(self, FIRST_CHILD), pid, 0);
	expect_names(relative(procfd_of(pid), PARENT), getpid(), 0);
	kill_and_reap(pid);
}
