// SPDX-License-Identifier: GPL-2.0-only
/* NEXT_CHILD: what binds it, and forks that fail. */
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "next_child.h"

/* ---- unbound -------------------------------------------------------------------- */

TEST(next_child_is_unbound_at_first)
{
	struct procfd_wait wait;
	int procfd = arm(0);

	EXPECT_STATE(procfd, "unbound");
	EXPECT_EQ(poll_fd(procfd, POLLIN | POLLOUT | POLLPRI, 0), 0);
	EXPECT_ERRNO(send_signal(procfd, 0, 0), EUNATCH);
	EXPECT_ERRNO(wait_for(procfd, PROCFD_WEXITED | PROCFD_WNOHANG, &wait),
		     EUNATCH);
	EXPECT_ERRNO(get_pidfd(procfd, 0), EUNATCH);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_MNT), EUNATCH);
}

TEST(next_child_unbound_and_nonblocking_reads_eagain)
{
	struct procfd_exit record;
	int procfd = arm(PROCFD_NONBLOCK);

	EXPECT_TRUE(fcntl(procfd, F_GETFL) & O_NONBLOCK);
	EXPECT_ERRNO(read(procfd, &record, sizeof(record)), EAGAIN);
	EXPECT_ERRNO(read(procfd, &record, 16), EINVAL);
}

TEST(next_child_second_arming_is_ebusy_until_bound)
{
	int dev = device(), first = ASSERT_OK(next_child(dev, 0)), fds;
	pid_t pid;

	fds = open_fd_count();
	EXPECT_ERRNO(next_child(dev, 0), EBUSY);
	EXPECT_ERRNO(next_child(device(), PROCFD_NONBLOCK), EBUSY);
	EXPECT_EQ(open_fd_count(), fds + 1); /* the second device */
	pid = fork_exit(1);
	EXPECT_GE(next_child(dev, 0), 0);
	expect_bound(first, pid, 1);
}

TEST(next_child_arms_one_after_the_other)
{
	int fds[10];
	pid_t pids[10];

	for (int i = 0; i < 10; i++) {
		fds[i] = arm(0);
		pids[i] = fork_exit(i);
	}
	for (int i = 0; i < 10; i++)
		expect_bound(fds[i], pids[i], i);
}

/* ---- what binds it ------------------------------------------------------------- */

TEST(next_child_is_bound_by_fork)
{
	int procfd = arm(0);

	expect_bound(procfd, fork_exit(21), 21);
}

TEST(next_child_is_bound_by_vfork)
{
	int procfd = arm(0);
	pid_t pid = vfork();

	if (!pid)
		_exit(22);
	expect_bound(procfd, pid, 22);
}

TEST(next_child_is_bound_by_posix_spawn)
{
	char *argv[] = { "sh", "-c", "exit 23", NULL };
	int procfd = arm(0);
	pid_t pid;

	ASSERT_EQ(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ), 0);
	expect_bound(procfd, pid, 23);
}

TEST(next_child_is_bound_by_raw_clone_of_any_exit_signal)
{
	unsigned long signals[] = { SIGCHLD, 0, SIGUSR1 };

	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		int procfd = arm(0);
		pid_t pid = raw_clone(signals[i]);

		if (!pid)
			_exit(24);
		EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
		expect_exit(procfd, 24);
		ASSERT_EQ(waitpid(pid, NULL, __WALL), pid);
	}
}

TEST(next_child_is_bound_by_clone3)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	int procfd = arm(0);
	pid_t pid = clone3_native(&args);

	if (!pid)
		_exit(25);
	expect_bound(procfd, pid, 25);
}

TEST(next_child_is_bound_by_system)
{
	int procfd = arm(0);

	EXPECT_EQ(system("exit 26"), 26 << 8);
	expect_exit(procfd, 26);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN | POLLHUP);
}

TEST(next_child_is_bound_by_popen)
{
	int procfd = arm(0);
	FILE *file = popen("read x; exit 27", "w");

	ASSERT_TRUE(file != NULL);
	EXPECT_STATE(procfd, "alive");
	EXPECT_EQ(pclose(file), 27 << 8);
	expect_exit(procfd, 27);
}

static pid_t forked_in_handler;

static void fork_in_handler(int signal)
{
	forked_in_handler = fork();
	if (!forked_in_handler)
		_exit(28);
}

TEST(next_child_is_bound_by_fork_in_a_signal_handler)
{
	int procfd = arm(0);

	handle_signal(SIGUSR1, fork_in_handler, 0);
	raise(SIGUSR1);
	expect_bound(procfd, forked_in_handler, 28);
}

static void *exit_thread(void *arg)
{
	return NULL;
}

TEST(next_child_is_not_bound_by_a_thread)
{
	int procfd = arm(0);
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, exit_thread, NULL), 0);
	pthread_join(id, NULL);
	EXPECT_STATE(procfd, "unbound");
	expect_bound(procfd, fork_exit(29), 29);
}

