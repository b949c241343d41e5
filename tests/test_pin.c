// SPDX-License-Identifier: GPL-2.0-only
/*
 * What keeps the module loaded: also references to a procfd that are no open
 * file of it.
 */
#include <sys/syscall.h>

#include "refs.h"

static int open_of_fd(int fd, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags);
}

static void expect_unload_refused(void)
{
	ASSERT_ERRNO(syscall(SYS_delete_module, "procfd", O_NONBLOCK), EAGAIN);
}

/* All else is closed: the path alone keeps the module, and can be shown. */
static void expect_pinned_by(int path)
{
	char target[64], name[64];

	/* The worker lets go of what it can, a moment later. */
	ASSERT_SOON(module_references() <= 1);
	expect_unload_refused();
	snprintf(target, sizeof(target), "/proc/self/fd/%d", path);
	ASSERT_GT(readlink(target, name, sizeof(name)), 0);
	close(path);
	module_idle();
}

TEST(pin_of_an_o_path_fd_outlives_the_procfd)
{
	int procfd = procfd_of(getpid());
	int path = ASSERT_OK(open_of_fd(procfd, O_PATH | O_CLOEXEC));

	ASSERT_ERRNO(open_of_fd(path, O_RDONLY), ENXIO);
	close(procfd);
	expect_pinned_by(path);
}

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif

TEST(pin_of_an_open_tree_fd_outlives_the_procfd)
{
	int procfd = procfd_of(getpid());
	int path = ASSERT_OK(
		(int)syscall(SYS_open_tree, procfd, "", AT_EMPTY_PATH));

	close(procfd);
	expect_pinned_by(path);
}

TEST(pin_of_a_device_fd_is_dropped_with_it)
{
	int dev = device();

	expect_unload_refused();
	close(dev);
	module_idle();
}

/* The number of a file system that came again may be another. */
TEST(pin_anew_works_after_all_was_let_go)
{
	struct gated_exit gated;
	int i;

	for (i = 0; i < 5; i++) {
		pid_t pid = fork_gated(&gated, i);
		int procfd = procfd_of(pid);

		gate_open(&gated.gate);
		ASSERT_EQ(ended_record(procfd).status, i);
		reap(pid);
		close(procfd);
		module_idle();
	}
}
