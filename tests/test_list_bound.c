// SPDX-License-Identifier: GPL-2.0-only
/* LIST does bounded work in a call, and stops at once for a caller that is killed. */
#include <sys/stat.h>

#include "farnumbers.h"
#include "listing.h"

/* Numbers that one call looks at, and by how many more it may pass that. */
#define BOUND 65536
#define SECTION 64

/* ---- numbers ---------------------------------------------------------------------- */

/* All that are there have room in one call. */
static void list_in_two_calls(void)
{
	struct listing list = listing_make(LIST_MAX);
	pid_t pids[FAR_COUNT];
	int near;

	list_step(&list);
	EXPECT_GT(list.arg.cursor, (uint64_t)BOUND);
	EXPECT_LE(list.arg.cursor, (uint64_t)FAR_FIRST + SECTION);
	near = list.count;
	EXPECT_GT(near, 10);
	EXPECT_EQ(times_listed(&list, FAR_FIRST + FAR_COUNT - 1), 0);
	list_step(&list);
	EXPECT_EQ(list.arg.cursor, 0U);
	EXPECT_GE(list.count - near, FAR_COUNT - SECTION);
	expect_in_order(&list);
	for (int i = 0; i < FAR_COUNT; i++)
		pids[i] = FAR_FIRST + i;
	expect_listed(&list, pids, FAR_COUNT);
}

TEST_TIMEOUT(list_looks_at_no_more_than_65536_numbers_in_a_call, 120)
{
	with_far_numbers(list_in_two_calls);
}

static void list_one_user(void)
{
	struct listing list = listing_make(1);

	list.arg.flags = PROCFD_LIST_UID;
	list.arg.uid = FAR_UID;
	EXPECT_EQ(list_step(&list), 0);
	EXPECT_NE(list.arg.cursor, 0U);
	while (list.arg.cursor)
		list_step(&list);
	expect_list_is(&list, (pid_t[]){ FAR_FIRST + FAR_COUNT - 1 }, 1);
}

TEST_TIMEOUT(list_that_finds_nobody_in_a_call_is_not_over, 120)
{
	with_far_numbers(list_one_user);
}

/* ---- a caller that is killed --------------------------------------------------------- */

#define INSTANCE "/sys/kernel/tracing/instances/procfd_tests"
#define SYS_EXIT INSTANCE "/events/raw_syscalls/sys_exit/"

static void list_for_ever(void *told)
{
	struct listing list = listing_make(LIST_MAX);

	list.arg.mask = INFO_ALL;
	for (int i = 0;; i++) {
		list_all(&list);
		if (i == 3)
			gate_open(told);
	}
}

/* Only ends of system calls of this process, and only with EINTR, are kept. */
static void trace_only(pid_t pid)
{
	char filter[64];

	snprintf(filter, sizeof(filter), "ret == -%d && common_pid == %d",
		 EINTR, pid);
	write_text(SYS_EXIT "filter", filter);
	write_text(SYS_EXIT "enable", "1");
	/* what was kept before */
	close(ASSERT_OK(
		open(INSTANCE "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC)));
}

static bool was_traced(void)
{
	FILE *trace = fopen(INSTANCE "/trace", "re");
	char line[512];
	bool found = false;

	ASSERT_TRUE(trace != NULL);
	while (!found && fgets(line, sizeof(line), trace))
		found = strstr(line, " = -4") != NULL;
	fclose(trace);
	return found;
}

static bool kill_one_that_lists(void)
{
	struct gate told = gate_make();
	pid_t pid = fork_child(list_for_ever, &told);

	gate_wait(&told);
	gate_close(&told);
	trace_only(pid);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_EQ(reap(pid), SIGKILL);
	return was_traced();
}

/*
 * Nobody is there any more to whom the call could say EINTR, so the kernel is asked
 * what it was about to say. The signal need not come within the call, but that is
 * where such a caller nearly always is; nothing else it calls says EINTR.
 */
TEST_TIMEOUT(list_of_a_caller_that_is_killed_ends_with_eintr, 120)
{
	bool seen = false;

	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		SKIP("no tracefs");
	for (int i = 0; i < 100 && !seen; i++)
		seen = kill_one_that_lists();
	EXPECT_TRUE(seen);
	write_text(SYS_EXIT "enable", "0");
	rmdir(INSTANCE);
}
