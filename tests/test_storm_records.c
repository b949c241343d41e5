// SPDX-License-Identifier: GPL-2.0-only
/*
 * Very many processes, each watched by several readers, each in its own way: all
 * of them get the record that the parent's waitid() agrees with.
 *
 * Two families of the same build run side by side. In each
 *
 *	mother    makes the children: by CLONE, after NEXT_CHILD, by fork()
 *	reaper    a thread of hers: waitid(), with usage, which is the reference
 *	reader    a thread of hers: sleeps in read()
 *	poller    a process: gets the fd by a socket, sleeps in poll()
 *	watcher   a process: opens the number, sleeps in epoll_wait() until the
 *	          process was reaped, and reads again at each event
 *
 * What they saw of a child is in a slot of shared memory; the last one judges it.
 */
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>

#include "endings.h"
#include "record.h"
#include "storming.h"

#define FAMILIES 2
#define SLOTS 64 /* children of a family that are not judged yet */

enum { READER, POLLER, WATCHER, READERS };

struct slot {
	pid_t pid;
	int procfd; /* the mother's; she closes it when all have seen it */
	struct procfd_exit record[READERS];
	struct native_end end;
	int left; /* how many have not said yet what they saw */
};

struct family {
	int number;
	int children;
	struct slot slots[SLOTS];
	sem_t free[SLOTS];
	sem_t born, opened; /* what the reader and the reaper may look at */
	int to_poller[2], to_watcher[2];
	int judged, records, lost, confused;
};

/* What somebody posts, unless that one has failed. */
static void take(sem_t *semaphore)
{
	struct timespec end = deadline_after_ms(SOON_MS);

	ASSERT_OK(sem_clockwait(semaphore, CLOCK_MONOTONIC, &end));
}

static struct slot *slot_of(struct family *family, int i)
{
	return &family->slots[i % SLOTS];
}

/* ---- the children ------------------------------------------------------------------ */

/* The child shares the slots, so the number of the fd goes there afterwards. */
static pid_t make_child(int dev, int i, int *procfd)
{
	pid_t pid;

	switch (i % 3) {
	case 0: pid = clone_child(dev, 0, SIGCHLD, procfd); break;
	case 1:
		*procfd = ASSERT_OK(next_child(dev, 0));
		pid = fork();
		break;
	default:
		pid = fork();
		if (pid > 0)
			*procfd = ASSERT_OK(open_pid(dev, pid, 0));
	}
	if (!pid)
		storm_child(i);
	return ASSERT_OK(pid);
}

/* ---- the judge ---------------------------------------------------------------------- */

static void add(int *count, int more)
{
	__atomic_add_fetch(count, more, __ATOMIC_SEQ_CST);
}

static bool records_agree(const struct slot *slot)
{
	for (int r = 1; r < READERS; r++)
		if (!EXPECT_MEMEQ(&slot->record[r], &slot->record[0],
				  sizeof(slot->record[0])))
			return false;
	return true;
}

/*
 * Its times may be 0: where the TSCs of two processors differ, the scheduler's
 * clock stands still at times, and wait4() says so too.
 */
static void expect_waitid(const struct procfd_exit *record,
			  const struct native_end *end)
{
	expect_ending(record, end);
	expect_time_within(record, &end->usage);
	expect_counts(record, &end->usage);
}

static void judge(struct family *family, int i)
{
	struct slot *slot = slot_of(family, i);
	int failed = test_record->failed;

	for (int r = 0; r < READERS; r++)
		add(slot->record[r].size ? &family->records : &family->lost, 1);
	if (records_agree(slot))
		expect_waitid(&slot->record[0], &slot->end);
	EXPECT_EQ(slot->end.status, storm_status(i));
	/* another judge's failures may be among them; it fails anyhow */
	if (test_record->failed != failed) {
		add(&family->confused, 1);
		test_note("child %d of family %d, number %d", i, family->number,
			  slot->pid);
	}
	add(&family->judged, 1);
}

/* Somebody has seen what there is to see of this one. */
static void slot_done(struct family *family, int i)
{
	if (__atomic_sub_fetch(&slot_of(family, i)->left, 1, __ATOMIC_SEQ_CST))
		return;
	judge(family, i);
	sem_post(&family->free[i % SLOTS]);
}

/* ---- those who see ------------------------------------------------------------------- */

static void *reaper(void *arg)
{
	struct family *family = arg;

	for (int i = 0; i < family->children; i++) {
		struct slot *slot = slot_of(family, i);

		take(&family->opened);
		slot->end = reap_native(slot->pid);
		slot_done(family, i);
	}
	return NULL;
}

static void *reader(void *arg)
{
	struct family *family = arg;

	for (int i = 0; i < family->children; i++) {
		struct slot *slot = slot_of(family, i);

		take(&family->born);
		slot->record[READER] = read_record(slot->procfd);
		slot_done(family, i);
	}
	return NULL;
}

static void poller(void *arg)
{
	struct family *family = arg;

	for (int i = 0; i < family->children; i++) {
		int procfd = receive_fd(family->to_poller[1]);

		slot_of(family, i)->record[POLLER] = ended_record(procfd);
		close(procfd);
		slot_done(family, i);
	}
}

