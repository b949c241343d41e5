// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open, end and notify with 100,000 fds against the same with 100: one on each of as
 * many processes, and all on one. As an ordinary user; who is told waits in epoll.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "irqs_off.h"
#include "light.h"

#define FEW 100
#define SOME 1000
#define MANY 100000
#define SPARE 1000
#define GOAL 1.1
#define EVENTS 1000
#define ROUNDS 8
#define ROUNDS_MANY 2

/**
 * struct costs - of each fd
 * @nr:     how many there were
 * @open:   making it, while the others stay
 * @native: the same of pidfds, for the note: memory has a price of its own
 * @again:  FEW of them once more, after they were closed: the memory is there
 * @notify: from the end of a process to where all its holders have been told
 * @watched: notify is, for interrupts that are off
 */
struct costs {
	unsigned int nr;
	double open;
	double native;
	double again;
	double notify;
	bool watched;
};

struct growth {
	struct costs few_processes, many_processes;
	struct costs few_on_one, some_on_one, many_on_one;
};

static pid_t processes[MANY];
static int fds[MANY];
static int dev, epoll;

static void keep_lowest(double *lowest, double count)
{
	if (!*lowest || count < *lowest)
		*lowest = count;
}

static int open_procfd(pid_t pid)
{
	struct procfd_open_pid arg = { .pid = pid, .pidns_fd = -1 };

	return ioctl(dev, PROCFD_OPEN_PID, &arg);
}

static int open_pidfd(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

static void expect(int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		fail("EPOLL_CTL_ADD");
}

/* Until so many have been told; the tree that epoll keeps of them is not touched. */
static void be_told(unsigned int nr)
{
	static struct epoll_event events[EVENTS];

	while (nr) {
		int got = epoll_wait(epoll, events, EVENTS, -1);

		if (got < 0 || (unsigned int)got > nr)
			fail("epoll_wait told of %d, not of %u", got, nr);
		nr -= got;
	}
}

static double end_and_be_told(pid_t pid, unsigned int nr_fds)
{
	double begin = clock_now();

	if (kill(pid, SIGKILL))
		fail("no process to end");
	be_told(nr_fds);
	return clock_now() - begin;
}

/* ---- on as many processes ----------------------------------------------------- */

/* More of them, up to @total or what the kernel has room for: that many. */
static unsigned int make_processes(unsigned int from, unsigned int total)
{
	for (unsigned int i = from; i < total; i++) {
		processes[i] = light_make();
		if (processes[i] < 0)
			return i;
	}
	return total;
}

/* Of those from @from on, up to @to. */
static double count_opens(unsigned int from, unsigned int to,
			  int (*open_one)(pid_t pid))
{
	double begin = clock_now();

	for (unsigned int i = from; i < to; i++) {
		fds[i] = open_one(processes[i]);
		if (fds[i] < 0)
			fail("no fd %u", i);
	}
	return (clock_now() - begin) / (to - from);
}

static void close_from(unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++)
		close(fds[i]);
}

/* First pidfds, then the procfds, which stay. */
static void open_all(struct costs *costs)
{
	unsigned int nr = costs->nr, last = nr > FEW ? nr - FEW : 0;

	keep_lowest(&costs->native, count_opens(0, nr, open_pidfd));
	close_from(0, nr);
	keep_lowest(&costs->open, count_opens(0, nr, open_procfd));
	for (int round = 0; round < ROUNDS; round++) {
		close_from(last, nr);
		usleep(50000); /* until what was closed is free */
		keep_lowest(&costs->again, count_opens(last, nr, open_procfd));
	}
}

/* FEW of them, from this one on, while the others stay. */
static void end_few(struct costs *costs, unsigned int from)
{
	double sum = 0;

	for (unsigned int i = from; i < from + FEW; i++) {
		sum += end_and_be_told(processes[i], 1);
		waitpid(processes[i], NULL, 0);
		close(fds[i]);
	}
	keep_lowest(&costs->notify, sum / FEW);
}

static void expect_all(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		expect(fds[i]);
}

static void measure_few_processes(struct costs *costs)
{
	costs->nr = FEW;
	for (int round = 0; round < ROUNDS; round++) {
		if (make_processes(0, FEW) != FEW)
			fail("no %d processes", FEW);
		open_all(costs);
		expect_all(FEW);
		end_few(costs, 0);
	}
}

