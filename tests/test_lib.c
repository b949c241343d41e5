// SPDX-License-Identifier: GPL-2.0-only
/*
 * libprocfd: the fd on the device that it keeps, features, and what it does
 * where the module is not there.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "lib.h"

/* ---- the fd on the device --------------------------------------------------- */

TEST(device_fd_is_close_on_exec_and_above_2)
{
	int fd;

	close(0);
	open_procfd(getpid());
	fd = device_fd_from(0);
	ASSERT_GE(fd, 3);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

TEST(device_fd_is_opened_once)
{
	for (int i = 0; i < 10; i++)
		open_procfd(getpid());
	EXPECT_EQ(device_fd_count(), 1);
}

TEST(device_fd_is_opened_anew_when_it_was_closed)
{
	open_procfd(getpid());
	close(device_fd_from(0));
	open_procfd(getpid());
	EXPECT_EQ(device_fd_count(), 1);
}

/* The number is another file's now: that is neither used nor closed. */
static void number_taken_over_by(int other)
{
	struct stat before, after;
	int number;

	open_procfd(getpid());
	number = device_fd_from(0);
	ASSERT_OK(dup2(other, number));
	ASSERT_OK(fstat(number, &before));
	open_procfd(getpid());
	ASSERT_OK(fstat(number, &after));
	EXPECT_EQ(after.st_ino, before.st_ino);
	EXPECT_EQ(after.st_rdev, before.st_rdev);
	EXPECT_EQ(device_fd_count(), 1);
	EXPECT_NE(device_fd_from(0), number);
}

TEST(device_fd_taken_over_by_a_pipe_is_left_alone)
{
	int ends[2];

	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	number_taken_over_by(ends[0]);
}

TEST(device_fd_taken_over_by_another_device_is_left_alone)
{
	number_taken_over_by(
		ASSERT_OK(open("/dev/null", O_RDONLY | O_CLOEXEC)));
}

TEST(device_fd_taken_over_by_a_procfd_is_left_alone)
{
	number_taken_over_by(open_procfd(getpid()));
}

static void child_with_the_device_fd(void *number)
{
	open_procfd(getpid());
	EXPECT_EQ(device_fd_count(), 1);
	EXPECT_EQ(device_fd_from(0), *(int *)number);
}

TEST(device_fd_serves_a_forked_child)
{
	int number;

	open_procfd(getpid());
	number = device_fd_from(0);
	EXPECT_EQ(reap(fork_child(child_with_the_device_fd, &number)), 0);
}

#define THREADS 2

static pthread_barrier_t barrier;
static atomic_int ready;

static void *open_at_once(void *unused)
{
	/* whoever a barrier wakes first would be done before the next one runs */
	atomic_fetch_add(&ready, 1);
	while (atomic_load(&ready) < THREADS)
		;
	EXPECT_OK(procfd_open(getpid(), 0));
	return NULL;
}

static void many_threads_are_first(void *unused)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, open_at_once, NULL),
			  0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(device_fd_count(), 1);
}

TEST(device_fd_is_one_when_many_threads_are_first)
{
	/* who is faster is a matter of luck, so there are many first times */
	for (int i = 0; i < fewer(100); i++)
		ASSERT_EQ(reap(fork_child(many_threads_are_first, NULL)), 0);
}

#define ROUNDS 50

/* Opens in turns with the other thread; @turn is 0 for the first. */
static void open_in_turns(int turn)
{
	for (int i = 0; i < 2 * ROUNDS; i++) {
		pthread_barrier_wait(&barrier);
		if (i % 2 == turn)
			close(ASSERT_OK(procfd_open(getpid(), 0)));
	}
	EXPECT_LE(device_fd_count(), 3);
}

#define GAPS 20

/* In this table the number is taken, and lower ones are free. */
static void *open_in_own_table(void *arg)
{
	const int *lower = arg;

	ASSERT_OK(unshare(CLONE_FILES));
	ASSERT_OK(dup2(lower[0], device_fd_from(0)));
	for (int i = 0; i < GAPS; i++)
		close(lower[i]);
	open_in_turns(0);
	return NULL;
}

