// SPDX-License-Identifier: GPL-2.0-only
/*
 * WAIT: waitid(2) by fd for a parent or tracer, and the record for everyone else.
 */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>

#include "waiting.h"

/* ---- a parent -------------------------------------------------------------------- */

TEST(wait_by_the_parent_tells_the_exit_and_reaps)
{
	struct procfd_wait wait;
	pid_t pid = fork_exit(71);
	int procfd = procfd_of(pid);

	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	expect_result(&wait, pid, CLD_EXITED, 71);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
	EXPECT_TRUE(is_reaped(procfd));
	expect_exit(procfd, 71);
}

TEST(wait_by_the_parent_tells_the_signal)
{
	struct procfd_wait wait;
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	ASSERT_OK(kill(pid, SIGUSR2));
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	expect_result(&wait, pid, CLD_KILLED, SIGUSR2);
}

TEST(wait_with_nowait_leaves_the_zombie)
{
	struct procfd_wait wait;
	pid_t pid = fork_exit(72);
	int procfd = procfd_of(pid);

	for (int i = 0; i < 3; i++) {
		ASSERT_OK(wait_for(procfd, PROCFD_WEXITED | PROCFD_WNOWAIT,
				   &wait));
		expect_result(&wait, pid, CLD_EXITED, 72);
	}
	EXPECT_FALSE(is_reaped(procfd));
	EXPECT_EQ(reap(pid), 72 << 8);
}

TEST(wait_with_nohang_and_nothing_gives_zeros)
{
	struct procfd_wait wait = {
		.code = 99, .status = 99, .pid = 99, .uid = 99
	};
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	wait.options = PROCFD_WEXITED | PROCFD_WNOHANG;
	ASSERT_OK(ioctl(procfd, PROCFD_WAIT, &wait));
	EXPECT_EQ(wait.code, 0);
	EXPECT_EQ(wait.status, 0);
	EXPECT_EQ(wait.pid, 0);
	kill_and_reap(pid);
}

TEST(wait_tells_stops_and_continues)
{
	unsigned int all = PROCFD_WEXITED | PROCFD_WSTOPPED | PROCFD_WCONTINUED;
	struct procfd_wait wait;
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	ASSERT_OK(kill(pid, SIGSTOP));
	ASSERT_OK(wait_for(procfd, PROCFD_WSTOPPED | PROCFD_WNOWAIT, &wait));
	expect_result(&wait, pid, CLD_STOPPED, SIGSTOP);
	ASSERT_OK(wait_for(procfd, all, &wait));
	expect_result(&wait, pid, CLD_STOPPED, SIGSTOP);
	ASSERT_OK(wait_for(procfd, all | PROCFD_WNOHANG, &wait));
	EXPECT_EQ(wait.code, 0);
	ASSERT_OK(kill(pid, SIGCONT));
	ASSERT_OK(wait_for(procfd, PROCFD_WCONTINUED, &wait));
	expect_result(&wait, pid, CLD_CONTINUED, SIGCONT);
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_OK(wait_for(procfd, all, &wait));
	expect_result(&wait, pid, CLD_KILLED, SIGKILL);
}

struct stopper {
	pid_t pid;
	int signal;
};

/* The case sleeps in its wait by then. */
static void signal_later(void *arg)
{
	struct stopper *stopper = arg;

	wait_sleeping(getppid());
	ASSERT_OK(kill(stopper->pid, stopper->signal));
}

static void expect_woken_by(int procfd, struct stopper *stopper,
			    unsigned int options, int code)
{
	pid_t helper = fork_child(signal_later, stopper);
	long long start = now_ns(CLOCK_BOOTTIME);
	struct procfd_wait wait = {
		.options = options,
		.deadline_ns = start + SOON_MS * 1000000LL,
	};

	ASSERT_OK(ioctl(procfd, PROCFD_WAIT, &wait));
	expect_result(&wait, stopper->pid, code, stopper->signal);
	EXPECT_LT(now_ns(CLOCK_BOOTTIME) - start, SOON_MS * 500000LL);
	EXPECT_EQ(reap(helper), 0);
}

TEST(wait_that_sleeps_is_woken_by_stop_continue_and_end)
{
	struct stopper stopper = { fork_sleeper(), SIGSTOP };
	int procfd = procfd_of(stopper.pid);

	expect_woken_by(procfd, &stopper, PROCFD_WSTOPPED, CLD_STOPPED);
	stopper.signal = SIGCONT;
	expect_woken_by(procfd, &stopper, PROCFD_WCONTINUED, CLD_CONTINUED);
	stopper.signal = SIGKILL;
	expect_woken_by(procfd, &stopper, PROCFD_WEXITED, CLD_KILLED);
}

