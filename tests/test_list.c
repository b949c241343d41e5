// SPDX-License-Identifier: GPL-2.0-only
/* LIST: who is listed, how often, in which order; the filters. */
#include <pthread.h>

#include "listing.h"

#define USER 4711
#define SOME 20

static void fork_some(pid_t *pids, uid_t uid)
{
	for (int i = 0; i < SOME; i++)
		pids[i] = uid ? fork_sleeper_of(uid) : fork_sleeper();
}

static void kill_some(const pid_t *pids)
{
	for (int i = 0; i < SOME; i++)
		kill_and_reap(pids[i]);
}

/* ---- all ------------------------------------------------------------------------ */

TEST(list_is_who_is_in_proc)
{
	struct listing list = listing_make(LIST_MAX);
	pid_t pids[SOME];

	fork_some(pids, 0);
	expect_as_in_proc(&list);
	EXPECT_GT(list.count, SOME + 10);
	expect_listed(&list, pids, SOME);
	EXPECT_EQ(times_listed(&list, 1), 1);
	EXPECT_EQ(times_listed(&list, 2), 1);
	EXPECT_EQ(times_listed(&list, getpid()), 1);
	kill_some(pids);
}

static void expect_same_in_steps_of(int room)
{
	struct listing list = listing_make(room);

	expect_as_in_proc(&list);
	EXPECT_GE(list.calls, list.count / room);
	munmap(list.infos, LIST_MAX * sizeof(*list.infos));
}

TEST(list_in_small_steps_is_the_same)
{
	int rooms[] = { 1, 2, 3, 7, 63, 64, 65 };

	for (int i = 0; i < 7; i++)
		expect_same_in_steps_of(rooms[i]);
}

TEST(list_has_zombies_and_no_one_who_was_reaped)
{
	struct listing list = listing_make(LIST_MAX);
	pid_t pid = fork_exit(0);

	wait_zombie(pid);
	list_all(&list);
	EXPECT_EQ(times_listed(&list, pid), 1);
	reap(pid);
	list_all(&list);
	EXPECT_EQ(times_listed(&list, pid), 0);
}

TEST(list_goes_on_behind_who_was_reaped_meanwhile)
{
	struct listing list = listing_make(1);
	pid_t pids[SOME];
	int next = 0;

	fork_some(pids, 0);
	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.parent_fd = procfd_of(getpid());
	do {
		if (list_step(&list) && ++next % 2)
			kill_and_reap(list.infos[list.count - 1].pid);
	} while (list.arg.cursor);
	expect_list_is(&list, pids, SOME);
	list_all(&list);
	EXPECT_EQ(list.count, SOME / 2);
	for (int i = 0; i < list.count; i++)
		kill_and_reap(list.infos[i].pid);
}

TEST(list_from_an_old_cursor_has_who_came_behind_it)
{
	struct listing list = listing_make(1);
	uint64_t cursor;
	pid_t pid;

	do
		list_step(&list);
	while (list.arg.cursor && list.infos[list.count - 1].pid != getpid());
	cursor = list.arg.cursor;
	pid = fork_sleeper();
	if (pid < getpid())
		SKIP("numbers began anew");
	list.arg.cursor = cursor;
	for (list.count = 0; list.arg.cursor;)
		list_step(&list);
	EXPECT_EQ(times_listed(&list, getpid()), 0);
	EXPECT_EQ(times_listed(&list, pid), 1);
	kill_and_reap(pid);
}

TEST(list_with_a_cursor_behind_everyone_ends)
{
	uint64_t cursors[] = { 1ULL << 22, INT32_MAX,  1ULL << 31,
			       UINT32_MAX, 1ULL << 32, INT64_MAX,
			       1ULL << 63, UINT64_MAX, UINT64_MAX - 1 };
	struct listing list = listing_make(LIST_MAX);

	for (int i = 0; i < 9; i++) {
		list.arg.cursor = cursors[i];
		list.count = 0;
		EXPECT_EQ(list_step(&list), 0);
		EXPECT_EQ(list.arg.cursor, 0ULL);
	}
}

/* ---- filters ---------------------------------------------------------------------- */

TEST(list_of_a_uid_is_who_has_it_as_effective_uid)
{
	struct listing list = listing_make(7);
	pid_t pids[SOME], other = fork_sleeper_of(USER + 1);

	fork_some(pids, USER);
	list.arg.flags = PROCFD_LIST_UID;
	list.arg.uid = USER;
	list_all(&list);
	expect_list_is(&list, pids, SOME);
	for (int i = 0; i < list.count; i++)
		EXPECT_EQ(list.infos[i].euid, USER);
	list.arg.uid = USER + 2;
	list_all(&list);
	EXPECT_EQ(list.count, 0);
	list.arg.uid = 0;
	list_all(&list);
	EXPECT_EQ(times_listed(&list, 1), 1);
	EXPECT_EQ(times_listed(&list, getpid()), 1);
	EXPECT_EQ(times_listed(&list, other), 0);
	EXPECT_EQ(times_listed(&list, pids[0]), 0);
	kill_some(pids);
	kill_and_reap(other);
}

