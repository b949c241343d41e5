/* SPDX-License-Identifier: GPL-2.0-only */
/* What waitid() and wait4() say of an end, compared with the exit record. */
#ifndef PROCFD_TESTS_ENDINGS_H
#define PROCFD_TESTS_ENDINGS_H

#include <sys/resource.h>

#include "native.h"

struct native_end {
	siginfo_t info;
	int status;
	struct rusage usage;
};

static inline int status_of(const siginfo_t *info)
{
	switch (info->si_code) {
	case CLD_EXITED: return info->si_status << 8;
	case CLD_DUMPED: return info->si_status | 0x80;
	default: return info->si_status;
	}
}

/*
 * In one call, as only the system call gives usage as well. With WNOWAIT Linux
 * 5.10 would tell the status of the leader instead of that of the group.
 */
static inline struct native_end reap_native(pid_t pid)
{
	struct native_end end = { 0 };

	ASSERT_OK(syscall(SYS_waitid, P_PID, pid, &end.info, WEXITED | __WALL,
			  &end.usage));
	ASSERT_EQ(end.info.si_pid, pid);
	end.status = status_of(&end.info);
	return end;
}

static inline long long time_ns(struct timeval time)
{
	return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

/*
 * How far the record's times are from wait4's. What the process still runs after
 * the record was taken is in wait4's, and a machine that is busy may let it wait
 * for some ms there.
 */
static inline long long cpu_time_off_ns(const struct procfd_exit *record,
					const struct rusage *usage)
{
	long long user = record->utime_ns + record->cutime_ns;
	long long system = record->stime_ns + record->cstime_ns;

	user = llabs(user - time_ns(usage->ru_utime));
	system = llabs(system - time_ns(usage->ru_stime));
	return user > system ? user : system;
}

/* The larger of 2 ms and 2 %. */
static inline long long cpu_time_tolerance_ns(const struct rusage *usage)
{
	long long sum = time_ns(usage->ru_utime) + time_ns(usage->ru_stime);

	return sum / 50 > 2000000 ? sum / 50 : 2000000;
}

/* The record is the older one, so nothing can be in it that is not in wait4's. */
static inline void expect_time_within(const struct procfd_exit *record,
				      const struct rusage *usage)
{
	long long sum = record->utime_ns + record->stime_ns +
			record->cutime_ns + record->cstime_ns;

	EXPECT_LE(sum, time_ns(usage->ru_utime) + time_ns(usage->ru_stime) +
			       cpu_time_tolerance_ns(usage));
}

static inline void expect_not_more_time(const struct procfd_exit *record,
					const struct rusage *usage)
{
	EXPECT_GT(record->utime_ns + record->stime_ns + record->cutime_ns +
			  record->cstime_ns,
		  0);
	expect_time_within(record, usage);
}

/* wait4() also counts what the process itself has waited for. */
static inline void expect_counts(const struct procfd_exit *record,
				 const struct rusage *usage)
{
	unsigned long long maxrss = record->maxrss_bytes;

	if (record->cmaxrss_bytes > maxrss)
		maxrss = record->cmaxrss_bytes;
	EXPECT_EQ(maxrss, (unsigned long long)usage->ru_maxrss * 1024);
	EXPECT_EQ((long)(record->minflt + record->cminflt), usage->ru_minflt);
	EXPECT_EQ((long)(record->majflt + record->cmajflt), usage->ru_majflt);
	EXPECT_EQ((long)(record->inblock + record->cinblock),
		  usage->ru_inblock);
	EXPECT_EQ((long)(record->oublock + record->coublock),
		  usage->ru_oublock);
	EXPECT_LE(
		labs((long)(record->nvcsw + record->cnvcsw) - usage->ru_nvcsw),
		LATE_SWITCHES);
	EXPECT_LE(labs((long)(record->nivcsw + record->cnivcsw) -
		       usage->ru_nivcsw),
		  LATE_SWITCHES);
}

static inline void expect_usage(const struct procfd_exit *record,
				const struct rusage *usage)
{
	expect_not_more_time(record, usage);
	expect_counts(record, usage);
}

#define FULL_MASK                                                      \
	(PROCFD_EXIT_STATUS | PROCFD_EXIT_IDS | PROCFD_EXIT_CPU |      \
	 PROCFD_EXIT_START | PROCFD_EXIT_MEMORY | PROCFD_EXIT_FAULTS | \
	 PROCFD_EXIT_SWITCHES | PROCFD_EXIT_BLOCK_IO | PROCFD_EXIT_CHILDREN)

static inline void expect_ending(const struct procfd_exit *record,
				 const struct native_end *end)
{
	EXPECT_EQ(record->mask & ~PROCFD_EXIT_END, FULL_MASK);
	expect_status(record, end->status);
	EXPECT_EQ(record->code, end->info.si_code);
	EXPECT_EQ(record->status, end->info.si_status);
	EXPECT_EQ(record->pid, end->info.si_pid);
	EXPECT_EQ(record->uid, end->info.si_uid);
}

static inline void expect_native(const struct procfd_exit *record,
				 const struct native_end *end)
{
	expect_ending(record, end);
	expect_usage(record, &end->usage);
}

/* ---- something to measure --------------------------------------------------------- */

#define USER_NS 50000000LL
#define SYSTEM_NS 20000000LL

static inline struct rusage usage_now(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage;
}

/* Some 50 ms in user mode, some 20 ms in the kernel, and some page faults. */
static inline void burn(void)
{
	struct rusage begin = usage_now();
	volatile int work = 0;

	while (time_ns(usage_now().ru_utime) - time_ns(begin.ru_utime) <
	       USER_NS)
		for (int i = 0; i < 100000; i++)
			work += i;
	while (time_ns(usage_now().ru_stime) - time_ns(begin.ru_stime) <
	       SYSTEM_NS) {
		void *memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(memory, 1, 65536);
		munmap(memory, 65536);
	}
}

#endif
