// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds for every ioctl alike: reserved words and flags, the order of checks,
 * and that every fd that is returned is close-on-exec.
 */
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "commands.h"
#include "finding.h"

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
	WORD(PROCFD_OPEN_PIDFD, procfd_open_by_fd, flags, PROCFD_AUTOREAP),
	WORD(PROCFD_OPEN_PIDFD, procfd_open_by_fd, flags, 1U << 31),
	WORD(PROCFD_OPEN_PEER, procfd_open_by_fd, flags, PROCFD_AUTOREAP),
	WORD(PROCFD_OPEN_PEER, procfd_open_by_fd, flags, 1U << 31),
	WORD(PROCFD_OPEN_ID, procfd_open_id, flags, PROCFD_AUTOREAP),
	WORD(PROCFD_OPEN_ID, procfd_open_id, flags, 1U << 31),
	WORD(PROCFD_OPEN_ID, procfd_open_id, reserved, 1),
	WORD(PROCFD_OPEN_SELF, procfd_open_known, flags, PROCFD_AUTOREAP),
	WORD(PROCFD_OPEN_SELF, procfd_open_known, flags, 1U << 31),
	WORD(PROCFD_OPEN_SELF, procfd_open_known, reserved, 1),
	WORD(PROCFD_OPEN_ROOT, procfd_open_known, flags, PROCFD_AUTOREAP),
	WORD(PROCFD_OPEN_ROOT, procfd_open_known, flags, 1U << 31),
	WORD(PROCFD_OPEN_ROOT, procfd_open_known, reserved, 1),
	WORD(PROCFD_LIST, procfd_list, flags, 1U << 3),
	WORD(PROCFD_LIST, procfd_list, flags, 1U << 31),
	WORD(PROCFD_LIST, procfd_list, parent_fd, 0),
	WORD(PROCFD_LIST, procfd_list, parent_fd, -2),
	WORD(PROCFD_LIST, procfd_list, uid, 1),
	WORD(PROCFD_LIST, procfd_list, uid, -1),
	WORD(PROCFD_LIST, procfd_list, record_size, 0),
	WORD(PROCFD_LIST, procfd_list, record_size, PROCFD_INFO_SIZE_SHORT - 8),
	WORD(PROCFD_LIST, procfd_list, record_size, PROCFD_INFO_SIZE_SHORT + 4),
	WORD(PROCFD_LIST, procfd_list, record_size, PROCFD_INFO_SIZE_SHORT + 1),
	WORD(PROCFD_LIST, procfd_list, record_size, 4104),
	WORD(PROCFD_LIST, procfd_list, record_size, 1U << 31),
	WORD(PROCFD_LIST, procfd_list, nr_records, 0),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, relation, 0),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, relation, 6),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, relation, 1U << 31),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, flags, 1U << 31),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, flags,
	     PROCFD_AUTOREAP),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, parent_fd, 0),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, parent_fd, -2),
	WORD(PROCFD_OPEN_RELATIVE, procfd_open_relative, reserved, 1),
	WORD(PROCFD_GET_PID, procfd_get_pid, reserved, 1),
	WORD(PROCFD_GET_PID, procfd_get_pid, reserved, 1U << 31),
	WORD(PROCFD_COMPARE, procfd_compare, reserved, 1),
	WORD(PROCFD_COMPARE, procfd_compare, reserved, 1U << 31),
	WORD(PROCFD_OPEN_DIR, procfd_open_dir, flags, 1),
	WORD(PROCFD_OPEN_DIR, procfd_open_dir, flags, 1U << 31),
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
	EXPECT_ERRNO(get_pid(procfd, -1), ESRCH);
	EXPECT_ERRNO(open_relative(procfd, PROCFD_RELATIVE_PARENT, -1, 0),
		     ESRCH);
}

/* The bad word is told although an fd in the same argument is bad as well. */
TEST(abi_bad_words_come_before_bad_fds_in_the_argument)
{
	struct procfd_open_by_fd by_fd = { .fd = -1, .flags = 1U << 31 };
	struct procfd_open_pid open_pid = { .pid = 1,
					    .pidns_fd = -2,
					    .flags = 1U << 31 };
	struct procfd_compare compare = { .fd = -1, .reserved = 1 };
	struct procfd_get_pid get_pid = { .pidns_fd = -2, .reserved = 1 };
	struct procfd_open_dir dir = { .procfs_fd = -1, .flags = 1 };
	struct procfd_list list = { .flags = PROCFD_LIST_CHILDREN,
				    .pidns_fd = -2,
				    .parent_fd = -2,
				    .record_size = PROCFD_INFO_SIZE_SHORT };
	struct procfd_open_relative relative = {
		.relation = PROCFD_RELATIVE_NEXT_SIBLING,
		.parent_fd = -2,
		.reserved = 1
	};
	int dev = setup();

	EXPECT_ERRNO(ioctl(dev, PROCFD_OPEN_PIDFD, &by_fd), EINVAL);
	EXPECT_ERRNO(ioctl(dev, PROCFD_OPEN_PEER, &by_fd), EINVAL);
	EXPECT_ERRNO(ioctl(dev, PROCFD_OPEN_PID, &open_pid), EINVAL);
	open_pid.flags = 0;
	open_pid.pid = 0;
	EXPECT_ERRNO(ioctl(dev, PROCFD_OPEN_PID, &open_pid), EINVAL);
	EXPECT_ERRNO(ioctl(dev, PROCFD_LIST, &list), EINVAL);
	EXPECT_ERRNO(ioctl(sleeper_procfd, PROCFD_COMPARE, &compare), EINVAL);
	EXPECT_ERRNO(ioctl(sleeper_procfd, PROCFD_GET_PID, &get_pid), EINVAL);
	EXPECT_ERRNO(ioctl(sleeper_procfd, PROCFD_OPEN_DIR, &dir), EINVAL);
	EXPECT_ERRNO(ioctl(sleeper_procfd, PROCFD_OPEN_RELATIVE, &relative),
		     EINVAL);
	teardown();
}

