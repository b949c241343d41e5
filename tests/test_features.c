// SPDX-License-Identifier: GPL-2.0-only
/*
 * What GET_FEATURES tells is what works. On a stock kernel that is everything;
 * PROCFD_EXPECT_MISSING is the mask of what shall be off, for test_missing.sh,
 * which takes symbols away.
 */
#include "finding.h"

static uint64_t missing(void)
{
	const char *mask = getenv("PROCFD_EXPECT_MISSING");

	return mask ? strtoull(mask, NULL, 0) : 0;
}

static bool lacks(uint64_t feature)
{
	return missing() & feature;
}

/* It works, or its feature is missing and it is EOPNOTSUPP. */
#define EXPECT_FEATURE(feature, call)                   \
	({                                              \
		if (lacks(feature))                     \
			EXPECT_ERRNO(call, EOPNOTSUPP); \
		else                                    \
			EXPECT_OK(call);                \
	})

TEST(features_tell_abi_and_version)
{
	struct procfd_features f = features();

	EXPECT_EQ(f.abi, PROCFD_ABI);
	EXPECT_GT(f.version, 0U);
}

TEST(features_are_all_but_the_missing_ones)
{
	struct procfd_features f = features();

	EXPECT_EQ(f.known & 0xfff, 0xfffULL);
	EXPECT_EQ(f.features, f.known & ~missing());
}

TEST(features_know_the_ioctls_of_this_header)
{
	struct procfd_features f = features();

	EXPECT_EQ(f.device_ioctls & 0x3ff, 0x3ffULL);
	EXPECT_EQ(f.procfd_ioctls & 0x3ff, 0x3ffULL);
	EXPECT_EQ(f.exit_mask & 0x3ff, 0x3ffULL);
	EXPECT_EQ(f.wait_options, PROCFD_WNOHANG | PROCFD_WSTOPPED |
					  PROCFD_WEXITED | PROCFD_WCONTINUED |
					  PROCFD_WNOWAIT);
}

TEST(features_tell_open_flags_that_are_taken)
{
	uint64_t known = features().open_flags;
	int dev = device();

	EXPECT_EQ(known & 7, PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE);
	for (int bit = 0; bit < 32; bit++) {
		pid_t pid = fork_sleeper();

		if (known >> bit & 1)
			EXPECT_OK(open_pid(dev, pid, 1U << bit));
		else
			EXPECT_ERRNO(open_pid(dev, pid, 1U << bit), EINVAL);
		kill_and_reap(pid);
	}
}

TEST(features_tell_child_flags_that_are_taken)
{
	uint64_t known = features().child_flags;
	int dev = device();

	if (lacks(PROCFD_FEATURE_NEXT_CHILD | PROCFD_FEATURE_AUTOREAP))
		return (void)EXPECT_EQ(known & 3, 3ULL);
	EXPECT_EQ(known & 7, 7ULL);
	for (int bit = 0; bit < 32; bit++) {
		if (known >> bit & 1)
			close(EXPECT_OK(next_child(dev, 1U << bit)));
		else
			EXPECT_ERRNO(next_child(dev, 1U << bit), EINVAL);
	}
}

TEST(features_tell_clone_flags_of_clone3)
{
	uint64_t known = features().clone_flags;
	uint64_t basic =
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
		CLONE_PIDFD | CLONE_PTRACE | CLONE_VFORK | CLONE_PARENT |
		CLONE_NEWNS | CLONE_SYSVSEM | CLONE_SETTLS |
		CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_UNTRACED |
		CLONE_CHILD_SETTID | CLONE_NEWCGROUP | CLONE_NEWUTS |
		CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
		CLONE_IO | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP;

	EXPECT_EQ(known & basic, basic);
	EXPECT_EQ(known & 0xff & ~CLONE_NEWTIME, 0ULL);
	EXPECT_EQ(known & CLONE_THREAD, 0ULL);
	EXPECT_EQ(known & 0x00400000, 0ULL); /* CLONE_DETACHED */
}

static int clone_and_reap(int dev, unsigned int flags, int exit_signal)
{
	int procfd = -1;
	pid_t pid = clone_child(dev, flags, exit_signal, &procfd);

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return -1;
	expect_exit(procfd, 0);
	close(procfd);
	if (!(flags & PROCFD_AUTOREAP))
		reap(pid);
	return 0;
}

TEST(features_clone_works_or_is_eopnotsupp)
{
	EXPECT_FEATURE(PROCFD_FEATURE_CLONE,
		       clone_and_reap(device(), 0, SIGCHLD));
}

