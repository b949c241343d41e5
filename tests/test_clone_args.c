// SPDX-License-Identifier: GPL-2.0-only
/*
 * CLONE refuses what clone3 of the running kernel refuses, with the same errno:
 * every case is given to both.
 */
#include <stddef.h>
#include <sys/stat.h>

#include "native.h"

/* Highest flag that every kernel this runs on knows: CLONE_INTO_CGROUP. */
#define KNOWN_FLAGS ((1ULL << 34) - 1)

static int dev;
static int fds;

static void setup(void)
{
	dev = device();
	fds = open_fd_count();
}

static void bury(pid_t pid)
{
	ASSERT_EQ(waitpid(pid, NULL, __WALL), pid);
}

static int errno_native(struct clone_args args)
{
	pid_t pid = clone3_native(&args);

	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	bury(pid);
	return 0;
}

static int errno_procfd(struct clone_args args)
{
	int procfd = -1;
	pid_t pid = clone3_procfd(dev, &args, 0, &procfd);

	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	bury(pid);
	close(procfd);
	return 0;
}

static void note_args(const struct clone_args *args)
{
	test_note("flags %llx signal %llx stack %llx+%llx set_tid %llx:%llx "
		  "cgroup %llx pidfd %llx",
		  args->flags, args->exit_signal, args->stack, args->stack_size,
		  args->set_tid, args->set_tid_size, args->cgroup, args->pidfd);
}

/* The same answer; errno, or 0. */
static int expect_same(struct clone_args args)
{
	int native = errno_native(args), ours = errno_procfd(args);

	if (!EXPECT_EQ(ours, native))
		note_args(&args);
	return native;
}

static void expect_both(struct clone_args args, int error)
{
	if (!EXPECT_EQ(expect_same(args), error))
		note_args(&args);
}

#define EXPECT_BOTH(error, ...) \
	expect_both((struct clone_args){ __VA_ARGS__ }, error)
#define EXPECT_SAME(...) expect_same((struct clone_args){ __VA_ARGS__ })

