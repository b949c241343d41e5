// SPDX-License-Identifier: GPL-2.0-only
/*
 * Under a seccomp filter: what a filter could forbid as a system call is not to
 * be had as an ioctl, all else is.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spawn.h>
#include <sys/prctl.h>

#include "finding.h"

#define TRUST "/sys/module/procfd/parameters/seccomp_trust"

extern char **environ;

/* From here on the caller has a filter, which allows everything. */
static void allow_all(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	ASSERT_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT_OK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void expect_clone_refused(void)
{
	int dev = device(), fds = open_fd_count(), procfd = -1;

	EXPECT_ERRNO(clone_child(dev, 0, SIGCHLD, &procfd), EPERM);
	EXPECT_ERRNO(clone_child(dev, PROCFD_AUTOREAP, 0, &procfd), EPERM);
	EXPECT_EQ(open_fd_count(), fds);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL | WNOHANG), ECHILD);
	close(dev);
}

TEST(seccomp_filter_makes_clone_eperm)
{
	allow_all();
	expect_clone_refused();
}

/* The order of checks: what is wrong with the argument comes first. */
TEST(seccomp_filter_leaves_einval_before_eperm)
{
	int procfd = -1;

	allow_all();
	EXPECT_ERRNO(clone_child(device(), PROCFD_AUTOREAP, SIGCHLD, &procfd),
		     EINVAL);
}

/* ---- signals ------------------------------------------------------------------------ */

struct stranger {
	int procfd;
	pid_t pid;
};

/* Somebody that the caller of run() may signal, and that is not its child. */
static void with_stranger(void (*run)(void *))
{
	pid_t pid = fork_sleeper();
	struct stranger stranger = { procfd_of(pid), pid };

	test_follow(reap(fork_child(run, &stranger)));
	EXPECT_FALSE(has_ended(stranger.procfd));
	kill_and_reap(pid);
}

static void signal_stranger(void *arg)
{
	struct stranger *stranger = arg;
	unsigned int scopes[] = { 0, PROCFD_SIGNAL_PROCESS,
				  PROCFD_SIGNAL_THREAD };

	EXPECT_OK(send_signal(stranger->procfd, 0, 0));
	allow_all();
	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(send_signal(stranger->procfd, SIGKILL, scopes[i]),
			     EPERM);
		EXPECT_ERRNO(send_signal(stranger->procfd, 0, scopes[i]),
			     EPERM);
	}
}

TEST(seccomp_filter_makes_signals_to_strangers_eperm)
{
	with_stranger(signal_stranger);
}

static void signal_itself(void *unused)
{
	int procfd = procfd_of(getpid());

	allow_all();
	EXPECT_ERRNO(send_signal(procfd, 0, 0), EPERM);
}

TEST(seccomp_filter_makes_signals_to_itself_eperm)
{
	test_follow(reap(fork_child(signal_itself, NULL)));
}

TEST(seccomp_filter_lets_signals_to_own_children_through)
{
	pid_t old = fork_sleeper(), pid;
	int before = procfd_of(old), after;

	allow_all();
	EXPECT_OK(send_signal(before, SIGTERM, 0));
	EXPECT_EQ(reap(old), SIGTERM);
	pid = fork_sleeper();
	after = procfd_of(pid);
	EXPECT_OK(send_signal(after, 0, PROCFD_SIGNAL_THREAD));
	EXPECT_OK(send_signal(after, SIGKILL, 0));
	EXPECT_EQ(reap(pid), SIGKILL);
}

/* ---- kill on close -------------------------------------------------------------------- */

static void arm_stranger(void *arg)
{
	struct stranger *stranger = arg;
	int dev = device(), fds = open_fd_count();

	allow_all();
	EXPECT_ERRNO(open_pid(dev, stranger->pid, PROCFD_KILL_ON_CLOSE), EPERM);
	EXPECT_EQ(open_fd_count(), fds);
	close(ASSERT_OK(open_pid(dev, stranger->pid, 0)));
}

static void arm_stranger_by_any_name(void *arg)
{
	struct stranger *stranger = arg;
	int dev = device(), pidfd = pidfd_open_native(stranger->pid);
	uint64_t id = id_of(stranger->procfd);
	unsigned int kill = PROCFD_KILL_ON_CLOSE;

	allow_all();
	EXPECT_ERRNO(open_pidfd(dev, pidfd, kill), EPERM);
	EXPECT_ERRNO(open_id(dev, id, kill), EPERM);
	EXPECT_ERRNO(open_self(dev, kill), EPERM);
	EXPECT_ERRNO(open_root(dev, kill), EPERM);
	EXPECT_ERRNO(open_relative(stranger->procfd, PROCFD_RELATIVE_PARENT, -1,
				   kill),
		     EPERM);
	close(ASSERT_OK(open_pidfd(dev, pidfd, 0)));
	close(ASSERT_OK(open_id(dev, id, 0)));
	close(ASSERT_OK(open_self(dev, 0)));
	close(ASSERT_OK(open_root(dev, 0)));
	EXPECT_EQ(info_of(stranger->procfd).pid, stranger->pid);
}

