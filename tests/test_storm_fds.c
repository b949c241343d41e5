// SPDX-License-Identifier: GPL-2.0-only
/* Very many procfds at once, on one process and on many: each is told, each reads. */
#include <sys/epoll.h>
#include <sys/resource.h>

#include "native.h"
#include "refs.h"
#include "storming.h"

#define EACH 50 /* procfds on one of many processes */

struct held {
	int procfd;
	bool ended, hung_up;
};

struct storm {
	int size, processes;
	int epoll;
	struct gate gate; /* the processes end when it is closed */
	pid_t *pids;
	struct held *held;
	struct procfd_exit *first; /* record read of each process */
	int ended, hung_up, read;
};

static int process_of(const struct storm *storm, int i)
{
	return i % storm->processes;
}

/* Our end of the gate is no other's. */
static pid_t fork_until_closed(struct gate *gate, int status)
{
	pid_t pid = ASSERT_OK(fork());
	char byte;

	if (pid)
		return pid;
	close(gate->write_fd);
	_exit(read(gate->read_fd, &byte, 1) ? 255 : status);
}

static int status_due(int process)
{
	return process % 251;
}

static void allow_fds(int count)
{
	struct rlimit limit = { count, count };

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
}

static void hold_one(struct storm *storm, int dev, int i)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET,
				     .data.u32 = i };
	int procfd =
		ASSERT_OK(open_pid(dev, storm->pids[process_of(storm, i)], 0));

	storm->held[i].procfd = procfd;
	ASSERT_OK(epoll_ctl(storm->epoll, EPOLL_CTL_ADD, procfd, &event));
}

/* Processes first, so that they have none of the fds. */
static void storm_begin(struct storm *storm)
{
	int dev = device();

	allow_fds(storm->size + 100);
	storm->gate = gate_make();
	storm->epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	storm->pids = calloc(storm->processes, sizeof(*storm->pids));
	storm->first = calloc(storm->processes, sizeof(*storm->first));
	storm->held = calloc(storm->size, sizeof(*storm->held));
	for (int p = 0; p < storm->processes; p++)
		storm->pids[p] = fork_until_closed(&storm->gate, status_due(p));
	for (int i = 0; i < storm->size; i++)
		hold_one(storm, dev, i);
	close(dev);
	ASSERT_GT(open_fd_count(), storm->size);
}

/* The record is whole, and the same as everyone's who has this process. */
static void read_one(struct storm *storm, int i)
{
	struct procfd_exit record = read_record(storm->held[i].procfd);
	struct procfd_exit *first = &storm->first[process_of(storm, i)];

	if (!first->size) {
		*first = record;
		expect_status(&record, status_due(process_of(storm, i)) << 8);
		EXPECT_EQ(record.pid, storm->pids[process_of(storm, i)]);
	}
	if (EXPECT_MEMEQ(&record, first, sizeof(record)))
		storm->read++;
}

static void note_event(struct storm *storm, const struct epoll_event *event)
{
	struct held *held = &storm->held[event->data.u32];

	if (event->events & EPOLLIN && !held->ended) {
		held->ended = true;
		storm->ended++;
	}
	if (event->events & EPOLLHUP && !held->hung_up) {
		held->hung_up = true;
		storm->hung_up++;
	}
}

/* What has come, after waiting for that so long. */
static int take_events(struct storm *storm, int timeout_ms)
{
	struct epoll_event events[256];
	int count =
		ASSERT_OK(epoll_wait(storm->epoll, events, 256, timeout_ms));

	for (int e = 0; e < count; e++)
		note_event(storm, &events[e]);
	return count;
}

/* Until all have been told, or nobody is any more. */
static void take_until(struct storm *storm, const int *count)
{
	while (*count < storm->size && take_events(storm, SOON_MS))
		;
}

static void storm_run(struct storm *storm)
{
	EXPECT_EQ(take_events(storm, 0), 0);
	close(storm->gate.write_fd);
	take_until(storm, &storm->ended);
	EXPECT_EQ(storm->ended, storm->size);
	EXPECT_EQ(storm->hung_up, 0);
	for (int p = 0; p < storm->processes; p++)
		EXPECT_EQ(reap(storm->pids[p]), status_due(p) << 8);
	take_until(storm, &storm->hung_up);
	EXPECT_EQ(storm->hung_up, storm->size);
	for (int i = 0; i < storm->size; i++)
		read_one(storm, i);
	EXPECT_EQ(storm->read, storm->size);
	test_tell("%d procfds on %d process%s: %d ended, %d hung up, %d read",
		  storm->size, storm->processes,
		  storm->processes == 1 ? "" : "es", storm->ended,
		  storm->hung_up, storm->read);
}

static void close_each(void *arg)
{
	struct storm *storm = arg;

	storm_begin(storm);
	storm_run(storm);
	for (int i = 0; i < storm->size; i++)
		ASSERT_OK(close(storm->held[i].procfd));
}

/* The kernel closes them. */
static void leave_all_open(void *arg)
{
	storm_begin(arg);
	storm_run(arg);
}

static void storm_of(int processes, int size, void (*run)(void *))
{
	struct storm storm = { .processes = processes, .size = size };

	module_idle();
	in_child(run, &storm);
	module_idle();
}

TEST_TIMEOUT(storm_fds_on_one_process_are_all_told_and_read, STORM_DEADLINE_S)
{
	storm_of(1, storm_size(20000), close_each);
}

TEST_TIMEOUT(storm_fds_on_many_processes_are_all_told_and_read,
	     STORM_DEADLINE_S)
{
	int processes = storm_size(20000) / EACH;

	storm_of(processes, processes * EACH, leave_all_open);
}
