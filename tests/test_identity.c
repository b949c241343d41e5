// SPDX-License-Identifier: GPL-2.0-only
/* GET_PID, COMPARE, GET_ID: which process it is, whoever asks and whenever. */
#include <sys/stat.h>

#include "finding.h"

/* ---- GET_PID ------------------------------------------------------------------------ */

TEST(identity_pid_is_the_number_in_the_callers_namespace)
{
	pid_t pid = fork_sleeper();

	EXPECT_EQ(get_pid(procfd_of(pid), -1), pid);
	EXPECT_EQ(get_pid(procfd_of(1), -1), 1);
	EXPECT_EQ(get_pid(procfd_of(2), -1), 2);
	kill_and_reap(pid);
}

TEST(identity_pid_of_a_zombie_is_told_and_of_a_reaped_process_esrch)
{
	pid_t pid = fork_exit(0);
	int procfd = procfd_of(pid), ns = pidns_of(getpid());

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	wait_zombie(pid);
	EXPECT_EQ(get_pid(procfd, -1), pid);
	EXPECT_EQ(get_pid(procfd, ns), pid);
	reap(pid);
	EXPECT_ERRNO(get_pid(procfd, -1), ESRCH);
	EXPECT_ERRNO(get_pid(procfd, ns), ESRCH);
	ASSERT_EQ(sleeper_with_number(pid), pid);
	EXPECT_ERRNO(get_pid(procfd, -1), ESRCH);
	EXPECT_EQ(get_pid(procfd_of(pid), -1), pid);
	kill_and_reap(pid);
}

TEST(identity_pid_in_a_namespace_below_is_its_number_there_or_0)
{
	pid_t one = fork_init(), two = fork_init();
	int here = pidns_of(getpid()), there = pidns_of(one);

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	EXPECT_EQ(get_pid(procfd_of(one), there), 1);
	EXPECT_EQ(get_pid(procfd_of(one), here), one);
	EXPECT_EQ(get_pid(procfd_of(two), there), 0);
	EXPECT_EQ(get_pid(procfd_of(getpid()), there), 0);
	EXPECT_EQ(get_pid(procfd_of(1), there), 0);
	kill_and_reap(one);
	kill_and_reap(two);
	EXPECT_EQ(get_pid(procfd_of(getpid()), there), 0);
}

static void ask_inside(void *arg)
{
	const int *fds = arg; /* outside: a namespace, a sibling's, a process */
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	EXPECT_EQ(get_pid(procfd, -1), pid);
	EXPECT_EQ(get_pid(procfd, pidns_of(1)), pid);
	EXPECT_ERRNO(get_pid(procfd, fds[0]), EREMOTE);
	EXPECT_ERRNO(get_pid(procfd, fds[1]), EREMOTE);
	EXPECT_ERRNO(get_pid(fds[2], -1), EREMOTE);
	EXPECT_ERRNO(get_pid(fds[2], pidns_of(1)), EREMOTE);
	kill_and_reap(pid);
}

TEST(identity_pid_in_a_namespace_above_or_beside_is_eremote)
{
	pid_t sibling = fork_init();
	int fds[] = { pidns_of(getpid()), pidns_of(sibling),
		      procfd_of(getpid()) };

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	run_in_pid_namespace(ask_inside, fds);
	kill_and_reap(sibling);
}

TEST(identity_pid_in_what_is_no_pid_namespace_is_refused)
{
	int procfd = procfd_of(getpid()), fd;

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	fd = ASSERT_OK(open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC));
	EXPECT_ERRNO(get_pid(procfd, fd), EINVAL);
	EXPECT_ERRNO(get_pid(procfd, procfd), EINVAL);
	close(fd);
	EXPECT_ERRNO(get_pid(procfd, fd), EBADF);
	EXPECT_ERRNO(get_pid(procfd, -2), EBADF);
	EXPECT_ERRNO(get_pid(procfd, INT32_MIN), EBADF);
}

/* ---- COMPARE -------------------------------------------------------------------------- */

