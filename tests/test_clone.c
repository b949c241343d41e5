// SPDX-License-Identifier: GPL-2.0-only
/* CLONE: what the child and the parent have, and when. */
#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "native.h"
#include "newstack.h"

TEST(clone_returns_twice_and_ends_in_the_record)
{
	int procfd = -1;
	pid_t parent = getpid(), pid;

	pid = ASSERT_OK(clone_child(device(), 0, SIGCHLD, &procfd));
	if (!pid)
		_exit(getppid() == parent ? 33 : 1);
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	expect_exit(procfd, 33);
	EXPECT_EQ(reap(pid), 33 << 8);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN | POLLHUP);
	expect_exit(procfd, 33);
}

/* The child's memory is a copy of the parent's at the moment of its birth. */
TEST(clone_writes_the_number_before_the_child_is_made)
{
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(device(), 0, SIGCHLD, &procfd));

	if (!pid)
		_exit(procfd);
	EXPECT_EQ(reap(pid), procfd << 8);
}

TEST(clone_does_not_give_the_procfd_to_the_child)
{
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(device(), 0, SIGCHLD, &procfd));

	if (!pid)
		_exit(fcntl(procfd, F_GETFD) == -1 && errno == EBADF ? 0 : 1);
	EXPECT_EQ(reap(pid), 0);
	EXPECT_EQ(fcntl(procfd, F_GETFD), FD_CLOEXEC);
}

TEST(clone_gives_the_child_no_other_fd_either)
{
	int dev = device(), fds = open_fd_count(), procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(dev, 0, SIGCHLD, &procfd));

	if (!pid)
		_exit(open_fd_count() == fds ? 0 : 1);
	EXPECT_EQ(reap(pid), 0);
	EXPECT_EQ(open_fd_count(), fds + 1);
}

static pid_t clone_with(int dev, uint64_t flags, int *procfd)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };

	return clone3_procfd(dev, &args, 0, procfd);
}

/* Its exit code: 0, or which of these went wrong. */
static int use_own_procfd(int procfd)
{
	if (fcntl(procfd, F_GETFD) != FD_CLOEXEC)
		return 1;
	if (send_signal(procfd, 0, 0))
		return 2;
	if ((pid_t)fdinfo_number(procfd, "Pid") != getpid())
		return 3;
	return poll_fd(procfd, POLLIN, 0) ? 4 : 0;
}

TEST(clone_with_a_shared_table_gives_the_child_a_bound_procfd_to_use)
{
	int *procfd = shared_memory(sizeof(int)), dev = device();

	for (int i = 0; i < 20; i++) {
		pid_t pid;

		*procfd = -1;
		pid = ASSERT_OK(
			clone_with(dev, CLONE_FILES | CLONE_VFORK, procfd));
		if (!pid)
			_exit(use_own_procfd(*procfd));
		expect_exit(*procfd, 0);
		EXPECT_EQ(reap(pid), 0);
		close(*procfd);
	}
}

/*
 * ioctl(2) holds its file without a reference while the table has one user. If
 * the call has none of its own, nothing keeps the module in here.
 */
TEST(clone_survives_that_the_child_closes_the_device)
{
	int *procfd = shared_memory(sizeof(int)), dev = device(), fds;
	pid_t pid;

	fds = open_fd_count();
	pid = ASSERT_OK(clone_with(dev, CLONE_FILES | CLONE_VFORK, procfd));
	if (!pid) {
		close(dev);
		close(*procfd);
		expect_module_busy();
		_exit(0);
	}
	EXPECT_EQ(reap(pid), 0);
	EXPECT_EQ(open_fd_count(), fds - 1);
	EXPECT_ERRNO(fcntl(dev, F_GETFD), EBADF);
}

TEST(clone_survives_that_a_thread_closes_the_device)
{
	int *procfd = shared_memory(sizeof(int));

	for (int i = 0; i < 50; i++) {
		int dev = device();
		pid_t closer = raw_clone(CLONE_FILES | SIGCHLD), pid;

		if (!closer) {
			close(dev);
			_exit(0);
		}
		pid = clone_with(dev, 0, procfd);
		if (!pid)
			_exit(7);
		if (pid > 0) {
			expect_exit(*procfd, 7);
			reap(pid);
			close(*procfd);
		} else {
			EXPECT_EQ(errno, EBADF);
		}
		reap(closer);
	}
}

/* ---- stacks and memory ------------------------------------------------------- */

static int stack_value;

static int on_new_stack(void *arg)
{
	char here;

	stack_value = &here > (char *)arg &&
		      &here < (char *)arg + NEWSTACK_SIZE;
	return 55;
}

static pid_t clone_newstack(uint64_t flags, char *stack, int *procfd)
{
	struct procfd_clone arg = {
		.procfd = (uintptr_t)procfd,
		.clone_flags = flags,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)stack,
		.stack_size = NEWSTACK_SIZE,
	};

	return syscall_newstack(SYS_ioctl, device(), PROCFD_CLONE, (long)&arg,
				on_new_stack, stack);
}

