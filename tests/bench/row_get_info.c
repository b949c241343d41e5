// SPDX-License-Identifier: GPL-2.0-only
/*
 * GET_INFO with every member that stat and status print and procfd_info has,
 * against opening, reading and parsing both; of a process of the caller's, which
 * sleeps
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"
#include "groups.h"
#include "procfs.h"

#define GOAL (1.0 / 20)
#define LOOPS 10

struct both {
	pid_t pid;
	int fd;
	int proc;
	char stat_path[32];
	char status_path[32];
	struct procfd_info info;
	struct stat_members stat;
	struct status_members status;
	double procfd;
	double other;
};

static void by_procfd(void *arg)
{
	struct both *both = arg;

	both->info.mask = STAT_GROUPS | STATUS_GROUPS;
	if (ioctl(both->fd, PROCFD_GET_INFO, &both->info))
		fail("GET_INFO");
}

static void by_procfs(void *arg)
{
	struct both *both = arg;

	if (!procfs_stat(both->proc, both->stat_path, &both->stat, BY_HAND) ||
	    !procfs_status(both->proc, both->status_path, &both->status))
		fail("no stat and status of %d", both->pid);
}

/* One of each part of the files; that all agree is a test's subject. */
static void compare(const struct both *both)
{
	const struct procfd_info *info = &both->info;
	const struct stat_members *stat = &both->stat;
	const struct status_members *status = &both->status;

	if (info->mask != (STAT_GROUPS | STATUS_GROUPS))
		fail("GET_INFO gave the groups %#llx", info->mask);
	if (info->pid != stat->pid || info->ppid != stat->ppid ||
	    info->state != stat->state || info->minflt != stat->minflt ||
	    info->vsize_bytes != stat->vsize || info->policy != stat->policy ||
	    info->start_ns / 10000000 != stat->start)
		fail("GET_INFO and stat differ");
	if (info->umask != status->umask || info->fsgid != status->gids[3] ||
	    info->text_bytes >> 10 != status->text ||
	    info->sig_ignored != status->sig_ignored ||
	    info->cap_bounding != status->cap_bounding ||
	    info->nivcsw != status->nivcsw)
		fail("GET_INFO and status differ");
}

static int open_target(pid_t pid)
{
	struct procfd_open_pid open_pid = { .pid = pid, .pidns_fd = -1 };
	int dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);
	int fd = ioctl(dev, PROCFD_OPEN_PID, &open_pid);

	if (fd < 0)
		fail("OPEN_PID");
	close(dev);
	return fd;
}

static void measure(void *arg)
{
	struct both *both = arg;

	both->fd = open_target(both->pid);
	both->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	both->procfd = instructions_of(by_procfd, both, LOOPS);
	both->other = instructions_of(by_procfs, both, LOOPS);
	compare(both);
}

void row_get_info(void)
{
	struct both *both = shared_memory(sizeof(*both));

	processes_grow(100);
	both->pid = process_made(0);
	sprintf(both->stat_path, "%d/stat", both->pid);
	sprintf(both->status_path, "%d/status", both->pid);
	run_as(BENCH_USER, measure, both);
	report("get_info", both->procfd, both->other, GOAL);
}
