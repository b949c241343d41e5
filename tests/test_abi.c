// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds for every ioctl alike: command numbers, sizes, addresses, reserved
 * words, the order of checks, and that a call that fails leaves no fd behind.
 */
#include <sys/stat.h>

#include "native.h"

union argument {
	struct procfd_features features;
	struct procfd_open_pid open_pid;
	struct procfd_clone clone;
	struct procfd_next_child next_child;
	struct procfd_send_signal send_signal;
	struct procfd_wait wait;
	struct procfd_get_pidfd get_pidfd;
	struct procfd_get_namespace get_namespace;
};

struct command {
	const char *name;
	unsigned int command;
	bool is_device;
	bool returns_fd;
	void (*fill)(void *arg);
};

static int sleeper_procfd = -1;
static int clone_number;

static void fill_nothing(void *arg)
{
}

static void fill_open_pid(void *arg)
{
	struct procfd_open_pid open_pid = { .pid = getpid(), .pidns_fd = -1 };

	memcpy(arg, &open_pid, sizeof(open_pid));
}

static void fill_clone(void *arg)
{
	struct procfd_clone clone = { .procfd = (uintptr_t)&clone_number,
				      .exit_signal = SIGCHLD };

	memcpy(arg, &clone, sizeof(clone));
}

static void fill_wait(void *arg)
{
	struct procfd_wait wait = { .options = PROCFD_WEXITED |
					       PROCFD_WNOHANG };

	memcpy(arg, &wait, sizeof(wait));
}

static void fill_get_namespace(void *arg)
{
	struct procfd_get_namespace get_namespace = {
		.type = PROCFD_NAMESPACE_MNT
	};

	memcpy(arg, &get_namespace, sizeof(get_namespace));
}

static const struct command commands[] = {
	{ "GET_FEATURES", PROCFD_GET_FEATURES, true, false, fill_nothing },
	{ "OPEN_PID", PROCFD_OPEN_PID, true, true, fill_open_pid },
	{ "CLONE", PROCFD_CLONE, true, false, fill_clone },
	{ "NEXT_CHILD", PROCFD_NEXT_CHILD, true, true, fill_nothing },
	{ "SEND_SIGNAL", PROCFD_SEND_SIGNAL, false, false, fill_nothing },
	{ "WAIT", PROCFD_WAIT, false, false, fill_wait },
	{ "GET_PIDFD", PROCFD_GET_PIDFD, false, true, fill_nothing },
	{ "GET_NAMESPACE", PROCFD_GET_NAMESPACE, false, true,
	  fill_get_namespace },
};

#define FOR_EACH_COMMAND(c)                      \
	for (const struct command *c = commands; \
	     c < commands + sizeof(commands) / sizeof(*c); c++)

static unsigned int with_size(unsigned int command, size_t size)
{
	return _IOC(_IOC_DIR(command), _IOC_TYPE(command), _IOC_NR(command),
		    size);
}

static int fd_for(const struct command *c, int dev)
{
	return c->is_device ? dev : sleeper_procfd;
}

static int setup(void)
{
	sleeper_procfd = procfd_of(fork_sleeper());
	return device();
}

static void teardown(void)
{
	struct procfd_wait wait;

	ASSERT_OK(send_signal(sleeper_procfd, SIGKILL, 0));
	ASSERT_OK(wait_for(sleeper_procfd, PROCFD_WEXITED, &wait));
}

/* Call it and undo what it made; errno, or 0. */
static int errno_of(const struct command *c, int fd, size_t size, void *arg)
{
	int result = ioctl(fd, with_size(c->command, size), arg);
	int error = result == -1 ? errno : 0;

	if (c->command == PROCFD_CLONE && result == 0)
		_exit(0);
	if (c->command == PROCFD_CLONE && result > 0) {
		reap(result);
		close(clone_number);
	}
	if (c->returns_fd && result >= 0)
		close(result);
	return error;
}

#define EXPECT_ERROR(c, fd, size, arg, error)                               \
	({                                                                  \
		int error_ = errno_of(c, fd, size, arg);                    \
		if (!EXPECT_EQ(error_, error))                              \
			test_note("%s, size %zu: %s", (c)->name,            \
				  (size_t)(size), strerrorname_np(error_)); \
	})

