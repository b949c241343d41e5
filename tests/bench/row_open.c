// SPDX-License-Identifier: GPL-2.0-only
/*
 * OPEN_PID and close, and SEND_SIGNAL of 0, against pidfds; on a process of the
 * caller's user that has no such fd open ("first") or has one ("further")
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define LOOPS 20000
#define GOAL_FURTHER 1.05
#define GOAL_SIGNAL 1.15

enum side { PROCFD, PIDFD, NR_SIDES };

struct opening {
	pid_t pid;
	int dev;
	int fd;
	double first[NR_SIDES];
	double further[NR_SIDES];
	double signal[NR_SIDES];
};

static int open_procfd(const struct opening *opening)
{
	struct procfd_open_pid arg = { .pid = opening->pid, .pidns_fd = -1 };

	return ioctl(opening->dev, PROCFD_OPEN_PID, &arg);
}

static int open_pidfd(const struct opening *opening)
{
	return syscall(SYS_pidfd_open, opening->pid, 0);
}

static int (*const opens[NR_SIDES])(const struct opening *opening) = {
	[PROCFD] = open_procfd,
	[PIDFD] = open_pidfd,
};

static void procfd_and_close(void *arg)
{
	if (close(open_procfd(arg)))
		fail("OPEN_PID");
}

static void pidfd_and_close(void *arg)
{
	if (close(open_pidfd(arg)))
		fail("pidfd_open");
}

static void signal_procfd(void *arg)
{
	const struct opening *opening = arg;
	struct procfd_send_signal send = { .signal = 0 };

	if (ioctl(opening->fd, PROCFD_SEND_SIGNAL, &send))
		fail("SEND_SIGNAL");
}

static void signal_pidfd(void *arg)
{
	const struct opening *opening = arg;

	if (syscall(SYS_pidfd_send_signal, opening->fd, 0, NULL, 0))
		fail("pidfd_send_signal");
}

static const bench_call open_and_close[NR_SIDES] = {
	[PROCFD] = procfd_and_close,
	[PIDFD] = pidfd_and_close,
};

static const bench_call send_0[NR_SIDES] = {
	[PROCFD] = signal_procfd,
	[PIDFD] = signal_pidfd,
};

/* As an ordinary user. */
static void measure(void *arg)
{
	struct opening *opening = arg;

	opening->dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);
	for (enum side side = PROCFD; side < NR_SIDES; side++) {
		const char *name = side == PIDFD ? "other" : "procfd";

		profile_next("open_first", name, LOOPS);
		opening->first[side] =
			instructions_of(open_and_close[side], opening, LOOPS);
		opening->fd = opens[side](opening);
		if (opening->fd < 0)
			fail("no fd on %d", opening->pid);
		profile_next("open_further", name, LOOPS);
		opening->further[side] =
			instructions_of(open_and_close[side], opening, LOOPS);
		profile_next("signal_0", name, LOOPS);
		opening->signal[side] =
			instructions_of(send_0[side], opening, LOOPS);
		profile_stop();
		close(opening->fd);
	}
}

/* From 6.12 on a pidfd's inode is made for the first of them. */
static double goal_first(void)
{
	return kernel_at_least(6, 12) ? 0.6 : 1.05;
}

void row_open(void)
{
	struct opening *opening = shared_memory(sizeof(*opening));

	processes_grow(100);
	opening->pid = process_made(0);
	run_as(BENCH_USER, measure, opening);
	report("open_first", opening->first[PROCFD], opening->first[PIDFD],
	       goal_first());
	report("open_further", opening->further[PROCFD],
	       opening->further[PIDFD], GOAL_FURTHER);
	report("signal_0", opening->signal[PROCFD], opening->signal[PIDFD],
	       GOAL_SIGNAL);
}
