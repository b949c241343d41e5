// SPDX-License-Identifier: GPL-2.0-only
/* LIST: what is in the records, how long they are, and what may go wrong. */
#include "listing.h"
#include "procinfo.h"

#define GIVEN_BY_LIST \
	(INFO_KNOWN & ~(PROCFD_INFO_EXIT | PROCFD_INFO_NAMESPACES))

/* ---- the same as GET_INFO ---------------------------------------------------------- */

/* Of a child that sleeps, in a record of this size and with this mask. */
static void list_one(pid_t parent, uint64_t mask, size_t size, void *record)
{
	struct procfd_list arg = {
		.flags = PROCFD_LIST_CHILDREN,
		.pidns_fd = -1,
		.parent_fd = procfd_of(parent),
		.mask = mask,
		.records = (uintptr_t)record,
		.record_size = size,
		.nr_records = 1,
	};
	int dev = device();

	ASSERT_EQ(ioctl(dev, PROCFD_LIST, &arg), 1);
	close(arg.parent_fd);
	close(dev);
}

static void expect_as_info(uint64_t mask)
{
	struct procfd_info record, info;
	pid_t pid = fork_sleeper();

	wait_sleeping(pid);
	memset(&record, 0xff, sizeof(record));
	list_one(getpid(), mask, sizeof(record), &record);
	ASSERT_OK(get_info(procfd_of(pid), mask & GIVEN_BY_LIST, &info));
	if (!EXPECT_MEMEQ(&record, &info, sizeof(info)))
		test_note("mask %llx", (unsigned long long)mask);
	EXPECT_EQ(record.mask, mask & GIVEN_BY_LIST);
	kill_and_reap(pid);
}

TEST(list_records_are_as_get_info_gives)
{
	expect_as_info(INFO_ALL);
	expect_as_info(0);
	for (int bit = 0; bit < 64; bit++)
		expect_as_info(1ULL << bit);
}

TEST(list_records_of_a_zombie_are_as_get_info_gives)
{
	struct procfd_info record, info;
	pid_t pid = fork_exit(4);

	wait_zombie(pid);
	list_one(getpid(), INFO_ALL, sizeof(record), &record);
	ASSERT_OK(get_info(procfd_of(pid), GIVEN_BY_LIST, &info));
	EXPECT_MEMEQ(&record, &info, sizeof(info));
	EXPECT_EQ(record.state, 'Z');
	EXPECT_EQ(record.mask & (PROCFD_INFO_RSS | PROCFD_INFO_EXIT), 0ULL);
	reap(pid);
}

/* Whose groups are not there has no member of whom was told before it. */
static void expect_clean(const struct procfd_info *info)
{
	for (size_t i = 0; i < NR_MEMBERS; i++)
		if (!(info->mask & members[i].group) &&
		    !EXPECT_EQ(member_of(info, &members[i]), 0LL))
			test_note("%s of %d", members[i].name, info->pid);
	if (!(info->mask & PROCFD_INFO_STATE))
		EXPECT_EQ(info->flags, 0U);
	if (!(info->mask & PROCFD_INFO_ID))
		EXPECT_EQ(info->id, 0ULL);
}

TEST(list_records_have_nothing_of_one_another)
{
	uint64_t masks[] = { INFO_ALL, PROCFD_INFO_PIDS, 0,
			     PROCFD_INFO_MEMORY | PROCFD_INFO_SIGNALS };
	struct listing list = listing_make(LIST_MAX);
	pid_t pid = fork_exit(0);

	wait_zombie(pid);
	for (int i = 0; i < 4; i++) {
		list.arg.mask = masks[i];
		list_all(&list);
		for (int at = 0; at < list.count; at++) {
			expect_clean(&list.infos[at]);
			EXPECT_EQ(list.infos[at].mask & ~masks[i], 0ULL);
		}
	}
	reap(pid);
}

/* ---- the size of a record ----------------------------------------------------------- */