TEST(abi_sizes_below_version_0_are_einval)
{
	int dev = setup(), fds = open_fd_count();

	FOR_EACH_COMMAND(c)
	{
		size_t sizes[] = { 0, 1, 7, _IOC_SIZE(c->command) - 1 };

		for (int i = 0; i < 4; i++) {
			union argument arg = { 0 };

			c->fill(&arg);
			EXPECT_ERROR(c, fd_for(c, dev), sizes[i], &arg, EINVAL);
		}
	}
	EXPECT_EQ(open_fd_count(), fds);
	teardown();
}

TEST(abi_larger_with_zeros_is_accepted)
{
	int dev = setup(), fds = open_fd_count();
	char *arg = calloc(1, 8192);

	FOR_EACH_COMMAND(c)
	{
		size_t sizes[] = { _IOC_SIZE(c->command),
				   _IOC_SIZE(c->command) + 1,
				   _IOC_SIZE(c->command) + 8, 4096, 4097 };

		for (int i = 0; i < 5; i++) {
			memset(arg, 0, 8192);
			c->fill(arg);
			EXPECT_ERROR(c, fd_for(c, dev), sizes[i], arg, 0);
		}
	}
	EXPECT_EQ(open_fd_count(), fds);
	teardown();
}

TEST(abi_larger_with_anything_else_is_e2big)
{
	int dev = setup(), fds = open_fd_count();
	char *arg = calloc(1, 8192);

	FOR_EACH_COMMAND(c)
	{
		size_t sizes[] = { _IOC_SIZE(c->command) + 1,
				   _IOC_SIZE(c->command) + 8, 4096, 4097 };

		for (int i = 0; i < 4; i++) {
			memset(arg, 0, 8192);
			c->fill(arg);
			arg[sizes[i] - 1] = 1;
			EXPECT_ERROR(c, fd_for(c, dev), sizes[i], arg, E2BIG);
		}
	}
	EXPECT_EQ(open_fd_count(), fds);
	teardown();
}

TEST(abi_bytes_behind_the_size_do_not_matter)
{
	int dev = setup();
	char arg[512];

	FOR_EACH_COMMAND(c)
	{
		memset(arg, 0xff, sizeof(arg));
		memset(arg, 0, _IOC_SIZE(c->command));
		c->fill(arg);
		EXPECT_ERROR(c, fd_for(c, dev), _IOC_SIZE(c->command), arg, 0);
	}
	teardown();
}

TEST(abi_features_of_larger_struct_are_filled_with_zeros)
{
	int dev = device();
	char arg[sizeof(struct procfd_features) + 64] = { 0 };
	char zeros[64] = { 0 };

	ASSERT_OK(ioctl(dev, with_size(PROCFD_GET_FEATURES, sizeof(arg)), arg));
	EXPECT_EQ(((struct procfd_features *)arg)->abi, PROCFD_ABI);
	EXPECT_MEMEQ(arg + sizeof(struct procfd_features), zeros, 64);
}

/* An argument that ends at the end of mapped memory. */
static char *before_a_hole(size_t size)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(pages != MAP_FAILED);
	ASSERT_OK(munmap(pages + 4096, 4096));
	return pages + 4096 - size;
}

TEST(abi_addresses_that_cannot_be_read_are_efault)
{
	int dev = setup(), fds = open_fd_count();

	FOR_EACH_COMMAND(c)
	{
		size_t size = _IOC_SIZE(c->command);
		void *bad[] = { NULL,
				(void *)1,
				(void *)-4096L,
				(void *)-1L,
				(void *)(1UL << 63),
				before_a_hole(size - 1) };

		for (int i = 0; i < 6; i++)
			EXPECT_ERROR(c, fd_for(c, dev), size, bad[i], EFAULT);
	}
	EXPECT_EQ(open_fd_count(), fds);
	teardown();
}

