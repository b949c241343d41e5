// SPDX-License-Identifier: GPL-2.0-only
/* SEND_SIGNAL: who may, as pidfd_send_signal(2) judges on the same kernel. */
#include <sys/resource.h>
#include <pthread.h>

#include "signalling.h"

/* ---- who may ------------------------------------------------------------------------ */

struct pair {
	int procfd, pidfd;
};

static void compare_rights(void *arg)
{
	struct pair *pair = arg;
	int signals[] = { 0, SIGCONT, SIGURG };

	for (int i = 0; i < 3; i++)
		EXPECT_EQ(errno_ours(pair->procfd, signals[i]),
			  errno_native(pair->pidfd, signals[i]));
}

static void refused(void *arg)
{
	struct pair *pair = arg;

	compare_rights(arg);
	EXPECT_ERRNO(send_signal(pair->procfd, SIGTERM, 0), EPERM);
	EXPECT_ERRNO(send_signal(pair->procfd, SIGTERM, PROCFD_SIGNAL_THREAD),
		     EPERM);
	EXPECT_ERRNO(send_signal(pair->procfd, 0, 0), EPERM);
}

static void allowed(void *arg)
{
	struct pair *pair = arg;

	compare_rights(arg);
	EXPECT_OK(send_signal(pair->procfd, 0, 0));
	EXPECT_OK(send_signal(pair->procfd, 0, PROCFD_SIGNAL_THREAD));
}

static void ask_as(uid_t uid, pid_t target, void (*run)(void *))
{
	struct pair pair = { procfd_of(target), pidfd_open_native(target) };

	ASSERT_OK(pair.pidfd);
	run_as(uid, run, &pair);
	EXPECT_FALSE(has_ended(pair.procfd));
	kill_and_reap(target);
	close(pair.procfd);
	close(pair.pidfd);
}

TEST(send_signal_rights_are_those_of_kill)
{
	ask_as(1000, sleeper_as(0, 0, 0), refused);
	ask_as(1000, sleeper_as(1001, 1001, 1001), refused);
	ask_as(1000, sleeper_as(0, 1000, 0), refused);
	ask_as(1000, sleeper_as(1000, 1000, 1000), allowed);
	ask_as(1000, sleeper_as(1000, 0, 0), allowed);
	ask_as(1000, sleeper_as(0, 0, 1000), allowed);
}

static void continue_stranger(void *arg)
{
	struct pair *pair = arg;

	EXPECT_OK(send_signal(pair->procfd, SIGCONT, 0));
	EXPECT_ERRNO(send_signal(pair->procfd, SIGTERM, 0), EPERM);
}

static void continue_stranger_elsewhere(void *arg)
{
	struct pair *pair = arg;

	ASSERT_OK(setsid());
	EXPECT_ERRNO(send_signal(pair->procfd, SIGCONT, 0), EPERM);
	EXPECT_EQ(errno_native(pair->pidfd, SIGCONT), EPERM);
}

TEST(send_signal_sigcont_in_the_same_session_is_for_all)
{
	ask_as(1000, sleeper_as(0, 0, 0), continue_stranger);
	ask_as(1000, sleeper_as(0, 0, 0), continue_stranger_elsewhere);
}

static void ask_in_user_namespace(void *arg)
{
	EXPECT_EQ(getuid(), 0U);
	refused(arg);
}

static void enter_user_namespace(void *arg)
{
	run_in_user_namespace(ask_in_user_namespace, arg);
}

TEST(send_signal_root_of_a_user_namespace_is_not_root_outside)
{
	ask_as(1000, sleeper_as(1001, 1001, 1001), enter_user_namespace);
	ask_as(1000, sleeper_as(0, 0, 0), enter_user_namespace);
}

/* ---- pid namespaces ------------------------------------------------------------------- */

static void signal_outside(void *arg)
{
	struct pair *pair = arg;

	EXPECT_EQ(errno_native(pair->pidfd, SIGTERM), EINVAL);
	EXPECT_EQ(errno_ours(pair->procfd, SIGTERM), EINVAL);
	EXPECT_EQ(errno_ours(pair->procfd, 0), EINVAL);
	EXPECT_ERRNO(send_signal(pair->procfd, SIGTERM, PROCFD_SIGNAL_THREAD),
		     EINVAL);
}

TEST(send_signal_out_of_ones_pid_namespace_is_einval)
{
	pid_t pid = fork_sleeper();
	struct pair pair = { procfd_of(pid), pidfd_open_native(pid) };

	run_in_pid_namespace(signal_outside, &pair);
	EXPECT_FALSE(has_ended(pair.procfd));
	kill_and_reap(pid);
}

TEST(send_signal_into_a_pid_namespace_below_works)
{
	pid_t pid = ASSERT_OK(raw_clone(CLONE_NEWPID | SIGCHLD));
	int procfd;

	while (!pid)
		pause();
	procfd = procfd_of(pid);
	EXPECT_OK(send_signal(procfd, 0, 0));
	EXPECT_OK(send_signal(procfd, SIGKILL, 0));
	EXPECT_EQ(reap(pid), SIGKILL);
}
