/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of the library need again and again. */
#ifndef PROCFD_TESTS_LIB_H
#define PROCFD_TESTS_LIB_H

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "procfd.h"

/* both headers in one program, in this order and (in the library) the other */
#include "procfd_ioctl.h"

/* Far more than anything here takes; what waits for longer has missed it. */
#define SOON_MS (10000 * slowness())

static inline int open_procfd(pid_t pid)
{
	return ASSERT_OK(procfd_open(pid, 0));
}

static inline struct procfd_exit_record exit_record(int fd)
{
	struct procfd_exit_record record;

	ASSERT_EQ(poll_fd(fd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	ASSERT_OK(procfd_read_exit(fd, &record, sizeof(record)));
	return record;
}

/* 128 and more: that signal */
static inline void expect_exit_code(int fd, int code)
{
	struct procfd_exit_record record = exit_record(fd);

	EXPECT_EQ(procfd_exit_code(&record), code);
}

/* A root directory with /proc alone: to the library the module is not there. */
static inline void hide_device(void)
{
	char root[] = "/tmp/test_lib.XXXXXX", proc[64];

	ASSERT_TRUE(mkdtemp(root) != NULL);
	snprintf(proc, sizeof(proc), "%s/proc", root);
	ASSERT_OK(mkdir(proc, 0755));
	ASSERT_OK(chmod(root, 0755));
	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_OK(mount("/proc", proc, NULL, MS_BIND, NULL));
	ASSERT_OK(chroot(root));
	ASSERT_OK(chdir("/"));
}

/* A case with the module, and the same case without it. */
#define TEST_BOTH(name)                \
	static void both_##name(void); \
	TEST(name)                     \
	{                              \
		both_##name();         \
	}                              \
	TEST(without_module_##name)    \
	{                              \
		hide_device();         \
		both_##name();         \
	}                              \
	static void both_##name(void)

static inline bool is_device_fd(int fd)
{
	char path[64], target[64] = "";

	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	return readlink(path, target, sizeof(target) - 1) > 0 &&
	       !strcmp(target, PROCFD_DEVICE);
}

/* The lowest fd on the device from this one on, or -1. */
static inline int device_fd_from(int fd)
{
	for (; fd < 1024; fd++)
		if (is_device_fd(fd))
			return fd;
	return -1;
}

static inline int device_fd_count(void)
{
	int count = 0;

	for (int fd = device_fd_from(0); fd >= 0; fd = device_fd_from(fd + 1))
		count++;
	return count;
}

/* Three programs that cannot be run. */
static inline void expect_no_spawn(unsigned int flags)
{
	char *argv[] = { "nothing", NULL };

	EXPECT_ERRNO(procfd_spawn(NULL, "/nothing", NULL, NULL, argv, environ,
				  flags),
		     ENOENT);
	EXPECT_ERRNO(procfd_spawnp(NULL, "nothing", NULL, NULL, argv, environ,
				   flags),
		     ENOENT);
	EXPECT_ERRNO(procfd_spawn(NULL, "/tmp", NULL, NULL, argv, environ,
				  flags),
		     EACCES);
}

#endif
