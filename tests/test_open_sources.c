// SPDX-License-Identifier: GPL-2.0-only
/*
 * A procfd without a number: by native pidfd, by unique id, of oneself and of
 * the root.
 */
#include <pthread.h>

#include "finding.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* ---- OPEN_PIDFD ---------------------------------------------------------------- */

TEST(open_pidfd_names_the_process_of_the_pidfd)
{
	pid_t pid = fork_sleeper();
	int pidfd = ASSERT_OK(pidfd_open_native(pid)), dev = device();

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	expect_names(open_pidfd(dev, pidfd, 0), pid, 0);
	expect_names(open_pidfd(dev, pidfd, PROCFD_NONBLOCK), pid, O_NONBLOCK);
	expect_kills_on_close(open_pidfd(dev, pidfd, PROCFD_KILL_ON_CLOSE),
			      pid);
}

TEST(open_pidfd_of_a_zombie_has_its_record)
{
	pid_t pid = fork_exit(21);
	int pidfd = ASSERT_OK(pidfd_open_native(pid)), procfd;

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	wait_zombie(pid);
	procfd = ASSERT_OK(open_pidfd(device(), pidfd, 0));
	reap(pid);
	expect_exit(procfd, 21);
}

TEST(open_pidfd_of_a_reaped_process_is_esrch_whoever_has_its_number)
{
	pid_t pid = fork_sleeper();
	int pidfd = ASSERT_OK(pidfd_open_native(pid)), dev = device();

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	kill_and_reap(pid);
	EXPECT_ERRNO(open_pidfd(dev, pidfd, 0), ESRCH);
	ASSERT_EQ(sleeper_with_number(pid), pid);
	EXPECT_ERRNO(open_pidfd(dev, pidfd, 0), ESRCH);
	EXPECT_ERRNO(open_pidfd(dev, pidfd, PROCFD_KILL_ON_CLOSE), ESRCH);
	kill_and_reap(pid);
}

TEST(open_pidfd_of_anything_else_is_ebadf)
{
	int bad[] = { -1, -2, INT32_MIN, INT32_MAX, 0, 0, 0, 0 }, dev;

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	dev = bad[4] = device();
	bad[5] = procfd_of(getpid());
	bad[6] = ASSERT_OK(open("/proc/self", O_RDONLY | O_CLOEXEC));
	bad[7] = ASSERT_OK(dup(dev));
	close(bad[7]);
	for (int i = 0; i < 8; i++)
		EXPECT_ERRNO(open_pidfd(dev, bad[i], 0), EBADF);
}

struct with_tid {
	struct gate told, leave;
	pid_t tid;
};

static void *tell_and_wait(void *arg)
{
	struct with_tid *thread = arg;

	thread->tid = gettid();
	gate_open(&thread->told);
	gate_wait(&thread->leave);
	return NULL;
}

TEST(open_pidfd_of_a_thread_is_enoent)
{
	struct with_tid thread = { gate_make(), gate_make(), 0 };
	int pidfd, dev = device();
	pthread_t id;

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	ASSERT_EQ(pthread_create(&id, NULL, tell_and_wait, &thread), 0);
	gate_wait(&thread.told);
	pidfd = syscall(SYS_pidfd_open, thread.tid, PIDFD_THREAD);
	if (pidfd < 0)
		SKIP("no pidfds of threads here");
	EXPECT_ERRNO(open_pidfd(dev, pidfd, 0), ENOENT);
	EXPECT_ERRNO(open_pidfd(dev, pidfd, PROCFD_KILL_ON_CLOSE), ENOENT);
	close(pidfd);
	pidfd = ASSERT_OK((int)syscall(SYS_pidfd_open, getpid(), PIDFD_THREAD));
	expect_names(open_pidfd(dev, pidfd, 0), getpid(), 0);
	gate_open(&thread.leave);
	pthread_join(id, NULL);
}

static void open_pidfd_inside(void *pidfd)
{
	EXPECT_ERRNO(open_pidfd(device(), *(int *)pidfd, 0), EREMOTE);
}

TEST(open_pidfd_of_a_process_outside_is_eremote)
{
	pid_t pid = fork_sleeper();
	int pidfd = ASSERT_OK(pidfd_open_native(pid));

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	run_in_pid_namespace(open_pidfd_inside, &pidfd);
	kill_and_reap(pid);
	run_in_pid_namespace(open_pidfd_inside, &pidfd);
}

static void open_by_all_means(void *arg)
{
	int *fds = arg, dev = device();
	uint64_t id = id_of(fds[1]);

	EXPECT_ERRNO(open_pidfd(dev, fds[0], PROCFD_KILL_ON_CLOSE), EPERM);
	EXPECT_ERRNO(open_id(dev, id, PROCFD_KILL_ON_CLOSE), EPERM);
	EXPECT_ERRNO(open_root(dev, PROCFD_KILL_ON_CLOSE), EPERM);
	EXPECT_ERRNO(open_relative(fds[1], PROCFD_RELATIVE_PARENT, -1,
				   PROCFD_KILL_ON_CLOSE),
		     EPERM);
	EXPECT_OK(open_pidfd(dev, fds[0], 0));
	EXPECT_OK(open_id(dev, id, 0));
	EXPECT_OK(open_root(dev, 0));
}

TEST(open_to_kill_what_one_may_not_signal_is_eperm)
{
	pid_t pid = fork_sleeper();
	int fds[] = { ASSERT_OK(pidfd_open_native(pid)), procfd_of(pid) };

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	run_as(1000, open_by_all_means, fds);
	EXPECT_FALSE(has_ended(fds[1]));
	kill_and_reap(pid);
}