TEST(wait_for_stops_of_one_that_ended_is_echild)
{
	pid_t pid = fork_exit(0);
	int procfd = procfd_of(pid);
	struct procfd_wait wait;
	siginfo_t info;
	int native, ours;

	wait_readable(procfd);
	native = ERRNO_OF(waitid(P_PID, pid, &info, WSTOPPED | WNOHANG));
	ours = ERRNO_OF(
		wait_for(procfd, PROCFD_WSTOPPED | PROCFD_WNOHANG, &wait));
	EXPECT_EQ(ours, native);
	reap(pid);
	EXPECT_ERRNO(wait_for(procfd, PROCFD_WSTOPPED, &wait), ECHILD);
	EXPECT_ERRNO(wait_for(procfd, PROCFD_WCONTINUED, &wait), ECHILD);
}

TEST(wait_waits_for_children_of_any_exit_signal)
{
	int signals[] = { 0, SIGUSR1, SIGCHLD };

	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		struct procfd_wait wait;
		int procfd = -1;
		pid_t pid = ASSERT_OK(
			clone_child(device(), 0, signals[i], &procfd));

		if (!pid)
			_exit(73);
		ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
		expect_result(&wait, pid, CLD_EXITED, 73);
		EXPECT_ERRNO(waitpid(pid, NULL, __WALL), ECHILD);
	}
}

TEST(wait_takes_only_this_child)
{
	struct procfd_wait wait;
	pid_t other = fork_exit(1), pid = fork_exit(74);
	int procfd = procfd_of(pid);

	wait_zombie(other);
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	expect_result(&wait, pid, CLD_EXITED, 74);
	EXPECT_EQ(reap(other), 1 << 8);
}

/* By number it would be the wrong one. */
TEST(wait_never_reaps_a_recycled_number)
{
	struct procfd_wait wait;
	pid_t pid = fork_exit(75), second;
	int procfd = procfd_of(pid), other;

	reap(pid);
	second = sleeper_with_number(pid);
	other = procfd_of(second);
	ASSERT_OK(kill(second, SIGKILL));
	wait_readable(other);
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	expect_result(&wait, pid, CLD_EXITED, 75);
	EXPECT_FALSE(is_reaped(other));
	EXPECT_EQ(reap(second), SIGKILL);
}

TEST(wait_after_reaping_gives_the_record_again_and_again)
{
	struct procfd_wait wait;
	pid_t pid = fork_exit(76);
	int procfd = procfd_of(pid);

	reap(pid);
	for (int i = 0; i < 3; i++) {
		ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
		expect_result(&wait, pid, CLD_EXITED, 76);
	}
}

TEST(wait_by_a_parent_that_ignores_sigchld_gives_the_record)
{
	struct procfd_wait wait;
	struct gated_exit gated;
	pid_t pid;
	int procfd;

	signal(SIGCHLD, SIG_IGN);
	pid = fork_gated(&gated, 77);
	procfd = procfd_of(pid);
	gate_open(&gated.gate);
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	expect_result(&wait, pid, CLD_EXITED, 77);
}

TEST(wait_by_the_parent_of_an_autoreap_child_gives_the_record)
{
	struct procfd_wait wait;
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t pid =
		ASSERT_OK(clone_child(device(), PROCFD_AUTOREAP, 0, &procfd));

	if (!pid) {
		gate_wait(&gate);
		_exit(78);
	}
	gate_open(&gate);
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	expect_result(&wait, pid, CLD_EXITED, 78);
}

/* ---- the record ------------------------------------------------------------------- */

TEST(wait_copies_the_record_that_read_gives)
{
	struct procfd_exit copied, expected;
	struct procfd_wait wait = {
		.options = PROCFD_WEXITED,
		.record = (uintptr_t)&copied,
		.record_size = sizeof(copied),
	};
	pid_t pid = fork_exit(79);
	int procfd = procfd_of(pid);

	ASSERT_OK(ioctl(procfd, PROCFD_WAIT, &wait));
	expected = read_record(procfd);
	EXPECT_MEMEQ(&copied, &expected, sizeof(copied));
	expect_status(&copied, 79 << 8);
}

TEST(wait_copies_no_more_than_the_record_and_no_more_than_asked)
{
	char large[1024], expected[1024];
	struct procfd_wait wait = {
		.options = PROCFD_WEXITED,
		.record = (uintptr_t)large,
		.record_size = sizeof(large),
	};
	int procfd = procfd_of(fork_exit(80));
	ssize_t length;

	memset(large, 0x5a, sizeof(large));
	memset(expected, 0x5a, sizeof(expected));
	ASSERT_OK(ioctl(procfd, PROCFD_WAIT, &wait));
	length = ASSERT_OK(read(procfd, expected, sizeof(expected)));
	EXPECT_GE(length, PROCFD_EXIT_SIZE_VER0);
	EXPECT_MEMEQ(large, expected, sizeof(large));
	memset(large, 0x5a, sizeof(large));
	memset(expected + PROCFD_EXIT_SIZE_VER0, 0x5a,
	       sizeof(expected) - PROCFD_EXIT_SIZE_VER0);
	wait.record_size = PROCFD_EXIT_SIZE_VER0;
	ASSERT_OK(ioctl(procfd, PROCFD_WAIT, &wait));
	EXPECT_MEMEQ(large, expected, sizeof(large));
}