static void expect_nothing_left(void)
{
	EXPECT_EQ(open_fd_count(), fds);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

/*
 * Of these alone the child would run on its parent's stack, with no thread
 * pointer, or with another parent.
 */
#define UNSAFE_ALONE (CLONE_VM | CLONE_SETTLS | CLONE_PARENT | CLONE_THREAD)

TEST(clone_args_each_flag_alone_answers_as_clone3)
{
	setup();
	for (int bit = 0; bit < 64; bit++) {
		uint64_t flag = 1ULL << bit;
		int pidfd_count = open_fd_count();

		if (flag & UNSAFE_ALONE)
			continue;
		if (flag & KNOWN_FLAGS)
			EXPECT_SAME(.flags = flag);
		else if (!(features().clone_flags & flag))
			EXPECT_EQ(errno_procfd(
					  (struct clone_args){ .flags = flag }),
				  EINVAL);
		EXPECT_EQ(open_fd_count(), pidfd_count);
	}
	expect_nothing_left();
}

TEST(clone_args_signal_bits_in_flags_are_einval)
{
	setup();
	for (int bit = 0; bit < 8; bit++)
		if (1ULL << bit != CLONE_NEWTIME)
			EXPECT_BOTH(EINVAL, .flags = 1ULL << bit);
	EXPECT_BOTH(EINVAL, .flags = SIGCHLD);
	expect_nothing_left();
}

TEST(clone_args_detached_is_einval)
{
	setup();
	EXPECT_BOTH(EINVAL, .flags = 0x00400000);
	EXPECT_BOTH(EINVAL, .flags = 0x00400000 | CLONE_PIDFD);
	expect_nothing_left();
}

TEST(clone_args_thread_is_einval)
{
	struct clone_args thread = { .flags = CLONE_VM | CLONE_SIGHAND |
					      CLONE_THREAD };

	setup();
	EXPECT_EQ(errno_procfd(thread), EINVAL);
	EXPECT_BOTH(EINVAL, .flags = CLONE_THREAD);
	EXPECT_BOTH(EINVAL, .flags = CLONE_THREAD | CLONE_SIGHAND);
	EXPECT_BOTH(EINVAL, .flags = CLONE_THREAD | CLONE_VM);
	expect_nothing_left();
}

TEST(clone_args_exit_signal_with_parent_is_einval)
{
	setup();
	EXPECT_BOTH(EINVAL, .flags = CLONE_PARENT, .exit_signal = SIGCHLD);
	EXPECT_BOTH(EINVAL, .flags = CLONE_PARENT, .exit_signal = SIGUSR1);
	expect_nothing_left();
}

TEST(clone_args_contradictions_are_einval)
{
	uint64_t wrong[] = {
		CLONE_SIGHAND | CLONE_CLEAR_SIGHAND,
		CLONE_SIGHAND | CLONE_CLEAR_SIGHAND | CLONE_VM,
		CLONE_SIGHAND,
		CLONE_NEWNS | CLONE_FS,
		CLONE_NEWUSER | CLONE_FS,
	};

	setup();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		EXPECT_BOTH(EINVAL, .flags = wrong[i]);
	expect_nothing_left();
}

TEST(clone_args_pairs_that_need_not_be_wrong_answer_as_clone3)
{
	uint64_t pairs[] = {
		CLONE_NEWPID | CLONE_NEWUSER,  CLONE_NEWUSER | CLONE_NEWNS,
		CLONE_NEWIPC | CLONE_SYSVSEM,  CLONE_NEWTIME | CLONE_FILES,
		CLONE_NEWTIME | CLONE_NEWUSER, CLONE_PTRACE | CLONE_UNTRACED,
		CLONE_FS | CLONE_FILES,	       CLONE_NEWCGROUP | CLONE_IO,
		CLONE_VFORK | CLONE_FILES,
	};

	setup();
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		EXPECT_SAME(.flags = pairs[i]);
	expect_nothing_left();
}

TEST(clone_args_exit_signals_answer_as_clone3)
{
	uint64_t wrong[] = { 65,       66,	   127,	       128,
			     129,      255,	   256,	       256 + SIGCHLD,
			     1U << 31, 1ULL << 32, 1ULL << 63, -1ULL };

	setup();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		EXPECT_BOTH(EINVAL, .exit_signal = wrong[i]);
	for (int signal = 0; signal <= 64; signal++) {
		struct clone_args args = { .exit_signal = signal };
		sigset_t all;

		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, NULL);
		/* 32 and 33 are the C library's and cannot be blocked */
		if (signal != SIGKILL && signal != SIGSTOP && signal != 32 &&
		    signal != 33)
			expect_both(args, 0);
	}
	expect_nothing_left();
}

TEST(clone_args_stack_answers_as_clone3)
{
	uint64_t page = (uintptr_t)shared_memory(4096);

	setup();
	EXPECT_BOTH(EINVAL, .stack = page);
	EXPECT_BOTH(EINVAL, .stack_size = 4096);
	EXPECT_BOTH(EINVAL, .stack = 1ULL << 63, .stack_size = 4096);
	EXPECT_BOTH(EINVAL, .stack = -4096ULL, .stack_size = 4096);
	EXPECT_BOTH(EINVAL, .stack = page, .stack_size = 1ULL << 63);
	EXPECT_BOTH(EINVAL, .stack = page, .stack_size = -1ULL);
	expect_nothing_left();
}

TEST(clone_args_set_tid_shapes_answer_as_clone3)
{
	pid_t tids[64] = { 0 };

	setup();
	EXPECT_BOTH(EINVAL, .set_tid = (uintptr_t)tids);
	EXPECT_BOTH(EINVAL, .set_tid_size = 1);
	EXPECT_BOTH(EINVAL, .set_tid = (uintptr_t)tids, .set_tid_size = 33);
	EXPECT_BOTH(EINVAL, .set_tid = (uintptr_t)tids, .set_tid_size = 64);
	EXPECT_BOTH(EINVAL, .set_tid = (uintptr_t)tids, .set_tid_size = -1ULL);
	EXPECT_BOTH(EINVAL, .set_tid = (uintptr_t)tids,
		    .set_tid_size = (1ULL << 32) + 1);
	EXPECT_BOTH(EFAULT, .set_tid = 1, .set_tid_size = 1);
	EXPECT_BOTH(EFAULT, .set_tid = 1ULL << 63, .set_tid_size = 1);
	expect_nothing_left();
}

