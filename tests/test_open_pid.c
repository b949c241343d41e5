// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_PID: which numbers it takes, and what it refuses. */
#include <dirent.h>
#include <pthread.h>
#include <sys/resource.h>

#include "native.h"

TEST(open_pid_of_a_living_process_pins_it)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	EXPECT_STATE(procfd, "alive");
	EXPECT_FALSE(has_ended(procfd));
	kill_and_reap(pid);
	expect_killed(procfd, SIGKILL);
	EXPECT_STATE(procfd, "reaped");
}

TEST(open_pid_of_oneself_works)
{
	EXPECT_EQ((pid_t)fdinfo_number(procfd_of(getpid()), "Pid"), getpid());
}

TEST(open_pid_of_zero_and_negative_is_einval)
{
	pid_t bad[] = { 0, -1, -getpid(), INT32_MIN };
	int dev = device();

	for (int i = 0; i < 4; i++)
		EXPECT_ERRNO(open_pid(dev, bad[i], 0), EINVAL);
}

TEST(open_pid_of_nobody_is_esrch)
{
	pid_t nobody[] = { free_number(), 1 << 22, 1 << 30, INT32_MAX };
	int dev = device(), fds = open_fd_count();

	for (int i = 0; i < 4; i++) {
		EXPECT_ERRNO(open_pid(dev, nobody[i], 0), ESRCH);
		EXPECT_ERRNO(open_pid(dev, nobody[i], PROCFD_KILL_ON_CLOSE),
			     ESRCH);
	}
	EXPECT_EQ(open_fd_count(), fds);
}

struct tid_thread {
	struct gate told, leave;
	pid_t tid;
};

static void *tell_tid(void *arg)
{
	struct tid_thread *thread = arg;

	thread->tid = gettid();
	gate_open(&thread->told);
	gate_wait(&thread->leave);
	return NULL;
}

TEST(open_pid_of_a_thread_is_enoent)
{
	struct tid_thread thread = { gate_make(), gate_make(), 0 };
	int dev = device(), fds;
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, tell_tid, &thread), 0);
	gate_wait(&thread.told);
	fds = open_fd_count();
	EXPECT_ERRNO(open_pid(dev, thread.tid, 0), ENOENT);
	EXPECT_ERRNO(open_pid(dev, thread.tid, PROCFD_KILL_ON_CLOSE), ENOENT);
	EXPECT_EQ(open_fd_count(), fds);
	gate_open(&thread.leave);
	pthread_join(id, NULL);
}

TEST(open_pid_of_a_zombie_has_its_record_at_once)
{
	pid_t pid = fork_exit(17);
	int procfd;

	wait_zombie(pid);
	procfd = procfd_of(pid);
	EXPECT_EQ(poll_fd(procfd, POLLIN | POLLHUP, 0), POLLIN);
	EXPECT_STATE(procfd, "ended");
	expect_exit(procfd, 17);
	reap(pid);
	expect_exit(procfd, 17);
}

TEST(open_pid_of_a_zombie_as_an_ordinary_user_works)
{
	pid_t pid = fork_exit(17);
	int dev = device(), procfd;

	wait_zombie(pid);
	ASSERT_OK(setresuid(1000, 1000, 1000));
	procfd = ASSERT_OK(open_pid(dev, pid, 0));
	expect_exit(procfd, 17);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
}

TEST(open_pid_nonblock_sets_the_flag_and_nothing_else_does)
{
	pid_t pid = fork_sleeper();

	EXPECT_EQ(fcntl(procfd_of(pid), F_GETFL) & O_NONBLOCK, 0);
	EXPECT_EQ(fcntl(procfd_of_flags(pid, PROCFD_NONBLOCK), F_GETFL) &
			  (O_NONBLOCK | O_ACCMODE),
		  O_NONBLOCK | O_RDONLY);
	kill_and_reap(pid);
}

TEST(open_pid_twice_names_the_same_process_by_id)
{
	pid_t one = fork_sleeper(), two = fork_sleeper();

	EXPECT_NE(procfd_id(procfd_of(one)), 0ULL);
	EXPECT_EQ(procfd_id(procfd_of(one)), procfd_id(procfd_of(one)));
	EXPECT_NE(procfd_id(procfd_of(one)), procfd_id(procfd_of(two)));
	kill_and_reap(one);
	kill_and_reap(two);
}

TEST(open_pid_of_a_recycled_number_has_another_id)
{
	pid_t pid = fork_sleeper(), second;
	int procfd = procfd_of(pid), other;

	kill_and_reap(pid);
	second = sleeper_with_number(pid);
	ASSERT_EQ(second, pid);
	other = procfd_of(pid);
	EXPECT_NE(procfd_id(procfd), procfd_id(other));
	EXPECT_STATE(procfd, "reaped");
	EXPECT_STATE(other, "alive");
	kill_and_reap(second);
	expect_killed(other, SIGKILL);
}