TEST(wait_record_size_is_checked_before_anything_happens)
{
	unsigned int small[] = { 0, 1, 8, PROCFD_EXIT_SIZE_VER0 - 1 };
	struct procfd_exit record;
	struct procfd_wait wait = { .options = PROCFD_WEXITED,
				    .record = (uintptr_t)&record };
	pid_t pid = fork_exit(81);
	int procfd = procfd_of(pid);

	wait_readable(procfd);
	for (int i = 0; i < 4; i++) {
		wait.record_size = small[i];
		EXPECT_ERRNO(ioctl(procfd, PROCFD_WAIT, &wait), EINVAL);
	}
	wait.record = 0;
	wait.record_size = sizeof(record);
	EXPECT_ERRNO(ioctl(procfd, PROCFD_WAIT, &wait), EINVAL);
	EXPECT_FALSE(is_reaped(procfd));
	EXPECT_EQ(reap(pid), 81 << 8);
}

TEST(wait_record_that_cannot_be_written_is_efault_and_not_lost)
{
	uint64_t bad[] = { 1, 1ULL << 63, -4096ULL };
	struct procfd_wait wait = { .options = PROCFD_WEXITED,
				    .record_size = sizeof(struct procfd_exit) };
	int procfd = procfd_of(fork_exit(82));

	wait_readable(procfd);
	for (int i = 0; i < 3; i++) {
		wait.record = bad[i];
		EXPECT_ERRNO(ioctl(procfd, PROCFD_WAIT, &wait), EFAULT);
	}
	expect_exit(procfd, 82);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* ---- strangers and tracers ---------------------------------------------------------- */

struct stranger {
	int procfd;
	pid_t pid;
	struct gate told;
};

static void wait_as_stranger(void *arg)
{
	struct stranger *s = arg;
	struct procfd_wait wait;

	EXPECT_ERRNO(wait_for(s->procfd, PROCFD_WSTOPPED, &wait), ECHILD);
	EXPECT_ERRNO(wait_for(s->procfd, PROCFD_WCONTINUED | PROCFD_WNOHANG,
			      &wait),
		     ECHILD);
	ASSERT_OK(wait_for(s->procfd, PROCFD_WEXITED | PROCFD_WNOHANG, &wait));
	EXPECT_EQ(wait.code, 0);
	gate_open(&s->told);
	ASSERT_OK(wait_for(s->procfd, PROCFD_WEXITED | PROCFD_WSTOPPED, &wait));
	EXPECT_EQ(wait.code, CLD_EXITED);
	EXPECT_EQ(wait.status, 83);
	EXPECT_EQ(wait.pid, s->pid);
}

static void waited_by_stranger(void (*start)(struct stranger *))
{
	struct gated_exit gated;
	struct stranger s = { .told = gate_make() };

	s.pid = fork_gated(&gated, 83);
	s.procfd = procfd_of(s.pid);
	start(&s);
	gate_wait(&s.told);
	gate_open(&gated.gate);
	wait_readable(s.procfd);
	EXPECT_FALSE(is_reaped(s.procfd));
}

static pid_t stranger_pid;

static void start_root(struct stranger *s)
{
	stranger_pid = fork_child(wait_as_stranger, s);
}

static void as_user(void *arg)
{
	ASSERT_OK(setresuid(1000, 1000, 1000));
	wait_as_stranger(arg);
}

static void start_user(struct stranger *s)
{
	stranger_pid = fork_child(as_user, s);
}

static void reap_stranger_and_child(void)
{
	EXPECT_EQ(reap(stranger_pid), 0);
	ASSERT_OK(waitpid(-1, NULL, 0)); /* still there: nobody reaped it */
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

TEST(wait_by_a_stranger_gives_the_record_without_reaping)
{
	waited_by_stranger(start_root);
	reap_stranger_and_child();
}

TEST(wait_by_an_unprivileged_stranger_gives_the_record_without_reaping)
{
	waited_by_stranger(start_user);
	reap_stranger_and_child();
}

static void wait_as_tracer(void *arg)
{
	struct stranger *s = arg;
	struct procfd_wait wait;

	ASSERT_OK(ptrace(PTRACE_SEIZE, s->pid, 0, 0));
	ASSERT_OK(ptrace(PTRACE_INTERRUPT, s->pid, 0, 0));
	ASSERT_OK(wait_for(s->procfd, PROCFD_WSTOPPED, &wait));
	EXPECT_EQ(wait.code, CLD_TRAPPED);
	EXPECT_EQ(wait.pid, s->pid);
	ASSERT_OK(ptrace(PTRACE_CONT, s->pid, 0, 0));
	gate_open(&s->told);
	ASSERT_OK(wait_for(s->procfd, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.status, 83);
	EXPECT_ERRNO(waitpid(s->pid, NULL, __WALL), ECHILD);
}

static void start_tracer(struct stranger *s)
{
	stranger_pid = fork_child(wait_as_tracer, s);
}

TEST(wait_by_a_tracer_tells_traps_and_gives_it_to_the_parent)
{
	waited_by_stranger(start_tracer);
	reap_stranger_and_child();
}
