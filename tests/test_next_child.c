// SPDX-License-Identifier: GPL-2.0-only
/* NEXT_CHILD: what binds it, what cancels it, and who has the fd. */
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "native.h"

static int arm(unsigned int flags)
{
	int dev = device();
	int procfd = ASSERT_OK(next_child(dev, flags));

	close(dev);
	return procfd;
}

static void expect_bound(int procfd, pid_t pid, int code)
{
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	expect_exit(procfd, code);
	EXPECT_EQ(reap(pid), code << 8);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN | POLLHUP);
}

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
	struct rlimit limit = { 1, 4096 };
	int procfd = arm(0);

	ASSERT_OK(setrlimit(RLIMIT_NPROC, &limit));
	EXPECT_ERRNO(fork(), EAGAIN);
	EXPECT_ERRNO(raw_clone(SIGCHLD), EAGAIN);
	EXPECT_STATE(procfd, "unbound");
	limit.rlim_cur = 4096;
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
	struct itimerval often = { { 0, 700 }, { 0, 700 } }, never = { 0 };
	int dev = device(), fds = open_fd_count();

	handle_signal(SIGALRM, count_alarm, 0);
	for (int i = 0; i < 150; i++) {
		int procfd = ASSERT_OK(next_child(dev, 0));
		pid_t pid;

		setitimer(ITIMER_REAL, &often, NULL);
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
