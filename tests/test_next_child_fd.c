// SPDX-License-Identifier: GPL-2.0-only
/* NEXT_CHILD: what cancels it, who has the fd, and poll. */
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "next_child.h"

/* ---- what cancels it ------------------------------------------------------------- */

static void expect_cancelled(int procfd)
{
	struct procfd_exit record;
	struct procfd_wait wait;

	EXPECT_EQ(poll_fd(procfd, POLLIN, SOON_MS), POLLIN | POLLERR | POLLHUP);
	EXPECT_ERRNO(read(procfd, &record, sizeof(record)), ECHILD);
	EXPECT_STATE(procfd, "cancelled");
	EXPECT_ERRNO(send_signal(procfd, 0, 0), EUNATCH);
	EXPECT_ERRNO(wait_for(procfd, PROCFD_WEXITED, &wait), EUNATCH);
}

TEST(next_child_is_cancelled_by_exec)
{
	int *procfd = shared_memory(sizeof(int));
	struct gate told = gate_make();
	pid_t pid = ASSERT_OK(raw_clone(CLONE_FILES | SIGCHLD));

	if (!pid) {
		*procfd = arm(0);
		gate_open(&told);
		exec_shell("exit 0");
	}
	gate_wait(&told);
	EXPECT_EQ(reap(pid), 0);
	expect_cancelled(*procfd);
}

TEST(next_child_kept_over_exec_is_cancelled_and_binds_nothing)
{
	int *procfd = shared_memory(sizeof(int));
	pid_t pid = ASSERT_OK(raw_clone(CLONE_FILES | SIGCHLD));

	if (!pid) {
		*procfd = arm(0);
		fcntl(*procfd, F_SETFD, 0);
		exec_shell("(exit 3); (exit 4); exit 5");
	}
	EXPECT_EQ(reap(pid), 5 << 8);
	expect_cancelled(*procfd);
}

static void *arm_and_leave(void *arg)
{
	*(int *)arg = arm(0);
	return NULL;
}

TEST(next_child_is_cancelled_by_the_end_of_its_thread)
{
	pthread_t id;
	int procfd;

	ASSERT_EQ(pthread_create(&id, NULL, arm_and_leave, &procfd), 0);
	pthread_join(id, NULL);
	expect_cancelled(procfd);
	reap(fork_exit(0));
	EXPECT_STATE(procfd, "cancelled");
}

static void arm_and_die(void *arg)
{
	*(int *)arg = arm(0);
	raise(SIGKILL);
}

TEST(next_child_is_cancelled_by_a_killed_process)
{
	int *procfd = shared_memory(sizeof(int));
	pid_t pid = ASSERT_OK(raw_clone(CLONE_FILES | SIGCHLD));

	if (!pid)
		arm_and_die(procfd);
	reap(pid);
	expect_cancelled(*procfd);
}

struct cancel_waiter {
	int procfd;
	struct gate told;
};

static void *read_until_cancelled(void *arg)
{
	struct procfd_exit record;
	struct cancel_waiter *waiter = arg;

	gate_open(&waiter->told);
	EXPECT_ERRNO(read(waiter->procfd, &record, sizeof(record)), ECHILD);
	return NULL;
}

static void *arm_for_reader(void *arg)
{
	struct cancel_waiter *waiter = arg;
	pthread_t *reader = malloc(sizeof(*reader));

	waiter->procfd = arm(0);
	pthread_create(reader, NULL, read_until_cancelled, waiter);
	gate_wait(&waiter->told);
	return reader;
}

TEST(next_child_cancelling_wakes_a_blocked_reader)
{
	struct cancel_waiter waiter = { .told = gate_make() };
	pthread_t id, *reader;

	ASSERT_EQ(pthread_create(&id, NULL, arm_for_reader, &waiter), 0);
	pthread_join(id, (void **)&reader);
	pthread_join(*reader, NULL);
	expect_cancelled(waiter.procfd);
}

TEST(next_child_is_cancelled_by_close_and_can_be_armed_again)
{
	int dev = device(), fds = open_fd_count(), procfd;

	for (int i = 0; i < 100; i++)
		close(ASSERT_OK(next_child(dev, 0)));
	EXPECT_EQ(open_fd_count(), fds);
	reap(fork_exit(0));
	procfd = ASSERT_OK(next_child(dev, 0));
	expect_bound(procfd, fork_exit(39), 39);
}

TEST(next_child_dup_keeps_it_armed)
{
	int procfd = arm(0), copy = ASSERT_OK(dup(procfd));

	close(procfd);
	EXPECT_ERRNO(next_child(device(), 0), EBUSY);
	expect_bound(copy, fork_exit(40), 40);
}

/* ---- who has the fd ---------------------------------------------------------------- */

static bool is_closed(int fd)
{
	return fcntl(fd, F_GETFD) == -1 && errno == EBADF;
}

TEST(next_child_is_not_in_the_childs_table)
{
	int procfd = arm(0), copy = dup(procfd), far = dup2(procfd, 150);
	pid_t pid = raw_clone(SIGCHLD);

	if (!pid)
		_exit(is_closed(procfd) && is_closed(copy) && is_closed(far) ?
			      0 :
			      1);
	expect_bound(procfd, pid, 0);
	EXPECT_FALSE(is_closed(procfd) || is_closed(copy) || is_closed(far));
}