TEST(abi_zero_tail_that_cannot_be_read_is_efault)
{
	int dev = setup();

	FOR_EACH_COMMAND(c)
	{
		size_t size = _IOC_SIZE(c->command);
		char *arg = before_a_hole(size);

		c->fill(arg);
		EXPECT_ERROR(c, fd_for(c, dev), size + 8, arg, EFAULT);
		EXPECT_ERROR(c, fd_for(c, dev), size, arg, 0);
	}
	teardown();
}

TEST(abi_results_that_cannot_be_written_are_efault)
{
	int dev = setup();
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	fill_wait(page);
	ASSERT_OK(mprotect(page, 4096, PROT_READ));
	EXPECT_ERRNO(ioctl(sleeper_procfd, PROCFD_WAIT, page), EFAULT);
	ASSERT_OK(mprotect(page, 4096, PROT_READ | PROT_WRITE));
	memset(page, 0, 4096);
	ASSERT_OK(mprotect(page, 4096, PROT_READ));
	EXPECT_ERRNO(ioctl(dev, PROCFD_GET_FEATURES, page), EFAULT);
	teardown();
}

/* No command of any number, direction or type but the right ones, on this fd. */
static void expect_unknown_are_enotty(int fd)
{
	union argument arg = { 0 };

	FOR_EACH_COMMAND(c)
	{
		for (unsigned int dir = 0; dir < 4; dir++) {
			unsigned int size = _IOC_SIZE(c->command),
				     nr = _IOC_NR(c->command);

			if (dir != _IOC_DIR(c->command))
				EXPECT_ERRNO(ioctl(fd,
						   _IOC(dir, PROCFD_IOCTL_TYPE,
							nr, size),
						   &arg),
					     ENOTTY);
			EXPECT_ERRNO(ioctl(fd, _IOC(dir, 0xbc, nr, size), &arg),
				     ENOTTY);
		}
	}
	for (unsigned int nr = 0; nr < 256; nr++)
		if (nr >= 4 && (nr < 0x40 || nr >= 0x44))
			EXPECT_ERRNO(ioctl(fd,
					   _IOC(_IOC_WRITE, PROCFD_IOCTL_TYPE,
						nr, 16),
					   NULL),
				     ENOTTY);
}

TEST(abi_unknown_commands_are_enotty_on_the_device)
{
	expect_unknown_are_enotty(device());
}

TEST(abi_unknown_commands_are_enotty_on_a_living_process)
{
	setup();
	expect_unknown_are_enotty(sleeper_procfd);
	teardown();
}

TEST(abi_unknown_commands_are_enotty_on_a_zombie)
{
	pid_t pid = fork_exit(0);
	int procfd = procfd_of(pid);

	wait_readable(procfd);
	expect_unknown_are_enotty(procfd);
	reap(pid);
}

TEST(abi_unknown_commands_are_enotty_on_a_reaped_process)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	kill_and_reap(pid);
	expect_unknown_are_enotty(procfd);
}

TEST(abi_unknown_commands_are_enotty_on_an_unbound_procfd)
{
	int dev = device();

	expect_unknown_are_enotty(ASSERT_OK(next_child(dev, 0)));
}

TEST(abi_commands_of_the_other_kind_of_fd_are_enotty)
{
	int dev = setup(), fds = open_fd_count();

	FOR_EACH_COMMAND(c)
	{
		union argument arg = { 0 };
		int other = c->is_device ? sleeper_procfd : dev;

		c->fill(&arg);
		EXPECT_ERROR(c, other, _IOC_SIZE(c->command), &arg, ENOTTY);
		EXPECT_ERROR(c, other, _IOC_SIZE(c->command), NULL, ENOTTY);
		EXPECT_ERROR(c, other, 0, NULL, ENOTTY);
	}
	EXPECT_EQ(open_fd_count(), fds);
	teardown();
}

TEST(abi_commands_on_foreign_fds_are_refused)
{
	union argument arg = { 0 };
	int pipe_fds[2];

	ASSERT_OK(pipe(pipe_fds));
	FOR_EACH_COMMAND(c)
	{
		c->fill(&arg);
		EXPECT_ERROR(c, pipe_fds[0], _IOC_SIZE(c->command), &arg,
			     ENOTTY);
		EXPECT_ERROR(c, -1, _IOC_SIZE(c->command), &arg, EBADF);
	}
}

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
