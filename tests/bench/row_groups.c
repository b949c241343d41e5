// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where LIST and GET_INFO spend their instructions: with no group, with each one
 * alone, and with all of them; of LIST per process. No row of the table.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"
#include "groups.h"
#include "list.h"

#define TOTAL 1000
#define LOOPS 10

static const struct {
	const char *name;
	__u64 mask;
} groups[] = {
	{ "none", 0 },
	{ "id", PROCFD_INFO_ID },
	{ "pids", PROCFD_INFO_PIDS },
	{ "comm", PROCFD_INFO_COMM },
	{ "state", PROCFD_INFO_STATE },
	{ "creds", PROCFD_INFO_CREDS },
	{ "start", PROCFD_INFO_START },
	{ "cpu", PROCFD_INFO_CPU },
	{ "faults", PROCFD_INFO_FAULTS },
	{ "cpu+faults", PROCFD_INFO_CPU | PROCFD_INFO_FAULTS },
	{ "threads", PROCFD_INFO_THREADS },
	{ "sched", PROCFD_INFO_SCHED },
	{ "tty", PROCFD_INFO_TTY },
	{ "rss", PROCFD_INFO_RSS },
	{ "stat", STAT_GROUPS },
	{ "signals", PROCFD_INFO_SIGNALS },
	{ "memory", PROCFD_INFO_MEMORY },
	{ "switches", PROCFD_INFO_SWITCHES },
	{ "caps", PROCFD_INFO_CAPS },
	{ "security", PROCFD_INFO_SECURITY },
	{ "cgroup", PROCFD_INFO_CGROUP },
	{ "namespace_pids", PROCFD_INFO_NAMESPACE_PIDS },
	{ "stat+status", STAT_GROUPS | STATUS_GROUPS },
	{ "namespaces", PROCFD_INFO_NAMESPACES },
};

#define NR_GROUPS (sizeof(groups) / sizeof(groups[0]))

struct target {
	int fd;
	struct procfd_info info;
	__u64 mask;
};

static void get_info(void *arg)
{
	struct target *target = arg;

	target->info.mask = target->mask;
	if (ioctl(target->fd, PROCFD_GET_INFO, &target->info))
		fail("GET_INFO");
}

static void list_group(unsigned int nr, __u32 record_size, const char *size)
{
	struct lister lister;
	char name[64];
	double cost;

	lister_open(&lister, groups[nr].mask, record_size, TOTAL + 200);
	cost = instructions_of(list_all, &lister, 1);
	sprintf(name, "LIST, %s records: %s", size, groups[nr].name);
	report_figure(name, cost / lister.count);
	lister_close(&lister);
}

static void info_group(unsigned int nr, struct target *target)
{
	char name[64];

	target->mask = groups[nr].mask;
	sprintf(name, "GET_INFO: %s", groups[nr].name);
	report_figure(name, instructions_of(get_info, target, LOOPS));
}

static void measure(void *arg)
{
	struct procfd_open_pid open_pid = { .pid = process_made(0),
					    .pidns_fd = -1 };
	int dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);
	struct target target = { .fd = ioctl(dev, PROCFD_OPEN_PID, &open_pid) };

	(void)arg;
	if (target.fd < 0)
		fail("OPEN_PID");
	for (unsigned int i = 0; i < NR_GROUPS; i++)
		list_group(i, PROCFD_INFO_SIZE_SHORT, "short");
	for (unsigned int i = 0; i < NR_GROUPS; i++)
		list_group(i, sizeof(struct procfd_info), "full");
	for (unsigned int i = 0; i < NR_GROUPS; i++)
		info_group(i, &target);
}

void row_groups(void)
{
	processes_grow(TOTAL);
	run_as(BENCH_USER, measure, NULL);
}