/* Where the last member of each group that a short record may lack ends. */
static const struct {
	uint64_t group;
	size_t end;
} ends[] = {
	{ PROCFD_INFO_SIGNALS, offsetof(struct procfd_info, sig_caught) + 8 },
	{ PROCFD_INFO_MEMORY, offsetof(struct procfd_info, hugetlb_bytes) + 8 },
	{ PROCFD_INFO_SWITCHES, offsetof(struct procfd_info, nivcsw) + 8 },
	{ PROCFD_INFO_CAPS, offsetof(struct procfd_info, cap_ambient) + 8 },
	{ PROCFD_INFO_SECURITY, offsetof(struct procfd_info, umask) + 4 },
	{ PROCFD_INFO_CGROUP, offsetof(struct procfd_info, cgroup_id) + 8 },
	{ PROCFD_INFO_NAMESPACE_PIDS,
	  offsetof(struct procfd_info, nspids) + 4 * PROCFD_NSPIDS_MAX },
};

static uint64_t groups_that_fit(size_t size)
{
	uint64_t mask = GIVEN_BY_LIST;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends[i].end > size)
			mask &= ~ends[i].group;
	return mask;
}

TEST(list_records_that_are_short_lack_the_groups_that_do_not_fit)
{
	struct procfd_info record, info;
	pid_t pid = fork_sleeper();

	wait_sleeping(pid);
	for (size_t size = PROCFD_INFO_SIZE_SHORT; size < sizeof(info);
	     size += 8) {
		uint64_t fit = groups_that_fit(size);

		memset(&record, 0xff, sizeof(record));
		list_one(getpid(), INFO_ALL, size, &record);
		ASSERT_OK(get_info(procfd_of(pid), fit, &info));
		memset((char *)&info + size, 0xff, sizeof(info) - size);
		if (!EXPECT_MEMEQ(&record, &info, sizeof(info)))
			test_note("record_size %zu: mask %llx of %llx", size,
				  (unsigned long long)record.mask,
				  (unsigned long long)fit);
	}
	kill_and_reap(pid);
}

TEST(list_records_that_are_long_are_filled_with_zeros)
{
	size_t sizes[] = { sizeof(struct procfd_info) + 8, 1024, 4088, 4096 };
	char record[4096 + 8], zeros[4096] = { 0 };
	struct procfd_info info;
	pid_t pid = fork_sleeper();

	wait_sleeping(pid);
	ASSERT_OK(get_info(procfd_of(pid), GIVEN_BY_LIST, &info));
	for (int i = 0; i < 4; i++) {
		memset(record, 0xff, sizeof(record));
		list_one(getpid(), INFO_ALL, sizes[i], record);
		EXPECT_MEMEQ(record, &info, sizeof(info));
		EXPECT_MEMEQ(record + sizeof(info), zeros,
			     sizes[i] - sizeof(info));
		EXPECT_MEMEQ(record + sizes[i], "\xff\xff\xff\xff\xff\xff\xff",
			     7);
	}
	kill_and_reap(pid);
}

/* Records of this size, and what lies behind the last one. */
static void expect_nothing_behind(size_t size, unsigned int room)
{
	struct listing list = listing_make(1);
	char *records = malloc(room * size + 4096), guard[4096];
	int count;

	memset(records, 0xa5, room * size + 4096);
	memset(guard, 0xa5, sizeof(guard));
	list.arg.records = (uintptr_t)records;
	list.arg.record_size = size;
	list.arg.nr_records = room;
	count = ASSERT_OK(ioctl(list.dev, PROCFD_LIST, &list.arg));
	EXPECT_EQ(count, (int)room);
	EXPECT_MEMEQ(records + room * size, guard, sizeof(guard));
	list.arg.nr_records = 1;
	list.arg.cursor = 0;
	memset(records, 0xa5, room * size);
	ASSERT_EQ(ioctl(list.dev, PROCFD_LIST, &list.arg), 1);
	if (size <= 4096)
		EXPECT_MEMEQ(records + size, guard, size);
	free(records);
}

TEST(list_writes_nothing_behind_the_records)
{
	for (unsigned int room = 1; room <= 16; room++) {
		expect_nothing_behind(PROCFD_INFO_SIZE_SHORT, room);
		expect_nothing_behind(sizeof(struct procfd_info), room);
		expect_nothing_behind(4096, room);
	}
}

TEST(list_changes_nothing_of_its_argument_but_the_cursor)
{
	struct listing list = listing_make(1);
	struct procfd_list arg;

	list_step(&list);
	arg = list.arg;
	EXPECT_NE(arg.cursor, 0ULL);
	list_step(&list);
	arg.cursor = list.arg.cursor;
	arg.records = list.arg.records;
	EXPECT_MEMEQ(&arg, &list.arg, sizeof(arg));
}

