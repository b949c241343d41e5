// SPDX-License-Identifier: GPL-2.0-only
/* GET_INFO: the mask, who may know what, zombies and the reaped. */
#include <sys/prctl.h>

#include "likeproc.h"

#define USER 1000

#define INFO_OF_REAPED                                            \
	(PROCFD_INFO_ID | PROCFD_INFO_STATE | PROCFD_INFO_START | \
	 PROCFD_INFO_EXIT)

/* ---- the mask ----------------------------------------------------------------------- */

static const uint64_t no_groups;

/* Members of this group are as in the whole, all others are 0. */
static void expect_only(uint64_t group, const struct procfd_info *info,
			const struct procfd_info *whole)
{
	struct procfd_info expected = { .mask = group & whole->mask,
					.size = whole->size };

	for (size_t i = 0; i < NR_MEMBERS; i++)
		if (members[i].group == group)
			memcpy((char *)&expected + members[i].offset,
			       (const char *)whole + members[i].offset,
			       members[i].size);
	if (group == PROCFD_INFO_ID)
		expected.id = whole->id;
	if (group == PROCFD_INFO_COMM)
		memcpy(expected.comm, whole->comm, sizeof(whole->comm));
	if (group == PROCFD_INFO_STATE)
		expected.flags = whole->flags;
	if (group == PROCFD_INFO_NAMESPACE_PIDS)
		memcpy(expected.nspids, whole->nspids, sizeof(whole->nspids));
	if (group == PROCFD_INFO_EXIT)
		expected.exit = whole->exit;
	if (!EXPECT_MEMEQ(info, &expected, sizeof(expected)))
		test_note("group %llx", (unsigned long long)group);
}

static void expect_groups_alone(int procfd)
{
	struct procfd_info whole = info_of(procfd), info;

	for (uint64_t bit = 1; bit; bit <<= 1) {
		ASSERT_OK(get_info(procfd, bit, &info));
		expect_only(bit, &info, &whole);
	}
	ASSERT_OK(get_info(procfd, no_groups, &info));
	expect_only(no_groups, &info, &whole);
}

TEST(info_groups_that_are_not_wanted_are_0)
{
	pid_t pid = fork_sleeper();

	wait_sleeping(pid);
	expect_groups_alone(procfd_of(pid));
	kill_and_reap(pid);
}

TEST(info_groups_of_a_zombie_that_are_not_wanted_are_0)
{
	pid_t pid = fork_exit(7);

	wait_zombie(pid);
	expect_groups_alone(procfd_of(pid));
	reap(pid);
}

TEST(info_groups_of_a_reaped_process_that_are_not_wanted_are_0)
{
	pid_t pid;

	expect_groups_alone(reaped_procfd(&pid));
}

TEST(info_mask_of_the_features_is_what_is_given)
{
	EXPECT_EQ(features().info_mask, INFO_KNOWN);
	EXPECT_EQ(info_of(procfd_of(getpid())).mask,
		  INFO_KNOWN & ~PROCFD_INFO_EXIT);
}

TEST(info_members_behind_the_mask_are_not_looked_at)
{
	struct procfd_info info, clean;
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	wait_sleeping(pid);
	memset(&info, 0xff, sizeof(info));
	info.mask = PROCFD_INFO_PIDS;
	ASSERT_OK(ioctl(procfd, PROCFD_GET_INFO, &info));
	ASSERT_OK(get_info(procfd, PROCFD_INFO_PIDS, &clean));
	EXPECT_MEMEQ(&info, &clean, sizeof(info));
	kill_and_reap(pid);
}

TEST(info_of_a_larger_struct_is_filled_with_zeros)
{
	char arg[sizeof(struct procfd_info) + 64] = { 0 }, zeros[64] = { 0 };
	struct procfd_info *info = (void *)arg;

	info->mask = INFO_ALL;
	ASSERT_OK(ioctl(procfd_of(getpid()),
			_IOWR(PROCFD_IOCTL_TYPE, 0x44, arg), arg));
	EXPECT_EQ(info->pid, getpid());
	EXPECT_EQ(info->size, sizeof(*info));
	EXPECT_MEMEQ(arg + sizeof(*info), zeros, 64);
}

TEST(info_has_the_layout_of_the_header)
{
	EXPECT_EQ(sizeof(struct procfd_info), PROCFD_INFO_SIZE_VER0);
	EXPECT_EQ(offsetof(struct procfd_info, sig_pending),
		  PROCFD_INFO_SIZE_SHORT);
}

