// SPDX-License-Identifier: GPL-2.0-only
/* libprocfd's iterators while processes come and go, and where a call gives nothing. */
#include "farnumbers.h"
#include "lib.h"
#include "pidstorm.h"

#define LOOKS 10
#define BIRTHS 1000

/* more processes than the storms ever have at once */
#define MET_MAX 16384

/* Whom an iterator gave, each with its unique id. */
struct met {
	int count;
	pid_t pids[MET_MAX];
	uint64_t ids[MET_MAX];
};

static struct met met;

static void meet(pid_t pid, uint64_t id)
{
	ASSERT_LT(met.count, MET_MAX);
	met.pids[met.count] = pid;
	met.ids[met.count++] = id;
}

static int times_met(pid_t pid)
{
	int times = 0;

	for (int i = 0; i < met.count; i++)
		times += met.pids[i] == pid;
	return times;
}

static void expect_met(const pid_t *pids, int count)
{
	for (int i = 0; i < count; i++)
		if (!EXPECT_EQ(times_met(pids[i]), 1))
			test_note("process %d, of %d met", pids[i], met.count);
}

/* One that was reaped when it was looked at has the number 0. */
static void expect_nobody_twice(void)
{
	pid_t before = 0;

	for (int i = 0; i < met.count; i++) {
		for (int other = 0; other < i; other++)
			EXPECT_NE(met.ids[i], met.ids[other]);
		if (!met.pids[i])
			continue;
		EXPECT_GT(met.pids[i], before);
		before = met.pids[i];
	}
}

/* ---- lists ------------------------------------------------------------------------ */

/* With the filters of the options; @parent 0: whoever's children they are. */
static void list(const struct procfd_list_options *options, pid_t parent)
{
	struct procfd_list_iterator *iterator =
		procfd_list_open(options, sizeof(*options));
	struct procfd_info_record info;

	ASSERT_TRUE(iterator != NULL);
	met.count = 0;
	while (ASSERT_OK(procfd_list_next(iterator, &info, sizeof(info)))) {
		meet(info.pid, info.id);
		if (parent)
			EXPECT_EQ(info.ppid, parent);
		if (options->flags & PROCFD_LIST_UID)
			EXPECT_EQ(info.euid, options->uid);
	}
	EXPECT_EQ(procfd_list_next(iterator, &info, sizeof(info)), 0);
	procfd_list_close(iterator);
	expect_nobody_twice();
}

#define MASK (PROCFD_INFO_PIDS | PROCFD_INFO_ID | PROCFD_INFO_CREDS)

static void list_everyone(void *unused)
{
	struct procfd_list_options options = { .mask = MASK };
	struct storm *storm = storm_begin();

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		list(&options, 0);
		expect_met(storm->kept, KEPT);
		expect_met(storm->stormers, STORMERS);
		expect_met((pid_t[]){ 1, 2, getpid(), storm->keeper }, 4);
	}
	storm_end(storm);
}

TEST_TIMEOUT(lists_in_a_storm_have_everyone_who_stays_once, 240)
{
	with_few_numbers(list_everyone);
}

static void list_with_filters(void *unused)
{
	struct storm *storm = storm_begin();
	struct procfd_list_options options = {
		.mask = MASK,
		.flags = PROCFD_LIST_CHILDREN,
		.parent_fd = open_procfd(storm->keeper),
		.uid = KEPT_UID,
	};

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		options.flags ^= PROCFD_LIST_UID;
		list(&options, storm->keeper);
		expect_met(storm->kept, KEPT);
		if (options.flags & PROCFD_LIST_UID)
			EXPECT_EQ(met.count, KEPT);
	}
	storm_end(storm);
}

TEST_TIMEOUT(lists_with_filters_in_a_storm_have_nobody_else, 240)
{
	with_few_numbers(list_with_filters);
}

/* The module gives these in several calls, some without anybody. */
static void list_far_ones(void)
{
	struct procfd_list_options options = { .mask = MASK };

	list(&options, 0);
	for (int i = 0; i < FAR_COUNT; i++)
		EXPECT_EQ(times_met(FAR_FIRST + i), 1);
	expect_met((pid_t[]){ 1, 2, getpid() }, 3);
	options.flags = PROCFD_LIST_UID;
	options.uid = FAR_UID;
	list(&options, 0);
	EXPECT_EQ(met.count, 1);
	EXPECT_EQ(met.pids[0], FAR_FIRST + FAR_COUNT - 1);
}

TEST_TIMEOUT(lists_go_on_behind_a_call_that_gave_nobody, 120)
{
	with_far_numbers(list_far_ones);
}

/* ---- children --------------------------------------------------------------------- */

/* From the first to the last, and once more behind it. */
static void walk_children(int parent, pid_t parent_pid)
{
	struct procfd_children_iterator *iterator =
		procfd_children_open(parent, 0);
	struct procfd_info_record info;
	int child;

	ASSERT_TRUE(iterator != NULL);
	met.count = 0;
	while ((child = procfd_children_next(iterator)) >= 0) {
		ASSERT_OK(procfd_get_info(child, MASK, &info, sizeof(info)));
		meet(info.mask & PROCFD_INFO_PIDS ? info.pid : 0, info.id);
		if (met.pids[met.count - 1])
			EXPECT_EQ(info.ppid, parent_pid);
		close(child);
	}
	EXPECT_EQ(errno, ENOENT);
	EXPECT_ERRNO(procfd_children_next(iterator), ENOENT);
	procfd_children_close(iterator);
	expect_nobody_twice();
}

static void walk_children_of_keeper(void *unused)
{
	struct storm *storm = storm_begin();
	int parent = open_procfd(storm->keeper), before = open_fd_count();

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		walk_children(parent, storm->keeper);
		expect_met(storm->kept, KEPT);
	}
	EXPECT_EQ(open_fd_count(), before);
	storm_end(storm);
}

TEST_TIMEOUT(children_in_a_storm_are_those_who_stay_and_no_foreign_ones, 240)
{
	with_few_numbers(walk_children_of_keeper);
}

/* A parent that ends has none any more: its children are somebody else's. */
static void have_children(void *told)
{
	for (int i = 0; i < 3; i++)
		fork_sleeper();
	gate_open(told);
	pause();
}

TEST(children_of_a_parent_that_ends_end)
{
	struct gate told = gate_make();
	pid_t pid = fork_child(have_children, &told);
	int parent = open_procfd(pid), before = open_fd_count();
	struct procfd_children_iterator *iterator;

	gate_wait(&told);
	iterator = procfd_children_open(parent, 0);
	ASSERT_TRUE(iterator != NULL);
	close(ASSERT_OK(procfd_children_next(iterator)));
	kill_and_reap(pid);
	EXPECT_ERRNO(procfd_children_next(iterator), ENOENT);
	procfd_children_close(iterator);
	iterator = procfd_children_open(parent, 0);
	ASSERT_TRUE(iterator != NULL);
	EXPECT_ERRNO(procfd_children_next(iterator), ESRCH);
	procfd_children_close(iterator);
	EXPECT_EQ(open_fd_count(), before);
}
