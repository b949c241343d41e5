// SPDX-License-Identifier: GPL-2.0-only
/* What holds for every ioctl alike: command numbers, sizes and addresses. */
#include <limits.h>

#include "commands.h"

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
	char arg[2048];

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

TEST(abi_results_write_nothing_behind_the_struct)
{
	int dev = setup();
	char arg[2048], ones[8];

	memset(ones, 0xff, sizeof(ones));
	FOR_EACH_COMMAND(c)
	{
		size_t size = _IOC_SIZE(c->command);

		memset(arg, 0xff, sizeof(arg));
		memset(arg, 0, size);
		c->fill(arg);
		EXPECT_ERROR(c, fd_for(c, dev), size, arg, 0);
		if (!EXPECT_MEMEQ(arg + size, ones, sizeof(ones)))
			test_note("%s", c->name);
	}
	teardown();
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
		void *bad[] = {
			NULL,	     (void *)1,	       (void *)-4096L,
			(void *)-1L, (void *)LONG_MIN, before_a_hole(size - 1)
		};

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

	FOR_EACH_COMMAND(c)
	{
		if (!(_IOC_DIR(c->command) & _IOC_READ))
			continue;
		ASSERT_OK(mprotect(page, 4096, PROT_READ | PROT_WRITE));
		memset(page, 0, 4096);
		c->fill(page);
		ASSERT_OK(mprotect(page, 4096, PROT_READ));
		EXPECT_ERROR(c, fd_for(c, dev), _IOC_SIZE(c->command), page,
			     EFAULT);
	}
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
		if (nr >= 0x0a && (nr < 0x40 || nr >= 0x4a))
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
