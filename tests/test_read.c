// SPDX-License-Identifier: GPL-2.0-only
/* read and its relatives: the record, each time, to every holder. */
#include <limits.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "native.h"

/* ---- read ------------------------------------------------------------------------- */

TEST(file_read_gives_the_same_bytes_again_and_again)
{
	pid_t pid = fork_exit(5);
	int procfd = procfd_of(pid);
	struct procfd_exit first = read_record(procfd), again;

	for (int i = 0; i < 5; i++) {
		if (i == 2)
			reap(pid);
		again = read_record(procfd);
		EXPECT_MEMEQ(&first, &again, sizeof(first));
	}
	again = read_record(dup(procfd));
	EXPECT_MEMEQ(&first, &again, sizeof(first));
}

TEST(file_read_gives_the_smaller_of_buffer_and_record)
{
	size_t sizes[] = { PROCFD_EXIT_SIZE_VER0, PROCFD_EXIT_SIZE_VER0 + 1,
			   sizeof(struct procfd_exit), 4096 };
	char buffer[4096], expected[4096];
	pid_t pid = fork_exit(5);
	int procfd = procfd_of(pid);
	struct procfd_exit record = ended_record(procfd);

	for (int i = 0; i < 4; i++) {
		size_t length = sizes[i] < record.size ? sizes[i] : record.size;

		memset(buffer, 0x5a, sizeof(buffer));
		memset(expected, 0x5a, sizeof(expected));
		memcpy(expected, &record, length);
		EXPECT_EQ(read(procfd, buffer, sizes[i]), (ssize_t)length);
		EXPECT_MEMEQ(buffer, expected, sizeof(buffer));
	}
	reap(pid);
}

static void expect_short_reads_are_einval(int procfd)
{
	size_t sizes[] = { 1, 7, 8, PROCFD_EXIT_SIZE_VER0 - 1 };
	char buffer[PROCFD_EXIT_SIZE_VER0];

	for (int i = 0; i < 4; i++)
		EXPECT_ERRNO(read(procfd, buffer, sizes[i]), EINVAL);
	EXPECT_ERRNO(readv(procfd,
			   (struct iovec[]){ { buffer, 100 }, { buffer, 91 } },
			   2),
		     EINVAL);
}

TEST(file_read_into_less_than_version_0_is_einval_at_any_time)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	expect_short_reads_are_einval(procfd);
	ASSERT_OK(kill(pid, SIGKILL));
	wait_readable(procfd);
	expect_short_reads_are_einval(procfd);
	reap(pid);
	expect_short_reads_are_einval(procfd);
}

TEST(file_read_to_a_bad_address_is_efault_and_not_lost)
{
	pid_t pid = fork_exit(6);
	int procfd = procfd_of(pid);
	void *volatile nowhere = NULL;
	char *page =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	wait_readable(procfd);
	EXPECT_ERRNO(read(procfd, nowhere, 4096), EFAULT);
	EXPECT_ERRNO(read(procfd, page, 4096), EFAULT);
	EXPECT_ERRNO(read(procfd, (void *)LONG_MIN, 4096), EFAULT);
	expect_exit(procfd, 6);
	reap(pid);
}

TEST(file_readv_scatters_one_record)
{
	char parts[3][512];
	struct iovec vector[] = { { parts[0], 10 },
				  { parts[1], 0 },
				  { parts[2], 512 } };
	pid_t pid = fork_exit(7);
	int procfd = procfd_of(pid);
	struct procfd_exit record = ended_record(procfd);

	EXPECT_EQ(readv(procfd, vector, 3), (ssize_t)record.size);
	EXPECT_MEMEQ(parts[0], &record, 10);
	EXPECT_MEMEQ(parts[2], (char *)&record + 10, sizeof(record) - 10);
	reap(pid);
}

static void *open_gate_when_asleep(void *arg)
{
	struct gated_exit *gated = arg;

	wait_sleeping(getpid()); /* the main thread, in read() */
	gate_open(&gated->gate);
	return NULL;
}