TEST(clone_with_a_stack_and_shared_memory_runs_there)
{
	uint64_t flags[] = { CLONE_VM, CLONE_VM | CLONE_VFORK,
			     CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
				     CLONE_SYSVSEM };

	for (int i = 0; i < 3; i++) {
		char *stack = shared_memory(NEWSTACK_SIZE);
		int procfd = -1;
		pid_t pid;

		stack_value = 0;
		pid = clone_newstack(flags[i], stack, &procfd);
		ASSERT_GT(pid, 0);
		expect_exit(procfd, 55);
		EXPECT_EQ(stack_value, 1);
		reap(pid);
	}
}

TEST(clone_with_a_stack_and_own_memory_leaves_the_parents_alone)
{
	char *stack = shared_memory(NEWSTACK_SIZE);
	int procfd = -1;
	pid_t pid;

	stack_value = 7;
	pid = clone_newstack(0, stack, &procfd);
	ASSERT_GT(pid, 0);
	expect_exit(procfd, 55);
	EXPECT_EQ(stack_value, 7);
	reap(pid);
}

/* ---- members of clone_args ------------------------------------------------------ */

TEST(clone_set_tid_gives_that_number)
{
	pid_t number = free_number(), pid;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&number,
		.set_tid_size = 1,
	};
	int procfd = -1;

	pid = ASSERT_OK(clone3_procfd(device(), &args, 0, &procfd));
	if (!pid)
		_exit(getpid() == number ? 0 : 1);
	EXPECT_EQ(pid, number);
	EXPECT_EQ(reap(pid), 0);
}

TEST(clone_writes_tids_where_asked)
{
	pid_t *tids = shared_memory(2 * sizeof(pid_t)), pid;
	struct clone_args args = {
		.flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
		.parent_tid = (uintptr_t)&tids[0],
		.child_tid = (uintptr_t)&tids[1],
		.exit_signal = SIGCHLD,
	};
	int procfd = -1;

	pid = ASSERT_OK(clone3_procfd(device(), &args, 0, &procfd));
	if (!pid)
		_exit(0);
	reap(pid);
	EXPECT_EQ(tids[0], pid);
	EXPECT_EQ(tids[1], pid);
}

TEST(clone_with_pidfd_gives_both)
{
	int pidfd = -1, procfd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = ASSERT_OK(clone3_procfd(device(), &args, 0, &procfd));
	siginfo_t info;

	if (!pid)
		_exit(11);
	EXPECT_NE(pidfd, procfd);
	EXPECT_EQ(poll_fd(pidfd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	expect_exit(procfd, 11);
	ASSERT_OK(waitid(P_PIDFD, pidfd, &info, WEXITED));
	EXPECT_EQ(info.si_status, 11);
}

#define CGROUP "/sys/fs/cgroup/procfd-clone"

static bool in_cgroup(pid_t pid, const char *name)
{
	char path[64], text[4096] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	fd = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
	ASSERT_GT(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	return strstr(text, name);
}

TEST(clone_into_a_cgroup_is_born_there)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
	};
	struct gate gate = gate_make();
	int procfd = -1, cgroup;
	pid_t pid;

	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		SKIP("no cgroup2 to write to: %s", strerror(errno));
	cgroup = ASSERT_OK(open(CGROUP, O_PATH | O_DIRECTORY | O_CLOEXEC));
	args.cgroup = cgroup;
	pid = ASSERT_OK(clone3_procfd(device(), &args, 0, &procfd));
	if (!pid) {
		gate_wait(&gate);
		_exit(0);
	}
	EXPECT_TRUE(in_cgroup(pid, "procfd-clone"));
	gate_open(&gate);
	reap(pid);
	ASSERT_SOON(!rmdir(CGROUP));
}

TEST(clone_into_a_pid_namespace_makes_its_init)
{
	struct gate gate = gate_make();
	char numbers[64];
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone_with(device(), CLONE_NEWPID, &procfd));

	if (!pid) {
		gate_wait(&gate);
		_exit(getpid());
	}
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	ASSERT_TRUE(fdinfo(procfd, "NSpid", numbers, sizeof(numbers)) != NULL);
	EXPECT_STREQ(strpbrk(numbers, " \t") + 1, "1");
	gate_open(&gate);
	expect_exit(procfd, 1);
	reap(pid);
}

