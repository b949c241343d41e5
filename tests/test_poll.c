// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for the end. A poll that sleeps through it until its timeout has the
 * right result all the same, so what is judged is that it returned long before.
 */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "native.h"

#define ROUNDS 30

typedef int (*waiter)(int procfd);

static void expect_prompt(waiter wait_ready, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		struct gated_exit gated;
		pid_t pid = fork_gated(&gated, i & 127);
		int procfd = procfd_of(pid);
		long long start = now_ns(CLOCK_MONOTONIC);

		gate_open(&gated.gate);
		ASSERT_EQ(wait_ready(procfd), 1);
		ASSERT_LT(now_ns(CLOCK_MONOTONIC) - start, SOON_MS * 500000LL);
		expect_exit(procfd, i & 127);
		reap(pid);
		close(procfd);
		gate_close(&gated.gate);
	}
}

static int by_poll(int procfd)
{
	return poll_fd(procfd, POLLIN | POLLRDNORM, SOON_MS) ==
	       (POLLIN | POLLRDNORM);
}

static int by_select(int procfd)
{
	struct timeval timeout = { SOON_MS / 1000, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(procfd, &set);
	return select(procfd + 1, &set, NULL, NULL, &timeout);
}

static int by_epoll_mode(int procfd, uint32_t mode)
{
	struct epoll_event event = { .events = EPOLLIN | mode };
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC)), count;

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, procfd, &event));
	count = epoll_wait(epoll, &event, 1, SOON_MS);
	close(epoll);
	return count == 1 && event.events & EPOLLIN;
}

static int by_epoll_level(int procfd)
{
	return by_epoll_mode(procfd, 0);
}

static int by_epoll_edge(int procfd)
{
	return by_epoll_mode(procfd, EPOLLET);
}

static int by_read(int procfd)
{
	struct procfd_exit record;

	return read(procfd, &record, sizeof(record)) == sizeof(record);
}

static int by_wait(int procfd)
{
	struct procfd_wait wait;

	return !wait_for(procfd, PROCFD_WEXITED | PROCFD_WNOWAIT, &wait);
}

TEST_TIMEOUT(poll_does_not_sleep_through_the_end, 60)
{
	expect_prompt(by_poll, 2 * ROUNDS);
}

TEST_TIMEOUT(poll_select_does_not_sleep_through_the_end, 60)
{
	expect_prompt(by_select, ROUNDS);
}

TEST_TIMEOUT(poll_level_epoll_does_not_sleep_through_the_end, 60)
{
	expect_prompt(by_epoll_level, ROUNDS);
}

TEST_TIMEOUT(poll_edge_epoll_does_not_sleep_through_the_end, 60)
{
	expect_prompt(by_epoll_edge, ROUNDS);
}

TEST_TIMEOUT(poll_read_does_not_sleep_through_the_end, 60)
{
	expect_prompt(by_read, ROUNDS);
}

TEST_TIMEOUT(poll_wait_does_not_sleep_through_the_end, 60)
{
	expect_prompt(by_wait, ROUNDS);
}

/* ---- the pollers of one process ------------------------------------------------- */

struct crowd {
	struct gate told;
	int procfd;
	short events;
	long long took;
	short result;
};

static void *poll_in_thread(void *arg)
{
	struct crowd *crowd = arg;
	long long start = now_ns(CLOCK_MONOTONIC);

	gate_open(&crowd->told);
	crowd->result = poll_fd(crowd->procfd, crowd->events, SOON_MS);
	crowd->took = now_ns(CLOCK_MONOTONIC) - start;
	return NULL;
}

/* Start pollers, do the thing, and tell what they saw before the timeout. */
static void poll_while(struct crowd *crowd, int count, void (*act)(void *),
		       void *arg)
{
	pthread_t ids[64];

	for (int i = 0; i < count; i++) {
		crowd[i].told = gate_make();
		ASSERT_EQ(pthread_create(&ids[i], NULL, poll_in_thread,
					 &crowd[i]),
			  0);
	}
	for (int i = 0; i < count; i++)
		gate_wait(&crowd[i].told);
	act(arg);
	for (int i = 0; i < count; i++) {
		pthread_join(ids[i], NULL);
		EXPECT_LT(crowd[i].took, SOON_MS * 500000LL);
	}
}

static void open_the_gate(void *gate)
{
	gate_open(gate);
}

TEST(poll_wakes_every_poller_of_every_description)
{
	struct crowd crowd[32] = { 0 };
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);

	for (int i = 0; i < 32; i++) {
		crowd[i].procfd = i & 1 ? procfd : procfd_of(pid);
		crowd[i].events = POLLIN;
	}
	poll_while(crowd, 32, open_the_gate, &gated.gate);
	for (int i = 0; i < 32; i++)
		EXPECT_EQ(crowd[i].result, POLLIN);
	reap(pid);
}