/* ---- OPEN_ID --------------------------------------------------------------------- */

TEST(open_id_names_the_process_with_that_id)
{
	pid_t pid = fork_sleeper(), other = fork_sleeper();
	int dev = device();
	uint64_t id = id_of(procfd_of(pid));

	expect_names(open_id(dev, id, 0), pid, 0);
	expect_names(open_id(dev, id, PROCFD_NONBLOCK), pid, O_NONBLOCK);
	expect_names(open_id(dev, id_of(procfd_of(other)), 0), other, 0);
	expect_names(open_id(dev, id_of(procfd_of(1)), 0), 1, 0);
	expect_names(open_id(dev, id_of(procfd_of(2)), 0), 2, 0);
	expect_kills_on_close(open_id(dev, id, PROCFD_KILL_ON_CLOSE), pid);
	kill_and_reap(other);
}

TEST(open_id_of_a_zombie_has_its_record)
{
	pid_t pid = fork_exit(22);
	int procfd;

	wait_zombie(pid);
	procfd = ASSERT_OK(open_id(device(), id_of(procfd_of(pid)), 0));
	reap(pid);
	expect_exit(procfd, 22);
}

TEST(open_id_of_a_reaped_process_is_esrch_whoever_has_its_number)
{
	int dev = device(), procfd;
	uint64_t id;
	pid_t pid;

	procfd = reaped_procfd(&pid);
	id = id_of(procfd);
	EXPECT_ERRNO(open_id(dev, id, 0), ESRCH);
	ASSERT_EQ(sleeper_with_number(pid), pid);
	EXPECT_ERRNO(open_id(dev, id, 0), ESRCH);
	close(procfd);
	EXPECT_ERRNO(open_id(dev, id, PROCFD_KILL_ON_CLOSE), ESRCH);
	kill_and_reap(pid);
}

TEST(open_id_of_anything_else_is_esrch)
{
	uint64_t own = id_of(procfd_of(getpid()));
	int dev = device(), fds = open_fd_count();

	for (int bit = 0; bit < 64; bit++) {
		uint64_t id = own ^ 1ULL << bit;
		int procfd = open_id(dev, id, 0);

		if (procfd == -1) {
			EXPECT_EQ(errno, ESRCH);
			continue;
		}
		EXPECT_EQ(id_of(procfd), id);
		close(procfd);
	}
	EXPECT_ERRNO(open_id(dev, 0, 0), ESRCH);
	EXPECT_ERRNO(open_id(dev, ~0ULL, 0), ESRCH);
	EXPECT_EQ(open_fd_count(), fds);
}

static void open_id_inside(void *arg)
{
	int dev = device();
	pid_t pid = fork_sleeper();

	EXPECT_ERRNO(open_id(dev, *(uint64_t *)arg, 0), ESRCH);
	expect_names(open_id(dev, id_of(procfd_of(pid)), 0), pid, 0);
	kill_and_reap(pid);
}

TEST(open_id_of_a_process_outside_is_esrch)
{
	pid_t pid = fork_sleeper();
	uint64_t id = id_of(procfd_of(pid));

	run_in_pid_namespace(open_id_inside, &id);
	kill_and_reap(pid);
}

TEST(open_id_of_a_process_below_names_it)
{
	pid_t pid = fork_init();

	expect_names(open_id(device(), id_of(procfd_of(pid)), 0), pid, 0);
	kill_and_reap(pid);
}

/* ---- OPEN_SELF, OPEN_ROOT ---------------------------------------------------------- */

static void *open_self_in_thread(void *unused)
{
	expect_names(open_self(device(), 0), getpid(), 0);
	return NULL;
}

TEST(open_self_names_the_process_also_in_a_thread)
{
	pthread_t thread;

	expect_names(open_self(device(), 0), getpid(), 0);
	expect_names(open_self(device(), PROCFD_NONBLOCK), getpid(),
		     O_NONBLOCK);
	ASSERT_EQ(pthread_create(&thread, NULL, open_self_in_thread, NULL), 0);
	pthread_join(thread, NULL);
}

static void open_self_to_kill(void *unused)
{
	close(ASSERT_OK(open_self(device(), PROCFD_KILL_ON_CLOSE)));
	pause();
}

TEST(open_self_to_kill_kills_oneself)
{
	EXPECT_EQ(reap(fork_child(open_self_to_kill, NULL)), SIGKILL);
}

static void open_known(void *root)
{
	expect_names(open_self(device(), 0), getpid(), 0);
	expect_names(open_root(device(), 0), 1, 0);
	EXPECT_EQ(id_of(open_root(device(), 0)), *(uint64_t *)root);
}

static void open_known_inside(void *unused)
{
	uint64_t id = id_of(open_self(device(), 0));

	EXPECT_EQ(getpid(), 1);
	open_known(&id);
	in_child(open_known, &id);
}

TEST(open_root_is_the_init_of_the_callers_pid_namespace)
{
	expect_names(open_root(device(), 0), 1, 0);
	expect_names(open_root(device(), PROCFD_NONBLOCK), 1, O_NONBLOCK);
	run_in_pid_namespace(open_known_inside, NULL);
}

static void open_root_outlived(void *unused)
{
	int dev = device(), procfd;
	pid_t init;

	ASSERT_OK(unshare(CLONE_NEWPID));
	init = fork();
	if (!init)
		_exit(0);
	procfd = procfd_of(init);
	wait_readable(procfd);
	reap(init);
	/* The caller itself has not moved. */
	expect_names(open_root(dev, 0), 1, 0);
}

TEST(open_root_is_not_that_of_the_namespace_for_children)
{
	in_child(open_root_outlived, NULL);
}
