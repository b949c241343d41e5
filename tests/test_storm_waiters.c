// SPDX-License-Identifier: GPL-2.0-only
/* Many who wait, and late ones: all are woken, none is late. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>

#include "native.h"

/* ---- those who sleep ------------------------------------------------------------ */

struct sleeper {
	pthread_t thread;
	int procfd;
	void (*sleep)(struct sleeper *sleeper);
	pid_t tid;
	short events;
	struct procfd_exit record;
	struct procfd_wait wait;
	int error;
};

static void sleep_in_read(struct sleeper *sleeper)
{
	ssize_t length = read(sleeper->procfd, &sleeper->record,
			      sizeof(sleeper->record));

	sleeper->error = length == sizeof(sleeper->record) ? 0 : errno;
}

static void sleep_in_poll(struct sleeper *sleeper)
{
	sleeper->events = poll_fd(sleeper->procfd, POLLIN, 2 * SOON_MS);
}

static void sleep_in_wait(struct sleeper *sleeper)
{
	sleeper->error = ERRNO_OF(
		wait_for(sleeper->procfd, PROCFD_WEXITED, &sleeper->wait));
}

static void *sleeper_run(void *arg)
{
	struct sleeper *sleeper = arg;

	__atomic_store_n(&sleeper->tid, gettid(), __ATOMIC_SEQ_CST);
	sleeper->sleep(sleeper);
	return NULL;
}

/* Returns when it sleeps in the kernel. */
static void sleeper_start(struct sleeper *sleeper, int procfd,
			  void (*sleep)(struct sleeper *sleeper))
{
	sleeper->procfd = procfd;
	sleeper->sleep = sleep;
	sleeper->error = -1;
	ASSERT_EQ(pthread_create(&sleeper->thread, NULL, sleeper_run, sleeper),
		  0);
	ASSERT_SOON(__atomic_load_n(&sleeper->tid, __ATOMIC_SEQ_CST));
	wait_sleeping(sleeper->tid);
}

TEST(storm_close_leaves_a_blocked_read_its_record)
{
	struct sleeper sleeper = { 0 };
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	sleeper_start(&sleeper, procfd, sleep_in_read);
	ASSERT_OK(close(procfd));
	ASSERT_OK(kill(pid, SIGTERM));
	pthread_join(sleeper.thread, NULL);
	EXPECT_EQ(sleeper.error, 0);
	expect_status(&sleeper.record, SIGTERM);
	EXPECT_EQ(reap(pid), SIGTERM);
}

/* What poll() says of an fd that was closed while it slept. */
static short poll_of_closed(pid_t pid, int fd)
{
	struct sleeper sleeper = { 0 };
	long long begin = now_ns(CLOCK_MONOTONIC);

	sleeper_start(&sleeper, fd, sleep_in_poll);
	ASSERT_OK(close(fd));
	ASSERT_OK(kill(pid, SIGTERM));
	pthread_join(sleeper.thread, NULL);
	EXPECT_LT(now_ns(CLOCK_MONOTONIC) - begin, SOON_MS * 1000000LL);
	EXPECT_EQ(reap(pid), SIGTERM);
	return sleeper.events;
}

TEST(storm_close_wakes_a_blocked_poll_as_with_a_pidfd)
{
	pid_t ours = fork_sleeper(), native = fork_sleeper();

	EXPECT_EQ(poll_of_closed(ours, procfd_of(ours)),
		  poll_of_closed(native, ASSERT_OK(pidfd_open_native(native))));
}

TEST(storm_close_leaves_a_blocked_wait_its_child)
{
	struct sleeper sleeper = { 0 };
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	sleeper_start(&sleeper, procfd, sleep_in_wait);
	ASSERT_OK(close(procfd));
	ASSERT_OK(kill(pid, SIGTERM));
	pthread_join(sleeper.thread, NULL);
	EXPECT_EQ(sleeper.error, 0);
	EXPECT_EQ(sleeper.wait.status, SIGTERM);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
}

#define SLEEPERS_EACH 4

/* Readers, pollers and waiters on one fd; each is told. */
static void sleep_together(int procfd, pid_t pid)
{
	static struct sleeper sleepers[3 * SLEEPERS_EACH];
	void (*const ways[3])(struct sleeper *) = { sleep_in_read,
						    sleep_in_poll,
						    sleep_in_wait };

	for (int i = 0; i < 3 * SLEEPERS_EACH; i++)
		sleeper_start(&sleepers[i], procfd, ways[i % 3]);
	ASSERT_OK(kill(pid, SIGTERM));
	for (int i = 0; i < 3 * SLEEPERS_EACH; i += 3) {
		for (int j = 0; j < 3; j++)
			pthread_join(sleepers[i + j].thread, NULL);
		EXPECT_EQ(sleepers[i].error, 0);
		expect_status(&sleepers[i].record, SIGTERM);
		EXPECT_EQ(sleepers[i + 1].events & ~POLLHUP, POLLIN);
		EXPECT_EQ(sleepers[i + 2].error, 0);
		EXPECT_EQ(sleepers[i + 2].wait.code, CLD_KILLED);
		EXPECT_EQ(sleepers[i + 2].wait.status, SIGTERM);
		EXPECT_EQ(sleepers[i + 2].wait.pid, pid);
	}
}