/* The oldest end first, so that old kernels find them at once among the children. */
static void measure_many_processes(struct costs *costs)
{
	unsigned int ended = ROUNDS * FEW;

	costs->nr = make_processes(0, MANY);
	if (costs->nr < MANY / 10)
		fail("no more than %u processes", costs->nr);
	open_all(costs);
	expect_all(costs->nr);
	for (unsigned int from = 0; from < ended; from += FEW)
		end_few(costs, from);
	for (unsigned int i = ended; i < costs->nr; i++) {
		close(fds[i]);
		light_end(processes[i]);
	}
}

/* ---- on one process ------------------------------------------------------------ */

/* The whole time until all of @nr were told. */
static double end_of_one(struct costs *costs, unsigned int nr)
{
	double count;

	costs->nr = nr;
	make_processes(0, 1);
	for (unsigned int i = 1; i < nr; i++)
		processes[i] = processes[0];
	open_all(costs);
	expect_all(nr);
	if (costs->watched)
		irqs_off_begin();
	else if (nr != SOME)
		profile_next("growth_notify_on_one",
			     nr == MANY ? "procfd" : "other", nr);
	mark(MARK_BEGIN);
	count = end_and_be_told(processes[0], nr);
	mark(MARK_END);
	profile_stop();
	if (costs->watched)
		irqs_off_end();
	waitpid(processes[0], NULL, 0);
	close_from(0, nr);
	return count;
}

static void measure_on_one(struct costs *costs, unsigned int nr)
{
	int rounds = nr == MANY ? ROUNDS_MANY : ROUNDS;

	for (int round = 0; round < rounds; round++)
		keep_lowest(&costs->notify, end_of_one(costs, nr) / nr);
}

/* Once more, and not counted: how long is no interrupt taken? */
static void watch_one(void)
{
	struct costs costs = { .watched = true };

	end_of_one(&costs, MANY);
}

/* ---- the row --------------------------------------------------------------------- */

static void measure(void *arg)
{
	struct growth *growth = arg;

	dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (dev < 0 || epoll < 0)
		fail("no %s", PROCFD_DEVICE);
	measure_on_one(&growth->few_on_one, FEW);
	measure_on_one(&growth->some_on_one, SOME);
	measure_on_one(&growth->many_on_one, MANY);
	watch_one();
	measure_few_processes(&growth->few_processes);
	measure_many_processes(&growth->many_processes);
}

static void report_growth(const char *where, const char *what,
			  const struct costs *many, const struct costs *few)
{
	char row[64];

	sprintf(row, "growth_open_%s", where);
	report_noted(row, many->open, few->open, GOAL,
		     "%u fds on %s; other: %u; pidfds: %.3f", many->nr, what,
		     few->nr, many->native / few->native);
	sprintf(row, "growth_again_%s", where);
	report_noted(row, many->again, few->again, 0,
		     "the last of them closed and opened again");
}

static void report_each(const struct growth *growth)
{
	const struct costs *many = &growth->many_processes;
	const struct costs *few = &growth->few_processes;

	report_noted("growth_notify_on_each", many->notify, few->notify, GOAL,
		     "%u fds on as many processes; other: %u", many->nr,
		     few->nr);
}

/* Of each fd that @many has more than @few. */
static double each_more(const struct costs *many, const struct costs *few)
{
	return (many->notify * many->nr - few->notify * few->nr) /
	       (many->nr - few->nr);
}

/* What one has to do once is a large part of what 100 cost. */
static void report_one(const struct growth *growth)
{
	const struct costs *many = &growth->many_on_one;
	const struct costs *some = &growth->some_on_one;
	const struct costs *few = &growth->few_on_one;

	report_noted(
		"growth_notify_on_one", many->notify, few->notify, GOAL,
		"%u fds on one process; other: %u; each more than %u: %.0f, to %u of them %.0f",
		many->nr, few->nr, some->nr, each_more(many, some), some->nr,
		each_more(some, few));
}

static void report_irqs_off(void)
{
	char where[64], name[128];
	double longest = irqs_off_longest(where);

	sprintf(name, "growth: interrupts off until %s", where);
	report_figure(name, longest);
}

void row_growth(void)
{
	struct growth *growth = shared_memory(sizeof(*growth));
	struct rlimit limit = { MANY + SPARE, MANY + SPARE };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("no %d fds", MANY);
	light_allow(MANY + SPARE);
	irqs_off_open();
	run_as(BENCH_USER, measure, growth);
	report_growth("on_each", "as many processes", &growth->many_processes,
		      &growth->few_processes);
	report_each(growth);
	report_growth("on_one", "one process", &growth->many_on_one,
		      &growth->few_on_one);
	report_one(growth);
	report_irqs_off();
}
