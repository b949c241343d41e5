// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the last instruction of a child to the return of epoll_wait in who waits
 * for its end, against a pidfd; and to the last return of 1,000 that wait on one fd,
 * a thread and an epoll instance each. As an ordinary user.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define MANY 1000
#define FDS_MAX (2 * MANY)
/* What 1,000 threads do never repeats. */
#define TURNS_MANY 12
#define STACK (64 << 10)
/* What section 10 allows beside a pidfd. */
#define MORE_ONE 600
#define GOAL_MANY 1.1

/**
 * struct waiting - one round of one way
 * @fd:    on the child, for all who wait
 * @ended: when the child was about to end; it writes this itself
 */
struct waiting {
	bool native;
	unsigned int nr_waiters;
	int dev;
	int fd;
	volatile double *ended;
};

struct waiter {
	const struct waiting *waiting;
	pthread_t thread;
	pthread_barrier_t *ready;
	double woken;
};

static int open_child(const struct waiting *waiting, pid_t pid)
{
	struct procfd_open_pid arg = { .pid = pid, .pidns_fd = -1 };

	if (waiting->native)
		return syscall(SYS_pidfd_open, pid, 0);
	return ioctl(waiting->dev, PROCFD_OPEN_PID, &arg);
}

/* A child that ends when it is told to: *@tell. */
static pid_t make_child(const struct waiting *waiting, int *tell)
{
	int pipe[2];
	pid_t pid;
	char byte;

	if (pipe2(pipe, O_CLOEXEC))
		fail("no pipe");
	pid = fork();
	if (pid < 0)
		fail("no child");
	if (!pid) {
		if (read(pipe[0], &byte, 1) != 1)
			_exit(1);
		usleep(1000); /* until who told it to waits as well */
		*waiting->ended = clock_now();
		mark(MARK_BEGIN);
		syscall(SYS_exit_group, 0);
	}
	close(pipe[0]);
	*tell = pipe[1];
	return pid;
}

static void *wait_for_end(void *arg)
{
	struct waiter *waiter = arg;
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, waiter->waiting->fd, &event))
		fail("EPOLL_CTL_ADD");
	pthread_barrier_wait(waiter->ready);
	if (epoll_wait(epoll, &event, 1, -1) != 1)
		fail("epoll_wait");
	mark(MARK_END);
	waiter->woken = clock_now();
	close(epoll);
	return NULL;
}

static void begin_waiters(struct waiting *waiting, struct waiter *waiters)
{
	pthread_barrier_t ready;
	pthread_attr_t attr;

	pthread_barrier_init(&ready, NULL, waiting->nr_waiters + 1);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (unsigned int i = 0; i < waiting->nr_waiters; i++) {
		waiters[i].waiting = waiting;
		waiters[i].ready = &ready;
		if (pthread_create(&waiters[i].thread, &attr, wait_for_end,
				   &waiters[i]))
			fail("no thread %u", i);
	}
	pthread_barrier_wait(&ready);
	usleep(100000); /* until each has gone from there to its epoll_wait */
	pthread_barrier_destroy(&ready);
	pthread_attr_destroy(&attr);
}

static double last_woken(struct waiting *waiting, struct waiter *waiters)
{
	double last = 0;

	for (unsigned int i = 0; i < waiting->nr_waiters; i++) {
		pthread_join(waiters[i].thread, NULL);
		if (waiters[i].woken > last)
			last = waiters[i].woken;
	}
	return last;
}

static double count(void *arg)
{
	static struct waiter waiters[MANY];
	struct waiting *waiting = arg;
	int tell;
	pid_t pid = make_child(waiting, &tell);
	double last;

	waiting->fd = open_child(waiting, pid);
	if (waiting->fd < 0)
		fail("no fd on a child");
	begin_waiters(waiting, waiters);
	if (write(tell, "", 1) != 1)
		fail("no pipe");
	last = last_woken(waiting, waiters);
	close(tell);
	close(waiting->fd);
	waitpid(pid, NULL, 0);
	return last - *waiting->ended;
}

enum side { PROCFD, PIDFD, NR_SIDES };

struct waking {
	double ended;
	double one[NR_SIDES];
	double many[NR_SIDES];
};

static void measure_with(struct waking *waking, int dev,
			 unsigned int nr_waiters, unsigned int most,
			 double *lowest)
{
	struct waiting waiting[NR_SIDES];
	struct bench_way ways[NR_SIDES];

	for (enum side side = PROCFD; side < NR_SIDES; side++) {
		waiting[side] = (struct waiting){ .native = side == PIDFD,
						  .nr_waiters = nr_waiters,
						  .dev = dev,
						  .ended = &waking->ended };
		ways[side] = (struct bench_way){
			.row = nr_waiters == 1 ? "wake" : NULL,
			.name = side == PIDFD ? "other" : "procfd",
			.count = count,
			.arg = &waiting[side],
		};
	}
	by_turns(ways, NR_SIDES, most);
	for (enum side side = PROCFD; side < NR_SIDES; side++)
		lowest[side] = ways[side].lowest;
}

static void measure(void *arg)
{
	struct waking *waking = arg;
	int dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);

	measure_with(waking, dev, 1, TURNS_MAX, waking->one);
	measure_with(waking, dev, MANY, TURNS_MANY, waking->many);
}

void row_wake(void)
{
	struct waking *waking = shared_memory(sizeof(*waking));
	struct rlimit limit = { FDS_MAX, FDS_MAX };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("no %d fds", FDS_MAX);
	run_as(BENCH_USER, measure, waking);
	report_noted("wake", waking->one[PROCFD], waking->one[PIDFD],
		     (waking->one[PIDFD] + MORE_ONE) / waking->one[PIDFD],
		     "%+.0f; at most %d more",
		     waking->one[PROCFD] - waking->one[PIDFD], MORE_ONE);
	report("wake_1000_waiters", waking->many[PROCFD], waking->many[PIDFD],
	       GOAL_MANY);
}
