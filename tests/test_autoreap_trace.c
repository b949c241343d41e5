// SPDX-License-Identifier: GPL-2.0-only
/* AUTOREAP and tracers, stops, unloading, and kprobes that are switched off. */
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/mount.h>

#include "autoreap.h"
#include "refs.h"

/* ---- traced ------------------------------------------------------------------- */

static int traced_by_parent(void *gate)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	return wait_at_gate(gate);
}

/* What the tracer's waitid() says of its end; the zombie stays. */
static void expect_end_for_tracer(pid_t pid, int code, int status)
{
	siginfo_t info = { 0 };

	EXPECT_OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_code, code);
	EXPECT_EQ(info.si_status, status);
	EXPECT_EQ(proc_state(pid), 'Z');
}

TEST(autoreap_child_traced_by_its_parent_stays_for_it)
{
	struct gate gate = gate_make();
	int procfd = -1, status;
	pid_t pid;

	pid = autoreap_child(BY_CLONE, &procfd, traced_by_parent, &gate);
	gate_open(&gate);
	expect_exit(procfd, 9);
	expect_end_for_tracer(pid, CLD_EXITED, 9);
	EXPECT_FALSE(is_hung_up(procfd));
	EXPECT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(status, 9 << 8);
	EXPECT_ERRNO(waitpid(pid, NULL, __WALL), ECHILD);
	EXPECT_TRUE(is_hung_up(procfd));
}

/* What a tracer who is not the parent does, and when it has told that it did. */
struct stranger {
	pid_t pid;
	struct gate seized, ended, let_go;
	void (*after_end)(pid_t pid);
};

static void seize_until_end(void *arg)
{
	struct stranger *stranger = arg;

	ASSERT_OK(ptrace(PTRACE_SEIZE, stranger->pid, 0, 0));
	gate_open(&stranger->seized);
	expect_end_for_tracer(stranger->pid, CLD_EXITED, 9);
	gate_open(&stranger->ended);
	gate_wait(&stranger->let_go);
	stranger->after_end(stranger->pid);
}

static void wait_as_tracer(pid_t pid)
{
	int status;

	EXPECT_EQ(waitpid(pid, &status, __WALL), pid);
	EXPECT_EQ(status, 9 << 8);
}

static void end_as_tracer(pid_t pid)
{
	_exit(0);
}

static void goes_after_stranger(void (*after_end)(pid_t pid))
{
	struct stranger stranger = { .after_end = after_end };
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t tracer;

	stranger.seized = gate_make();
	stranger.ended = gate_make();
	stranger.let_go = gate_make();
	block_signal(SIGCHLD);
	stranger.pid = autoreap_child(BY_CLONE, &procfd, wait_at_gate, &gate);
	tracer = fork_child(seize_until_end, &stranger);
	gate_wait(&stranger.seized);
	gate_open(&gate);
	gate_wait(&stranger.ended);
	expect_exit(procfd, 9);
	EXPECT_FALSE(is_hung_up(procfd));
	EXPECT_FALSE(signal_pending(SIGCHLD));
	EXPECT_EQ(waitpid(stranger.pid, NULL, WNOHANG | __WALL), 0);
	gate_open(&stranger.let_go);
	ASSERT_SOON(is_hung_up(procfd));
	EXPECT_ERRNO(kill(stranger.pid, 0), ESRCH);
	test_follow(reap(tracer));
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

TEST(autoreap_child_goes_when_a_tracing_stranger_has_waited)
{
	goes_after_stranger(wait_as_tracer);
}

TEST(autoreap_child_goes_when_a_tracing_stranger_has_ended)
{
	goes_after_stranger(end_as_tracer);
}

static void seize_and_detach(void *arg)
{
	pid_t pid = *(pid_t *)arg;
	int status;

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, 0, 0));
	ASSERT_OK(ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	ASSERT_EQ(waitpid(pid, &status, __WALL), pid);
	ASSERT_OK(ptrace(PTRACE_DETACH, pid, 0, 0));
}

TEST(autoreap_child_goes_by_itself_after_a_tracer_detached)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t pid;

	pid = autoreap_child(BY_CLONE, &procfd, wait_at_gate, &gate);
	test_follow(reap(fork_child(seize_and_detach, &pid)));
	block_signal(SIGCHLD);
	gate_open(&gate);
	expect_goes_by_itself(pid, procfd, 9 << 8);
}

/* ---- stops ---------------------------------------------------------------------- */

static void expect_sigchld(pid_t pid, int code)
{
	struct timespec soon = { SOON_MS / 1000, 0 };
	siginfo_t info = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	EXPECT_EQ(sigtimedwait(&set, &info, &soon), SIGCHLD);
	EXPECT_EQ(info.si_code, code);
	EXPECT_EQ(info.si_pid, pid);
}

TEST(autoreap_child_that_stops_and_continues_raises_sigchld)
{
	int procfd = -1;
	pid_t pid;

	block_signal(SIGCHLD);
	pid = autoreap_child(BY_CLONE, &procfd, sleep_until_killed, NULL);
	ASSERT_OK(kill(pid, SIGSTOP));
	expect_sigchld(pid, CLD_STOPPED);
	EXPECT_EQ(waitpid(pid, NULL, __WALL | WUNTRACED), pid);
	ASSERT_OK(kill(pid, SIGCONT));
	expect_sigchld(pid, CLD_CONTINUED);
	ASSERT_OK(kill(pid, SIGKILL));
	expect_goes_by_itself(pid, procfd, SIGKILL);
}