TEST(next_child_is_not_in_the_table_of_a_vforked_child)
{
	int procfd = arm(0);
	pid_t pid = vfork();

	if (!pid)
		_exit(is_closed(procfd) ? 0 : 1);
	expect_bound(procfd, pid, 0);
}

TEST(next_child_is_not_in_the_table_of_a_spawned_shell)
{
	char script[64];
	int procfd = arm(0), copy = dup2(procfd, 9);

	ASSERT_EQ(copy, 9); /* dup2 clears close-on-exec */
	snprintf(script, sizeof(script), "test ! -e /proc/self/fd/9");
	EXPECT_EQ(system(script), 0);
	expect_exit(procfd, 0);
}

TEST(next_child_stays_in_a_shared_table)
{
	int procfd = arm(0);
	pid_t pid = raw_clone(CLONE_FILES | SIGCHLD);

	if (!pid)
		_exit(is_closed(procfd) ? 1 : send_signal(procfd, 0, 0));
	expect_bound(procfd, pid, 0);
	EXPECT_FALSE(is_closed(procfd));
}

TEST(next_child_leaves_the_childs_other_fds_alone)
{
	int dev = device(), other = procfd_of(getpid());
	int procfd = ASSERT_OK(next_child(dev, 0));
	int fds = open_fd_count();
	pid_t pid = raw_clone(SIGCHLD);

	if (!pid)
		_exit(is_closed(dev) || is_closed(other) ||
		      open_fd_count() != fds - 1);
	expect_bound(procfd, pid, 0);
}

/* ---- poll before and after ------------------------------------------------------------ */

struct epoll_waiter {
	int epoll;
	struct gate told;
	int events;
};

static void *wait_on_epoll(void *arg)
{
	struct epoll_waiter *waiter = arg;
	struct epoll_event event = { 0 };

	gate_open(&waiter->told);
	if (epoll_wait(waiter->epoll, &event, 1, SOON_MS) == 1)
		waiter->events = event.events;
	return NULL;
}

static void epoll_before_binding(uint32_t mode)
{
	struct epoll_waiter waiter = { epoll_create1(0), gate_make(), 0 };
	struct epoll_event event = { .events = EPOLLIN | mode };
	long long start;
	pthread_t id;
	int procfd = arm(0);

	ASSERT_OK(epoll_ctl(waiter.epoll, EPOLL_CTL_ADD, procfd, &event));
	ASSERT_EQ(pthread_create(&id, NULL, wait_on_epoll, &waiter), 0);
	gate_wait(&waiter.told);
	start = now_ns(CLOCK_MONOTONIC);
	expect_bound(procfd, fork_exit(41), 41);
	pthread_join(id, NULL);
	EXPECT_LT(now_ns(CLOCK_MONOTONIC) - start, SOON_MS * 500000LL);
	EXPECT_TRUE(waiter.events & EPOLLIN);
	EXPECT_FALSE(waiter.events & EPOLLERR);
}

TEST(next_child_wakes_an_epoll_that_was_there_before)
{
	epoll_before_binding(0);
}

TEST(next_child_wakes_an_edge_triggered_epoll_that_was_there_before)
{
	epoll_before_binding(EPOLLET);
}

static void *read_unbound(void *arg)
{
	struct cancel_waiter *waiter = arg;

	gate_open(&waiter->told);
	expect_exit(waiter->procfd, 42);
	return NULL;
}

TEST(next_child_read_blocks_over_binding_until_the_end)
{
	struct cancel_waiter waiter = { arm(0), gate_make() };
	struct gated_exit gated;
	pthread_t id;
	pid_t pid;

	ASSERT_EQ(pthread_create(&id, NULL, read_unbound, &waiter), 0);
	gate_wait(&waiter.told);
	pid = fork_gated(&gated, 42);
	EXPECT_STATE(waiter.procfd, "alive");
	gate_open(&gated.gate);
	pthread_join(id, NULL);
	reap(pid);
}

TEST(next_child_and_open_pid_give_the_same_id_and_record)
{
	struct procfd_exit one, two;
	struct gated_exit gated;
	int procfd = arm(0), other;
	pid_t pid = fork_gated(&gated, 43);

	other = procfd_of(pid);
	EXPECT_EQ(procfd_id(procfd), procfd_id(other));
	gate_open(&gated.gate);
	one = ended_record(procfd);
	two = ended_record(other);
	EXPECT_MEMEQ(&one, &two, sizeof(one));
	reap(pid);
}

TEST(next_child_at_the_limit_of_fds_is_emfile_and_not_armed)
{
	int dev = device(), next = dup(dev), procfd;
	struct rlimit limit = { next, 4096 };

	close(next);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_ERRNO(next_child(dev, 0), EMFILE);
	EXPECT_ERRNO(next_child(dev, 0), EMFILE);
	limit.rlim_cur = 4096;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	procfd = ASSERT_OK(next_child(dev, 0));
	expect_bound(procfd, fork_exit(44), 44);
}