TEST(features_next_child_works_or_is_eopnotsupp)
{
	EXPECT_FEATURE(PROCFD_FEATURE_NEXT_CHILD, next_child(device(), 0));
}

TEST(features_autoreap_works_or_is_eopnotsupp)
{
	int dev = device();

	EXPECT_FEATURE(PROCFD_FEATURE_AUTOREAP | PROCFD_FEATURE_CLONE,
		       clone_and_reap(dev, PROCFD_AUTOREAP, 0));
	EXPECT_FEATURE(PROCFD_FEATURE_AUTOREAP | PROCFD_FEATURE_NEXT_CHILD,
		       next_child(dev, PROCFD_AUTOREAP));
}

TEST(features_wait_of_a_parent_works_or_is_eopnotsupp)
{
	pid_t pid = fork_exit(3);
	int procfd = procfd_of(pid);
	struct procfd_wait wait;

	wait_readable(procfd);
	EXPECT_FEATURE(PROCFD_FEATURE_REAP,
		       wait_for(procfd, PROCFD_WEXITED, &wait));
	if (lacks(PROCFD_FEATURE_REAP))
		reap(pid);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
}

static void wait_as_stranger(void *arg)
{
	struct procfd_wait wait;

	EXPECT_OK(wait_for(*(int *)arg, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.status, 3);
}

TEST(features_wait_of_a_stranger_works_always)
{
	pid_t pid = fork_exit(3);
	int procfd = procfd_of(pid);

	reap(fork_child(wait_as_stranger, &procfd));
	reap(pid);
}

static int signal_with_info(int procfd)
{
	struct procfd_send_signal arg = {
		.flags = PROCFD_SIGNAL_INFO,
		.code = SI_QUEUE,
	};

	return ioctl(procfd, PROCFD_SEND_SIGNAL, &arg);
}

TEST(features_siginfo_and_thread_work_or_are_eopnotsupp)
{
	int procfd = procfd_of(getpid());

	EXPECT_FEATURE(PROCFD_FEATURE_SIGNAL_INFO, signal_with_info(procfd));
	EXPECT_FEATURE(PROCFD_FEATURE_SIGNAL_INFO,
		       send_signal(procfd, 0, PROCFD_SIGNAL_THREAD));
	EXPECT_OK(send_signal(procfd, 0, 0));
	EXPECT_OK(send_signal(procfd, 0, PROCFD_SIGNAL_PROCESS));
}

TEST(features_siginfo_for_a_group_is_eopnotsupp)
{
	int procfd = procfd_of(getpid());
	struct procfd_send_signal arg = {
		.flags = PROCFD_SIGNAL_INFO | PROCFD_SIGNAL_PROCESS_GROUP,
		.code = SI_QUEUE,
	};

	EXPECT_ERRNO(ioctl(procfd, PROCFD_SEND_SIGNAL, &arg), EOPNOTSUPP);
}

TEST(features_pidfd_works_or_is_eopnotsupp)
{
	EXPECT_FEATURE(PROCFD_FEATURE_PIDFD, get_pidfd(procfd_of(getpid()), 0));
}

TEST(features_namespaces_work_or_are_eopnotsupp)
{
	int procfd = procfd_of(getpid());

	for (unsigned int type = 1; type <= 10; type++)
		EXPECT_FEATURE(PROCFD_FEATURE_NAMESPACES,
			       get_namespace(procfd, type));
}

/* The opener is no parent and has to ptrace-read; the fd comes by the table. */
TEST(features_block_io_for_others_or_only_for_the_parent)
{
	int *procfd = shared_memory(sizeof(int));
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0),
	      opener = raw_clone(CLONE_FILES | SIGCHLD);
	struct procfd_exit record;

	if (!opener) {
		*procfd = procfd_of(pid);
		_exit(0);
	}
	reap(opener);
	ASSERT_GT(*procfd, 0);
	gate_open(&gated.gate);
	record = ended_record(*procfd);
	EXPECT_EQ(!(record.mask & PROCFD_EXIT_BLOCK_IO),
		  lacks(PROCFD_FEATURE_BLOCK_IO));
	reap(pid);
}

static void poll_for_hangup(void *arg)
{
	struct gate *told = *(struct gate **)arg;
	int procfd = ((int **)arg)[1][0];

	gate_open(told);
	EXPECT_EQ(poll_fd(procfd, 0, 3000 * slowness()), POLLHUP);
}