TEST(open_pid_of_many_descriptions_gives_all_the_record)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 9);
	int fds[64];

	for (int i = 0; i < 64; i++)
		fds[i] = procfd_of(pid);
	gate_open(&gated.gate);
	for (int i = 0; i < 64; i++)
		expect_exit(fds[i], 9);
	reap(pid);
	for (int i = 0; i < 64; i++)
		expect_exit(fds[i], 9);
}

/* ---- kernel threads --------------------------------------------------------- */

TEST(open_pid_of_a_kernel_thread_works)
{
	int procfd = procfd_of_flags(2, PROCFD_NONBLOCK);
	struct procfd_exit record;

	EXPECT_EQ(fdinfo_number(procfd, "Pid"), 2ULL);
	EXPECT_STATE(procfd, "alive");
	EXPECT_FALSE(has_ended(procfd));
	EXPECT_ERRNO(read(procfd, &record, sizeof(record)), EAGAIN);
}

static pid_t pid_of_comm(const char *comm)
{
	DIR *dir = opendir("/proc");
	char value[64];
	pid_t found = 0;

	for (struct dirent *entry; !found && (entry = readdir(dir));) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 0 && proc_status(pid, "Name", value, sizeof(value)) &&
		    !strcmp(value, comm))
			found = pid;
	}
	closedir(dir);
	return found;
}

#define HUGEPAGES "/sys/kernel/mm/transparent_hugepage/enabled"

/* khugepaged is a kernel thread that can be ended and started at will. */
TEST(open_pid_of_a_kernel_thread_that_ends_has_no_status)
{
	pid_t pid = pid_of_comm("khugepaged");
	struct procfd_exit record;
	int procfd;

	if (!pid)
		SKIP("no kernel thread here that can be ended");
	procfd = procfd_of(pid);
	write_text(HUGEPAGES, "never");
	wait_readable(procfd);
	write_text(HUGEPAGES, "always");
	record = read_record(procfd);
	EXPECT_EQ(record.mask & PROCFD_EXIT_STATUS, 0ULL);
	EXPECT_EQ(record.wait_status, 0U);
	EXPECT_EQ(record.code, 0);
	EXPECT_EQ(record.status, 0);
	EXPECT_EQ(record.pid, pid);
	wait_hangup(procfd);
}

/* ---- other pid namespaces ------------------------------------------------------ */

static void open_number_outside(void *arg)
{
	EXPECT_ERRNO(open_pid(device(), *(pid_t *)arg, 0), ESRCH);
	EXPECT_EQ(fdinfo_number(procfd_of(1), "Pid"), 1ULL);
	EXPECT_EQ(procfd_id(procfd_of(1)), procfd_id(procfd_of(getpid())));
}

TEST(open_pid_takes_numbers_of_the_callers_namespace_only)
{
	pid_t pid = fork_sleeper();

	run_in_pid_namespace(open_number_outside, &pid);
	kill_and_reap(pid);
}

TEST(open_pid_of_a_process_in_a_namespace_below_works)
{
	pid_t pid = ASSERT_OK(raw_clone(CLONE_NEWPID | SIGCHLD));
	char numbers[64];
	int procfd;

	while (!pid)
		pause();
	procfd = procfd_of(pid);
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	ASSERT_TRUE(fdinfo(procfd, "NSpid", numbers, sizeof(numbers)) != NULL);
	EXPECT_EQ(atoi(numbers), pid);
	EXPECT_STREQ(strpbrk(numbers, " \t") + 1, "1");
	kill_and_reap(pid);
}

/* ---- who may ------------------------------------------------------------------- */

static void open_as_user(void *arg)
{
	pid_t pid = *(pid_t *)arg;
	int dev = device(), fds = open_fd_count();

	EXPECT_ERRNO(open_pid(dev, pid, PROCFD_KILL_ON_CLOSE), EPERM);
	EXPECT_EQ(open_fd_count(), fds);
	EXPECT_GE(open_pid(dev, pid, 0), 0);
	EXPECT_GE(open_pid(dev, 1, 0), 0);
}

TEST(open_pid_by_any_user_works_but_not_to_kill)
{
	pid_t pid = fork_sleeper();

	run_as(1000, open_as_user, &pid);
	kill_and_reap(pid);
}

TEST(open_pid_at_the_limit_of_fds_is_emfile)
{
	int dev = device(), next = dup(dev);
	struct rlimit limit = { next, 4096 };

	close(next);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_ERRNO(open_pid(dev, getpid(), 0), EMFILE);
	limit.rlim_cur = next + 1;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(open_pid(dev, getpid(), 0), next);
}
