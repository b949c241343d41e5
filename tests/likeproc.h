/* SPDX-License-Identifier: GPL-2.0-only */
/* GET_INFO of a process is what /proc tells of it before and after. */
#ifndef PROCFD_TESTS_LIKEPROC_H
#define PROCFD_TESTS_LIKEPROC_H

#include "procinfo.h"

#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000

#define INFO_OF_ZOMBIES_NOT                                            \
	(PROCFD_INFO_RSS | PROCFD_INFO_MEMORY | PROCFD_INFO_SIGNALS |  \
	 PROCFD_INFO_TTY | PROCFD_INFO_SECURITY | PROCFD_INFO_CGROUP | \
	 PROCFD_INFO_NAMESPACES)
#define INFO_OF_KTHREADS_NOT (PROCFD_INFO_RSS | PROCFD_INFO_MEMORY)

/* A process that changes by itself is looked at so often at most. */
#define LOOKS 50

struct looks {
	bool quiet; /* it does not change by itself: every look counts */
	bool forgot_threads; /* threads have ended, which /proc/PID/task forgets */
	uint64_t verified[2]; /* members[] that were the same once */
};

static inline void note_member(const struct member *member,
			       const struct proc_info *before,
			       const struct procfd_info *info,
			       const struct proc_info *after)
{
	test_note("%d (%s): %s is %lld, in /proc %lld, then %lld",
		  before->info.pid, before->name, member->name,
		  member_of(info, member), member_of(&before->info, member),
		  member_of(&after->info, member));
}

/* 1: as /proc; 0: /proc has changed meanwhile; -1: something else. */
static inline int judge_member(const struct member *member,
			       const struct looks *looks,
			       const struct proc_info *before,
			       const struct procfd_info *info,
			       const struct proc_info *after)
{
	long long low = member_of(&before->info, member),
		  high = member_of(&after->info, member),
		  value = member_of(info, member);
	bool is_switches = member->group == PROCFD_INFO_SWITCHES;

	if (member->how == SAME)
		return low != high ? 0 : value == low ? 1 : -1;
	/* times are told to the tick, and of who runs to its last one */
	if (member->group == PROCFD_INFO_CPU && !looks->quiet)
		high++;
	if (is_switches && looks->forgot_threads)
		return value >= low ? 1 : -1;
	return value >= low && value <= high ? 1 : -1;
}

static inline bool is_verified(struct looks *looks, size_t i)
{
	return looks->verified[i / 64] >> (i % 64) & 1;
}

static inline void judge_members(struct looks *looks,
				 const struct proc_info *before,
				 const struct procfd_info *info,
				 const struct proc_info *after)
{
	for (size_t i = 0; i < NR_MEMBERS; i++) {
		const struct member *member = &members[i];
		int verdict;

		if (is_verified(looks, i) || !(info->mask & member->group))
			continue;
		verdict = judge_member(member, looks, before, info, after);
		if (verdict == 1)
			looks->verified[i / 64] |= 1ULL << i % 64;
		if (verdict == -1 && looks->quiet &&
		    !test_true(TEST_SITE("as in /proc", false), false))
			note_member(member, before, info, after);
	}
}

/* The worker threads of the kernel add words to their name in /proc. */
static inline void expect_comm(const struct proc_info *proc,
			       const struct procfd_info *info)
{
	size_t length = strnlen((const char *)info->comm, 16);

	EXPECT_LT(length, 16U);
	if (!(proc->stat_flags & PF_KTHREAD))
		EXPECT_STREQ((const char *)info->comm, proc->name);
	else if (!EXPECT_EQ(memcmp(info->comm, proc->name, length), 0))
		test_note("%s, %s", (const char *)info->comm, proc->name);
}

