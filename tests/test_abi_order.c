// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds for every ioctl alike: reserved words and flags, the order of checks,
 * and that every fd that is returned is close-on-exec.
 */
#include <sys/stat.h>

#include "commands.h"

/* ---- reserved words and flags -------------------------------------------------- */

struct word {
	unsigned int command;
	size_t offset;
	uint32_t bad;
};

#define WORD(command, type, member, bad)                    \
	{                                                   \
		command, offsetof(struct type, member), bad \
	}

static const struct word bad_words[] = {
	WORD(PROCFD_OPEN_PID, procfd_open_pid, reserved, 1),
	WORD(PROCFD_OPEN_PID, procfd_open_pid, reserved, 1U << 31),
	WORD(PROCFD_OPEN_PID, procfd_open_pid, flags, PROCFD_AUTOREAP),
	WORD(PROCFD_OPEN_PID, procfd_open_pid, flags, 1U << 31),
	WORD(PROCFD_CLONE, procfd_clone, reserved, 1),
	WORD(PROCFD_CLONE, procfd_clone, flags, 1U << 31),
	WORD(PROCFD_NEXT_CHILD, procfd_next_child, reserved, 1),
	WORD(PROCFD_NEXT_CHILD, procfd_next_child, flags, 1U << 31),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, flags, 1U << 31),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, flags, 3),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, flags, 5),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, flags, 6),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, flags, 7),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, code, -1),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, error, 1),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, pid, 1),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, uid, 1),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, value, 1),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, signal, 65),
	WORD(PROCFD_SEND_SIGNAL, procfd_send_signal, signal, -1),
	WORD(PROCFD_WAIT, procfd_wait, options, 0),
	WORD(PROCFD_WAIT, procfd_wait, options, PROCFD_WNOHANG),
	WORD(PROCFD_WAIT, procfd_wait, options, 1U << 31 | PROCFD_WEXITED),
	WORD(PROCFD_WAIT, procfd_wait, reserved, 1),
	WORD(PROCFD_WAIT, procfd_wait, reserved2, 1),
	WORD(PROCFD_WAIT, procfd_wait, record_size, PROCFD_EXIT_SIZE_VER0),
	WORD(PROCFD_GET_PIDFD, procfd_get_pidfd, reserved, 1),
	WORD(PROCFD_GET_PIDFD, procfd_get_pidfd, flags, PROCFD_KILL_ON_CLOSE),
	WORD(PROCFD_GET_PIDFD, procfd_get_pidfd, flags, 1U << 31),
	WORD(PROCFD_GET_NAMESPACE, procfd_get_namespace, flags, 1),
	WORD(PROCFD_GET_NAMESPACE, procfd_get_namespace, type, 0),
	WORD(PROCFD_GET_NAMESPACE, procfd_get_namespace, type, 11),
	WORD(PROCFD_GET_NAMESPACE, procfd_get_namespace, type, 1U << 31),
};

static const struct command *command_of(unsigned int number)
{
	FOR_EACH_COMMAND(c)
	if (c->command == number)
		return c;
	abort();
}

/* Each bad word on this kind of fd is EINVAL, in whatever state it is. */
static void expect_bad_words_are_einval(int fd, bool is_device)
{
	for (size_t i = 0; i < sizeof(bad_words) / sizeof(*bad_words); i++) {
		const struct command *c = command_of(bad_words[i].command);
		union argument arg = { 0 };

		if (c->is_device != is_device)
			continue;
		c->fill(&arg);
		memcpy((char *)&arg + bad_words[i].offset, &bad_words[i].bad,
		       4);
		EXPECT_ERROR(c, fd, _IOC_SIZE(c->command), &arg, EINVAL);
	}
}

TEST(abi_bad_words_are_einval)
{
	int dev = setup(), fds = open_fd_count();

	expect_bad_words_are_einval(dev, true);
	expect_bad_words_are_einval(sleeper_procfd, false);
	EXPECT_EQ(open_fd_count(), fds);
	EXPECT_FALSE(has_ended(sleeper_procfd));
	teardown();
}

TEST(abi_bad_words_are_einval_on_a_reaped_process)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	kill_and_reap(pid);
	expect_bad_words_are_einval(procfd, false);
	EXPECT_ERRNO(send_signal(procfd, 0, 0), ESRCH);
	EXPECT_ERRNO(get_pidfd(procfd, 0), ESRCH);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_MNT), ESRCH);
}

TEST(abi_bad_words_are_einval_on_an_unbound_procfd)
{
	int dev = device(), procfd = ASSERT_OK(next_child(dev, 0));

	expect_bad_words_are_einval(procfd, false);
}

static void bad_words_of_strangers(void *arg)
{
	expect_bad_words_are_einval(*(int *)arg, false);
}

TEST(abi_bad_words_come_before_the_pid_namespace)
{
	setup();
	run_in_pid_namespace(bad_words_of_strangers, &sleeper_procfd);
	teardown();
}

TEST(abi_bad_words_come_before_permission)
{
	setup();
	run_as(1000, bad_words_of_strangers, &sleeper_procfd);
	teardown();
}

TEST(abi_size_comes_before_address_and_tail_before_flags)
{
	int dev = setup();
	char arg[512] = { 0 };

	FOR_EACH_COMMAND(c)
	{
		size_t size = _IOC_SIZE(c->command);

		EXPECT_ERROR(c, fd_for(c, dev), size - 1, NULL, EINVAL);
		memset(arg, 0xff, sizeof(arg));
		EXPECT_ERROR(c, fd_for(c, dev), size + 8, arg, E2BIG);
	}
	teardown();
}

static void signal_reaped(void *arg)
{
	EXPECT_ERRNO(send_signal(*(int *)arg, SIGTERM, 0), ESRCH);
}

TEST(abi_reaped_comes_before_permission)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	kill_and_reap(pid);
	run_as(1000, signal_reaped, &procfd);
}

static void ask_reaped_outside(void *arg)
{
	struct procfd_wait wait;
	int procfd = *(int *)arg;

	EXPECT_ERRNO(send_signal(procfd, SIGTERM, 0), EINVAL);
	EXPECT_ERRNO(get_pidfd(procfd, 0), EREMOTE);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_MNT), EREMOTE);
	EXPECT_ERRNO(wait_for(procfd, PROCFD_WEXITED, &wait), EREMOTE);
}

TEST(abi_pid_namespace_comes_before_reaped)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	kill_and_reap(pid);
	run_in_pid_namespace(ask_reaped_outside, &procfd);
}

TEST(abi_every_returned_fd_is_close_on_exec)
{
	int dev = setup(), number = -1, fds[5];
	pid_t pid;

	pid = ASSERT_OK(clone_child(dev, 0, SIGCHLD, &number));
	if (!pid)
		_exit(0);
	reap(pid);
	fds[0] = number;
	fds[1] = ASSERT_OK(open_pid(dev, getpid(), 0));
	fds[2] = ASSERT_OK(next_child(dev, 0));
	fds[3] = ASSERT_OK(get_pidfd(sleeper_procfd, 0));
	fds[4] = ASSERT_OK(get_namespace(sleeper_procfd, PROCFD_NAMESPACE_UTS));
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
	teardown();
}

TEST(abi_node_is_for_everyone)
{
	struct stat st;

	ASSERT_OK(stat(PROCFD_DEVICE, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(st.st_mode & 0777, 0666);
}
