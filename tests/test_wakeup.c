// SPDX-License-Identifier: GPL-2.0-only
/* The end is told to everyone who waits for it, however many and however. */
#include <sys/epoll.h>

#include "support.h"

static int epoll_on(int procfd, unsigned int events)
{
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	struct epoll_event event = { .events = events };

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, procfd, &event));
	return epoll;
}

/* The epoll was told: it has an event without looking at the file anew. */
static void expect_told(int epoll)
{
	ASSERT_EQ(poll_fd(epoll, POLLIN, SOON_MS) & POLLIN, POLLIN);
}

static void end(struct gated_exit *gated, pid_t pid, int procfd)
{
	gate_open(&gated->gate);
	wait_readable(procfd);
	reap(pid);
}

/* In a child: it succeeds if its epoll_wait() is told in time. */
static void sleep_in_epoll(void *arg)
{
	struct epoll_event event;
	int epoll = epoll_on(*(int *)arg, EPOLLIN | EPOLLEXCLUSIVE);

	ASSERT_EQ(epoll_wait(epoll, &event, 1, SOON_MS), 1);
}

/* The end is a state: one who was told does not take it from the others. */
TEST(wakeup_reaches_every_exclusive_epoll)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	pid_t first = fork_child(sleep_in_epoll, &procfd);
	pid_t second = fork_child(sleep_in_epoll, &procfd);

	wait_sleeping(first);
	wait_sleeping(second);
	gate_open(&gated.gate);
	EXPECT_EQ(reap(first), 0);
	EXPECT_EQ(reap(second), 0);
	reap(pid);
}

#define MANY 50

TEST(wakeup_reaches_many_epolls_of_one_description)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid), epolls[MANY], i;

	for (i = 0; i < MANY; i++)
		epolls[i] = epoll_on(procfd, EPOLLIN);
	end(&gated, pid, procfd);
	for (i = 0; i < MANY; i++)
		expect_told(epolls[i]);
}

TEST(wakeup_reaches_many_descriptions)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfds[MANY], epolls[MANY], i;

	for (i = 0; i < MANY; i++) {
		procfds[i] = procfd_of(pid);
		epolls[i] = epoll_on(procfds[i], EPOLLIN);
	}
	end(&gated, pid, procfds[0]);
	for (i = 0; i < MANY; i++)
		expect_told(epolls[i]);
}

/* Hang-up is reported even if nothing was asked for. */
TEST(wakeup_by_reaping_reaches_those_who_asked_for_nothing)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfds[MANY], epolls[MANY], i;

	for (i = 0; i < MANY; i++) {
		procfds[i] = procfd_of(pid);
		epolls[i] = epoll_on(procfds[i], 0);
	}
	gate_open(&gated.gate);
	wait_readable(procfds[0]);
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(poll_fd(epolls[i], POLLIN, 0), 0);
	reap(pid);
	for (i = 0; i < MANY; i++)
		expect_told(epolls[i]);
}
