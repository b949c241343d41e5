/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading and parsing /proc */
#ifndef PROCFD_BENCH_PROCFS_H
#define PROCFD_BENCH_PROCFS_H

#include <stdbool.h>
#include <stdint.h>

#include "members.h"

/* What /proc/PID/status tells beside stat, as far as struct procfd_info has it. */
struct status_members {
	char state;
	uint64_t umask, tgid, tracer, threads;
	uint64_t uids[4], gids[4];
	uint64_t nspids[33];
	uint64_t vm_peak, vm_size, locked, pinned, rss_peak, rss;
	uint64_t rss_anon, rss_file, rss_shmem;
	uint64_t data, stack, text, lib, page_table, swap, hugetlb;
	uint64_t core_dumping;
	uint64_t sig_pending, sig_shared, sig_blocked, sig_ignored, sig_caught;
	uint64_t cap_inheritable, cap_permitted, cap_effective, cap_bounding;
	uint64_t cap_ambient, no_new_privs, seccomp;
	uint64_t nvcsw, nivcsw;
};

/* Numbers of stat: as most programs do, or as fast as a program well can. */
enum procfs_parser { BY_SCANF, BY_HAND };

/* Each opens, reads, closes and parses.  @dir is an fd on /proc.  False: gone. */
bool procfs_stat(int dir, const char *path, struct stat_members *members,
		 enum procfs_parser parser);
bool procfs_status(int dir, const char *path, struct status_members *members);

/* Every /proc/PID/stat there is; room for @max.  How many there were. */
unsigned int procfs_all(struct stat_members *members, unsigned int max,
			enum procfs_parser parser);

#endif /* PROCFD_BENCH_PROCFS_H */
