// SPDX-License-Identifier: GPL-2.0-only
/* GET_PIDFD and GET_NAMESPACE: what the kernel itself would have given. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "native.h"

/* ---- GET_PIDFD -------------------------------------------------------------------- */

TEST(native_pidfd_is_of_the_same_process)
{
	struct timespec soon = { 0 };
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), pidfd = ASSERT_OK(get_pidfd(procfd, 0));
	siginfo_t info;

	EXPECT_EQ((pid_t)fdinfo_number(pidfd, "Pid"), pid);
	EXPECT_OK(pidfd_signal_native(pidfd, 0, NULL));
	EXPECT_EQ(poll_fd(pidfd, POLLIN, soon.tv_nsec), 0);
	ASSERT_OK(pidfd_signal_native(pidfd, SIGTERM, NULL));
	ASSERT_OK(waitid(P_PIDFD, pidfd, &info, WEXITED));
	EXPECT_EQ(info.si_pid, pid);
	expect_killed(procfd, SIGTERM);
}

TEST(native_pidfd_is_what_pidfd_open_gives)
{
	pid_t pid = fork_sleeper();
	int ours = ASSERT_OK(get_pidfd(procfd_of(pid), 0));
	int native = ASSERT_OK(pidfd_open_native(pid));
	struct stat one, two;

	ASSERT_OK(fstat(ours, &one));
	ASSERT_OK(fstat(native, &two));
	EXPECT_EQ(one.st_dev, two.st_dev);
	EXPECT_EQ(one.st_ino, two.st_ino);
	EXPECT_EQ(fcntl(ours, F_GETFL), fcntl(native, F_GETFL));
	EXPECT_EQ(fcntl(ours, F_GETFD), fcntl(native, F_GETFD));
	kill_and_reap(pid);
}

TEST(native_pidfd_nonblock_sets_the_flag)
{
	pid_t pid = fork_sleeper();
	int pidfd = ASSERT_OK(get_pidfd(procfd_of(pid), PROCFD_NONBLOCK));
	siginfo_t info;

	EXPECT_TRUE(fcntl(pidfd, F_GETFL) & O_NONBLOCK);
	EXPECT_ERRNO(waitid(P_PIDFD, pidfd, &info, WEXITED), EAGAIN);
	kill_and_reap(pid);
}

TEST(native_pidfd_of_a_zombie_works_and_of_a_reaped_process_is_esrch)
{
	pid_t pid = fork_exit(18);
	int procfd = procfd_of(pid), pidfd, fds;
	siginfo_t info;

	wait_readable(procfd);
	pidfd = ASSERT_OK(get_pidfd(procfd, 0));
	ASSERT_OK(waitid(P_PIDFD, pidfd, &info, WEXITED));
	EXPECT_EQ(info.si_status, 18);
	fds = open_fd_count();
	EXPECT_ERRNO(get_pidfd(procfd, 0), ESRCH);
	EXPECT_EQ(open_fd_count(), fds);
}

TEST(native_pidfd_never_is_of_a_recycled_number)
{
	pid_t pid = fork_exit(0), second;
	int procfd = procfd_of(pid);

	reap(pid);
	second = sleeper_with_number(pid);
	EXPECT_ERRNO(get_pidfd(procfd, 0), ESRCH);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_MNT), ESRCH);
	kill_and_reap(second);
}

TEST(native_pidfd_lives_longer_than_its_procfd)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), pidfd = ASSERT_OK(get_pidfd(procfd, 0));

	close(procfd);
	ASSERT_OK(pidfd_signal_native(pidfd, SIGTERM, NULL));
	EXPECT_EQ(poll_fd(pidfd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	EXPECT_EQ(reap(pid), SIGTERM);
}

/* ---- GET_NAMESPACE ------------------------------------------------------------------ */

static const char *const names[] = {
	[PROCFD_NAMESPACE_CGROUP] = "cgroup",
	[PROCFD_NAMESPACE_IPC] = "ipc",
	[PROCFD_NAMESPACE_MNT] = "mnt",
	[PROCFD_NAMESPACE_NET] = "net",
	[PROCFD_NAMESPACE_PID] = "pid",
	[PROCFD_NAMESPACE_PID_FOR_CHILDREN] = "pid_for_children",
	[PROCFD_NAMESPACE_TIME] = "time",
	[PROCFD_NAMESPACE_TIME_FOR_CHILDREN] = "time_for_children",
	[PROCFD_NAMESPACE_USER] = "user",
	[PROCFD_NAMESPACE_UTS] = "uts",
};

static void expect_same_namespace(int procfd, pid_t pid, int type)
{
	struct stat ours, native;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, names[type]);
	ASSERT_OK(stat(path, &native));
	fd = ASSERT_OK(get_namespace(procfd, type));
	ASSERT_OK(fstat(fd, &ours));
	if (!EXPECT_EQ(ours.st_ino, native.st_ino) ||
	    !EXPECT_EQ(ours.st_dev, native.st_dev))
		test_note("namespace %s", names[type]);
	close(fd);
}