TEST(identity_compare_says_whether_it_is_the_same_process)
{
	pid_t pid = fork_sleeper(), other = fork_sleeper();
	int one = procfd_of(pid), two = procfd_of(pid);

	EXPECT_EQ(compare(one, one), 1);
	EXPECT_EQ(compare(one, two), 1);
	EXPECT_EQ(compare(two, one), 1);
	EXPECT_EQ(compare(one, ASSERT_OK(dup(one))), 1);
	EXPECT_EQ(compare(one, procfd_of(other)), 0);
	EXPECT_EQ(compare(procfd_of(other), one), 0);
	kill_and_reap(pid);
	kill_and_reap(other);
}

TEST(identity_compare_takes_native_pidfds)
{
	pid_t pid = fork_sleeper(), other = fork_sleeper();
	int procfd = procfd_of(pid);
	int own = ASSERT_OK(pidfd_open_native(pid)),
	    others = ASSERT_OK(pidfd_open_native(other));

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	EXPECT_EQ(compare(procfd, own), 1);
	EXPECT_EQ(compare(procfd, others), 0);
	kill_and_reap(pid);
	EXPECT_EQ(compare(procfd, own), 1);
	EXPECT_EQ(compare(procfd, others), 0);
	kill_and_reap(other);
	EXPECT_EQ(compare(procfd, others), 0);
}

TEST(identity_compare_knows_the_reaped_from_their_successors)
{
	int one, two, other;
	pid_t pid = fork_sleeper();

	one = procfd_of(pid);
	two = procfd_of(pid);
	kill_and_reap(pid);
	ASSERT_EQ(sleeper_with_number(pid), pid);
	other = procfd_of(pid);
	EXPECT_EQ(compare(one, two), 1);
	EXPECT_EQ(compare(one, other), 0);
	EXPECT_EQ(compare(other, one), 0);
	kill_and_reap(pid);
	EXPECT_EQ(compare(one, other), 0);
}

TEST(identity_compare_with_anything_else_is_ebadf)
{
	int procfd = procfd_of(getpid()), dev = device(), fds[2];
	int closed = dup(dev);

	close(closed);
	ASSERT_OK(pipe2(fds, O_CLOEXEC));
	EXPECT_ERRNO(compare(procfd, dev), EBADF);
	EXPECT_ERRNO(compare(procfd, fds[0]), EBADF);
	EXPECT_ERRNO(compare(procfd, closed), EBADF);
	EXPECT_ERRNO(compare(procfd, -1), EBADF);
	EXPECT_ERRNO(compare(procfd, INT32_MIN), EBADF);
	EXPECT_ERRNO(compare(procfd, open("/proc", O_PATH | O_CLOEXEC)), EBADF);
	EXPECT_ERRNO(compare(procfd, pidns_of(getpid())), EBADF);
}

TEST(identity_compare_with_an_unbound_procfd_is_eunatch)
{
	int procfd = procfd_of(getpid()), unbound;

	unbound = ASSERT_OK(next_child(device(), 0));
	EXPECT_ERRNO(compare(procfd, unbound), EUNATCH);
	EXPECT_ERRNO(compare(unbound, procfd), EUNATCH);
	EXPECT_ERRNO(compare(unbound, unbound), EUNATCH);
}

static void compare_inside(void *arg)
{
	const int *outside = arg;
	int procfd = procfd_of(getpid());

	EXPECT_ERRNO(compare(outside[0], outside[1]), EREMOTE);
	EXPECT_ERRNO(compare(outside[0], procfd), EREMOTE);
	EXPECT_EQ(compare(procfd, outside[0]), 0);
	EXPECT_EQ(compare(procfd, procfd_of(getpid())), 1);
}

TEST(identity_compare_of_a_process_outside_is_eremote)
{
	int outside[] = { procfd_of(getpid()), procfd_of(getpid()) };

	run_in_pid_namespace(compare_inside, outside);
}

/* ---- GET_ID ----------------------------------------------------------------------------- */

static void send_id(void *arg)
{
	uint64_t *ids = arg; /* shared: what is told, and by whom */

	ids[1] = id_of(procfd_of(getppid()));
}

