/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole lists by LIST, whatever the room for a call, and sets of numbers. */
#ifndef PROCFD_TESTS_LISTING_H
#define PROCFD_TESTS_LISTING_H

#include <dirent.h>

#include "finding.h"

#define LIST_MAX 16384

/* Calls of one list that ends: no number is looked at twice. */
#define LIST_CALLS_MAX (4 * LIST_MAX)

struct listing {
	int dev;
	struct procfd_list arg; /* what is asked for in each call */
	int room; /* records in a call */
	int count, calls;
	struct procfd_info *infos; /* LIST_MAX of them */
};

/* All processes, PIDS and CREDS of them, with room for so many in a call. */
static inline struct listing listing_make(int room)
{
	struct listing list = {
		.dev = device(),
		.arg = { .pidns_fd = -1,
			 .parent_fd = -1,
			 .mask = PROCFD_INFO_PIDS | PROCFD_INFO_CREDS |
				 PROCFD_INFO_STATE | PROCFD_INFO_ID,
			 .record_size = sizeof(struct procfd_info) },
		.room = room,
	};

	list.infos = mmap(NULL, LIST_MAX * sizeof(*list.infos),
			  PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	ASSERT_TRUE(list.infos != MAP_FAILED);
	return list;
}

/* One call; how many came, and whether there is more to come. */
static inline int list_step(struct listing *list)
{
	struct procfd_list *arg = &list->arg;
	int count;

	arg->records = (uintptr_t)&list->infos[list->count];
	arg->nr_records = list->room;
	if (list->room > LIST_MAX - list->count)
		arg->nr_records = LIST_MAX - list->count;
	count = ASSERT_OK(ioctl(list->dev, PROCFD_LIST, arg));
	ASSERT_LE(count, (int)arg->nr_records);
	list->count += count;
	ASSERT_LT(list->count, LIST_MAX);
	ASSERT_LT(++list->calls, LIST_CALLS_MAX);
	return count;
}

/* From the beginning to the end. */
static inline void list_all(struct listing *list)
{
	list->arg.cursor = 0;
	list->count = 0;
	list->calls = 0;
	do
		list_step(list);
	while (list->arg.cursor);
}

/* Numbers grow from record to record. */
static inline void expect_in_order(const struct listing *list)
{
	for (int i = 1; i < list->count; i++)
		if (!EXPECT_LT(list->infos[i - 1].pid, list->infos[i].pid))
			test_note("record %d of %d", i, list->count);
}

static inline int times_listed(const struct listing *list, pid_t pid)
{
	int times = 0;

	for (int i = 0; i < list->count; i++)
		times += list->infos[i].pid == pid;
	return times;
}

static inline void expect_listed(const struct listing *list, const pid_t *pids,
				 int count)
{
	for (int i = 0; i < count; i++)
		if (!EXPECT_EQ(times_listed(list, pids[i]), 1))
			test_note("process %d, of %d listed", pids[i],
				  list->count);
}

/* Exactly these. */
static inline void expect_list_is(const struct listing *list, const pid_t *pids,
				  int count)
{
	EXPECT_EQ(list->count, count);
	expect_listed(list, pids, count);
}

/* ---- numbers in /proc ----------------------------------------------------------- */

struct numbers {
	int count;
	pid_t pids[LIST_MAX];
};

static inline bool has_number(const struct numbers *set, pid_t pid)
{
	for (int i = 0; i < set->count; i++)
		if (set->pids[i] == pid)
			return true;
	return false;
}

static inline void add_numbers(struct numbers *set, const char *path)
{
	DIR *dir = opendir(path);

	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (atoi(entry->d_name) > 0)
			set->pids[set->count++] = atoi(entry->d_name);
	if (dir)
		closedir(dir);
}

static inline void read_numbers(struct numbers *set, bool threads)
{
	static struct numbers processes;

	set->count = processes.count = 0;
	add_numbers(threads ? &processes : set, "/proc");
	for (int i = 0; i < processes.count; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/task",
			 processes.pids[i]);
		add_numbers(set, path);
	}
}

/* Who was in /proc before and after is listed; who is listed was in one. */
static inline bool list_agrees(const struct listing *list,
			       const struct numbers *before,
			       const struct numbers *after)
{
	for (int i = 0; i < before->count; i++)
		if (has_number(after, before->pids[i]) &&
		    times_listed(list, before->pids[i]) != 1)
			return false;
	for (int i = 0; i < list->count; i++)
		if (!has_number(before, list->infos[i].pid) &&
		    !has_number(after, list->infos[i].pid))
			return false;
	return true;
}

/* The kernel's own come and go: a quiet moment may have to be waited for. */
static inline void expect_as_in_proc(struct listing *list)
{
	static struct numbers before, after;
	bool threads = list->arg.flags & PROCFD_LIST_THREADS;

	ASSERT_SOON((read_numbers(&before, threads), list_all(list),
		     read_numbers(&after, threads),
		     list_agrees(list, &before, &after)));
	expect_in_order(list);
}

#endif