TEST(clone_args_set_tid_values_answer_as_clone3)
{
	pid_t wrong[] = { 0, -1, INT32_MIN, INT32_MAX, 1 << 22 };
	pid_t used[] = { 1, 2, getpid() }, two[2] = { free_number(), 1 };

	setup();
	for (int i = 0; i < 5; i++)
		EXPECT_BOTH(EINVAL, .set_tid = (uintptr_t)&wrong[i],
			    .set_tid_size = 1);
	for (int i = 0; i < 3; i++)
		EXPECT_BOTH(EEXIST, .set_tid = (uintptr_t)&used[i],
			    .set_tid_size = 1);
	EXPECT_BOTH(EINVAL, .set_tid = (uintptr_t)two, .set_tid_size = 2);
	expect_nothing_left();
}

TEST(clone_args_set_tid_in_a_new_pid_namespace_takes_both_levels)
{
	pid_t inner[2] = { 1, free_number() }, wrong[2] = { 5, inner[1] };

	setup();
	EXPECT_BOTH(0, .flags = CLONE_NEWPID, .set_tid = (uintptr_t)inner,
		    .set_tid_size = 2);
	EXPECT_BOTH(EINVAL, .flags = CLONE_NEWPID, .set_tid = (uintptr_t)wrong,
		    .set_tid_size = 2);
	expect_nothing_left();
}

TEST(clone_args_cgroup_answers_as_clone3)
{
	int closed = dup(0), pipes[2];
	uint64_t wrong[] = { -1ULL, 1ULL << 31, 1ULL << 32, 1ULL << 63 };

	close(closed);
	ASSERT_OK(pipe2(pipes, O_CLOEXEC));
	setup();
	for (int i = 0; i < 4; i++)
		EXPECT_BOTH(EINVAL, .flags = CLONE_INTO_CGROUP,
			    .cgroup = wrong[i]);
	EXPECT_BOTH(EBADF, .flags = CLONE_INTO_CGROUP, .cgroup = closed);
	EXPECT_SAME(.flags = CLONE_INTO_CGROUP, .cgroup = pipes[0]);
	EXPECT_SAME(.flags = CLONE_INTO_CGROUP, .cgroup = dev);
	EXPECT_SAME(.cgroup = pipes[0]);
	EXPECT_SAME(.cgroup = -1ULL);
	expect_nothing_left();
}

#define GONE "/sys/fs/cgroup/procfd-gone"

TEST(clone_args_removed_cgroup_answers_as_clone3)
{
	int cgroup;

	if (mkdir(GONE, 0755) && errno != EEXIST)
		SKIP("no cgroup2 to write to: %s", strerror(errno));
	cgroup = ASSERT_OK(open(GONE, O_PATH | O_DIRECTORY | O_CLOEXEC));
	ASSERT_OK(rmdir(GONE));
	setup();
	EXPECT_NE(EXPECT_SAME(.flags = CLONE_INTO_CGROUP, .cgroup = cgroup), 0);
	expect_nothing_left();
}

TEST(clone_args_pidfd_address_answers_as_clone3)
{
	uint64_t bad[] = { 0, 1, 1ULL << 63, -1ULL };
	int place = -1;

	setup();
	for (int i = 0; i < 4; i++)
		EXPECT_BOTH(EFAULT, .flags = CLONE_PIDFD, .pidfd = bad[i]);
	EXPECT_SAME(.pidfd = (uintptr_t)&place);
	EXPECT_BOTH(EINVAL, .flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
		    .pidfd = (uintptr_t)&place,
		    .parent_tid = (uintptr_t)&place);
	expect_nothing_left();
}