static void be_half(void *told)
{
	ASSERT_OK(setresuid(USER, USER + 1, USER + 2));
	gate_open(told);
	pause();
}

TEST(list_of_a_uid_looks_at_no_other_uid_than_the_effective)
{
	struct listing list = listing_make(LIST_MAX);
	struct gate told = gate_make();
	pid_t pid = fork_child(be_half, &told);

	gate_wait(&told);
	list.arg.flags = PROCFD_LIST_UID;
	for (int i = 0; i < 3; i++) {
		list.arg.uid = USER + i;
		list_all(&list);
		EXPECT_EQ(list.count, i == 1);
		EXPECT_EQ(times_listed(&list, pid), i == 1);
	}
	kill_and_reap(pid);
}

struct parent {
	struct gate told;
	pid_t *pids;
};

static void have_children(void *arg)
{
	struct parent *parent = arg;

	fork_some(parent->pids, 0);
	gate_open(&parent->told);
	pause();
}

TEST(list_of_children_is_who_has_that_parent)
{
	struct parent parent = { gate_make(),
				 shared_memory(SOME * sizeof(pid_t)) };
	struct listing list = listing_make(3);
	pid_t pid = fork_child(have_children, &parent);

	gate_wait(&parent.told);
	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.parent_fd = procfd_of(pid);
	list_all(&list);
	expect_list_is(&list, parent.pids, SOME);
	list.arg.parent_fd = procfd_of(getpid());
	list_all(&list);
	expect_list_is(&list, &pid, 1);
	list.arg.parent_fd = procfd_of(parent.pids[0]);
	list_all(&list);
	EXPECT_EQ(list.count, 0);
	kill_and_reap(pid);
}

TEST(list_of_children_of_who_was_reaped_has_none_of_its_successor)
{
	struct listing list = listing_make(LIST_MAX);
	pid_t pid, child;

	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.parent_fd = reaped_procfd(&pid);
	list_all(&list);
	EXPECT_EQ(list.count, 0);
	ASSERT_EQ(parent_with_number(pid, &child), pid);
	list_all(&list);
	EXPECT_EQ(list.count, 0);
	list.arg.parent_fd = procfd_of(pid);
	list_all(&list);
	expect_list_is(&list, &child, 1);
	kill_and_reap(pid);
}

static void *sleep_in_thread(void *gate)
{
	gate_wait(gate);
	return NULL;
}

TEST(list_of_threads_is_who_is_in_task)
{
	struct listing list = listing_make(5);
	struct gate leave = gate_make();
	pthread_t ids[SOME];
	int own = 0;

	for (int i = 0; i < SOME; i++)
		ASSERT_EQ(pthread_create(&ids[i], NULL, sleep_in_thread,
					 &leave),
			  0);
	list.arg.flags = PROCFD_LIST_THREADS;
	expect_as_in_proc(&list);
	for (int i = 0; i < list.count; i++) {
		const struct procfd_info *info = &list.infos[i];
		bool is_thread = info->flags & PROCFD_PROCESS_THREAD;

		EXPECT_EQ(is_thread, info->pid != info->tgid);
		own += info->tgid == getpid();
	}
	EXPECT_EQ(own, SOME + 1);
	list.arg.flags = 0;
	list_all(&list);
	EXPECT_EQ(times_listed(&list, getpid()), 1);
	for (int i = 0; i < list.count; i++)
		EXPECT_EQ(list.infos[i].pid, list.infos[i].tgid);
	for (int i = 0; i < SOME; i++)
		gate_open(&leave);
	for (int i = 0; i < SOME; i++)
		pthread_join(ids[i], NULL);
}

TEST(list_with_several_filters_is_who_passes_all)
{
	struct listing list = listing_make(2);
	pid_t pids[SOME], mine = fork_sleeper();
	struct parent parent = { gate_make(),
				 shared_memory(SOME * sizeof(pid_t)) };
	pid_t other = fork_child(have_children, &parent);

	gate_wait(&parent.told);
	fork_some(pids, USER);
	list.arg.flags = PROCFD_LIST_CHILDREN | PROCFD_LIST_UID |
			 PROCFD_LIST_THREADS;
	list.arg.uid = USER;
	list.arg.parent_fd = procfd_of(getpid());
	list_all(&list);
	expect_list_is(&list, pids, SOME);
	list.arg.uid = 0;
	list_all(&list);
	expect_list_is(&list, (pid_t[]){ mine, other }, 2);
	list.arg.parent_fd = procfd_of(other);
	list.arg.uid = USER;
	list_all(&list);
	EXPECT_EQ(list.count, 0);
	kill_and_reap(other);
	kill_and_reap(mine);
	kill_some(pids);
}
