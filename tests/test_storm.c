// SPDX-License-Identifier: GPL-2.0-only
/* Many at once: no record is lost or mixed up, whoever reads and reaps. */
#include <pthread.h>
#include <semaphore.h>
#include <sys/resource.h>

#include "native.h"
#include "storming.h"

/* ---- thousands of children ----------------------------------------------------- */

#define CHILDREN 2000
#define READERS 8
#define IN_FLIGHT 400
#define PIDS 65536

/* What two processes and their threads have seen of each child. */
struct storm {
	int procfd[CHILDREN];
	pid_t pid[CHILDREN];
	int read_here[CHILDREN];
	int read_there[CHILDREN];
	int gone_there[CHILDREN];
	int reaped_status[PIDS];
	int reaped_times[PIDS];
	int children;
	int next;
	sem_t born, room, zombies;
};

static struct storm *storm;

static bool is_autoreap(int i)
{
	return i % 3 == 0;
}

/* It goes to the other process as an fd; the others only as a number. */
static bool is_passed(int i)
{
	return i & 1;
}

static void expect_record_of(int procfd, int i, pid_t pid)
{
	struct procfd_exit record = read_record(procfd);

	if (!EXPECT_EQ((int)record.wait_status, storm_status(i)) ||
	    !EXPECT_EQ(record.pid, pid))
		test_note("child %d, number %d", i, pid);
}

static void *storm_reader(void *unused)
{
	for (;;) {
		int i;

		sem_wait(&storm->born);
		i = __atomic_fetch_add(&storm->next, 1, __ATOMIC_SEQ_CST);
		if (i >= storm->children)
			return NULL;
		expect_record_of(storm->procfd[i], i, storm->pid[i]);
		__atomic_add_fetch(&storm->read_here[i], 1, __ATOMIC_SEQ_CST);
		close(storm->procfd[i]);
		sem_post(&storm->room);
	}
}

/* What the kernel says, in any order; who is AUTOREAP must not come. */
static void *storm_reaper(void *unused)
{
	for (;;) {
		int status;
		pid_t pid;

		sem_wait(&storm->zombies);
		pid = waitpid(-1, &status, 0);
		if (pid == -1)
			return NULL;
		storm->reaped_status[pid] = status;
		storm->reaped_times[pid]++;
	}
}

static void read_passed(int socket, int i)
{
	int procfd = receive_fd(socket);

	expect_record_of(procfd, i, storm->pid[i]);
	storm->read_there[i]++;
	close(procfd);
}

static void read_opened(int dev, int i)
{
	int procfd = open_pid(dev, storm->pid[i], 0);

	if (procfd == -1) {
		EXPECT_EQ(errno, ESRCH);
		storm->gone_there[i]++;
		return;
	}
	expect_record_of(procfd, i, storm->pid[i]);
	storm->read_there[i]++;
	close(procfd);
}

static void storm_other(void *socket)
{
	int dev = device(), i;

	while (read(*(int *)socket, &i, sizeof(i)) == sizeof(i)) {
		if (is_passed(i))
			read_passed(*(int *)socket, i);
		else
			read_opened(dev, i);
	}
}

/* The child shares the memory, so the result of CLONE may not go there. */
static void storm_make(int dev, int socket, int i)
{
	bool autoreap = is_autoreap(i);
	pid_t pid;

	sem_wait(&storm->room);
	pid = clone_child(dev, autoreap ? PROCFD_AUTOREAP : 0,
			  autoreap ? 0 : SIGCHLD, &storm->procfd[i]);
	if (!pid)
		storm_child(i);
	ASSERT_GT(pid, 0);
	ASSERT_LT(pid, PIDS);
	storm->pid[i] = pid;
	ASSERT_EQ(write(socket, &i, sizeof(i)), (ssize_t)sizeof(i));
	if (is_passed(i))
		send_fd(socket, storm->procfd[i]);
	if (!autoreap)
		sem_post(&storm->zombies);
	sem_post(&storm->born);
}

static void storm_begin(pthread_t *threads, int sockets[2], pid_t *other)
{
	struct rlimit limit = { 4096, 4096 };

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	storm = shared_memory(sizeof(*storm));
	storm->children = fewer(CHILDREN);
	sem_init(&storm->born, 0, 0);
	sem_init(&storm->room, 0, IN_FLIGHT);
	sem_init(&storm->zombies, 0, 0);
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	*other = raw_clone(0); /* none of the reaper's children */
	if (!*other) {
		close(sockets[0]);
		storm_other(&sockets[1]);
		_exit(0);
	}
	close(sockets[1]);
	for (int i = 0; i < READERS; i++)
		pthread_create(&threads[i], NULL, storm_reader, NULL);
	pthread_create(&threads[READERS], NULL, storm_reaper, NULL);
}