static void reap_it(void *pid)
{
	reap(*(pid_t *)pid);
}

/* It sees nothing of the end, only that the zombie goes. */
TEST(poll_is_woken_by_reaping)
{
	for (int i = 0; i < 20; i++) {
		struct crowd crowd = { 0 };
		pid_t pid = fork_exit(0);

		crowd.procfd = procfd_of(pid);
		wait_readable(crowd.procfd);
		EXPECT_EQ(poll_fd(crowd.procfd, 0, 0), 0);
		poll_while(&crowd, 1, reap_it, &pid);
		EXPECT_EQ(crowd.result, POLLHUP);
		close(crowd.procfd);
	}
}

TEST(poll_is_woken_by_reaping_of_one_opened_as_a_zombie)
{
	struct crowd crowd = { 0 };
	pid_t pid = fork_exit(0);

	wait_zombie(pid);
	crowd.procfd = procfd_of(pid);
	poll_while(&crowd, 1, reap_it, &pid);
	EXPECT_EQ(crowd.result, POLLHUP);
}

static void end_unwanted(void *gate)
{
	gate_open(gate);
}

TEST(poll_for_hangup_only_is_woken_where_the_parent_ignores_sigchld)
{
	struct crowd crowd = { 0 };
	struct gated_exit gated;
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	pid = fork_gated(&gated, 0);
	crowd.procfd = procfd_of(pid);
	poll_while(&crowd, 1, end_unwanted, &gated.gate);
	EXPECT_EQ(crowd.result, POLLHUP);
}

/* ---- what it says when ------------------------------------------------------------ */

TEST(poll_tells_in_when_ended_and_hup_when_reaped)
{
	short all = POLLIN | POLLRDNORM | POLLOUT | POLLPRI | POLLRDHUP;
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);

	EXPECT_EQ(poll_fd(procfd, all, 0), 0);
	gate_open(&gated.gate);
	wait_readable(procfd);
	EXPECT_EQ(poll_fd(procfd, all, 0), POLLIN | POLLRDNORM);
	reap(pid);
	EXPECT_EQ(poll_fd(procfd, all, 0), POLLIN | POLLRDNORM | POLLHUP);
	read_record(procfd);
	EXPECT_EQ(poll_fd(procfd, all, 0), POLLIN | POLLRDNORM | POLLHUP);
}

TEST(poll_edge_epoll_tells_each_change_once)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, procfd, &event));
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
	gate_open(&gated.gate);
	ASSERT_EQ(epoll_wait(epoll, &event, 1, SOON_MS), 1);
	EXPECT_EQ(event.events, (unsigned int)EPOLLIN);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 50), 0);
	reap(pid);
	ASSERT_EQ(epoll_wait(epoll, &event, 1, SOON_MS), 1);
	EXPECT_EQ(event.events, (unsigned int)(EPOLLIN | EPOLLHUP));
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 50), 0);
}

TEST(poll_level_epoll_tells_it_again_and_again)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	pid_t pid = fork_exit(0);
	int procfd = procfd_of(pid);

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, procfd, &event));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(epoll_wait(epoll, &event, 1, SOON_MS), 1);
	reap(pid);
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(epoll_wait(epoll, &event, 1, SOON_MS), 1);
		EXPECT_EQ(event.events, (unsigned int)(EPOLLIN | EPOLLHUP));
	}
}

TEST(poll_one_epoll_over_many_processes_tells_each)
{
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC)), seen[100] = { 0 };
	struct gate gate = gate_make();
	struct gated_exit gated = { gate, 0 };

	for (int i = 0; i < 100; i++) {
		struct epoll_event event = { .events = EPOLLIN | EPOLLET };

		event.data.u32 = i;
		ASSERT_OK(epoll_ctl(
			epoll, EPOLL_CTL_ADD,
			procfd_of(fork_child(run_gated_exit, &gated)), &event));
	}
	for (int i = 0; i < 100; i++)
		gate_open(&gate);
	for (int i = 0; i < 100; i++) {
		struct epoll_event event = { 0 };

		ASSERT_EQ(epoll_wait(epoll, &event, 1, SOON_MS), 1);
		EXPECT_EQ(seen[event.data.u32]++, 0);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
}

TEST(poll_epoll_forgets_a_procfd_that_was_closed)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int closed = procfd_of(pid), procfd = procfd_of(pid);

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, closed, &event));
	close(closed);
	gate_open(&gated.gate);
	wait_readable(procfd);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 50), 0);
	reap(pid);
}