static inline void expect_flags(const struct proc_info *proc,
				const struct procfd_info *info)
{
	uint32_t flags = info->flags;

	EXPECT_EQ(!!(flags & PROCFD_PROCESS_KERNEL_THREAD),
		  !!(proc->stat_flags & PF_KTHREAD));
	EXPECT_EQ(!!(flags & PROCFD_PROCESS_NO_NEW_PRIVS), proc->no_new_privs);
	EXPECT_EQ(!!(flags & PROCFD_PROCESS_CORE_DUMPING), proc->core_dumping);
	EXPECT_EQ(flags & (PROCFD_PROCESS_THREAD | PROCFD_PROCESS_REAPED), 0U);
	if (proc->stat_flags & PF_EXITING)
		EXPECT_EQ(flags & PROCFD_PROCESS_EXITING,
			  PROCFD_PROCESS_EXITING);
	else
		EXPECT_EQ(flags & PROCFD_PROCESS_ENDED, 0U);
}

/* What there is of such a process for a reader who may know everything. */
static inline uint64_t expected_mask(const struct proc_info *proc)
{
	uint64_t mask = INFO_KNOWN & ~PROCFD_INFO_EXIT;

	if (proc->stat_flags & PF_KTHREAD)
		mask &= ~INFO_OF_KTHREADS_NOT;
	if (proc->info.state == 'Z')
		mask = (mask & ~INFO_OF_ZOMBIES_NOT) | PROCFD_INFO_EXIT;
	return mask;
}

static inline void expect_rest(const struct proc_info *proc,
			       const struct procfd_info *info)
{
	expect_comm(proc, info);
	expect_flags(proc, info);
	if (!EXPECT_EQ(info->mask, expected_mask(proc)))
		test_note("%d (%s): groups %llx, expected %llx", proc->info.pid,
			  proc->name, (unsigned long long)info->mask,
			  (unsigned long long)expected_mask(proc));
	EXPECT_EQ(info->size, sizeof(*info));
	EXPECT_MEMEQ(info->nspids, proc->info.nspids, sizeof(info->nspids));
}

static inline bool stands_still(const struct proc_info *before,
				const struct proc_info *after)
{
	return before->info.state == after->info.state &&
	       before->stat_flags == after->stat_flags &&
	       before->core_dumping == after->core_dumping &&
	       before->no_new_privs == after->no_new_privs &&
	       !strcmp(before->name, after->name);
}

/* One look; false if the process is gone. */
static inline bool look(pid_t pid, int procfd, struct looks *looks, bool *rest)
{
	struct proc_info before, after;
	struct procfd_info info;

	if (!read_proc_info(pid, &before))
		return false;
	if (get_info(procfd, INFO_ALL, &info) || !read_proc_info(pid, &after))
		return false;
	judge_members(looks, &before, &info, &after);
	if (!*rest && stands_still(&before, &after)) {
		expect_rest(&before, &info);
		*rest = true;
	}
	for (size_t i = 0; i < NR_MEMBERS; i++)
		if (!is_verified(looks, i) && (info.mask & members[i].group))
			return true;
	return !*rest;
}

/* Look at a process that may run until every member was the same once. */
static inline void expect_like_proc_at_last(int dev, pid_t pid,
					    struct looks *looks)
{
	int procfd = open_pid(dev, pid, 0);
	bool rest = false, again = true;

	if (procfd < 0)
		return (void)EXPECT_EQ(errno, ESRCH);
	for (int i = 0; i < LOOKS && again; i++)
		again = look(pid, procfd, looks, &rest);
	if (!EXPECT_FALSE(again)) {
		test_note("%d was never as /proc told before and after", pid);
		for (size_t i = 0; i < NR_MEMBERS; i++)
			if (!is_verified(looks, i))
				test_note("not verified: %s", members[i].name);
	}
	close(procfd);
}

/* Who sleeps, is stopped or ended is as /proc tells, at each look. */
static inline void expect_like_proc(pid_t pid)
{
	struct looks looks = { .quiet = true };
	int procfd = procfd_of(pid);
	bool rest = false, again = true;

	/* the kernel may change something of it while /proc is read */
	for (int i = 0; i < LOOKS && again; i++)
		again = look(pid, procfd, &looks, &rest);
	EXPECT_FALSE(again);
	EXPECT_TRUE(rest);
	close(procfd);
}

#endif
