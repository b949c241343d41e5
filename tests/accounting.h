/* SPDX-License-Identifier: GPL-2.0-only */
/* An exit record against what the parent is told by wait4(2). */
#ifndef PROCFD_TESTS_ACCOUNTING_H
#define PROCFD_TESTS_ACCOUNTING_H

#include <sys/resource.h>

#include "native.h"

static inline long long ns_of(struct timeval tv)
{
	return tv.tv_sec * 1000000000LL + tv.tv_usec * 1000LL;
}

static inline long long total_ns(const struct procfd_exit *r)
{
	return r->utime_ns + r->stime_ns + r->cutime_ns + r->cstime_ns;
}

static inline long long usage_ns(const struct rusage *usage)
{
	return ns_of(usage->ru_utime) + ns_of(usage->ru_stime);
}

/*
 * A process runs on for a moment after its record was taken, for longer if the
 * machine below the guest gives the processor to somebody else just then: so the
 * record never says more than wait4, and where both say the same of many ticks,
 * they split it in the same way, but for a tick: of a few, one that came after the
 * record can turn all of it over. How exact the sum is is a test of its own.
 */
static inline void expect_times(const struct procfd_exit *r,
				const struct rusage *usage)
{
	long long theirs = usage_ns(usage), ours = total_ns(r);
	long long user = r->utime_ns + r->cutime_ns;
	long long allowed = 5000000 + theirs / 20;

	EXPECT_LE(ours, theirs + 2000);
	if (theirs - ours < 1000000 && theirs > 100000000 &&
	    !EXPECT_LE(llabs(user - ns_of(usage->ru_utime)), allowed))
		test_note("%lld ns of user time, wait4 says %lld", user,
			  ns_of(usage->ru_utime));
}

/* wait4's numbers hold the children that the process has waited for as well. */
static inline void expect_usage(const struct procfd_exit *r,
				const struct rusage *usage)
{
	uint64_t maxrss = r->maxrss_bytes > r->cmaxrss_bytes ? r->maxrss_bytes :
							       r->cmaxrss_bytes;

	EXPECT_EQ(maxrss / 1024, (uint64_t)usage->ru_maxrss);
	EXPECT_EQ(r->minflt + r->cminflt, (uint64_t)usage->ru_minflt);
	EXPECT_EQ(r->majflt + r->cmajflt, (uint64_t)usage->ru_majflt);
	EXPECT_EQ(r->inblock + r->cinblock, (uint64_t)usage->ru_inblock);
	EXPECT_EQ(r->oublock + r->coublock, (uint64_t)usage->ru_oublock);
	/* the last switch of the leader may not have happened at wait4 */
	EXPECT_LE(r->nvcsw + r->cnvcsw, (uint64_t)usage->ru_nvcsw + 1);
	EXPECT_LE(r->nivcsw + r->cnivcsw, (uint64_t)usage->ru_nivcsw);
	EXPECT_GE(r->nvcsw + r->cnvcsw + LATE_SWITCHES,
		  (uint64_t)usage->ru_nvcsw);
	EXPECT_GE(r->nivcsw + r->cnivcsw + LATE_SWITCHES,
		  (uint64_t)usage->ru_nivcsw);
	expect_times(r, usage);
}

/*
 * Reap it as its parent: status, numbers and ids of the record are those that the
 * parent gets. Until then it is not reaped, and afterwards the record is the same.
 */
static inline struct procfd_exit expect_as_wait4(int procfd, pid_t pid)
{
	struct procfd_exit record = ended_record(procfd), again;
	struct rusage usage;
	int status;

	EXPECT_EQ(record.size, sizeof(record));
	EXPECT_EQ(record.pid, pid);
	ASSERT_EQ(wait4(pid, &status, __WALL, &usage), pid);
	expect_status(&record, status);
	expect_usage(&record, &usage);
	again = read_record(procfd);
	EXPECT_MEMEQ(&record, &again, sizeof(record));
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN | POLLHUP);
	return record;
}

#endif