static void ignore_it(int signal)
{
}

TEST(autoreap_child_that_stops_raises_no_sigchld_with_sa_nocldstop)
{
	int procfd = -1;
	pid_t pid;

	block_signal(SIGCHLD);
	handle_signal(SIGCHLD, ignore_it, SA_NOCLDSTOP);
	pid = autoreap_child(BY_CLONE, &procfd, sleep_until_killed, NULL);
	ASSERT_OK(kill(pid, SIGSTOP));
	EXPECT_EQ(waitpid(pid, NULL, __WALL | WUNTRACED), pid);
	EXPECT_FALSE(signal_pending(SIGCHLD));
	ASSERT_OK(kill(pid, SIGCONT));
	EXPECT_EQ(waitpid(pid, NULL, __WALL | WCONTINUED), pid);
	EXPECT_FALSE(signal_pending(SIGCHLD));
	ASSERT_OK(kill(pid, SIGKILL));
	expect_goes_by_itself(pid, procfd, SIGKILL);
}

/* ---- unloading ------------------------------------------------------------------- */

static void holds_the_module(enum way way)
{
	struct gate gate = gate_make();
	int procfd = -1;

	module_idle();
	autoreap_child(way, &procfd, wait_at_gate, &gate);
	close(procfd);
	expect_module_busy();
	gate_open(&gate);
	module_idle();
}

TEST(autoreap_child_without_any_fd_holds_the_module_until_it_ends)
{
	holds_the_module(BY_CLONE);
}

TEST(autoreap_next_child_without_any_fd_holds_the_module_until_it_ends)
{
	holds_the_module(BY_NEXT_CHILD);
}

TEST(autoreap_child_whose_end_nobody_watches_goes_by_itself)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t pid;

	block_signal(SIGCHLD);
	pid = autoreap_child(BY_CLONE, &procfd, wait_at_gate, &gate);
	close(procfd);
	gate_open(&gate);
	ASSERT_SOON(kill(pid, 0) == -1 && errno == ESRCH);
	EXPECT_FALSE(signal_pending(SIGCHLD));
	EXPECT_ERRNO(waitpid(pid, NULL, __WALL), ECHILD);
}

/* ---- kprobes ---------------------------------------------------------------------- */

#define KPROBES_SWITCH "/sys/kernel/debug/kprobes/enabled"

static void need_kprobes_switch(void)
{
	if (access(KPROBES_SWITCH, W_OK))
		mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (access(KPROBES_SWITCH, W_OK))
		SKIP("no %s to write to", KPROBES_SWITCH);
}

static void expect_no_autoreap(void)
{
	int dev = device(), fds = open_fd_count(), procfd = -1;

	EXPECT_EQ(features().features & PROCFD_FEATURE_AUTOREAP, 0);
	EXPECT_EQ(features().known & PROCFD_FEATURE_AUTOREAP,
		  PROCFD_FEATURE_AUTOREAP);
	EXPECT_ERRNO(clone_child(dev, PROCFD_AUTOREAP, 0, &procfd), EOPNOTSUPP);
	EXPECT_ERRNO(next_child(dev, PROCFD_AUTOREAP), EOPNOTSUPP);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
	EXPECT_EQ(open_fd_count(), fds);
	close(dev);
}

static void expect_plain_clone_works(void)
{
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(device(), 0, SIGCHLD, &procfd));

	if (!pid)
		_exit(4);
	expect_exit(procfd, 4);
	EXPECT_EQ(reap(pid), 4 << 8);
}

static void while_kprobes_are_off(void *unused)
{
	write_text(KPROBES_SWITCH, "0");
	expect_no_autoreap();
	expect_plain_clone_works();
}

static void goes_by_itself(enum way way)
{
	int procfd = -1;
	pid_t pid = autoreap_fork(way, &procfd);

	if (!pid)
		_exit(9);
	expect_goes_by_itself(pid, procfd, 9 << 8);
}

/* Switched on again whatever becomes of the assertions. */
TEST(autoreap_is_refused_while_kprobes_are_off_and_works_when_they_are_on_again)
{
	int status;

	need_kprobes_switch();
	status = reap(fork_child(while_kprobes_are_off, NULL));
	write_text(KPROBES_SWITCH, "1");
	test_follow(status);
	EXPECT_EQ(features().features & PROCFD_FEATURE_AUTOREAP,
		  PROCFD_FEATURE_AUTOREAP);
	block_signal(SIGCHLD);
	goes_by_itself(BY_CLONE);
	goes_by_itself(BY_NEXT_CHILD);
}

TEST(autoreap_child_that_lived_while_kprobes_were_off_goes_when_they_are_on)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t pid;

	need_kprobes_switch();
	block_signal(SIGCHLD);
	pid = autoreap_child(BY_CLONE, &procfd, wait_at_gate, &gate);
	write_text(KPROBES_SWITCH, "0");
	write_text(KPROBES_SWITCH, "1");
	gate_open(&gate);
	expect_goes_by_itself(pid, procfd, 9 << 8);
}