/* The result of a poll is right even where nobody wakes it: it looks again. */
TEST(features_hangup_comes_in_the_end_with_and_without_wake_up)
{
	struct gated_exit gated;
	struct gate told = gate_make();
	pid_t pid = fork_gated(&gated, 0), poller;
	int procfd = procfd_of(pid);
	void *arg[] = { &told, &procfd };

	poller = fork_child(poll_for_hangup, arg);
	gate_wait(&told);
	wait_sleeping(poller);
	gate_open(&gated.gate);
	wait_readable(procfd);
	reap(pid);
	EXPECT_EQ(reap(poller), 0);
	EXPECT_EQ(poll_fd(procfd, 0, 0), POLLHUP);
}

#define BURN_NS 5000000LL

static void burn(void *arg)
{
	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < BURN_NS)
		;
}

/* What the process itself has seen of its time is in the record, all of it. */
TEST(features_cpu_times_are_exact_or_ticks)
{
	pid_t pid = fork_child(burn, NULL);
	int procfd = procfd_of(pid);
	struct procfd_exit record = ended_record(procfd);

	reap(pid);
	EXPECT_EQ(record.mask & PROCFD_EXIT_CPU, PROCFD_EXIT_CPU);
	if (!lacks(PROCFD_FEATURE_EXACT_CPU))
		EXPECT_GE(record.utime_ns + record.stime_ns, (__u64)BURN_NS);
}

TEST(features_open_poll_read_and_signal_work_always)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 42);
	int procfd = procfd_of(pid);

	EXPECT_FALSE(has_ended(procfd));
	EXPECT_OK(send_signal(procfd, 0, 0));
	gate_open(&gated.gate);
	expect_exit(procfd, 42);
	reap(pid);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0) & POLLHUP, POLLHUP);
	expect_exit(procfd, 42);
}

TEST(features_pidfds_are_taken_or_are_eopnotsupp)
{
	int pidfd = ASSERT_OK(pidfd_open_native(getpid()));
	int procfd = procfd_of(getpid());

	EXPECT_FEATURE(PROCFD_FEATURE_FROM_PIDFD,
		       open_pidfd(device(), pidfd, 0));
	if (lacks(PROCFD_FEATURE_FROM_PIDFD))
		EXPECT_ERRNO(compare(procfd, pidfd), EBADF);
	else
		EXPECT_EQ(compare(procfd, pidfd), 1);
	EXPECT_EQ(compare(procfd, procfd), 1);
}

static int list_in(int pidns_fd)
{
	struct procfd_info record;
	struct procfd_list arg = { .pidns_fd = pidns_fd,
				   .parent_fd = -1,
				   .records = (uintptr_t)&record,
				   .record_size = sizeof(record),
				   .nr_records = 1 };

	return ioctl(device(), PROCFD_LIST, &arg);
}

TEST(features_pid_namespaces_are_taken_or_are_eopnotsupp)
{
	int procfd = procfd_of(getpid()), ns = pidns_of(getpid());

	EXPECT_FEATURE(PROCFD_FEATURE_PIDNS_FD,
		       open_pid_in(device(), getpid(), ns, 0));
	EXPECT_FEATURE(PROCFD_FEATURE_PIDNS_FD, get_pid(procfd, ns));
	EXPECT_FEATURE(PROCFD_FEATURE_PIDNS_FD, list_in(ns));
	EXPECT_OK(open_pid_in(device(), getpid(), -1, 0));
	EXPECT_OK(get_pid(procfd, -1));
	EXPECT_OK(list_in(-1));
}

/* One bit for each flag that LIST takes, and no other. */
TEST(features_tell_list_flags_that_are_taken)
{
	uint64_t known = features().list_flags;

	EXPECT_EQ(known & 7,
		  PROCFD_LIST_THREADS | PROCFD_LIST_UID | PROCFD_LIST_CHILDREN);
	for (int bit = 0; bit < 32; bit++) {
		struct procfd_info record;
		struct procfd_list arg = {
			.flags = 1U << bit,
			.pidns_fd = -1,
			.parent_fd = procfd_of(getpid()),
			.records = (uintptr_t)&record,
			.record_size = sizeof(record),
			.nr_records = 1,
		};

		if (arg.flags != PROCFD_LIST_CHILDREN)
			arg.parent_fd = -1;
		if (known >> bit & 1)
			EXPECT_OK(ioctl(device(), PROCFD_LIST, &arg));
		else
			EXPECT_ERRNO(ioctl(device(), PROCFD_LIST, &arg),
				     EINVAL);
	}
}
