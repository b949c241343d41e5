// SPDX-License-Identifier: GPL-2.0-only
/* WAIT: deadlines, signals and restarts, several waiters, other namespaces. */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>

#include "waiting.h"

/* ---- how long ------------------------------------------------------------------------ */

TEST(wait_deadline_that_has_passed_is_etimedout_at_once)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);
	struct procfd_wait wait;

	EXPECT_ERRNO(wait_until(procfd, PROCFD_WEXITED, 1), ETIMEDOUT);
	EXPECT_ERRNO(wait_until(procfd, PROCFD_WEXITED,
				now_ns(CLOCK_BOOTTIME) - 1),
		     ETIMEDOUT);
	EXPECT_OK(wait_until(procfd, PROCFD_WEXITED | PROCFD_WNOHANG, 1));
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
}

TEST(wait_deadline_that_has_passed_does_not_hide_an_end)
{
	pid_t pid = fork_exit(84);
	int procfd = procfd_of(pid);

	wait_readable(procfd);
	EXPECT_OK(wait_until(procfd, PROCFD_WEXITED, 1));
	EXPECT_TRUE(is_reaped(procfd));
}

static void deadline_in_100_ms(int procfd)
{
	long long deadline = now_ns(CLOCK_BOOTTIME) + 100000000;

	EXPECT_ERRNO(wait_until(procfd, PROCFD_WEXITED, deadline), ETIMEDOUT);
	EXPECT_GE(now_ns(CLOCK_BOOTTIME), deadline);
	EXPECT_LT(now_ns(CLOCK_BOOTTIME), deadline + SOON_MS * 500000LL);
}

static void deadline_of_stranger(void *arg)
{
	deadline_in_100_ms(*(int *)arg);
}

TEST(wait_deadline_ends_the_wait_of_parent_and_stranger)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	deadline_in_100_ms(procfd);
	in_child(deadline_of_stranger, &procfd);
	kill_and_reap(pid);
}

TEST(wait_deadline_far_away_is_no_obstacle)
{
	uint64_t far[] = { INT64_MAX, UINT64_MAX, 1ULL << 63,
			   now_ns(CLOCK_BOOTTIME) + 3600000000000ULL };

	for (int i = 0; i < 4; i++) {
		struct gated_exit gated;
		pid_t pid = fork_gated(&gated, 85);
		struct procfd_wait wait = { .options = PROCFD_WEXITED,
					    .deadline_ns = far[i] };
		int procfd = procfd_of(pid);

		gate_open(&gated.gate);
		ASSERT_OK(ioctl(procfd, PROCFD_WAIT, &wait));
		expect_result(&wait, pid, CLD_EXITED, 85);
	}
}

static volatile int alarms;

static void count_alarm(int signal)
{
	alarms++;
}

static void alarms_often(int flags)
{
	struct itimerval often = { { 0, 10000 }, { 0, 10000 } };

	handle_signal(SIGALRM, count_alarm, flags);
	ASSERT_OK(setitimer(ITIMER_REAL, &often, NULL));
}

static void restarted_until_deadline(void *arg)
{
	long long deadline = now_ns(CLOCK_BOOTTIME) + 300000000;

	alarms = 0;
	alarms_often(SA_RESTART);
	EXPECT_ERRNO(wait_until(*(int *)arg, PROCFD_WEXITED, deadline),
		     ETIMEDOUT);
	EXPECT_GE(now_ns(CLOCK_BOOTTIME), deadline);
	EXPECT_GT(alarms, 1);
}

TEST(wait_restarted_by_a_handler_keeps_its_deadline)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	in_child(restarted_until_deadline, &procfd);
	restarted_until_deadline(&procfd);
	kill_and_reap(pid);
}

static void interrupted(void *arg)
{
	struct procfd_wait wait;

	alarms_often(0);
	EXPECT_ERRNO(wait_for(*(int *)arg, PROCFD_WEXITED, &wait), EINTR);
	EXPECT_ERRNO(wait_until(*(int *)arg, PROCFD_WEXITED,
				now_ns(CLOCK_BOOTTIME) + 60000000000LL),
		     EINTR);
}

TEST(wait_is_interrupted_by_a_handler_that_does_not_restart)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	in_child(interrupted, &procfd);
	interrupted(&procfd);
	kill_and_reap(pid);
}

TEST(wait_on_a_nonblocking_procfd_is_eagain)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of_flags(pid, PROCFD_NONBLOCK);
	struct procfd_wait wait;

	EXPECT_ERRNO(wait_for(procfd, PROCFD_WEXITED, &wait), EAGAIN);
	EXPECT_ERRNO(wait_until(procfd, PROCFD_WEXITED,
				now_ns(CLOCK_BOOTTIME) + 60000000000LL),
		     EAGAIN);
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED | PROCFD_WNOHANG, &wait));
	EXPECT_EQ(wait.code, 0);
	ASSERT_OK(kill(pid, SIGKILL));
	wait_readable(procfd);
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.code, CLD_KILLED);
}

/* ---- several at once -------------------------------------------------------------------- */

static void *wait_in_thread(void *arg)
{
	struct procfd_wait *wait = arg;
	int procfd = wait->status;

	if (wait_for(procfd, PROCFD_WEXITED, wait))
		wait->code = -errno;
	return NULL;
}

TEST(wait_by_many_threads_tells_all_of_them)
{
	for (int round = 0; round < 20; round++) {
		struct procfd_wait waits[4];
		struct gated_exit gated;
		pid_t pid = fork_gated(&gated, 86);
		int procfd = procfd_of(pid);
		pthread_t ids[4];

		for (int i = 0; i < 4; i++) {
			waits[i].status = procfd;
			pthread_create(&ids[i], NULL, wait_in_thread,
				       &waits[i]);
		}
		gate_open(&gated.gate);
		for (int i = 0; i < 4; i++) {
			pthread_join(ids[i], NULL);
			expect_result(&waits[i], pid, CLD_EXITED, 86);
		}
		EXPECT_TRUE(is_reaped(procfd));
		close(procfd);
	}
}

TEST(wait_competing_with_waitpid_tells_the_same)
{
	for (int round = 0; round < 30; round++) {
		struct procfd_wait wait;
		struct gated_exit gated;
		pid_t pid = fork_gated(&gated, 87);
		int status = 87 << 8;
		pthread_t id;

		wait.status = procfd_of(pid);
		pthread_create(&id, NULL, wait_in_thread, &wait);
		gate_open(&gated.gate);
		if (waitpid(pid, &status, 0) < 0)
			EXPECT_EQ(errno, ECHILD);
		EXPECT_EQ(status, 87 << 8);
		pthread_join(id, NULL);
		expect_result(&wait, pid, CLD_EXITED, 87);
	}
}

/* ---- namespaces --------------------------------------------------------------------------- */

static void wait_outside(void *arg)
{
	struct procfd_wait wait;

	EXPECT_ERRNO(wait_for(*(int *)arg, PROCFD_WEXITED | PROCFD_WNOHANG,
			      &wait),
		     EREMOTE);
}

TEST(wait_outside_of_ones_pid_namespace_is_eremote)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	run_in_pid_namespace(wait_outside, &procfd);
	kill_and_reap(pid);
	run_in_pid_namespace(wait_outside, &procfd);
}