/* ---- the end ------------------------------------------------------------------------ */

TEST(info_exit_is_what_read_gives_and_not_there_before)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 19);
	struct procfd_exit record;
	int procfd = procfd_of(pid);
	struct procfd_info info;

	EXPECT_EQ(info_of(procfd).mask & PROCFD_INFO_EXIT, 0ULL);
	gate_open(&gated.gate);
	record = ended_record(procfd);
	info = info_of(procfd);
	EXPECT_EQ(info.mask & PROCFD_INFO_EXIT, PROCFD_INFO_EXIT);
	EXPECT_MEMEQ(&info.exit, &record, sizeof(record));
	EXPECT_EQ(info.start_ns, record.start_ns);
	reap(pid);
	info = info_of(procfd);
	EXPECT_EQ(info.mask & PROCFD_INFO_EXIT, PROCFD_INFO_EXIT);
	EXPECT_MEMEQ(&info.exit, &record, sizeof(record));
}

TEST(info_of_a_reaped_process_has_four_groups_and_nobody_elses_numbers)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);
	struct procfd_info alive = info_of(procfd), info;

	kill_and_reap(pid);
	ASSERT_EQ(sleeper_with_number(pid), pid);
	info = info_of(procfd);
	EXPECT_EQ(info.mask, INFO_OF_REAPED);
	EXPECT_EQ(info.id, alive.id);
	EXPECT_EQ(info.start_ns, alive.start_ns);
	EXPECT_EQ(info.pid, 0);
	EXPECT_EQ(info.tgid, 0);
	EXPECT_EQ(info.flags, PROCFD_PROCESS_EXITING | PROCFD_PROCESS_ENDED |
				      PROCFD_PROCESS_REAPED);
	EXPECT_EQ(info.state, 'X');
	expect_status(&info.exit, SIGKILL);
	EXPECT_NE(info_of(procfd_of(pid)).id, info.id);
	kill_and_reap(pid);
}

TEST(info_of_a_zombie_opened_after_its_end_has_the_record)
{
	struct procfd_exit record;
	struct procfd_info info;
	pid_t pid = fork_exit(23);
	int procfd;

	wait_zombie(pid);
	procfd = procfd_of(pid);
	info = info_of(procfd);
	record = read_record(procfd);
	EXPECT_MEMEQ(&info.exit, &record, sizeof(record));
	reap(pid);
}

TEST(info_tells_of_autoreap)
{
	pid_t pid = fork_sleeper();
	int procfd = -1;

	EXPECT_EQ(info_of(procfd_of(pid)).flags & PROCFD_PROCESS_AUTOREAP, 0U);
	kill_and_reap(pid);
	pid = ASSERT_OK(clone_child(device(), PROCFD_AUTOREAP, 0, &procfd));
	while (!pid)
		pause();
	EXPECT_EQ(info_of(procfd).flags & PROCFD_PROCESS_AUTOREAP,
		  PROCFD_PROCESS_AUTOREAP);
	ASSERT_OK(kill(pid, SIGKILL));
	wait_hangup(procfd);
}

TEST(info_of_a_kernel_thread_says_that_it_is_one)
{
	struct procfd_info info = info_of(procfd_of(2));

	EXPECT_EQ(info.flags & PROCFD_PROCESS_KERNEL_THREAD,
		  PROCFD_PROCESS_KERNEL_THREAD);
	EXPECT_EQ(info.mask,
		  INFO_KNOWN & ~INFO_OF_KTHREADS_NOT & ~PROCFD_INFO_EXIT);
	EXPECT_STREQ((char *)info.comm, "kthreadd");
	EXPECT_EQ(info.vsize_bytes | info.rss_bytes | info.rss_peak_bytes |
			  info.text_bytes,
		  0ULL);
}

/* ---- other users ---------------------------------------------------------------------- */

static void read_as_user(void *arg)
{
	struct procfd_info info = info_of(*(int *)arg);

	EXPECT_EQ(info.mask,
		  INFO_KNOWN & ~PROCFD_INFO_EXIT & ~PROCFD_INFO_NAMESPACES);
	for (int i = 0; i < 10; i++)
		EXPECT_EQ((&info.ns_cgroup)[i], 0ULL);
	info = info_of(procfd_of(1));
	EXPECT_EQ(info.mask,
		  INFO_KNOWN & ~PROCFD_INFO_EXIT & ~PROCFD_INFO_NAMESPACES);
}

