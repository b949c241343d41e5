// SPDX-License-Identifier: GPL-2.0-only
/* Walks by OPEN_RELATIVE while processes come and go. */
#include "pidstorm.h"

#define LOOKS 10
#define BIRTHS 800
#define MET_MAX 8192

/* Whom a walk has met: numbers of those alive at the meeting, and ids. */
struct met {
	int count;
	uint64_t ids[MET_MAX];
	pid_t pids[MET_MAX]; /* 0: reaped by then */
	pid_t parents[MET_MAX];
};

static void meet(struct met *met, int procfd)
{
	struct procfd_info info;

	ASSERT_OK(get_info(procfd, PROCFD_INFO_PIDS | PROCFD_INFO_ID, &info));
	ASSERT_LT(met->count, MET_MAX);
	met->ids[met->count] = info.id;
	met->parents[met->count] = info.ppid;
	met->pids[met->count++] = info.pid;
}

/* Nobody twice, and numbers grow. */
static void expect_once(const struct met *met)
{
	pid_t before = 0;

	for (int i = 0; i < met->count; i++) {
		for (int other = 0; other < i; other++)
			EXPECT_NE(met->ids[i], met->ids[other]);
		if (!met->pids[i])
			continue;
		EXPECT_GT(met->pids[i], before);
		before = met->pids[i];
	}
}

static void expect_met(const struct met *met, const pid_t *pids, int count)
{
	for (int i = 0; i < count; i++) {
		int times = 0;

		for (int other = 0; other < met->count; other++)
			times += met->pids[other] == pids[i];
		if (!EXPECT_EQ(times, 1))
			test_note("process %d, of %d met", pids[i], met->count);
	}
}

static struct met met;

/* From this procfd on, which it closes, until there are no more. */
static void walk(int procfd, unsigned int relation, int parent_fd)
{
	met.count = 0;
	while (procfd >= 0) {
		int next;

		meet(&met, procfd);
		next = open_relative(procfd, relation, parent_fd, 0);
		if (next == -1)
			EXPECT_EQ(errno, ENOENT);
		close(procfd);
		procfd = next;
	}
	expect_once(&met);
}

static void walk_everyone(void *unused)
{
	struct storm *storm = storm_begin();
	int dev = device();

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		walk(ASSERT_OK(open_root(dev, 0)), PROCFD_RELATIVE_NEXT, -1);
		expect_met(&met, storm->kept, KEPT);
		expect_met(&met, storm->stormers, STORMERS);
		expect_met(&met, (pid_t[]){ 1, 2, getpid(), storm->keeper }, 4);
	}
	storm_end(storm);
}

TEST_TIMEOUT(relatives_walk_of_everyone_in_a_storm_meets_who_stays_once, 240)
{
	with_few_numbers(walk_everyone);
}

static void walk_children(void *unused)
{
	struct storm *storm = storm_begin();
	int parent = procfd_of(storm->keeper);

	for (int look = 0; storm_goes_on(storm, &look, LOOKS, BIRTHS);) {
		int first = open_relative(parent, PROCFD_RELATIVE_FIRST_CHILD,
					  -1, 0);

		walk(ASSERT_OK(first), PROCFD_RELATIVE_NEXT_SIBLING, parent);
		expect_met(&met, storm->kept, KEPT);
		for (int i = 0; i < met.count; i++)
			if (met.pids[i])
				EXPECT_EQ(met.parents[i], storm->keeper);
	}
	storm_end(storm);
}

TEST_TIMEOUT(relatives_walk_of_children_in_a_storm_meets_no_foreign_ones, 240)
{
	with_few_numbers(walk_children);
}
