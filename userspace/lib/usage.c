// SPDX-License-Identifier: LGPL-2.1-or-later
/* An exit record as getrusage(2) and wait4(2) would tell it. */
#include "internal.h"

static struct timeval timeval_of(uint64_t ns)
{
	return (struct timeval){
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_usec = (suseconds_t)(ns % 1000000000 / 1000),
	};
}

void usage_of_self(const struct procfd_exit_record *record,
		   struct rusage *usage)
{
	*usage = (struct rusage){
		.ru_utime = timeval_of(record->utime_ns),
		.ru_stime = timeval_of(record->stime_ns),
		.ru_maxrss = (long)(record->maxrss_bytes / 1024),
		.ru_minflt = (long)record->minflt,
		.ru_majflt = (long)record->majflt,
		.ru_nvcsw = (long)record->nvcsw,
		.ru_nivcsw = (long)record->nivcsw,
		.ru_inblock = (long)record->inblock,
		.ru_oublock = (long)record->oublock,
	};
}

void usage_of_children(const struct procfd_exit_record *record,
		       struct rusage *usage)
{
	*usage = (struct rusage){
		.ru_utime = timeval_of(record->cutime_ns),
		.ru_stime = timeval_of(record->cstime_ns),
		.ru_maxrss = (long)(record->cmaxrss_bytes / 1024),
		.ru_minflt = (long)record->cminflt,
		.ru_majflt = (long)record->cmajflt,
		.ru_nvcsw = (long)record->cnvcsw,
		.ru_nivcsw = (long)record->cnivcsw,
		.ru_inblock = (long)record->cinblock,
		.ru_oublock = (long)record->coublock,
	};
}

void usage_of_both(const struct procfd_exit_record *record,
		   struct rusage *usage)
{
	struct procfd_exit_record both = *record;

	both.utime_ns += record->cutime_ns;
	both.stime_ns += record->cstime_ns;
	if (both.maxrss_bytes < record->cmaxrss_bytes)
		both.maxrss_bytes = record->cmaxrss_bytes;
	both.minflt += record->cminflt;
	both.majflt += record->cmajflt;
	both.nvcsw += record->cnvcsw;
	both.nivcsw += record->cnivcsw;
	both.inblock += record->cinblock;
	both.oublock += record->coublock;
	usage_of_self(&both, usage);
}
