// SPDX-License-Identifier: GPL-2.0-only
/* LIST across pid namespaces: who is seen where, and by which number. */
#include "listing.h"

#define SOME 5

/* An init in a namespace of its own that has children there; its number here. */
static pid_t fork_family(void)
{
	struct gate told = gate_make();
	pid_t init = ASSERT_OK(raw_clone(CLONE_NEWPID | SIGCHLD));

	if (!init) {
		for (int i = 0; i < SOME; i++)
			if (!raw_clone(SIGCHLD))
				for (;;)
					pause();
		gate_open(&told);
		for (;;)
			pause();
	}
	gate_wait(&told);
	gate_close(&told);
	return init;
}

TEST(list_of_a_namespace_below_is_in_its_order_with_the_callers_numbers)
{
	struct listing list = listing_make(2);
	pid_t init = fork_family();

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	list.arg.mask |= PROCFD_INFO_NAMESPACE_PIDS;
	list.arg.pidns_fd = pidns_of(init);
	list_all(&list);
	EXPECT_EQ(list.count, SOME + 1);
	EXPECT_EQ(list.infos[0].pid, init);
	for (int i = 0; i < list.count; i++) {
		const struct procfd_info *info = &list.infos[i];

		EXPECT_EQ(info->nr_nspids, 2U);
		EXPECT_EQ(info->nspids[0], info->pid);
		EXPECT_EQ(info->nspids[1], i + 1);
		EXPECT_EQ(info->ppid, i ? init : getpid());
	}
	kill_and_reap(init);
	list_all(&list);
	EXPECT_EQ(list.count, 0);
}

TEST(list_of_the_own_namespace_is_as_without)
{
	struct listing list = listing_make(LIST_MAX);
	pid_t init = fork_family();

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	list.arg.pidns_fd = pidns_of(getpid());
	expect_as_in_proc(&list);
	EXPECT_EQ(times_listed(&list, init), 1);
	kill_and_reap(init);
}

TEST(list_of_a_namespace_below_takes_other_filters_too)
{
	struct listing list = listing_make(2);
	pid_t init = fork_family(), mine = fork_sleeper();

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.pidns_fd = pidns_of(init);
	list.arg.parent_fd = procfd_of(getpid());
	list_all(&list);
	EXPECT_EQ(list.count, 1);
	EXPECT_EQ(times_listed(&list, init), 1);
	list.arg.parent_fd = procfd_of(init);
	list_all(&list);
	EXPECT_EQ(list.count, SOME);
	EXPECT_EQ(times_listed(&list, init), 0);
	kill_and_reap(mine);
	kill_and_reap(init);
}

static void list_inside(void *outside)
{
	struct listing list = listing_make(3);
	pid_t pid = fork_sleeper();

	expect_as_in_proc(&list);
	expect_list_is(&list, (pid_t[]){ 1, pid }, 2);
	EXPECT_EQ(list.infos[0].ppid, 0);
	list.arg.pidns_fd = ((int *)outside)[0];
	list.arg.records = (uintptr_t)list.infos;
	list.arg.nr_records = 1;
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EREMOTE);
	list.arg.pidns_fd = -1;
	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.parent_fd = ((int *)outside)[1];
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EREMOTE);
	kill_and_reap(pid);
}

TEST(list_inside_a_pid_namespace_is_who_is_inside)
{
	int outside[] = { pidns_of(getpid()), procfd_of(getpid()) };

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	run_in_pid_namespace(list_inside, outside);
}

TEST(list_of_what_is_no_pid_namespace_is_refused)
{
	struct listing list = listing_make(1);

	need_feature(PROCFD_FEATURE_PIDNS_FD);
	list.arg.records = (uintptr_t)list.infos;
	list.arg.nr_records = 1;
	list.arg.pidns_fd = ASSERT_OK(open("/proc/self/ns/uts", O_RDONLY));
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EINVAL);
	close(list.arg.pidns_fd);
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EBADF);
	list.arg.pidns_fd = list.dev;
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EINVAL);
	list.arg.pidns_fd = -2;
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EBADF);
}