TEST(clone_args_tid_addresses_answer_as_clone3)
{
	setup();
	EXPECT_BOTH(0, .flags = CLONE_PARENT_SETTID, .parent_tid = 1);
	EXPECT_BOTH(0, .flags = CLONE_CHILD_SETTID, .child_tid = 1);
	EXPECT_BOTH(0, .flags = CLONE_CHILD_CLEARTID, .child_tid = 1);
	expect_nothing_left();
}

static void ask_as_user(void *unused)
{
	uint64_t flags[] = { CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS,
			     CLONE_NEWIPC, CLONE_NEWPID,    CLONE_NEWNET,
			     CLONE_NEWTIME };
	pid_t number = free_number();

	setup();
	for (int i = 0; i < 7; i++)
		EXPECT_BOTH(EPERM, .flags = flags[i]);
	EXPECT_BOTH(EPERM, .set_tid = (uintptr_t)&number, .set_tid_size = 1);
	EXPECT_SAME(.flags = CLONE_NEWUSER);
	EXPECT_SAME(.flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS);
	expect_nothing_left();
}

TEST(clone_args_namespaces_and_set_tid_need_the_right)
{
	run_as(1000, ask_as_user, NULL);
}

#define PRIVATE "/sys/fs/cgroup/procfd-private"

static void clone_into_private(void *arg)
{
	setup();
	EXPECT_BOTH(EACCES, .flags = CLONE_INTO_CGROUP, .cgroup = *(int *)arg);
	expect_nothing_left();
}

TEST(clone_args_cgroup_needs_the_right)
{
	int cgroup;

	if (mkdir(PRIVATE, 0755) && errno != EEXIST)
		SKIP("no cgroup2 to write to: %s", strerror(errno));
	cgroup = ASSERT_OK(open(PRIVATE, O_PATH | O_DIRECTORY | O_CLOEXEC));
	run_as(1000, clone_into_private, &cgroup);
	ASSERT_OK(rmdir(PRIVATE));
}

/* The init that unshare() promised is gone: no child can be made any more. */
static void clone_without_init(void *unused)
{
	pid_t init;

	ASSERT_OK(unshare(CLONE_NEWPID));
	init = ASSERT_OK(fork());
	if (!init)
		_exit(0);
	reap(init);
	setup();
	EXPECT_BOTH(ENOMEM, .flags = 0);
	expect_nothing_left();
}

TEST(clone_args_pid_namespace_without_init_is_enomem)
{
	in_child(clone_without_init, NULL);
}

static void clone_after_unshare(void *unused)
{
	ASSERT_OK(unshare(CLONE_NEWPID));
	setup();
	EXPECT_BOTH(EINVAL, .flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD,
		    .exit_signal = 0);
	EXPECT_BOTH(EINVAL, .flags = CLONE_PARENT | CLONE_NEWPID,
		    .exit_signal = 0);
	expect_nothing_left();
}

TEST(clone_args_after_unshare_answer_as_clone3)
{
	in_child(clone_after_unshare, NULL);
}

/* ---- what is procfd's own ------------------------------------------------------ */

static int errno_autoreap(struct clone_args args)
{
	int procfd = -1;
	pid_t pid = clone3_procfd(dev, &args, PROCFD_AUTOREAP, &procfd);

	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	wait_hangup(procfd);
	close(procfd);
	return 0;
}

#define AUTOREAP_OF(...) errno_autoreap((struct clone_args){ __VA_ARGS__ })

TEST(clone_args_autoreap_with_signal_parent_or_thread_is_einval)
{
	setup();
	EXPECT_EQ(AUTOREAP_OF(.exit_signal = SIGCHLD), EINVAL);
	EXPECT_EQ(AUTOREAP_OF(.exit_signal = SIGUSR1), EINVAL);
	EXPECT_EQ(AUTOREAP_OF(.flags = CLONE_PARENT), EINVAL);
	EXPECT_EQ(AUTOREAP_OF(.flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD),
		  EINVAL);
	EXPECT_EQ(AUTOREAP_OF(.exit_signal = 0), 0);
	expect_nothing_left();
}