/* ---- addresses ------------------------------------------------------------------------ */

static char *page_before_a_hole(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(pages != MAP_FAILED);
	ASSERT_OK(mprotect(pages + 4096, 4096, PROT_NONE));
	return pages;
}

TEST(list_to_records_that_cannot_be_written_is_efault)
{
	struct listing list = listing_make(1);
	char *pages = page_before_a_hole();
	void *bad[] = { NULL,		(void *)8,
			pages + 4096,	pages + 4096 - 216,
			(void *)-4096L, (void *)INTPTR_MIN };

	list.arg.record_size = PROCFD_INFO_SIZE_SHORT;
	for (int i = 0; i < 6; i++)
		for (unsigned int room = 1; room < 1000; room += 300) {
			list.arg.cursor = 0;
			list.arg.records = (uintptr_t)bad[i];
			list.arg.nr_records = room;
			EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg),
				     EFAULT);
		}
}

TEST(list_to_records_that_cannot_all_be_written_is_efault)
{
	struct listing list = listing_make(1);
	char *pages = page_before_a_hole();

	list.arg.record_size = 512;
	for (int fit = 1; fit <= 8; fit++) {
		list.arg.cursor = 0;
		list.arg.records = (uintptr_t)(pages + 4096 - fit * 512);
		list.arg.nr_records = fit + 1;
		EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EFAULT);
		list.arg.cursor = 0;
		list.arg.nr_records = fit;
		EXPECT_EQ(ioctl(list.dev, PROCFD_LIST, &list.arg), fit);
	}
}

TEST(list_of_more_records_than_there_is_memory_for_does_not_matter)
{
	struct listing list = listing_make(1);
	int dev = list.dev;

	list.arg.records = (uintptr_t)list.infos;
	list.arg.nr_records = UINT32_MAX;
	list.arg.record_size = 4096;
	EXPECT_GT(ioctl(dev, PROCFD_LIST, &list.arg), 10);
	EXPECT_EQ(list.arg.cursor, 0ULL);
}

/* ---- fds and ids ------------------------------------------------------------------------ */

TEST(list_of_children_of_what_is_no_procfd_is_ebadf)
{
	struct listing list = listing_make(1);
	int bad[] = { -1, -2,	    INT32_MAX,
		      0,  list.dev, ASSERT_OK(pidfd_open_native(getpid())) };

	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.records = (uintptr_t)list.infos;
	list.arg.nr_records = 1;
	for (int i = 0; i < 6; i++) {
		list.arg.parent_fd = bad[i];
		EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EBADF);
	}
	list.arg.parent_fd = ASSERT_OK(next_child(list.dev, 0));
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EUNATCH);
}

static void list_nobodys(void *unused)
{
	struct listing list = listing_make(1);
	uint32_t bad[] = { UINT32_MAX, 1, 1000, 65534 };

	list.arg.flags = PROCFD_LIST_UID;
	list.arg.records = (uintptr_t)list.infos;
	list.arg.nr_records = 1;
	for (int i = 0; i < 4; i++) {
		list.arg.uid = bad[i];
		EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EINVAL);
	}
	list.arg.uid = 0;
	EXPECT_EQ(ioctl(list.dev, PROCFD_LIST, &list.arg), 1);
}

static void list_mapped(void *unused)
{
	run_in_user_namespace(list_nobodys, NULL);
}

TEST(list_of_a_uid_that_the_user_namespace_has_not_is_einval)
{
	run_as(1000, list_mapped, NULL);
}

TEST(list_takes_a_uid_of_the_callers_user_namespace)
{
	struct listing list = listing_make(LIST_MAX);

	list.arg.flags = PROCFD_LIST_UID;
	list.arg.uid = UINT32_MAX;
	list.arg.records = (uintptr_t)list.infos;
	list.arg.nr_records = 1;
	EXPECT_ERRNO(ioctl(list.dev, PROCFD_LIST, &list.arg), EINVAL);
	list.arg.uid = UINT32_MAX - 1;
	list_all(&list);
	EXPECT_EQ(list.count, 0);
}
