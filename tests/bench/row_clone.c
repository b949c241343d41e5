// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child that ends at once, and its exit status: CLONE with AUTOREAP and read,
 * against clone3 with CLONE_PIDFD, poll and waitid; where the kernel has it also
 * against clone3 with CLONE_AUTOREAP, poll and PIDFD_GET_INFO. As an ordinary user.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define GOAL 1.0
#define LOOPS 50
#define EXIT_CODE 7

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
/* Since Linux 7.1. */
#define NATIVE_AUTOREAP (1ULL << 34)

/* What a pidfd tells of its process since 6.13. */
struct native_info {
	__u64 mask;
	__u64 cgroup_id;
	__u32 ids[11];
	__s32 wait_status;
};

#define NATIVE_GET_INFO _IOWR(0xFF, 11, struct native_info)
#define NATIVE_INFO_EXIT (1ULL << 3)

enum way { PROCFD, WAITID, AUTOREAP, NR_WAYS };

struct cloning {
	int dev;
	double lowest[NR_WAYS];
};

static void check_status(int status)
{
	if (status != EXIT_CODE)
		fail("a child ended with %d", status);
}

static void child_of_procfd(void *arg)
{
	const struct cloning *cloning = arg;
	struct procfd_exit exit;
	int fd = -1;
	struct procfd_clone clone = { .flags = PROCFD_AUTOREAP,
				      .procfd = (__u64)(unsigned long)&fd };
	int pid = ioctl(cloning->dev, PROCFD_CLONE, &clone);

	if (!pid)
		_exit(EXIT_CODE);
	if (pid < 0 || read(fd, &exit, sizeof(exit)) != sizeof(exit))
		fail("CLONE");
	check_status(exit.status);
	close(fd);
}

/* clone3(), and the end of the child is awaited; its pidfd. */
static int native_child(__u64 flags, int signal, int events)
{
	int fd = -1;
	struct clone_args args = { .flags = CLONE_PIDFD | flags,
				   .pidfd = (__u64)(unsigned long)&fd,
				   .exit_signal = signal };
	struct pollfd poll_fd = { .events = events };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(EXIT_CODE);
	poll_fd.fd = fd;
	if (pid < 0 || poll(&poll_fd, 1, -1) != 1)
		fail("clone3");
	return fd;
}

static void child_of_waitid(void *arg)
{
	int fd = native_child(0, SIGCHLD, POLLIN);
	siginfo_t info;

	(void)arg;
	if (waitid(P_PIDFD, fd, &info, WEXITED))
		fail("waitid");
	check_status(info.si_status);
	close(fd);
}

/* What it tells of the end is there with the hang-up. */
static void child_of_autoreap(void *arg)
{
	struct native_info info = { .mask = NATIVE_INFO_EXIT };
	int fd = native_child(NATIVE_AUTOREAP, 0, 0);

	(void)arg;
	if (ioctl(fd, NATIVE_GET_INFO, &info) ||
	    !(info.mask & NATIVE_INFO_EXIT))
		fail("PIDFD_GET_INFO");
	check_status(WEXITSTATUS(info.wait_status));
	close(fd);
}

static const bench_call calls[NR_WAYS] = {
	[PROCFD] = child_of_procfd,
	[WAITID] = child_of_waitid,
	[AUTOREAP] = child_of_autoreap,
};

struct turn_arg {
	struct cloning *cloning;
	bench_call call;
};

/*
 * What the kernel frees of a child it frees some time later: those that are not
 * counted leave as much behind as is done while the others are.
 */
static double count(void *arg)
{
	const struct turn_arg *turn = arg;

	per_call(turn->call, turn->cloning, LOOPS);
	return per_call(turn->call, turn->cloning, LOOPS);
}

static enum way nr_ways(void)
{
	return kernel_at_least(7, 1) ? NR_WAYS : AUTOREAP;
}

static void measure(void *arg)
{
	struct cloning *cloning = arg;
	struct bench_way ways[NR_WAYS];
	struct turn_arg args[NR_WAYS];

	cloning->dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);
	for (enum way way = 0; way < nr_ways(); way++) {
		args[way] = (struct turn_arg){ cloning, calls[way] };
		ways[way] = (struct bench_way){
			.row = way == AUTOREAP ? "clone_native_autoreap" :
						 "clone_autoreap_read",
			.name = way == PROCFD ? "procfd" : "other",
			.loops = LOOPS,
			.count = count,
			.arg = &args[way],
		};
	}
	by_turns(ways, nr_ways(), TURNS_MAX);
	for (enum way way = 0; way < nr_ways(); way++)
		cloning->lowest[way] = ways[way].lowest;
}

void row_clone(void)
{
	struct cloning *cloning = shared_memory(sizeof(*cloning));

	run_as(BENCH_USER, measure, cloning);
	report("clone_autoreap_read", cloning->lowest[PROCFD],
	       cloning->lowest[WAITID], GOAL);
	if (nr_ways() > AUTOREAP)
		report("clone_native_autoreap", cloning->lowest[PROCFD],
		       cloning->lowest[AUTOREAP], GOAL);
	else
		report_none("clone_native_autoreap", cloning->lowest[PROCFD],
			    GOAL, "no CLONE_AUTOREAP before 7.1");
}