TEST(device_fd_does_not_pile_up_in_separate_tables)
{
	int lower[GAPS];
	pthread_t thread;

	for (int i = 0; i < GAPS; i++)
		lower[i] = ASSERT_OK(open("/dev/null", O_RDONLY | O_CLOEXEC));
	open_procfd(getpid());
	pthread_barrier_init(&barrier, NULL, 2);
	ASSERT_EQ(pthread_create(&thread, NULL, open_in_own_table, lower), 0);
	open_in_turns(1);
	pthread_join(thread, NULL);
}

/* ---- open -------------------------------------------------------------------- */

TEST(open_of_nobody_is_esrch)
{
	EXPECT_ERRNO(procfd_open(1 << 30, 0), ESRCH);
}

TEST(open_with_wrong_arguments_is_einval)
{
	EXPECT_ERRNO(procfd_open(0, 0), EINVAL);
	EXPECT_ERRNO(procfd_open(-1, 0), EINVAL);
	EXPECT_ERRNO(procfd_open(getpid(), 1U << 30), EINVAL);
	EXPECT_ERRNO(procfd_open(getpid(), PROCFD_AUTOREAP), EINVAL);
}

TEST(open_sets_nonblock_and_close_on_exec)
{
	int fd = ASSERT_OK(procfd_open(getpid(), PROCFD_NONBLOCK));

	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(open_procfd(getpid()), F_GETFL) & O_NONBLOCK, 0);
}

TEST(open_that_allows_a_pidfd_prefers_a_procfd)
{
	pid_t pid = fork_exit(6);
	int fd = ASSERT_OK(procfd_open(pid, PROCFD_ALLOW_PIDFD));

	expect_exit_code(fd, 6);
	reap(pid);
}

/* ---- features ------------------------------------------------------------------ */

TEST(get_features_tells_abi_and_features)
{
	struct procfd_features_info info;

	ASSERT_OK(procfd_get_features(&info, sizeof(info)));
	EXPECT_EQ(info.abi, (uint32_t)PROCFD_ABI);
	EXPECT_EQ(info.features & ~info.known, 0U);
	EXPECT_EQ(info.open_flags & PROCFD_KILL_ON_CLOSE, PROCFD_KILL_ON_CLOSE);
}

TEST(get_features_of_other_sizes)
{
	struct {
		struct procfd_features_info info;
		char tail[64];
	} larger;
	char zeros[64] = "";

	memset(&larger, 0xff, sizeof(larger));
	ASSERT_OK(procfd_get_features(&larger.info, sizeof(larger)));
	EXPECT_EQ(larger.info.abi, (uint32_t)PROCFD_ABI);
	EXPECT_MEMEQ(larger.tail, zeros, sizeof(zeros));
	EXPECT_ERRNO(procfd_get_features(&larger.info, sizeof(larger.info) - 1),
		     EINVAL);
	EXPECT_ERRNO(procfd_get_features(&larger.info, 1 << 20), EINVAL);
}

/* ---- without the module ---------------------------------------------------------- */

static int native_of(pid_t pid)
{
	hide_device();
	return ASSERT_OK(procfd_open(pid, PROCFD_ALLOW_PIDFD));
}

TEST(without_module_what_needs_it_is_enodev)
{
	char *argv[] = { "true", NULL };
	struct procfd_clone_args args = { 0 };
	int fd = 7;

	hide_device();
	EXPECT_ERRNO(procfd_open(getpid(), 0), ENODEV);
	EXPECT_ERRNO(procfd_open(getpid(),
				 PROCFD_ALLOW_PIDFD | PROCFD_KILL_ON_CLOSE),
		     ENODEV);
	EXPECT_ERRNO(procfd_next_child(0), ENODEV);
	EXPECT_ERRNO(procfd_fork(&fd, 0), ENODEV);
	EXPECT_EQ(fd, -1);
	EXPECT_ERRNO(procfd_spawn(NULL, "/bin/true", NULL, NULL, argv, environ,
				  0),
		     ENODEV);
	EXPECT_ERRNO(procfd_clone(&args, sizeof(args)), ENODEV);
}

