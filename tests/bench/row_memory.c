// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel memory of an fd, in bytes of slabs: the first one on each of 10,000
 * processes, then a further one on each, against pidfds; and of a struct file with
 * what the kernel has for each, which is what one more fd on /dev/null takes
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define TOTAL 10000
#define FDS_MAX (3 * TOTAL)
/* What section 10 allows beside the native fd, and beside struct file. */
#define MORE_FIRST 384
#define MORE_FURTHER 64

enum what { PROCFD, PIDFD, NOTHING, NR_WHATS };

struct memory {
	enum what what;
	int dev;
	double first;
	double further;
};

/* Objects that are kept to be handed out again count as used, so they go first. */
static void shrink_slabs(void)
{
	DIR *slabs = opendir("/sys/kernel/slab");
	struct dirent *entry;

	if (!slabs)
		fail("no /sys/kernel/slab");
	while ((entry = readdir(slabs))) {
		char path[300];
		int file;

		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink",
			 entry->d_name);
		file = open(path, O_WRONLY | O_CLOEXEC);
		if (file < 0)
			continue;
		if (write(file, "1", 1) != 1)
			fail("%s", path);
		close(file);
	}
	closedir(slabs);
}

/* Bytes of all objects in use. */
static double slab_bytes(void)
{
	FILE *slabs = fopen("/proc/slabinfo", "r");
	double bytes = 0, active, size;
	char line[512];

	while (slabs && fgets(line, sizeof(line), slabs))
		if (sscanf(line, "%*s %lf %*f %lf", &active, &size) == 2)
			bytes += active * size;
	if (!bytes)
		fail("nothing in /proc/slabinfo");
	fclose(slabs);
	return bytes;
}

/* What was freed a moment ago is gone, too. */
static double settled_bytes(void)
{
	sleep(2);
	shrink_slabs();
	return slab_bytes();
}

static int open_one(const struct memory *memory, pid_t pid)
{
	struct procfd_open_pid arg = { .pid = pid, .pidns_fd = -1 };

	switch (memory->what) {
	case PROCFD: return ioctl(memory->dev, PROCFD_OPEN_PID, &arg);
	case PIDFD: return syscall(SYS_pidfd_open, pid, 0);
	default: return open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
}

static void open_each(const struct memory *memory)
{
	for (unsigned int i = 0; i < processes_made(); i++)
		if (open_one(memory, process_made(i)) < 0)
			fail("no fd on process %u", i);
}

/* The table of fds is no part of an fd: it is large before. */
static void grow_table(void)
{
	struct rlimit limit = { FDS_MAX, FDS_MAX };

	if (setrlimit(RLIMIT_NOFILE, &limit) ||
	    close(fcntl(0, F_DUPFD, FDS_MAX - 1)))
		fail("no room for %d fds", FDS_MAX);
}

/* As root: nobody else may read slabinfo. */
static void measure(void *arg)
{
	struct memory *memory = arg;
	double before, first, further;

	grow_table();
	memory->dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);
	before = settled_bytes();
	open_each(memory);
	first = settled_bytes();
	open_each(memory);
	further = settled_bytes();
	/* a part of a byte is what others did meanwhile */
	memory->first = round((first - before) / processes_made());
	memory->further = round((further - first) / processes_made());
}

/* From 6.12 on a pidfd has an inode of its own: we must be smaller. */
static void report_first(double procfd, double pidfd)
{
	if (kernel_at_least(6, 12))
		report_noted("memory_first", procfd, pidfd, 1, "bytes");
	else
		report_noted("memory_first", procfd, pidfd,
			     (pidfd + MORE_FIRST) / pidfd,
			     "bytes; at most %d more", MORE_FIRST);
}

static void report_further(double procfd, double pidfd, double file)
{
	report_noted("memory_further", procfd, pidfd,
		     (file + MORE_FURTHER) / pidfd,
		     "bytes; at most %d more than a file, %.0f", MORE_FURTHER,
		     file);
}

void row_memory(void)
{
	struct memory *memory = shared_memory(NR_WHATS * sizeof(*memory));

	processes_grow(TOTAL);
	for (enum what what = PROCFD; what < NR_WHATS; what++) {
		memory[what].what = what;
		run_as(0, measure, &memory[what]);
	}
	report_first(memory[PROCFD].first, memory[PIDFD].first);
	report_further(memory[PROCFD].further, memory[PIDFD].further,
		       memory[NOTHING].further);
}
