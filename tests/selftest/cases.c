// SPDX-License-Identifier: GPL-2.0-only
/*
 * One case for each way a case can end. harness.sh runs them and looks at what
 * the harness makes of each.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "storming.h"

TEST(passes)
{
	EXPECT_EQ(1 + 1, 2);
	EXPECT_LT(-1, 1U - 1);
	EXPECT_GT(-1ULL, 1ULL);
	EXPECT_STREQ("a", "a");
	EXPECT_MEMEQ("ab", "ab", 2);
	EXPECT_ERRNO(close(-1), EBADF);
	EXPECT_OK(getpid());
	EXPECT_TRUE(true);
	EXPECT_FALSE(false);
	ASSERT_SOON(true);
}

TEST(compares_wrong)
{
	int three = 3;

	ASSERT_EQ(three, 4);
	test_note("not reached");
}

TEST(goes_on_after_expect)
{
	EXPECT_STREQ("a", "b");
	EXPECT_MEMEQ("ab", "ac", 2);
	EXPECT_TRUE(0 > 1);
	test_note("reached");
}

TEST(wrong_errno)
{
	EXPECT_ERRNO(close(-1), EINVAL);
	EXPECT_ERRNO(getpid() * 0, EINVAL);
	EXPECT_OK(close(-1));
}

TEST(crashes)
{
	ASSERT_TRUE(true);
	raise(SIGSEGV);
}

TEST_TIMEOUT(hangs, 1)
{
	ASSERT_TRUE(true);
	fork_sleeper();
	for (;;)
		pause();
}

TEST(asserts_nothing)
{
	test_note("no assertion");
}

TEST(exits_early)
{
	ASSERT_TRUE(true);
	exit(0);
}

TEST(leaves_a_child)
{
	if (!ASSERT_OK(fork()))
		for (;;)
			pause();
}

TEST(leaves_a_daemon)
{
	pid_t pid = ASSERT_OK(fork());

	if (pid) {
		reap(pid);
		return;
	}
	setsid();
	if (!fork())
		for (;;)
			pause();
	_exit(0);
}

static void fails(void *unused)
{
	ASSERT_EQ(geteuid(), 4711U);
}

TEST(fails_in_a_child)
{
	reap(fork_child(fails, NULL));
}

static void skips(void *unused)
{
	SKIP("no %s here", "sugar");
}

TEST(skips)
{
	run_as(1000, skips, NULL);
	FAIL("not reached");
}

static void is_user(void *unused)
{
	ASSERT_EQ(geteuid(), 1000U);
	ASSERT_OK(access("/proc/self/environ", R_OK));
}

TEST(runs_as_another_user)
{
	run_as(1000, is_user, NULL);
}

TEST(fails_as_another_user)
{
	run_as(1000, fails, NULL);
	test_note("not reached");
}

static void is_init(void *unused)
{
	char value[64];

	ASSERT_EQ(getpid(), 1);
	ASSERT_STREQ(proc_status(1, "NSpid", value, sizeof(value)), "1");
	ASSERT_EQ(proc_state(1), 'R');
	ASSERT_EQ(proc_state(12345), 0);
}

TEST(runs_in_a_pid_namespace)
{
	run_in_pid_namespace(is_init, NULL);
}

static void walk_through(void *gates)
{
	struct gate *gate = gates;

	gate_open(&gate[0]);
	gate_wait(&gate[1]);
	_exit(7);
}

TEST(gates_open)
{
	struct gate gates[2] = { gate_make(), gate_make() };
	int fds = open_fd_count();
	pid_t pid = fork_child(walk_through, gates);

	gate_wait(&gates[0]);
	ASSERT_EQ(poll_fd(gates[0].read_fd, POLLIN, 0), 0);
	gate_open(&gates[1]);
	ASSERT_SOON(proc_state(pid) == 'Z');
	ASSERT_EQ(reap(pid), 7 << 8);
	gate_close(&gates[0]);
	ASSERT_EQ(open_fd_count(), fds - 2);
	kill_and_reap(fork_sleeper());
	ASSERT_EQ(WEXITSTATUS(reap(fork_exit(3))), 3);
}

TEST(tells)
{
	test_note("not shown");
	test_tell("a storm");
	test_tell("of %d", storm_size(2000));
	EXPECT_TRUE(true);
}