TEST(seccomp_filter_makes_kill_on_close_of_strangers_eperm_by_any_name)
{
	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	with_stranger(arm_stranger_by_any_name);
}

TEST(seccomp_filter_lets_kill_on_close_of_a_child_by_pidfd_through)
{
	pid_t pid = fork_sleeper();
	int pidfd = ASSERT_OK(pidfd_open_native(pid)), dev = device();

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	allow_all();
	expect_kills_on_close(open_pidfd(dev, pidfd, PROCFD_KILL_ON_CLOSE),
			      pid);
}

TEST(seccomp_filter_makes_kill_on_close_of_strangers_eperm)
{
	with_stranger(arm_stranger);
}

TEST(seccomp_filter_lets_kill_on_close_of_own_children_through)
{
	pid_t pid = fork_sleeper();

	allow_all();
	close(procfd_of_flags(pid, PROCFD_KILL_ON_CLOSE));
	EXPECT_EQ(reap(pid), SIGKILL);
}

/* Armed without a filter: who closes it does not matter. */
TEST(seccomp_filter_of_the_closer_does_not_stop_kill_on_close)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of_flags(pid, PROCFD_KILL_ON_CLOSE);
	struct gate gate = gate_make();
	pid_t holder = fork();

	if (!holder) {
		gate_wait(&gate);
		allow_all();
		_exit(0);
	}
	close(procfd);
	gate_open(&gate);
	EXPECT_EQ(reap(holder), 0);
	EXPECT_EQ(reap(pid), SIGKILL);
}

/* ---- what goes on working ------------------------------------------------------------- */

TEST(seccomp_filter_leaves_the_record_to_everyone)
{
	struct procfd_wait wait;
	pid_t pid = fork_sleeper();
	int procfd;

	allow_all();
	procfd = procfd_of(pid);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), 0);
	close(ASSERT_OK(get_pidfd(procfd, 0)));
	close(ASSERT_OK(get_namespace(procfd, PROCFD_NAMESPACE_UTS)));
	EXPECT_OK(kill(pid, SIGTERM));
	expect_killed(procfd, SIGTERM);
	EXPECT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.status, SIGTERM);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
	EXPECT_EQ(features().abi, PROCFD_ABI);
}

TEST(seccomp_filter_leaves_next_child_and_real_forks)
{
	int dev = device(), procfd;
	char *const argv[] = { "sh", "-c", "exit 7", NULL };
	pid_t pid;

	allow_all();
	procfd = ASSERT_OK(next_child(dev, 0));
	pid = fork_exit(6);
	expect_exit(procfd, 6);
	EXPECT_EQ(reap(pid), 6 << 8);
	procfd = ASSERT_OK(next_child(dev, PROCFD_AUTOREAP));
	ASSERT_EQ(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ), 0);
	expect_exit(procfd, 7);
	ASSERT_SOON(kill(pid, 0) == -1 && errno == ESRCH);
}

TEST(seccomp_filter_leaves_kill_on_close_of_the_next_child)
{
	int procfd, dev = device();
	pid_t pid;

	allow_all();
	procfd = ASSERT_OK(next_child(dev, PROCFD_KILL_ON_CLOSE));
	pid = fork_sleeper();
	close(procfd);
	EXPECT_EQ(reap(pid), SIGKILL);
}

/* ---- the parameter ---------------------------------------------------------------------- */

static void use_trust(void *arg)
{
	struct stranger *stranger = arg;

	allow_all();
	expect_clone_refused();
	EXPECT_OK(send_signal(stranger->procfd, SIGCONT, 0));
	EXPECT_OK(send_signal(stranger->procfd, 0, PROCFD_SIGNAL_THREAD));
	close(procfd_of_flags(stranger->pid, PROCFD_KILL_ON_CLOSE));
	expect_killed(stranger->procfd, SIGKILL);
}

/* Set back whatever becomes of the assertions. */
TEST(seccomp_trust_lifts_it_for_all_but_clone)
{
	pid_t pid = fork_sleeper();
	struct stranger stranger = { procfd_of(pid), pid };
	int status;

	write_text(TRUST, "1");
	status = reap(fork_child(use_trust, &stranger));
	write_text(TRUST, "N");
	test_follow(status);
	EXPECT_EQ(reap(pid), SIGKILL);
	with_stranger(signal_stranger);
}

static void need_right_still(void *arg)
{
	struct stranger *stranger = arg;

	allow_all();
	EXPECT_ERRNO(send_signal(stranger->procfd, SIGKILL, 0), EPERM);
	EXPECT_ERRNO(open_pid(device(), stranger->pid, PROCFD_KILL_ON_CLOSE),
		     EPERM);
}

static void as_user(void *stranger)
{
	run_as(1000, need_right_still, stranger);
}

TEST(seccomp_trust_gives_no_right_that_kill_does_not_give)
{
	pid_t pid = fork_sleeper();
	struct stranger stranger = { procfd_of(pid), pid };
	int status;

	write_text(TRUST, "1");
	status = reap(fork_child(as_user, &stranger));
	write_text(TRUST, "N");
	test_follow(status);
	EXPECT_FALSE(has_ended(stranger.procfd));
	kill_and_reap(pid);
}