TEST(info_of_another_users_process_has_all_but_the_namespaces)
{
	struct procfd_info info;
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	run_as(USER, read_as_user, &procfd);
	info = info_of(procfd);
	EXPECT_EQ(info.mask, INFO_KNOWN & ~PROCFD_INFO_EXIT);
	EXPECT_NE(info.ns_uts, 0ULL);
	kill_and_reap(pid);
}

static void read_secretive(void *unused)
{
	struct gate told = gate_make();
	pid_t pid = ASSERT_OK(fork());

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_DUMPABLE, 0);
		gate_open(&told);
		for (;;)
			pause();
	}
	gate_wait(&told);
	EXPECT_EQ(info_of(procfd_of(pid)).mask & PROCFD_INFO_NAMESPACES, 0ULL);
	EXPECT_EQ(info_of(procfd_of(getpid())).mask & PROCFD_INFO_NAMESPACES,
		  PROCFD_INFO_NAMESPACES);
	kill_and_reap(pid);
}

TEST(info_of_a_process_that_is_not_dumpable_has_no_namespaces)
{
	run_as(USER, read_secretive, NULL);
}

static void read_mapped(void *arg)
{
	pid_t *pids = arg, own = fork_sleeper();
	struct procfd_info info = info_of(procfd_of(own));

	wait_sleeping(own);
	EXPECT_EQ(info.ruid, 0U);
	EXPECT_EQ(info.fsgid, 0U);
	info = info_of(procfd_of(pids[0]));
	EXPECT_EQ(info.ruid, 65534U);
	EXPECT_EQ(info.euid, 65534U);
	EXPECT_EQ(info.egid, 65534U);
	EXPECT_EQ(info_of(procfd_of(pids[1])).suid, 0U);
	EXPECT_EQ(info_of(procfd_of(pids[1])).rgid, 0U);
	expect_like_proc(own);
	kill_and_reap(own);
}

static void enter_user_namespace(void *pids)
{
	run_in_user_namespace(read_mapped, pids);
}

TEST(info_ids_go_through_the_callers_user_namespace)
{
	pid_t pids[] = { fork_sleeper(), fork_sleeper_of(USER) };

	run_as(USER, enter_user_namespace, pids);
	kill_and_reap(pids[0]);
	kill_and_reap(pids[1]);
}

/* ---- pid namespaces --------------------------------------------------------------------- */

static void read_inside(void *outside)
{
	pid_t pid = fork_sleeper();
	struct procfd_info info;

	wait_sleeping(pid);
	expect_like_proc(pid);
	info = info_of(procfd_of(pid));
	EXPECT_EQ(info.pid, pid);
	EXPECT_EQ(info.tgid, pid);
	EXPECT_EQ(info.ppid, 1);
	EXPECT_EQ(info.sid, 0);
	EXPECT_EQ(info.nr_nspids, 1U);
	EXPECT_EQ(info.nspids[0], pid);
	EXPECT_EQ(info_of(procfd_of(1)).ppid, 0);
	EXPECT_ERRNO(get_info(*(int *)outside, INFO_ALL, &info), EREMOTE);
	EXPECT_ERRNO(get_info(*(int *)outside, 0, &info), EREMOTE);
	kill_and_reap(pid);
}

TEST(info_numbers_are_those_of_the_callers_pid_namespace)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	run_in_pid_namespace(read_inside, &procfd);
	kill_and_reap(pid);
	run_in_pid_namespace(read_inside, &procfd);
}

TEST(info_of_a_process_below_has_its_numbers_in_each_namespace)
{
	pid_t pid = fork_init();
	struct procfd_info info;

	wait_sleeping(pid);
	expect_like_proc(pid);
	info = info_of(procfd_of(pid));
	EXPECT_EQ(info.pid, pid);
	EXPECT_EQ(info.nr_nspids, 2U);
	EXPECT_EQ(info.nspids[0], pid);
	EXPECT_EQ(info.nspids[1], 1);
	EXPECT_EQ(info.ppid, getpid());
	kill_and_reap(pid);
}

TEST(info_id_is_that_of_fdinfo)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	EXPECT_EQ(info_of(procfd).id, procfd_id(procfd));
	EXPECT_NE(info_of(procfd).id, info_of(procfd_of(1)).id);
	kill_and_reap(pid);
}