/* clone3 allows no exit signal with CLONE_PARENT: it is the caller's own. */
TEST(clone_with_clone_parent_makes_a_sibling)
{
	int *out = shared_memory(2 * sizeof(int));
	struct clone_args args = { .flags = CLONE_PARENT };
	pid_t middle = ASSERT_OK(fork());

	if (!middle) {
		int procfd = -1;
		pid_t pid = clone3_procfd(device(), &args, 0, &procfd);

		if (!pid)
			_exit(12);
		out[0] = pid;
		expect_exit(procfd, 12);
		_exit(0);
	}
	EXPECT_EQ(reap(middle), 0);
	EXPECT_EQ(reap(out[0]), 12 << 8);
}

TEST(clone_with_other_exit_signals_sends_them)
{
	int signals[] = { SIGUSR1, SIGRTMIN, SIGCHLD };

	for (int i = 0; i < 3; i++) {
		struct timespec soon = { SOON_MS / 1000, 0 };
		int procfd = -1;
		siginfo_t info;
		sigset_t set;
		pid_t pid;

		sigemptyset(&set);
		sigaddset(&set, signals[i]);
		block_signal(signals[i]);
		pid = ASSERT_OK(clone_child(device(), 0, signals[i], &procfd));
		if (!pid)
			_exit(1);
		ASSERT_EQ(sigtimedwait(&set, &info, &soon), signals[i]);
		EXPECT_EQ(info.si_pid, pid);
		expect_exit(procfd, 1);
		EXPECT_EQ(waitpid(pid, NULL, __WALL), pid);
	}
}

/* ---- interruptions and crowds ------------------------------------------------------ */

static volatile int alarms;

static void count_alarm(int signal)
{
	alarms++;
}

/* A pending signal makes the kernel give up and begin again; nothing may be left. */
TEST_TIMEOUT(clone_is_restarted_after_signals_and_leaks_nothing, 60)
{
	struct itimerval once = { 0 }, never = { 0 };
	int dev = device(), fds = open_fd_count();

	handle_signal(SIGALRM, count_alarm, 0);
	for (int i = 0; i < fewer(200); i++) {
		int procfd = -1;
		pid_t pid;

		/* before, in, after it; more than one might never let it end */
		once.it_value.tv_usec = 10 + spread(i, 200) * 4 * slowness();
		setitimer(ITIMER_REAL, &once, NULL);
		pid = clone_child(dev, 0, SIGCHLD, &procfd);
		if (!pid)
			_exit(i & 127);
		setitimer(ITIMER_REAL, &never, NULL);
		ASSERT_GT(pid, 0);
		expect_exit(procfd, i & 127);
		reap(pid);
		close(procfd);
	}
	EXPECT_GT(alarms, 0);
	EXPECT_EQ(open_fd_count(), fds);
}

static int crowd_device;

static void *clone_in_a_crowd(void *arg)
{
	for (int i = 0; i < 40; i++) {
		int procfd = -1, code = (long)arg * 16 + (i & 15);
		pid_t pid = clone_child(crowd_device, 0, SIGCHLD, &procfd);

		if (!pid)
			_exit(code);
		ASSERT_GT(pid, 0);
		EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
		expect_exit(procfd, code);
		EXPECT_EQ(waitpid(pid, NULL, 0), pid);
		close(procfd);
	}
	return NULL;
}

TEST_TIMEOUT(clone_by_many_threads_on_one_device_mixes_nothing_up, 60)
{
	pthread_t threads[8];
	int fds;

	crowd_device = device();
	fds = open_fd_count();
	for (long i = 0; i < 8; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, clone_in_a_crowd,
					 (void *)i),
			  0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(open_fd_count(), fds);
}

/* ---- limits ---------------------------------------------------------------------- */

TEST(clone_at_the_limit_of_fds_is_emfile_and_makes_no_child)
{
	int dev = device(), next = dup(dev), procfd = -1;
	struct rlimit limit = { next, 4096 };

	close(next);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_ERRNO(clone_child(dev, 0, SIGCHLD, &procfd), EMFILE);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

static void clone_at_the_limit_of_processes(void *arg)
{
	struct rlimit limit = { 1, 1 };
	int dev = device(), fds = open_fd_count(), procfd = -1;

	ASSERT_OK(setrlimit(RLIMIT_NPROC, &limit));
	for (int i = 0; i < 20; i++)
		EXPECT_ERRNO(clone_child(dev, 0, SIGCHLD, &procfd), EAGAIN);
	EXPECT_EQ(open_fd_count(), fds);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

TEST(clone_at_the_limit_of_processes_is_eagain_and_leaks_no_fd)
{
	run_as(1000, clone_at_the_limit_of_processes, NULL);
}

TEST(clone_with_a_bad_address_for_the_number_is_efault_and_makes_no_child)
{
	int dev = device(), fds = open_fd_count();
	char *page =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *bad[] = { NULL, (void *)1, (void *)-1L, (void *)LONG_MIN, page };

	for (int i = 0; i < 5; i++)
		EXPECT_ERRNO(clone_child(dev, 0, SIGCHLD, bad[i]), EFAULT);
	EXPECT_EQ(open_fd_count(), fds);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}