TEST(without_module_features_tell_so)
{
	struct procfd_features_info info, none = { 0 };

	hide_device();
	memset(&info, 0xff, sizeof(info));
	ASSERT_OK(procfd_get_features(&info, sizeof(info)));
	EXPECT_MEMEQ(&info, &none, sizeof(info));
}

TEST(another_device_of_that_name_is_no_module)
{
	struct procfd_features_info info;

	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_OK(mount("/dev/null", PROCFD_DEVICE, NULL, MS_BIND, NULL));
	EXPECT_ERRNO(procfd_open(getpid(), 0), ENODEV);
	EXPECT_OK(procfd_open(getpid(), PROCFD_ALLOW_PIDFD));
	ASSERT_OK(procfd_get_features(&info, sizeof(info)));
	EXPECT_EQ(info.abi, 0U);
}

TEST(without_module_a_pidfd_signals)
{
	pid_t pid = fork_sleeper();
	int fd = native_of(pid);

	EXPECT_ERRNO(procfd_send_signal(fd, 65, NULL, 0), EINVAL);
	EXPECT_OK(procfd_send_signal(fd, SIGTERM, NULL, 0));
	EXPECT_EQ(reap(pid), SIGTERM);
	EXPECT_ERRNO(procfd_send_signal(fd, SIGTERM, NULL, 0), ESRCH);
}

TEST(without_module_a_pidfd_has_the_scopes_of_the_kernel)
{
	int fd = native_of(getpid());
	int error = procfd_send_signal(fd, 0, NULL, PROCFD_SIGNAL_THREAD) ?
			    errno :
			    0;

	EXPECT_OK(procfd_send_signal(fd, 0, NULL, PROCFD_SIGNAL_PROCESS));
	if (error)
		EXPECT_EQ(error, EOPNOTSUPP);
	else
		EXPECT_ERRNO(procfd_send_signal(fd, 65, NULL,
						PROCFD_SIGNAL_THREAD),
			     EINVAL);
	EXPECT_ERRNO(procfd_send_signal(fd, 0, NULL, 1U << 3), EINVAL);
}

TEST(without_module_a_pidfd_waits_for_children)
{
	const struct timespec moment = { .tv_nsec = 20000000 };
	const struct timespec minutes = { .tv_sec = 600 };
	pid_t pid = fork_sleeper();
	int fd = native_of(pid);
	siginfo_t info;

	EXPECT_ERRNO(procfd_wait(fd, WEXITED, &moment, &info, NULL, 0),
		     ETIMEDOUT);
	EXPECT_OK(procfd_wait(fd, WEXITED | WNOHANG, NULL, &info, NULL, 0));
	EXPECT_EQ(info.si_pid, 0);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_OK(procfd_wait(fd, WEXITED, &minutes, &info, NULL, 0));
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_status, SIGKILL);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED, NULL, &info, NULL, 0), ECHILD);
}

struct wait {
	int fd;
	pid_t pid; /* who is killed meanwhile */
};