static void storm_end(pthread_t *threads, int socket, pid_t other)
{
	int status;

	for (int i = 0; i < READERS; i++)
		sem_post(&storm->born);
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	sem_post(&storm->zombies); /* and there is nobody left */
	pthread_join(threads[READERS], NULL);
	close(socket);
	ASSERT_EQ(waitpid(other, &status, __WCLONE), other);
	test_follow(status);
}

/* What was seen of each by the threads, the other process, and waitpid(). */
static void storm_judge(void)
{
	int opened = 0;

	for (int i = 0; i < storm->children; i++) {
		pid_t pid = storm->pid[i];

		EXPECT_EQ(storm->read_here[i], 1);
		EXPECT_EQ(storm->read_there[i] + storm->gone_there[i], 1);
		if (is_passed(i))
			EXPECT_EQ(storm->read_there[i], 1);
		else
			opened += storm->read_there[i];
		EXPECT_EQ(storm->reaped_times[pid], is_autoreap(i) ? 0 : 1);
		EXPECT_EQ(storm->reaped_status[pid],
			  is_autoreap(i) ? 0 : storm_status(i));
	}
	test_note("%d opened by number", opened);
}

TEST_TIMEOUT(storm_of_children_tells_each_status_once_to_each_reader, 480)
{
	int dev = device(), sockets[2], fds;
	pthread_t threads[READERS + 1];
	pid_t other;

	storm_begin(threads, sockets, &other);
	fds = open_fd_count();
	for (int i = 0; i < storm->children; i++)
		storm_make(dev, sockets[0], i);
	storm_end(threads, sockets[0], other);
	storm_judge();
	EXPECT_EQ(open_fd_count(), fds - 1);
}

/* ---- races of two --------------------------------------------------------------- */

#define ROUNDS fewer(200)
#define OPENERS 2

static pthread_barrier_t round_begins, round_ends;
static pid_t round_pid;
static int round_opened;

static void *open_until_gone(void *unused)
{
	int dev = device(), procfd;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&round_begins);
		while ((procfd = open_pid(dev, round_pid, 0)) >= 0) {
			expect_exit(procfd, i & 127);
			close(procfd);
			__atomic_add_fetch(&round_opened, 1, __ATOMIC_SEQ_CST);
		}
		EXPECT_EQ(errno, ESRCH);
		pthread_barrier_wait(&round_ends);
	}
	close(dev);
	return NULL;
}

static void race_with_openers(bool at_once)
{
	pthread_t openers[OPENERS];
	struct gated_exit gated;

	pthread_barrier_init(&round_begins, NULL, OPENERS + 1);
	pthread_barrier_init(&round_ends, NULL, OPENERS + 1);
	for (int i = 0; i < OPENERS; i++)
		pthread_create(&openers[i], NULL, open_until_gone, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		if (at_once)
			round_pid = fork_exit(i & 127);
		else
			round_pid = fork_gated(&gated, i & 127);
		pthread_barrier_wait(&round_begins);
		if (!at_once)
			gate_open(&gated.gate);
		reap(round_pid);
		pthread_barrier_wait(&round_ends);
		if (!at_once)
			gate_close(&gated.gate);
	}
	for (int i = 0; i < OPENERS; i++)
		pthread_join(openers[i], NULL);
	EXPECT_GT(round_opened, 0);
}

TEST_TIMEOUT(storm_open_pid_racing_exit_is_esrch_or_the_right_record, 60)
{
	race_with_openers(false);
}

TEST_TIMEOUT(storm_open_pid_racing_reap_is_esrch_or_the_right_record, 60)
{
	race_with_openers(true);
}

static int raced_procfd;

static void *read_each_round(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&round_begins);
		expect_exit(raced_procfd, i & 127);
		expect_exit(raced_procfd, i & 127);
		pthread_barrier_wait(&round_ends);
	}
	return NULL;
}

TEST_TIMEOUT(storm_reader_racing_the_reaper_gets_the_record, 60)
{
	pthread_t reader;

	pthread_barrier_init(&round_begins, NULL, 2);
	pthread_barrier_init(&round_ends, NULL, 2);
	pthread_create(&reader, NULL, read_each_round, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		struct gated_exit gated;
		pid_t pid = fork_gated(&gated, i & 127);

		raced_procfd = procfd_of(pid);
		gate_open(&gated.gate);
		pthread_barrier_wait(&round_begins);
		EXPECT_EQ(reap(pid), (i & 127) << 8);
		pthread_barrier_wait(&round_ends);
		close(raced_procfd);
		gate_close(&gated.gate);
	}
	pthread_join(reader, NULL);
}
