/* SPDX-License-Identifier: GPL-2.0-only */
/* Which groups of struct procfd_info the files of /proc/PID print */
#ifndef PROCFD_BENCH_GROUPS_H
#define PROCFD_BENCH_GROUPS_H

#include "procfd_ioctl.h"

#define STAT_GROUPS                                                  \
	(PROCFD_INFO_PIDS | PROCFD_INFO_COMM | PROCFD_INFO_STATE |   \
	 PROCFD_INFO_START | PROCFD_INFO_CPU | PROCFD_INFO_FAULTS |  \
	 PROCFD_INFO_THREADS | PROCFD_INFO_SCHED | PROCFD_INFO_TTY | \
	 PROCFD_INFO_RSS)

/* what status has and stat has not */
#define STATUS_GROUPS                                                     \
	(PROCFD_INFO_CREDS | PROCFD_INFO_SIGNALS | PROCFD_INFO_MEMORY |   \
	 PROCFD_INFO_SWITCHES | PROCFD_INFO_CAPS | PROCFD_INFO_SECURITY | \
	 PROCFD_INFO_NAMESPACE_PIDS)

#endif /* PROCFD_BENCH_GROUPS_H */