struct watch {
	struct family *family;
	int dev, epoll;
	int opened;
	int seen;
	int procfds[SLOTS];
};

static void watch_one(struct watch *watch)
{
	int i = watch->opened++;
	struct epoll_event event = { .events = EPOLLIN | EPOLLET,
				     .data.u32 = i };
	int procfd = ASSERT_OK(
		open_pid(watch->dev, slot_of(watch->family, i)->pid, 0));

	watch->procfds[i % SLOTS] = procfd;
	ASSERT_OK(epoll_ctl(watch->epoll, EPOLL_CTL_ADD, procfd, &event));
	sem_post(&watch->family->opened);
}

/* A byte for each child that was born. */
static void watch_born(struct watch *watch)
{
	char bytes[SLOTS];
	ssize_t count = ASSERT_OK(
		read(watch->family->to_watcher[1], bytes, sizeof(bytes)));

	while (count-- > 0)
		watch_one(watch);
}

/* Ended, and after that, or at the same time, reaped: it is the same record. */
static void watch_event(struct watch *watch, int i, unsigned int events)
{
	struct procfd_exit *record =
		&slot_of(watch->family, i)->record[WATCHER];
	struct procfd_exit before = *record;
	int procfd = watch->procfds[i % SLOTS];

	ASSERT_TRUE(events & EPOLLIN);
	*record = read_record(procfd);
	if (before.size)
		EXPECT_MEMEQ(record, &before, sizeof(before));
	if (!(events & EPOLLHUP))
		return;
	close(procfd);
	watch->seen++;
	slot_done(watch->family, i);
}

#define BIRTHS UINT32_MAX

static void watcher(void *arg)
{
	struct family *family = arg;
	struct watch watch = { .family = family,
			       .dev = device(),
			       .epoll = epoll_create1(EPOLL_CLOEXEC) };
	struct epoll_event events[8],
		births = { .events = EPOLLIN, .data.u32 = BIRTHS };

	ASSERT_OK(epoll_ctl(watch.epoll, EPOLL_CTL_ADD, family->to_watcher[1],
			    &births));
	while (watch.seen < family->children) {
		int count =
			ASSERT_OK(epoll_wait(watch.epoll, events, 8, SOON_MS));

		ASSERT_GT(count, 0);
		for (int e = 0; e < count; e++)
			if (events[e].data.u32 == BIRTHS)
				watch_born(&watch);
			else
				watch_event(&watch, events[e].data.u32,
					    events[e].events);
	}
}

/* ---- a family -------------------------------------------------------------------------- */

/*
 * The mother holds her fd until all are done: with no fd in between, the time of
 * the end would be lost to those who open the zombie later.
 */
static void bear(struct family *family, int dev, int i)
{
	struct slot *slot = slot_of(family, i);
	int procfd;
	pid_t pid;

	take(&family->free[i % SLOTS]);
	if (i >= SLOTS)
		close(slot->procfd);
	memset(slot, 0, sizeof(*slot));
	pid = make_child(dev, i, &procfd);
	slot->pid = pid;
	slot->procfd = procfd;
	slot->left = READERS + 1;
	send_fd(family->to_poller[0], procfd);
	sem_post(&family->born);
	ASSERT_EQ(write(family->to_watcher[0], "", 1), 1);
}

static void be_family(void *arg)
{
	struct family *family = arg;
	pid_t processes[2] = { fork_child(poller, family),
			       fork_child(watcher, family) };
	pthread_t threads[2];
	int dev = device();

	pthread_create(&threads[0], NULL, reader, family);
	pthread_create(&threads[1], NULL, reaper, family);
	for (int i = 0; i < family->children; i++)
		bear(family, dev, i);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 2; i++)
		test_follow(reap(processes[i]));
}

static pid_t found_family(struct family *family, int number, int children)
{
	family->number = number;
	family->children = children;
	for (int i = 0; i < SLOTS; i++)
		sem_init(&family->free[i], 1, 1);
	sem_init(&family->born, 1, 0);
	sem_init(&family->opened, 1, 0);
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     family->to_poller));
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     family->to_watcher));
	return fork_child(be_family, family);
}

TEST_TIMEOUT(storm_records_are_waitids_for_every_reader_of_every_process,
	     STORM_DEADLINE_S)
{
	struct family *families = shared_memory(FAMILIES * sizeof(*families));
	int size = storm_size(2000) / FAMILIES;
	int judged = 0, records = 0, lost = 0, confused = 0;
	pid_t pids[FAMILIES];

	for (int i = 0; i < FAMILIES; i++)
		pids[i] = found_family(&families[i], i, size);
	for (int i = 0; i < FAMILIES; i++)
		test_follow(reap(pids[i]));
	for (int i = 0; i < FAMILIES; i++) {
		judged += families[i].judged;
		records += families[i].records;
		lost += families[i].lost;
		confused += families[i].confused;
	}
	test_tell("%d processes, %d records, %d lost, %d confused", judged,
		  records, lost, confused);
	EXPECT_EQ(judged, size * FAMILIES);
	EXPECT_EQ(records, judged * READERS);
	EXPECT_EQ(lost, 0);
	EXPECT_EQ(confused, 0);
}
