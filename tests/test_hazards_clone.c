// SPDX-License-Identifier: GPL-2.0-only
/*
 * CLONE while others pull at what it stands on: the device closed under it, its
 * number closed or replaced, signals; and that nothing is left behind.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/time.h>
#include <sys/utsname.h>

#include "native.h"
#include "refs.h"

#define ROUNDS fewer(50)

/*
 * The table has one user when the call begins, so ioctl(2) holds no reference;
 * the child is the second one and closes the device. It must stay, or nothing
 * keeps the module in under the call. Another device keeps the count steady.
 */
static void close_under_the_call(uint64_t flags, bool close_procfd)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	int *procfd = shared_memory(sizeof(*procfd)), other;

	module_idle();
	other = device();
	for (int i = 0; i < ROUNDS; i++) {
		int dev = device(), references = module_references();
		pid_t pid = clone3_procfd(dev, &args, 0, procfd);

		if (!pid) {
			close(dev);
			if (close_procfd)
				close(*procfd);
			EXPECT_EQ(module_references(),
				  references + !close_procfd);
			_exit(0);
		}
		ASSERT_GT(pid, 0);
		EXPECT_EQ(reap(pid), 0);
		EXPECT_ERRNO(fcntl(dev, F_GETFD), EBADF);
		if (!close_procfd)
			expect_exit(*procfd, 0);
		close(*procfd);
	}
	close(other);
	module_idle();
}

TEST(hazards_clone_child_that_shares_the_table_may_close_the_device)
{
	close_under_the_call(CLONE_FILES | CLONE_VFORK, false);
}

TEST(hazards_clone_child_that_shares_the_table_may_close_the_procfd_too)
{
	close_under_the_call(CLONE_FILES | CLONE_VFORK, true);
}

/* The call sleeps until the exec; the device's last fd goes with that. */
TEST(hazards_clone_child_may_exec_after_closing_the_device)
{
	struct clone_args args = { .flags = CLONE_FILES | CLONE_VFORK,
				   .exit_signal = SIGCHLD };
	int *procfd = shared_memory(sizeof(*procfd));

	module_idle();
	for (int i = 0; i < 5; i++) {
		int dev = device();
		pid_t pid = clone3_procfd(dev, &args, 0, procfd);

		if (!pid) {
			close(dev);
			exec_shell("exit 3");
		}
		ASSERT_GT(pid, 0);
		expect_exit(*procfd, 3);
		reap(pid);
		close(*procfd);
	}
	module_idle();
}

/* ---- one who closes and replaces numbers meanwhile ---------------------------------- */

#define FIRST_NUMBER 60
#define NUMBERS 4

static volatile bool stop_meddling;

static void *meddle(void *unused)
{
	while (!stop_meddling)
		for (int fd = FIRST_NUMBER; fd < FIRST_NUMBER + NUMBERS; fd++) {
			dup2(STDERR_FILENO, fd);
			close(fd);
		}
	return NULL;
}

/* The lowest free numbers are those that the other thread is at. */
static void fill_table(void)
{
	while (dup(STDERR_FILENO) < FIRST_NUMBER - 1)
		;
}

static void clone_and_reap(int dev, unsigned int flags, int code)
{
	int procfd = -1, status;
	pid_t pid = clone_child(dev, flags, SIGCHLD, &procfd);

	if (!pid)
		_exit(code);
	ASSERT_GT(pid, 0);
	ASSERT_EQ(waitpid(-1, &status, __WALL), pid);
	EXPECT_EQ(status, code << 8);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL | WNOHANG), ECHILD);
}

TEST_TIMEOUT(
	hazards_clone_survives_a_thread_that_closes_and_replaces_its_number, 60)
{
	pthread_t thread;
	int dev;

	module_idle();
	dev = device();
	fill_table();
	pthread_create(&thread, NULL, meddle, NULL);
	for (int i = 0; i < fewer(200); i++) {
		clone_and_reap(dev, 0, i & 127);
		close_range(FIRST_NUMBER, ~0U, 0);
	}
	stop_meddling = true;
	pthread_join(thread, NULL);
	close(dev);
	module_idle();
}

static void *open_and_close_device(void *number)
{
	while (!stop_meddling) {
		int dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);

		dup2(dev, *(int *)number);
		close(dev);
		close(*(int *)number);
	}
	return NULL;
}

TEST_TIMEOUT(hazards_clone_survives_a_thread_that_closes_its_device, 60)
{
	struct timespec end = deadline_after_ms(SOON_MS);
	int number = 100, made = 0;
	pthread_t thread;

	module_idle();
	pthread_create(&thread, NULL, open_and_close_device, &number);
	while (made < ROUNDS && !deadline_over(&end)) {
		int procfd = -1;
		pid_t pid = clone_child(number, 0, SIGCHLD, &procfd);

		if (!pid)
			_exit(9);
		if (pid > 0) {
			expect_exit(procfd, 9);
			EXPECT_EQ(reap(pid), 9 << 8);
			close(procfd);
			made++;
		} else if (errno != EBADF) {
			EXPECT_EQ(errno, EBADF);
		}
	}
	stop_meddling = true;
	pthread_join(thread, NULL);
	EXPECT_GT(made, 0);
	module_idle();
}

#define COPIES 32

/* Copies of the number that the other thread reserves, should it be more than that. */
struct copies {
	int fds[COPIES];
	int count;
};

