// SPDX-License-Identifier: GPL-2.0-only
/*
 * procfd_get_info() of native pidfds, since Linux 6.13: the groups that are there have
 * what the module tells, and no other is there.
 */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "lib.h"

#define GIVEN                                                    \
	(PROCFD_INFO_ID | PROCFD_INFO_PIDS | PROCFD_INFO_CREDS | \
	 PROCFD_INFO_CGROUP)

static int native_pidfd(pid_t pid)
{
	return ASSERT_OK((int)syscall(SYS_pidfd_open, pid, 0));
}

static void need_native_info(void)
{
	if (!kernel_at_least(6, 13))
		SKIP("no PIDFD_GET_INFO before Linux 6.13");
}

static struct procfd_info_record info_of(int fd, uint64_t mask)
{
	struct procfd_info_record info;

	memset(&info, 0xff, sizeof(info));
	ASSERT_OK(procfd_get_info(fd, mask, &info, sizeof(info)));
	return info;
}

/* Different in whatever the groups tell. */
static void be_special(void *told)
{
	ASSERT_TRUE(setsid() == getpid());
	ASSERT_OK(setresgid(11, 12, 13));
	ASSERT_OK(setresuid(21, 22, 23));
	gate_open(told);
	for (;;)
		pause();
}

TEST(pidfd_info_is_what_a_procfd_tells)
{
	struct gate told = gate_make();
	struct procfd_info_record ours, native;
	int procfd, pidfd;
	pid_t pid;

	need_native_info();
	pid = fork_child(be_special, &told);
	procfd = open_procfd(pid);
	pidfd = native_pidfd(pid);
	gate_wait(&told);
	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	ours = info_of(procfd, GIVEN);
	native = info_of(pidfd, GIVEN);
	EXPECT_EQ(ours.tracer, getpid());
	EXPECT_EQ(ours.fsuid, 22);
	EXPECT_EQ(native.mask, GIVEN);
	EXPECT_MEMEQ(&native, &ours, sizeof(ours));
	kill_and_reap(pid);
}

TEST(pidfd_info_has_no_group_that_it_cannot_fill)
{
	int pidfd = native_pidfd(getpid());

	need_native_info();
	EXPECT_EQ(info_of(pidfd, ~0ULL).mask, GIVEN);
	EXPECT_EQ(info_of(pidfd, PROCFD_INFO_COMM).mask, 0);
	EXPECT_EQ(info_of(pidfd, 0).mask, 0);
	EXPECT_EQ(info_of(pidfd, PROCFD_INFO_CREDS).mask, PROCFD_INFO_CREDS);
}

TEST(pidfd_info_fills_what_the_caller_knows)
{
	unsigned char bytes[sizeof(struct procfd_info_record) + 8];
	int pidfd = native_pidfd(getpid());

	need_native_info();
	memset(bytes, 0xff, sizeof(bytes));
	ASSERT_OK(procfd_get_info(pidfd, PROCFD_INFO_CREDS, (void *)bytes,
				  PROCFD_INFO_SIZE_VER0));
	EXPECT_EQ(bytes[PROCFD_INFO_SIZE_VER0], 0xff);
	ASSERT_OK(procfd_get_info(pidfd, PROCFD_INFO_CREDS, (void *)bytes,
				  sizeof(bytes)));
	EXPECT_EQ(bytes[sizeof(bytes) - 1], 0);
	EXPECT_ERRNO(procfd_get_info(pidfd, 0, (void *)bytes,
				     PROCFD_INFO_SIZE_VER0 - 1),
		     EINVAL);
}

/* ---- the end --------------------------------------------------------------------- */