/* In a child of who made it: the process is its sibling. */
static void wait_for_sibling(void *arg)
{
	const struct timespec moment = { .tv_nsec = 20000000 };
	const struct wait *wait = arg;
	siginfo_t info;

	EXPECT_ERRNO(procfd_wait(wait->fd, WEXITED, NULL, &info, NULL, 0),
		     ECHILD);
	EXPECT_ERRNO(procfd_wait(wait->fd, WSTOPPED, NULL, NULL, NULL, 0),
		     ECHILD);
	EXPECT_ERRNO(procfd_wait(wait->fd, WEXITED | 1 << 20, NULL, NULL, NULL,
				 0),
		     EINVAL);
	EXPECT_ERRNO(procfd_wait(wait->fd, WEXITED, &moment, NULL, NULL, 0),
		     ETIMEDOUT);
	EXPECT_OK(
		procfd_wait(wait->fd, WEXITED | WNOHANG, NULL, NULL, NULL, 0));
	ASSERT_OK(fcntl(wait->fd, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(procfd_wait(wait->fd, WEXITED, NULL, NULL, NULL, 0),
		     EAGAIN);
	ASSERT_OK(fcntl(wait->fd, F_SETFL, 0));
	ASSERT_OK(kill(wait->pid, SIGKILL));
	EXPECT_OK(procfd_wait(wait->fd, WEXITED, NULL, NULL, NULL, 0));
	ASSERT_OK(fcntl(wait->fd, F_SETFL, O_NONBLOCK));
	EXPECT_OK(procfd_wait(wait->fd, WEXITED, NULL, NULL, NULL, 0));
}

TEST(without_module_a_pidfd_waits_for_the_end_of_others)
{
	struct wait wait = { .pid = fork_sleeper() };

	wait.fd = native_of(wait.pid);
	test_follow(reap(fork_child(wait_for_sibling, &wait)));
	EXPECT_EQ(reap(wait.pid), SIGKILL);
	EXPECT_OK(procfd_wait(wait.fd, WEXITED, NULL, NULL, NULL, 0));
}

TEST(without_module_wrong_options_of_wait_are_einval)
{
	pid_t pid = fork_exit(0);
	int fd = native_of(pid);

	EXPECT_ERRNO(procfd_wait(fd, 0, NULL, NULL, NULL, 0), EINVAL);
	EXPECT_ERRNO(procfd_wait(fd, WNOHANG, NULL, NULL, NULL, 0), EINVAL);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED | 1 << 20, NULL, NULL, NULL, 0),
		     EINVAL);
	reap(pid);
}

TEST(without_module_a_pidfd_has_no_record)
{
	pid_t pid = fork_exit(0);
	int fd = native_of(pid);
	struct procfd_exit_record record;

	EXPECT_EQ(poll_fd(fd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	EXPECT_ERRNO(procfd_read_exit(fd, &record, sizeof(record)), EOPNOTSUPP);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED, NULL, NULL, &record,
				 sizeof(record)),
		     EOPNOTSUPP);
	reap(pid);
}

TEST(without_module_a_pidfd_is_duplicated)
{
	int fd = native_of(getpid());
	int copy = ASSERT_OK(procfd_get_pidfd(fd, 0));

	EXPECT_NE(copy, fd);
	EXPECT_EQ(fcntl(copy, F_GETFD), FD_CLOEXEC);
	EXPECT_OK(procfd_send_signal(copy, 0, NULL, 0));
	EXPECT_ERRNO(procfd_get_pidfd(fd, PROCFD_NONBLOCK), EOPNOTSUPP);
}

TEST(what_is_no_process_is_ebadf)
{
	struct procfd_exit_record record;
	struct procfd_fdinfo info;
	int ends[2];

	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(write(ends[1], "not a record", 12), 12);
	EXPECT_ERRNO(procfd_send_signal(ends[0], 0, NULL, 0), EBADF);
	EXPECT_ERRNO(procfd_wait(ends[0], WEXITED, NULL, NULL, NULL, 0), EBADF);
	EXPECT_ERRNO(procfd_read_exit(ends[0], &record, sizeof(record)), EBADF);
	EXPECT_ERRNO(procfd_get_pidfd(ends[0], 0), EBADF);
	EXPECT_ERRNO(procfd_get_namespace(ends[0], PROCFD_NAMESPACE_UTS),
		     EBADF);
	EXPECT_ERRNO(procfd_read_fdinfo(ends[0], &info, sizeof(info)), EBADF);
	EXPECT_ERRNO(procfd_read_exit(-1, &record, sizeof(record)), EBADF);
	EXPECT_ERRNO(procfd_read_fdinfo(-1, &info, sizeof(info)), EBADF);
}