TEST(identity_id_is_the_same_for_every_fd_and_caller)
{
	uint64_t *ids = shared_memory(4096);
	int procfd = procfd_of(getpid());

	ids[0] = id_of(procfd);
	EXPECT_EQ(id_of(procfd_of(getpid())), ids[0]);
	EXPECT_EQ(id_of(ASSERT_OK(open_self(device(), 0))), ids[0]);
	EXPECT_EQ(procfd_id(procfd), ids[0]);
	in_child(send_id, ids);
	EXPECT_EQ(ids[1], ids[0]);
	ids[1] = 0;
	run_as(1000, send_id, ids);
	EXPECT_EQ(ids[1], ids[0]);
}

TEST(identity_id_is_another_for_each_process)
{
	uint64_t ids[20];
	pid_t pids[20];

	for (int i = 0; i < 20; i++) {
		pids[i] = fork_sleeper();
		ids[i] = id_of(procfd_of(pids[i]));
		EXPECT_NE(ids[i], 0ULL);
		for (int other = 0; other < i; other++)
			EXPECT_NE(ids[i], ids[other]);
	}
	for (int i = 0; i < 20; i++)
		kill_and_reap(pids[i]);
}

TEST(identity_id_stays_when_the_process_ends_and_is_reaped)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	uint64_t id = id_of(procfd);

	gate_open(&gated.gate);
	wait_readable(procfd);
	EXPECT_EQ(id_of(procfd), id);
	reap(pid);
	EXPECT_EQ(id_of(procfd), id);
	EXPECT_EQ(procfd_id(procfd), id);
}

TEST(identity_id_is_not_that_of_the_predecessors_with_this_number)
{
	uint64_t ids[16];
	pid_t pid = fork_sleeper();

	for (int i = 0; i < 16; i++) {
		ids[i] = id_of(procfd_of(pid));
		for (int other = 0; other < i; other++)
			EXPECT_NE(ids[i], ids[other]);
		kill_and_reap(pid);
		ASSERT_EQ(sleeper_with_number(pid), pid);
	}
	kill_and_reap(pid);
}

TEST(identity_id_is_the_inode_of_the_pidfd_from_6_9_on)
{
	pid_t pid = fork_sleeper();
	struct stat st;

	if (!kernel_at_least(6, 9))
		SKIP("pidfds have one inode here");
	ASSERT_OK(fstat(ASSERT_OK(pidfd_open_native(pid)), &st));
	EXPECT_EQ(id_of(procfd_of(pid)), st.st_ino);
	kill_and_reap(pid);
}

static void ask_id_inside(void *outside)
{
	uint64_t id;

	EXPECT_ERRNO(get_id(*(int *)outside, &id), EREMOTE);
	EXPECT_EQ(id_of(procfd_of(1)), procfd_id(procfd_of(1)));
}

TEST(identity_id_of_a_process_outside_is_eremote)
{
	int outside = procfd_of(getpid());

	run_in_pid_namespace(ask_id_inside, &outside);
}

TEST(identity_id_of_a_process_below_is_the_one_it_knows_itself)
{
	uint64_t *ids = shared_memory(4096);
	struct gate told = gate_make();
	pid_t pid = ASSERT_OK(raw_clone(CLONE_NEWPID | SIGCHLD));

	if (!pid) {
		ids[0] = id_of(ASSERT_OK(open_self(device(), 0)));
		gate_open(&told);
		for (;;)
			pause();
	}
	gate_wait(&told);
	EXPECT_EQ(id_of(procfd_of(pid)), ids[0]);
	kill_and_reap(pid);
}

/* For test_reload.sh: what the id of init was before the module came anew. */
TEST(identity_id_of_init_is_as_the_environment_tells)
{
	const char *before = getenv("PROCFD_ID_OF_INIT");
	uint64_t id = id_of(procfd_of(1));

	test_note("id of init: %llu", (unsigned long long)id);
	if (!before) {
		EXPECT_EQ(id_of(procfd_of(1)), id);
		return;
	}
	EXPECT_EQ(id, strtoull(before, NULL, 10));
}