static void *copy_number(void *arg)
{
	struct copies *copies = arg;
	int fd;

	while (!stop_meddling && copies->count < COPIES) {
		fd = fcntl(FIRST_NUMBER, F_DUPFD_CLOEXEC, FIRST_NUMBER + 1);
		if (fd >= 0)
			copies->fds[copies->count++] = fd;
	}
	return NULL;
}

static bool procfd_comes_early(void)
{
	struct utsname name;

	uname(&name);
	return strstr(name.version, "PREEMPT_RT") && !kernel_at_least(6, 13);
}

/*
 * Nobody gets an fd by it; but on PREEMPT_RT below Linux 6.13 it is there before the
 * child is, and a copy is told that none came.
 */
TEST_TIMEOUT(hazards_clone_that_fails_leaves_no_procfd_that_waits_for_ever, 60)
{
	pid_t taken = getpid();
	struct clone_args args = { .exit_signal = SIGCHLD,
				   .set_tid = (uintptr_t)&taken,
				   .set_tid_size = 1 };
	struct copies copies = { .count = 0 };
	struct procfd_exit record;
	pthread_t thread;
	int dev, procfd;

	module_idle();
	dev = device();
	fill_table();
	pthread_create(&thread, NULL, copy_number, &copies);
	for (int i = 0; i < fewer(500); i++) {
		EXPECT_ERRNO(clone3_procfd(dev, &args, 0, &procfd), EEXIST);
		EXPECT_EQ(procfd, FIRST_NUMBER);
		EXPECT_ERRNO(fcntl(FIRST_NUMBER, F_GETFD), EBADF);
	}
	stop_meddling = true;
	pthread_join(thread, NULL);
	if (!procfd_comes_early())
		EXPECT_EQ(copies.count, 0);
	for (int i = 0; i < copies.count; i++) {
		EXPECT_EQ(poll_fd(copies.fds[i], POLLIN, 0),
			  POLLIN | POLLERR | POLLHUP);
		EXPECT_ERRNO(read(copies.fds[i], &record, sizeof(record)),
			     ECHILD);
		close(copies.fds[i]);
	}
	close(dev);
	module_idle();
}

/* ---- signals ------------------------------------------------------------------------- */

static volatile int alarms;

static void count_alarm(int signal)
{
	alarms++;
}

/* One that comes while the kernel copies makes it begin again, from nothing. */
static void clone_under_alarms(unsigned int flags, int exit_signal)
{
	struct itimerval never = { 0 };
	int dev, fds;

	module_idle();
	dev = device();
	fds = open_fd_count();
	handle_signal(SIGALRM, count_alarm, 0);
	for (int i = 0; i < fewer(150); i++) {
		long step = (100 + 20 * (spread(i, 150) % 75)) * slowness();
		/* a second one comes when it is long over */
		struct itimerval often = { { 0, 100000L * slowness() },
					   { 0, step } };
		int procfd = -1, children = 0;
		pid_t pid;

		setitimer(ITIMER_REAL, &often, NULL);
		pid = clone_child(dev, flags, exit_signal, &procfd);
		if (!pid)
			_exit(i & 127);
		setitimer(ITIMER_REAL, &never, NULL);
		ASSERT_GT(pid, 0);
		expect_exit(procfd, i & 127);
		EXPECT_EQ(open_fd_count(), fds + 1);
		while (waitpid(-1, NULL, __WALL) > 0)
			children++;
		EXPECT_EQ(children, flags & PROCFD_AUTOREAP ? 0 : 1);
		close(procfd);
	}
	EXPECT_GT(alarms, 0);
	close(dev);
	module_idle();
}

TEST_TIMEOUT(hazards_clone_begun_again_after_signals_makes_one_child, 60)
{
	clone_under_alarms(0, SIGCHLD);
}

TEST_TIMEOUT(hazards_clone_begun_again_after_signals_makes_one_autoreap_child,
	     60)
{
	clone_under_alarms(PROCFD_AUTOREAP, 0);
}

/* ---- nothing is left -------------------------------------------------------------------- */

static void end_with_everything_open(void *unused)
{
	int dev = device(), procfd = -1;
	pid_t pid = clone_child(dev, PROCFD_AUTOREAP, 0, &procfd);

	if (!pid)
		_exit(0);
	next_child(dev, PROCFD_KILL_ON_CLOSE);
	procfd_of(getpid());
	procfd_of(getppid());
}

TEST(hazards_end_of_a_process_lets_go_of_all_it_had)
{
	module_idle();
	for (int i = 0; i < 20; i++)
		EXPECT_EQ(reap(fork_child(end_with_everything_open, NULL)), 0);
	module_idle();
}

TEST(hazards_failed_calls_leave_no_reference)
{
	int dev, procfd = -1, references;

	module_idle();
	dev = device();
	references = module_references();
	for (int i = 0; i < 20; i++) {
		EXPECT_ERRNO(clone_child(dev, 0, SIGCHLD, NULL), EFAULT);
		EXPECT_ERRNO(clone_child(dev, PROCFD_AUTOREAP, SIGCHLD,
					 &procfd),
			     EINVAL);
		EXPECT_ERRNO(open_pid(dev, 1 << 30, 0), ESRCH);
		EXPECT_ERRNO(next_child(dev, 1U << 31), EINVAL);
	}
	module_references_back(references);
	close(dev);
	module_idle();
}