TEST(native_namespaces_of_oneself_are_those_of_proc)
{
	int procfd = procfd_of(getpid());

	for (int type = 1; type <= 10; type++)
		expect_same_namespace(procfd, getpid(), type);
}

static void in_new_namespaces(struct gate *told)
{
	ASSERT_OK(unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
			  CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWPID |
			  CLONE_NEWTIME | CLONE_NEWUSER));
	gate_open(told);
	for (;;)
		pause();
}

TEST(native_namespaces_of_another_are_those_of_proc)
{
	struct gate told = gate_make();
	pid_t pid = ASSERT_OK(fork());
	struct stat ours, others;
	int procfd;

	if (!pid)
		in_new_namespaces(&told);
	gate_wait(&told);
	procfd = procfd_of(pid);
	/* pid_for_children has no init yet: /proc shows none */
	for (int type = 1; type <= 10; type++)
		if (type != PROCFD_NAMESPACE_PID_FOR_CHILDREN)
			expect_same_namespace(procfd, pid, type);
	ASSERT_OK(fstat(ASSERT_OK(get_namespace(procfd, PROCFD_NAMESPACE_UTS)),
			&others));
	ASSERT_OK(stat("/proc/self/ns/uts", &ours));
	EXPECT_NE(ours.st_ino, others.st_ino);
	kill_and_reap(pid);
}

TEST(native_namespace_can_be_entered)
{
	struct gate told = gate_make();
	struct stat joined, target;
	pid_t pid = ASSERT_OK(fork());
	int fd;

	if (!pid) {
		ASSERT_OK(unshare(CLONE_NEWUTS));
		gate_open(&told);
		for (;;)
			pause();
	}
	gate_wait(&told);
	fd = ASSERT_OK(get_namespace(procfd_of(pid), PROCFD_NAMESPACE_UTS));
	ASSERT_OK(setns(fd, CLONE_NEWUTS));
	ASSERT_OK(fstat(fd, &target));
	ASSERT_OK(stat("/proc/self/ns/uts", &joined));
	EXPECT_EQ(joined.st_ino, target.st_ino);
	kill_and_reap(pid);
}

/* Exec has the namespaces to itself for a moment: who asked has let go of them. */
TEST(native_namespaces_that_were_asked_for_let_exec_go_on)
{
	struct procfd_info info = { .mask = PROCFD_INFO_NAMESPACES };
	struct gate gate = gate_make();
	pid_t pid = ASSERT_OK(fork());
	int procfd;

	if (!pid) {
		gate_wait(&gate);
		exec_shell("exit 5");
	}
	procfd = procfd_of(pid);
	for (int type = 1; type <= 10; type++)
		get_namespace(procfd, type);
	ASSERT_OK(ioctl(procfd, PROCFD_GET_INFO, &info));
	EXPECT_EQ(info.mask, PROCFD_INFO_NAMESPACES);
	gate_open(&gate);
	expect_exit(procfd, 5);
	reap(pid);
}

static void ask_without_right(void *arg)
{
	int fds = open_fd_count();

	for (int type = 1; type <= 10; type++)
		EXPECT_ERRNO(get_namespace(*(int *)arg, type), EACCES);
	EXPECT_EQ(open_fd_count(), fds);
}

TEST(native_namespaces_need_the_right_to_ptrace)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	run_as(1000, ask_without_right, &procfd);
	kill_and_reap(pid);
}

TEST(native_namespaces_of_one_that_is_ending_are_esrch_or_there)
{
	pid_t pid = fork_exit(0);
	int procfd = procfd_of(pid);

	wait_readable(procfd);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_MNT), ESRCH);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_NET), ESRCH);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_UTS), ESRCH);
	reap(pid);
	for (int type = 1; type <= 10; type++)
		EXPECT_ERRNO(get_namespace(procfd, type), ESRCH);
}

/* ---- outside, and at the limit ---------------------------------------------------------- */

static void ask_outside(void *arg)
{
	EXPECT_ERRNO(get_pidfd(*(int *)arg, 0), EREMOTE);
	for (int type = 1; type <= 10; type++)
		EXPECT_ERRNO(get_namespace(*(int *)arg, type), EREMOTE);
}

TEST(native_outside_of_ones_pid_namespace_is_eremote)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	run_in_pid_namespace(ask_outside, &procfd);
	kill_and_reap(pid);
}

TEST(native_at_the_limit_of_fds_is_emfile)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), next = dup(procfd);
	struct rlimit limit = { next, 4096 };

	close(next);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_ERRNO(get_pidfd(procfd, 0), EMFILE);
	for (int type = 1; type <= 10; type++)
		EXPECT_ERRNO(get_namespace(procfd, type), EMFILE);
	limit.rlim_cur = 4096;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(get_pidfd(procfd, 0), next);
	kill_and_reap(pid);
}