TEST(storm_end_wakes_all_who_sleep_on_one_fd_of_the_parent)
{
	pid_t pid = fork_sleeper();

	sleep_together(procfd_of(pid), pid);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
}

static void sleep_together_as_stranger(void *pid)
{
	sleep_together(procfd_of(*(pid_t *)pid), *(pid_t *)pid);
}

TEST(storm_end_wakes_all_who_sleep_on_one_fd_of_a_stranger)
{
	pid_t pid = fork_sleeper();
	pid_t stranger = fork_child(sleep_together_as_stranger, &pid);

	test_follow(reap(stranger));
	EXPECT_EQ(reap(pid), SIGTERM);
}

/* ---- late pollers ---------------------------------------------------------------- */

#define POLLERS 100
#define POLL_TIMEOUT_MS (20000 * slowness())
/* One who slept through the end looks again when the timeout is over. */
#define POLL_LATE_NS (POLL_TIMEOUT_MS / 2 * 1000000LL)

static long long *ended_at;

struct poller {
	pthread_t thread;
	int procfd;
	long long *ended_at;
	struct gated_exit gated;
	pid_t pid;
};

static void *poll_and_measure(void *arg)
{
	struct poller *poller = arg;
	short events = poll_fd(poller->procfd, POLLIN, POLL_TIMEOUT_MS);
	long long back = now_ns(CLOCK_MONOTONIC);

	EXPECT_EQ(events & POLLIN, POLLIN);
	EXPECT_LT(back - *poller->ended_at, POLL_LATE_NS);
	return NULL;
}

static void poller_start(struct poller *poller)
{
	ASSERT_EQ(pthread_create(&poller->thread, NULL, poll_and_measure,
				 poller),
		  0);
}

static void exit_with_time(void *arg)
{
	struct poller *poller = arg;

	gate_wait(&poller->gated.gate);
	*poller->ended_at = now_ns(CLOCK_MONOTONIC);
	_exit(0);
}

static void poller_fork(struct poller *poller, long long *time)
{
	poller->gated.gate = gate_make();
	poller->ended_at = time;
	poller->pid = fork_child(exit_with_time, poller);
}

TEST_TIMEOUT(storm_no_poller_of_100_processes_sleeps_through_the_end, 90)
{
	static struct poller pollers[POLLERS];

	ended_at = shared_memory(POLLERS * sizeof(*ended_at));
	for (int i = 0; i < POLLERS; i++) {
		poller_fork(&pollers[i], &ended_at[i]);
		pollers[i].procfd = procfd_of(pollers[i].pid);
	}
	for (int i = 0; i < POLLERS; i++)
		poller_start(&pollers[i]);
	for (int i = 0; i < POLLERS; i++)
		gate_open(&pollers[i].gated.gate);
	for (int i = 0; i < POLLERS; i++)
		pthread_join(pollers[i].thread, NULL);
	for (int i = 0; i < POLLERS; i++)
		EXPECT_EQ(reap(pollers[i].pid), 0);
}

/* Each has a description of its own if there is a number to open. */
static void poll_one_process(bool own_descriptions)
{
	static struct poller pollers[POLLERS];
	int procfd;

	ended_at = shared_memory(sizeof(*ended_at));
	poller_fork(&pollers[0], ended_at);
	procfd = procfd_of(pollers[0].pid);
	for (int i = 0; i < POLLERS; i++) {
		pollers[i].ended_at = ended_at;
		pollers[i].procfd =
			own_descriptions ? procfd_of(pollers[0].pid) : procfd;
		poller_start(&pollers[i]);
	}
	gate_open(&pollers[0].gated.gate);
	for (int i = 0; i < POLLERS; i++)
		pthread_join(pollers[i].thread, NULL);
	EXPECT_EQ(reap(pollers[0].pid), 0);
}

TEST_TIMEOUT(storm_no_poller_of_100_descriptions_sleeps_through_the_end, 60)
{
	poll_one_process(true);
}

TEST_TIMEOUT(storm_no_poller_of_100_on_one_fd_sleeps_through_the_end, 60)
{
	poll_one_process(false);
}