static void *fork_in_thread(void *arg)
{
	*(pid_t *)arg = fork_exit(30);
	return NULL;
}

TEST(next_child_is_not_bound_by_another_threads_child)
{
	int procfd = arm(0);
	pthread_t id;
	pid_t pid;

	ASSERT_EQ(pthread_create(&id, NULL, fork_in_thread, &pid), 0);
	pthread_join(id, NULL);
	EXPECT_STATE(procfd, "unbound");
	EXPECT_EQ(reap(pid), 30 << 8);
	expect_bound(procfd, fork_exit(31), 31);
}

struct own_arming {
	int procfd;
	pid_t pid;
};

static void *arm_in_thread(void *arg)
{
	struct own_arming *own = arg;

	own->procfd = arm(0);
	own->pid = fork_exit(32);
	return NULL;
}

TEST(next_child_of_another_thread_is_its_own)
{
	struct own_arming own;
	int procfd = arm(0);
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, arm_in_thread, &own), 0);
	pthread_join(id, NULL);
	EXPECT_STATE(procfd, "unbound");
	expect_bound(own.procfd, own.pid, 32);
	expect_bound(procfd, fork_exit(33), 33);
}

/* The child that the middle one makes is its sibling, a child of the case. */
static void sibling_of(unsigned int flags)
{
	pid_t *shared = shared_memory(sizeof(*shared));
	pid_t middle = ASSERT_OK(fork()), pid;

	if (!middle) {
		int procfd = arm(flags);

		pid = raw_clone(CLONE_PARENT | SIGCHLD);
		if (!pid)
			_exit(34);
		*shared = pid;
		EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
		expect_exit(procfd, 34);
		_exit(0);
	}
	EXPECT_EQ(reap(middle), 0);
	EXPECT_EQ(reap(*shared), 34 << 8);
}

TEST(next_child_is_bound_by_clone_parent)
{
	sibling_of(0);
}

TEST(next_child_by_clone_parent_is_never_autoreap)
{
	sibling_of(PROCFD_AUTOREAP);
}

/* ---- forks that fail ------------------------------------------------------------ */

static void fork_at_the_limit(void *arg)
{
	struct rlimit limit;
	int procfd = arm(0);

	ASSERT_OK(getrlimit(RLIMIT_NPROC, &limit));
	limit.rlim_cur = 1;
	ASSERT_OK(setrlimit(RLIMIT_NPROC, &limit));
	EXPECT_ERRNO(fork(), EAGAIN);
	EXPECT_ERRNO(raw_clone(SIGCHLD), EAGAIN);
	EXPECT_STATE(procfd, "unbound");
	limit.rlim_cur = limit.rlim_max;
	ASSERT_OK(setrlimit(RLIMIT_NPROC, &limit));
	expect_bound(procfd, fork_exit(35), 35);
}

TEST(next_child_stays_armed_when_a_fork_fails)
{
	run_as(1000, fork_at_the_limit, NULL);
}

/* This one fails late, after much of the child was there. */
TEST(next_child_stays_armed_when_a_clone_fails_late)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = 1,
		.exit_signal = SIGCHLD,
	};
	int procfd = arm(0);

	EXPECT_ERRNO(clone3_native(&args), EFAULT);
	EXPECT_STATE(procfd, "unbound");
	expect_bound(procfd, fork_exit(36), 36);
}

static volatile int alarms;

static void count_alarm(int signal)
{
	alarms++;
}

/* A signal that comes during fork() makes the kernel begin it again. */
TEST_TIMEOUT(next_child_stays_armed_over_forks_that_are_restarted, 60)
{
	struct itimerval once = { 0 }, never = { 0 };
	int dev = device(), fds = open_fd_count();

	handle_signal(SIGALRM, count_alarm, 0);
	for (int i = 0; i < fewer(150); i++) {
		int procfd = ASSERT_OK(next_child(dev, 0));
		pid_t pid;

		once.it_value.tv_usec =
			10 + spread(i, 150) * 4 *
				     slowness(); /* before, in, after it */
		setitimer(ITIMER_REAL, &once, NULL);
		pid = raw_clone(SIGCHLD);
		if (!pid)
			_exit(i & 127);
		setitimer(ITIMER_REAL, &never, NULL);
		ASSERT_GT(pid, 0);
		expect_bound(procfd, pid, i & 127);
		close(procfd);
	}
	EXPECT_GT(alarms, 0);
	EXPECT_EQ(open_fd_count(), fds);
}

TEST(next_child_and_clone_of_procfd_do_not_disturb_each_other)
{
	int armed = arm(0), procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(device(), 0, SIGCHLD, &procfd));

	if (!pid)
		_exit(37);
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	expect_exit(procfd, 37);
	reap(pid);
	EXPECT_NE(armed, procfd);
	if (!has_ended(armed))
		expect_bound(armed, fork_exit(38), 38);
	else
		expect_exit(armed, 37);
}