TEST(file_read_blocks_until_the_end)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 8);
	int procfd = procfd_of(pid);
	struct procfd_exit record;
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, open_gate_when_asleep, &gated), 0);
	record = read_record(procfd);
	expect_status(&record, 8 << 8);
	pthread_join(id, NULL);
	reap(pid);
}

static volatile int alarms;

static void count_alarm(int signal)
{
	alarms++;
}

static void set_alarms(int flags)
{
	struct itimerval often = { { 0, 10000 }, { 0, 10000 } };

	handle_signal(SIGALRM, count_alarm, flags);
	ASSERT_OK(setitimer(ITIMER_REAL, &often, NULL));
}

TEST(file_read_is_interrupted_by_a_signal)
{
	struct procfd_exit record;
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	set_alarms(0);
	EXPECT_ERRNO(read(procfd, &record, sizeof(record)), EINTR);
	kill_and_reap(pid);
}

static void *open_gate_after_alarms(void *gate)
{
	while (alarms < 5)
		deadline_step();
	gate_open(gate);
	return NULL;
}

TEST(file_read_is_restarted_with_sa_restart)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 9);
	struct procfd_exit record;
	int procfd = procfd_of(pid);
	struct itimerval never = { 0 };
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, open_gate_after_alarms,
				 &gated.gate),
		  0);
	set_alarms(SA_RESTART);
	record = read_record(procfd);
	setitimer(ITIMER_REAL, &never, NULL);
	expect_status(&record, 9 << 8);
	EXPECT_GE(alarms, 5);
	pthread_join(id, NULL);
	reap(pid);
}

TEST(file_nonblock_is_eagain_by_flag_and_by_fcntl)
{
	struct procfd_exit record;
	pid_t pid = fork_sleeper();
	int by_flag = procfd_of_flags(pid, PROCFD_NONBLOCK);
	int by_fcntl = procfd_of(pid);

	ASSERT_OK(fcntl(by_fcntl, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(read(by_flag, &record, sizeof(record)), EAGAIN);
	EXPECT_ERRNO(read(by_fcntl, &record, sizeof(record)), EAGAIN);
	ASSERT_OK(fcntl(by_flag, F_SETFL, 0));
	EXPECT_EQ(fcntl(by_flag, F_GETFL) & O_NONBLOCK, 0);
	ASSERT_OK(kill(pid, SIGKILL));
	expect_killed(by_flag, SIGKILL);
	expect_killed(by_fcntl, SIGKILL);
	reap(pid);
}

TEST(file_async_sends_sigio_to_the_owner)
{
	struct timespec soon = { SOON_MS / 1000, 0 };
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	block_signal(SIGIO);
	ASSERT_OK(fcntl(procfd, F_SETOWN, getpid()));
	ASSERT_OK(fcntl(procfd, F_SETFL, O_ASYNC));
	EXPECT_TRUE(fcntl(procfd, F_GETFL) & O_ASYNC);
	EXPECT_FALSE(signal_pending(SIGIO));
	gate_open(&gated.gate);
	EXPECT_EQ(sigtimedwait(&set, NULL, &soon), SIGIO);
	reap(pid);
}

TEST(file_async_switched_off_sends_nothing)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid), other = procfd_of(pid);

	block_signal(SIGIO);
	ASSERT_OK(fcntl(procfd, F_SETOWN, getpid()));
	ASSERT_OK(fcntl(procfd, F_SETFL, O_ASYNC));
	ASSERT_OK(fcntl(procfd, F_SETFL, 0));
	ASSERT_OK(fcntl(other, F_SETOWN, getpid()));
	ASSERT_OK(fcntl(other, F_SETFL, O_ASYNC));
	close(other);
	gate_open(&gated.gate);
	wait_readable(procfd);
	reap(pid);
	EXPECT_FALSE(signal_pending(SIGIO));
}