static void expect_same_end(int procfd, int pidfd)
{
	struct procfd_exit_record ours = info_of(procfd, PROCFD_INFO_EXIT).exit;
	struct procfd_info_record native =
		info_of(pidfd, GIVEN | PROCFD_INFO_EXIT);

	EXPECT_EQ(native.mask, PROCFD_INFO_ID | PROCFD_INFO_EXIT);
	EXPECT_EQ(native.exit.mask, PROCFD_EXIT_STATUS);
	EXPECT_EQ(native.exit.code, ours.code);
	EXPECT_EQ(native.exit.status, ours.status);
	EXPECT_EQ(native.exit.wait_status, ours.wait_status);
	EXPECT_EQ(native.exit.pid, 0);
}

static void told_after_reaping(pid_t pid, int status)
{
	int procfd = open_procfd(pid), pidfd = native_pidfd(pid);
	struct procfd_info_record info;

	EXPECT_EQ(poll_fd(pidfd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	EXPECT_EQ(info_of(pidfd, GIVEN | PROCFD_INFO_EXIT).mask, GIVEN);
	EXPECT_EQ(reap(pid), status);
	if (kernel_at_least(6, 15))
		expect_same_end(procfd, pidfd);
	else
		EXPECT_ERRNO(procfd_get_info(pidfd, PROCFD_INFO_EXIT, &info,
					     sizeof(info)),
			     ESRCH);
}

static void kill_oneself(void *unused)
{
	raise(SIGTERM);
}

TEST(pidfd_info_tells_the_end_after_reaping)
{
	need_native_info();
	told_after_reaping(fork_exit(9), 9 << 8);
	told_after_reaping(fork_child(kill_oneself, NULL), SIGTERM);
}

/*
 * The status is that of the process, and not that of its leader.  Of one that ends at
 * the same time the kernel may note its own, so this waits until it is a zombie.
 */
static void *end_group(void *unused)
{
	ASSERT_SOON(proc_state(getpid()) == 'Z');
	syscall(SYS_exit_group, 5);
	return NULL;
}

static void end_leader_first(void *unused)
{
	pthread_t other;

	pthread_create(&other, NULL, end_group, NULL);
	syscall(SYS_exit, 3);
}

TEST(pidfd_info_of_a_leader_that_ended_first)
{
	struct procfd_info_record info;
	int pidfd, status;
	pid_t pid;

	if (!kernel_at_least(6, 15))
		SKIP("no status after reaping before Linux 6.15");
	pid = fork_child(end_leader_first, NULL);
	pidfd = native_pidfd(pid);
	status = reap(pid);
	info = info_of(pidfd, PROCFD_INFO_EXIT);
	EXPECT_EQ(status, 5 << 8);
	EXPECT_EQ(info.exit.wait_status, status);
}

/* ---- where the rest cannot be had ----------------------------------------------- */

static void without_procfs(void *unused)
{
	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_OK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_OK(umount2("/proc", MNT_DETACH));
	EXPECT_EQ(info_of(native_pidfd(getpid()), GIVEN).mask,
		  GIVEN & ~PROCFD_INFO_PIDS);
}

TEST(pidfd_info_has_no_pids_without_procfs)
{
	need_native_info();
	test_follow(reap(fork_child(without_procfs, NULL)));
}

TEST(pidfd_info_has_no_pids_with_the_procfs_of_another_namespace)
{
	pid_t pid;

	need_native_info();
	ASSERT_OK(unshare(CLONE_NEWPID));
	pid = ASSERT_OK(fork());
	if (!pid) {
		EXPECT_EQ(getpid(), 1);
		EXPECT_EQ(info_of(native_pidfd(1), GIVEN).mask,
			  GIVEN & ~PROCFD_INFO_PIDS);
		_exit(0);
	}
	test_follow(reap(pid));
}

TEST(without_module_pidfds_have_info)
{
	int pidfd;

	need_native_info();
	hide_device();
	pidfd = ASSERT_OK(procfd_open_self(PROCFD_ALLOW_PIDFD));
	EXPECT_EQ(info_of(pidfd, GIVEN).pid, getpid());
	EXPECT_EQ(info_of(pidfd, GIVEN).ppid, getppid());
}