/* Every command on an fd of this process has this errno, but those listed. */
static void expect_all_are(int procfd, int error, const unsigned int *but,
			   int nr_but)
{
	FOR_EACH_COMMAND(c)
	{
		union argument arg = { 0 };
		int expected = error;

		if (c->is_device)
			continue;
		for (int i = 0; i < nr_but; i++)
			if (but[i] == c->command)
				expected = 0;
		if (error == EREMOTE && c->command == PROCFD_SEND_SIGNAL)
			expected = EINVAL;
		c->fill(&arg);
		EXPECT_ERROR(c, procfd, _IOC_SIZE(c->command), &arg, expected);
	}
}

TEST(abi_commands_on_an_unbound_procfd_are_eunatch)
{
	int dev = setup();

	expect_all_are(ASSERT_OK(next_child(dev, 0)), EUNATCH, NULL, 0);
	teardown();
}

static void *arm_and_end(void *procfd)
{
	*(int *)procfd = next_child(device(), 0);
	return NULL;
}

TEST(abi_commands_on_a_cancelled_procfd_are_eunatch)
{
	pthread_t thread;
	int procfd = -1;

	setup();
	ASSERT_EQ(pthread_create(&thread, NULL, arm_and_end, &procfd), 0);
	pthread_join(thread, NULL);
	ASSERT_OK(procfd);
	ASSERT_EQ(poll_fd(procfd, POLLIN, SOON_MS) & POLLERR, POLLERR);
	expect_all_are(procfd, EUNATCH, NULL, 0);
	teardown();
}

static void ask_all_from_inside(void *arg)
{
	expect_all_are(*(int *)arg, EREMOTE, NULL, 0);
}

TEST(abi_commands_from_another_pid_namespace_are_eremote)
{
	setup();
	run_in_pid_namespace(ask_all_from_inside, &sleeper_procfd);
	teardown();
}

TEST(abi_commands_on_a_reaped_process_are_esrch_but_those_that_tell_of_it)
{
	static const unsigned int tell[] = { PROCFD_WAIT, PROCFD_GET_INFO,
					     PROCFD_COMPARE, PROCFD_GET_ID };
	int procfd;
	pid_t pid;

	setup();
	procfd = reaped_procfd(&pid);
	expect_all_are(procfd, ESRCH, tell, 4);
	teardown();
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
	char arg[2048] = { 0 };

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
	expect_all_are(procfd, EREMOTE, NULL, 0);
}

TEST(abi_pid_namespace_comes_before_reaped)
{
	int procfd;
	pid_t pid;

	setup();
	procfd = reaped_procfd(&pid);
	run_in_pid_namespace(ask_reaped_outside, &procfd);
	teardown();
}

TEST(abi_every_returned_fd_is_close_on_exec)
{
	int dev = setup(), number = -1;
	pid_t pid;

	pid = ASSERT_OK(clone_child(dev, 0, SIGCHLD, &number));
	if (!pid)
		_exit(0);
	reap(pid);
	EXPECT_EQ(fcntl(number, F_GETFD), FD_CLOEXEC);
	FOR_EACH_COMMAND(c)
	{
		union argument arg = { 0 };
		int fd;

		if (!c->returns_fd)
			continue;
		c->fill(&arg);
		fd = EXPECT_OK(ioctl(fd_for(c, dev), c->command, &arg));
		if (!EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC))
			test_note("%s", c->name);
		close(fd);
	}
	teardown();
}

TEST(abi_no_fd_is_there_where_the_limit_is_reached)
{
	int dev = setup(), next = dup(dev);
	struct rlimit limit = { next, 4096 };

	close(next);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	FOR_EACH_COMMAND(c)
	{
		union argument arg = { 0 };

		if (!c->returns_fd)
			continue;
		c->fill(&arg);
		EXPECT_ERROR(c, fd_for(c, dev), _IOC_SIZE(c->command), &arg,
			     EMFILE);
	}
	EXPECT_ERRNO(fcntl(next, F_GETFD), EBADF);
	teardown();
}

TEST(abi_node_is_for_everyone)
{
	struct stat st;

	ASSERT_OK(stat(PROCFD_DEVICE, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(st.st_mode & 0777, 0666);
}
