// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_PID with a pid namespace: whose numbers it takes, and of whom. */
#include "finding.h"

TEST(open_pid_in_the_own_namespace_is_as_without)
{
	pid_t pid = fork_sleeper();
	int ns = pidns_of(getpid()), dev = device();

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	expect_names(open_pid_in(dev, pid, ns, 0), pid, 0);
	kill_and_reap(pid);
	EXPECT_ERRNO(open_pid_in(dev, pid, ns, 0), ESRCH);
}

TEST(open_pid_in_a_namespace_below_takes_its_numbers)
{
	pid_t init = fork_init();
	int ns = pidns_of(init), dev = device();

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	expect_names(open_pid_in(dev, 1, ns, 0), init, 0);
	expect_names(open_pid_in(dev, 1, ns, PROCFD_NONBLOCK), init,
		     O_NONBLOCK);
	EXPECT_ERRNO(open_pid_in(dev, init, ns, 0), ESRCH);
	EXPECT_ERRNO(open_pid_in(dev, getpid(), ns, 0), ESRCH);
	EXPECT_ERRNO(open_pid_in(dev, 2, ns, 0), ESRCH);
	EXPECT_ERRNO(open_pid_in(dev, 0, ns, 0), EINVAL);
	expect_kills_on_close(open_pid_in(dev, 1, ns, PROCFD_KILL_ON_CLOSE),
			      init);
	EXPECT_ERRNO(open_pid_in(dev, 1, ns, 0), ESRCH);
}

static void open_pid_above(void *ns)
{
	int dev = device();

	for (int i = 0; i < 2; i++)
		EXPECT_ERRNO(open_pid_in(dev, 1, ((int *)ns)[i], 0), EREMOTE);
	expect_names(open_pid_in(dev, 1, pidns_of(1), 0), 1, 0);
}

TEST(open_pid_in_a_namespace_above_or_beside_is_eremote)
{
	pid_t sibling = fork_init();
	int ns[] = { pidns_of(getpid()), pidns_of(sibling) };

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	run_in_pid_namespace(open_pid_above, ns);
	kill_and_reap(sibling);
}

TEST(open_pid_in_what_is_no_pid_namespace_is_einval)
{
	const char *paths[] = { "/proc/self/ns/uts",
				"/proc/self/ns/user",
				"/proc/self/ns/mnt",
				"/proc/self/status",
				"/proc",
				PROCFD_DEVICE };
	int dev = device();

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	for (int i = 0; i < 6; i++) {
		int fd = ASSERT_OK(open(paths[i], O_RDONLY | O_CLOEXEC));

		EXPECT_ERRNO(open_pid_in(dev, getpid(), fd, 0), EINVAL);
		close(fd);
		EXPECT_ERRNO(open_pid_in(dev, getpid(), fd, 0), EBADF);
	}
	EXPECT_ERRNO(open_pid_in(dev, 1, procfd_of(1), 0), EINVAL);
	EXPECT_ERRNO(open_pid_in(dev, 1, -2, 0), EBADF);
	EXPECT_ERRNO(open_pid_in(dev, 1, INT32_MIN, 0), EBADF);
	EXPECT_ERRNO(open_pid_in(dev, 1, INT32_MAX, 0), EBADF);
}
