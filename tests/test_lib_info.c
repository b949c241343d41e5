// SPDX-License-Identifier: GPL-2.0-only
/* libprocfd: what is known of a process, which one it is, its directory. */
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "lib.h"

static struct procfd_info_record info_of(int fd, uint64_t mask)
{
	struct procfd_info_record info;

	ASSERT_OK(procfd_get_info(fd, mask, &info, sizeof(info)));
	return info;
}

static uint64_t id_of(int fd)
{
	uint64_t id = 0;

	ASSERT_OK(procfd_get_id(fd, &id));
	return id;
}

static int native_pidfd(pid_t pid)
{
	return ASSERT_OK((int)syscall(SYS_pidfd_open, pid, 0));
}

/* ---- get_info ---------------------------------------------------------------- */

TEST(get_info_of_oneself)
{
	struct procfd_info_record info;

	ASSERT_OK(prctl(PR_SET_NAME, "a name"));
	info = info_of(open_procfd(getpid()),
		       PROCFD_INFO_PIDS | PROCFD_INFO_COMM | PROCFD_INFO_CREDS |
			       PROCFD_INFO_THREADS);
	EXPECT_EQ(info.pid, getpid());
	EXPECT_EQ(info.ppid, getppid());
	EXPECT_EQ(info.pgid, getpgrp());
	EXPECT_EQ(info.sid, getsid(0));
	EXPECT_STREQ(info.comm, "a name");
	EXPECT_EQ(info.euid, geteuid());
	EXPECT_EQ(info.nr_threads, 1U);
}

TEST(get_info_gives_what_was_asked_for_and_no_more)
{
	struct procfd_info_record info =
		info_of(open_procfd(getpid()), PROCFD_INFO_COMM);

	EXPECT_EQ(info.mask, PROCFD_INFO_COMM);
	EXPECT_EQ(info.pid, 0);
	EXPECT_EQ(info.vsize_bytes, 0U);
}

TEST(get_info_ignores_groups_that_nobody_knows)
{
	struct procfd_info_record info =
		info_of(open_procfd(getpid()), 1ULL << 63 | PROCFD_INFO_COMM);

	EXPECT_EQ(info.mask, PROCFD_INFO_COMM);
}

TEST(get_info_of_a_process_that_was_reaped)
{
	pid_t pid = fork_exit(3);
	int fd = open_procfd(pid);
	struct procfd_info_record info;

	reap(pid);
	info = info_of(fd, ~0ULL);
	EXPECT_EQ(info.flags & PROCFD_PROCESS_REAPED, PROCFD_PROCESS_REAPED);
	EXPECT_EQ(info.pid, 0);
	EXPECT_EQ(procfd_exit_code(&info.exit), 3);
}

TEST(get_info_of_other_sizes)
{
	struct {
		struct procfd_info_record info;
		char tail[64];
	} larger;
	char zeros[64] = "";
	int fd = open_procfd(getpid());

	memset(&larger, 0xff, sizeof(larger));
	ASSERT_OK(procfd_get_info(fd, PROCFD_INFO_PIDS, &larger.info,
				  sizeof(larger)));
	EXPECT_EQ(larger.info.pid, getpid());
	EXPECT_MEMEQ(larger.tail, zeros, sizeof(zeros));
	EXPECT_ERRNO(procfd_get_info(fd, 0, &larger.info,
				     sizeof(larger.info) - 1),
		     EINVAL);
	EXPECT_ERRNO(procfd_get_info(fd, 0, &larger.info, 1 << 20), EINVAL);
}

TEST(boottime_is_the_clock_of_start_ns)
{
	uint64_t before = procfd_boottime_ns();
	pid_t pid = fork_sleeper();
	uint64_t after = procfd_boottime_ns();
	struct procfd_info_record info =
		info_of(open_procfd(pid), PROCFD_INFO_START);

	EXPECT_GE(info.start_ns, before);
	EXPECT_LE(info.start_ns, after);
	kill_and_reap(pid);
}

/* ---- which process it is -------------------------------------------------------- */

TEST(get_id_finds_the_process_again)
{
	pid_t pid = fork_sleeper();
	uint64_t id = id_of(open_procfd(pid));
	int again = ASSERT_OK(procfd_open_id(id, PROCFD_NONBLOCK));

	EXPECT_EQ(info_of(again, PROCFD_INFO_PIDS).pid, pid);
	EXPECT_EQ(fcntl(again, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_NE(id, id_of(open_procfd(getpid())));
	kill_and_reap(pid);
	EXPECT_ERRNO(procfd_open_id(id, 0), ESRCH);
}

TEST(same_compares_procfds_and_pidfds)
{
	int fd = open_procfd(getpid()), pidfd = native_pidfd(getpid());
	int parent = open_procfd(getppid()), other = native_pidfd(getppid());

	EXPECT_EQ(procfd_same(fd, open_procfd(getpid())), 1);
	EXPECT_EQ(procfd_same(fd, parent), 0);
	EXPECT_EQ(procfd_same(fd, pidfd), 1);
	EXPECT_EQ(procfd_same(pidfd, fd), 1);
	EXPECT_EQ(procfd_same(other, fd), 0);
	EXPECT_EQ(procfd_same(pidfd, native_pidfd(getpid())), 1);
	EXPECT_EQ(procfd_same(pidfd, other), 0);
}

TEST(same_leaves_no_fd_behind)
{
	int pidfd = native_pidfd(getpid()), before;

	open_procfd(getpid());
	before = open_fd_count();
	EXPECT_EQ(procfd_same(pidfd, pidfd), 1);
	EXPECT_EQ(open_fd_count(), before);
}

TEST(same_of_processes_that_were_reaped)
{
	pid_t pid = fork_exit(0);
	int fd = open_procfd(pid), again = open_procfd(pid);

	reap(pid);
	EXPECT_EQ(procfd_same(fd, again), 1);
	EXPECT_EQ(procfd_same(fd, open_procfd(getpid())), 0);
}

/* Sleeps in a pid namespace of its own, whose init is its child. */
static void make_pidns(void *arg)
{
	const struct gate *made = arg;

	ASSERT_OK(unshare(CLONE_NEWPID));
	/* a parent outside has the number 0, so fork_child() is of no use here */
	if (!ASSERT_OK(fork())) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		gate_open(made);
	}
	for (;;)
		pause();
}

TEST(pid_namespaces_by_fd)
{
	struct gate made = gate_make();
	pid_t outer = fork_child(make_pidns, &made);
	int pidns, init;

	gate_wait(&made);
	init = ASSERT_OK(procfd_open_relative(
		open_procfd(outer), PROCFD_RELATIVE_FIRST_CHILD, -1, 0));
	pidns = ASSERT_OK(procfd_get_namespace(init, PROCFD_NAMESPACE_PID));
	EXPECT_EQ(procfd_get_pid_in(init, pidns), 1);
	EXPECT_GT(procfd_get_pid_in(init, -1), 1);
	EXPECT_EQ(procfd_get_pid_in(open_procfd(outer), pidns), 0);
	EXPECT_EQ(procfd_same(ASSERT_OK(procfd_open_in(pidns, 1, 0)), init), 1);
	EXPECT_ERRNO(procfd_open_in(pidns, 1000, 0), ESRCH);
	EXPECT_EQ(procfd_same(ASSERT_OK(procfd_open_in(-1, outer, 0)),
			      open_procfd(outer)),
		  1);
	kill_and_reap(outer);
	/* its end kills the namespace's init */
	EXPECT_EQ(poll_fd(init, POLLIN, SOON_MS) & POLLIN, POLLIN);
}

/* ---- more ways to open ------------------------------------------------------------ */

TEST(open_self_root_and_pidfd)
{
	int self = ASSERT_OK(procfd_open_self(PROCFD_NONBLOCK));
	int root = ASSERT_OK(procfd_open_root(0));
	int fd = ASSERT_OK(procfd_open_pidfd(native_pidfd(getppid()), 0));

	EXPECT_EQ(procfd_get_pid_in(self, -1), getpid());
	EXPECT_EQ(fcntl(self, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_EQ(fcntl(self, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(procfd_get_pid_in(root, -1), 1);
	EXPECT_EQ(procfd_get_pid_in(fd, -1), getppid());
	EXPECT_ERRNO(procfd_open_self(PROCFD_AUTOREAP), EINVAL);
	EXPECT_ERRNO(procfd_open_pidfd(self, 0), EBADF);
}

TEST(open_peer_of_a_socket)
{
	int ends[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	EXPECT_EQ(procfd_get_pid_in(ASSERT_OK(procfd_open_peer(ends[0], 0)),
				    -1),
		  getpid());
	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	EXPECT_ERRNO(procfd_open_peer(ends[0], 0), ENOTSOCK);
}

static void *open_own_thread(void *unused)
{
	int fd = ASSERT_OK(procfd_open_self(PROCFD_THREAD)), process;
	struct procfd_fdinfo fdinfo;

	EXPECT_EQ(info_of(fd, PROCFD_INFO_PIDS).pid, gettid());
	ASSERT_OK(procfd_read_fdinfo(fd, &fdinfo, sizeof(fdinfo)));
	EXPECT_EQ(fdinfo.flags, PROCFD_THREAD);
	process = ASSERT_OK(
		procfd_open_relative(fd, PROCFD_RELATIVE_PROCESS, -1, 0));
	EXPECT_EQ(procfd_get_pid_in(process, -1), getpid());
	EXPECT_EQ(procfd_same(process, fd), 0);
	return NULL;
}

TEST(threads_have_fds_of_their_own)
{
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, open_own_thread, NULL), 0);
	pthread_join(thread, NULL);
	EXPECT_ERRNO(procfd_open(getpid(),
				 PROCFD_THREAD | PROCFD_KILL_ON_CLOSE),
		     EINVAL);
}

TEST(describe_exit_of_a_thread_that_has_called_exec)
{
	struct procfd_exit_record record = {
		.mask = PROCFD_EXIT_STATUS,
		.code = PROCFD_CLD_EXEC,
	};
	char text[64];

	procfd_describe_exit(&record, text, sizeof(text));
	EXPECT_STREQ(text, "went on as the leader by exec");
	EXPECT_EQ(procfd_exit_code(&record), 0);
}

/* ---- the directory ------------------------------------------------------------------- */

TEST(open_dir_is_the_directory_of_the_process)
{
	pid_t pid = fork_sleeper();
	int fd = open_procfd(pid), procfs, dir, file;
	struct stat by_number, by_fd;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	ASSERT_OK(stat(path, &by_number));
	dir = ASSERT_OK(procfd_open_dir(fd, -1));
	ASSERT_OK(fstat(dir, &by_fd));
	EXPECT_EQ(by_fd.st_ino, by_number.st_ino);
	EXPECT_EQ(fcntl(dir, F_GETFD), FD_CLOEXEC);
	procfs = ASSERT_OK(open("/proc", O_PATH | O_CLOEXEC));
	ASSERT_OK(fstat(ASSERT_OK(procfd_open_dir(fd, procfs)), &by_fd));
	EXPECT_EQ(by_fd.st_ino, by_number.st_ino);
	file = ASSERT_OK(openat(dir, "comm", O_RDONLY | O_CLOEXEC));
	kill_and_reap(pid);
	EXPECT_ERRNO(read(file, path, sizeof(path)), ESRCH);
	EXPECT_ERRNO(procfd_open_dir(fd, -1), ESRCH);
}

TEST(open_dir_needs_the_root_of_a_procfs)
{
	int fd = open_procfd(getpid()), before;

	EXPECT_ERRNO(procfd_open_dir(fd,
				     ASSERT_OK(open("/", O_PATH | O_CLOEXEC))),
		     EINVAL);
	before = open_fd_count();
	close(ASSERT_OK(procfd_open_dir(fd, -1)));
	EXPECT_EQ(open_fd_count(), before);
}

/* ---- what is no procfd ------------------------------------------------------------- */

/* What native pidfds can on this kernel, and nobody before it. */
#define EXPECT_SINCE(major, minor, call)                \
	({                                              \
		if (kernel_at_least(major, minor))      \
			EXPECT_OK(call);                \
		else                                    \
			EXPECT_ERRNO(call, EOPNOTSUPP); \
	})

TEST(native_pidfds_have_the_id_of_the_procfd)
{
	pid_t pid = fork_exit(0);
	int procfd = open_procfd(pid), pidfd = native_pidfd(pid);
	uint64_t id = 1, theirs = 2;

	EXPECT_SINCE(6, 9, procfd_get_id(pidfd, &theirs));
	ASSERT_OK(procfd_get_id(procfd, &id));
	reap(pid);
	if (!kernel_at_least(6, 9))
		return;
	EXPECT_EQ(theirs, id);
	EXPECT_OK(procfd_get_id(pidfd, &theirs));
	EXPECT_EQ(theirs, id);
}

TEST(native_pidfds_are_eopnotsupp)
{
	int pidfd = native_pidfd(getpid());
	struct procfd_info_record info;

	EXPECT_SINCE(6, 13, procfd_get_info(pidfd, 0, &info, sizeof(info)));
	EXPECT_ERRNO(procfd_get_pid_in(pidfd, -1), EOPNOTSUPP);
	EXPECT_ERRNO(procfd_open_dir(pidfd, -1), EOPNOTSUPP);
	EXPECT_ERRNO(procfd_open_relative(pidfd, PROCFD_RELATIVE_PARENT, -1, 0),
		     EOPNOTSUPP);
}

TEST(what_is_no_process_is_ebadf)
{
	struct procfd_info_record info;
	uint64_t id;
	int ends[2];

	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	EXPECT_ERRNO(procfd_get_info(ends[0], 0, &info, sizeof(info)), EBADF);
	EXPECT_ERRNO(procfd_get_info(-1, 0, &info, sizeof(info)), EBADF);
	EXPECT_ERRNO(procfd_get_pid_in(ends[0], -1), EBADF);
	EXPECT_ERRNO(procfd_get_id(ends[0], &id), EBADF);
	EXPECT_ERRNO(procfd_open_dir(ends[0], -1), EBADF);
	EXPECT_ERRNO(procfd_same(ends[0], open_procfd(getpid())), EBADF);
	EXPECT_ERRNO(procfd_same(open_procfd(getpid()), ends[0]), EBADF);
	EXPECT_ERRNO(procfd_same(native_pidfd(getpid()), ends[0]), EBADF);
	EXPECT_ERRNO(procfd_same(ends[0], ends[1]), EBADF);
	EXPECT_ERRNO(procfd_open_pidfd(ends[0], 0), EBADF);
}

/* ---- without the module -------------------------------------------------------------- */

TEST(without_module_native_pidfds_are_opened)
{
	int pidfd = native_pidfd(getpid()), ends[2], fd;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	hide_device();
	fd = ASSERT_OK(procfd_open_self(PROCFD_ALLOW_PIDFD | PROCFD_NONBLOCK));
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_OK(procfd_send_signal(fd, 0, NULL, 0));
	EXPECT_OK(procfd_open_root(PROCFD_ALLOW_PIDFD));
	fd = ASSERT_OK(procfd_open_pidfd(pidfd, PROCFD_ALLOW_PIDFD));
	EXPECT_NE(fd, pidfd);
	EXPECT_OK(procfd_send_signal(fd, 0, NULL, 0));
	fd = procfd_open_peer(ends[0], PROCFD_ALLOW_PIDFD | PROCFD_NONBLOCK);
	if (fd < 0)
		EXPECT_EQ(errno, ENODEV);
	else
		EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_ERRNO(procfd_open_self(0), ENODEV);
	EXPECT_ERRNO(procfd_open_self(PROCFD_ALLOW_PIDFD |
				      PROCFD_KILL_ON_CLOSE),
		     ENODEV);
	EXPECT_ERRNO(procfd_open_id(1, 0), ENODEV);
	EXPECT_ERRNO(procfd_open_in(-1, 1, 0), ENODEV);
}

TEST(without_module_native_pidfds_are_compared)
{
	pid_t pid = fork_exit(0);
	int one, same, other;

	hide_device();
	one = ASSERT_OK(procfd_open(pid, PROCFD_ALLOW_PIDFD));
	same = ASSERT_OK(procfd_open(pid, PROCFD_ALLOW_PIDFD));
	other = ASSERT_OK(procfd_open_self(PROCFD_ALLOW_PIDFD));
	if (!kernel_at_least(6, 9)) {
		EXPECT_ERRNO(procfd_same(one, same), ENODEV);
		reap(pid);
		return;
	}
	EXPECT_EQ(procfd_same(one, same), 1);
	EXPECT_EQ(procfd_same(one, other), 0);
	reap(pid);
	EXPECT_EQ(procfd_same(one, same), 1);
	EXPECT_EQ(procfd_same(other, one), 0);
	EXPECT_ERRNO(procfd_same(one, 0), EBADF);
}

static uint64_t inode(int fd)
{
	struct stat st;

	ASSERT_OK(fstat(fd, &st));
	return st.st_ino;
}

TEST(without_module_native_pidfds_have_namespaces)
{
	static const char *const names[] = { "cgroup", "ipc",
					     "mnt",    "net",
					     "pid",    "pid_for_children",
					     "time",   "time_for_children",
					     "user",   "uts" };
	int pidfd, type, fd;

	hide_device();
	pidfd = ASSERT_OK(procfd_open_self(PROCFD_ALLOW_PIDFD));
	EXPECT_ERRNO(procfd_get_namespace(pidfd, 0),
		     kernel_at_least(6, 9) ? EINVAL : EOPNOTSUPP);
	for (type = 1; type <= PROCFD_NAMESPACE_UTS; type++) {
		char path[64];
		struct stat st;

		if (!kernel_at_least(6, 11)) {
			EXPECT_ERRNO(procfd_get_namespace(pidfd, type),
				     EOPNOTSUPP);
			continue;
		}
		fd = ASSERT_OK(procfd_get_namespace(pidfd, type));
		snprintf(path, sizeof(path), "/proc/self/ns/%s",
			 names[type - 1]);
		ASSERT_OK(stat(path, &st));
		EXPECT_EQ(inode(fd), (uint64_t)st.st_ino);
		EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	}
}

TEST(without_module_namespaces_of_who_was_reaped_are_esrch)
{
	pid_t pid = fork_exit(0);
	int fd;

	hide_device();
	fd = ASSERT_OK(procfd_open(pid, PROCFD_ALLOW_PIDFD));
	reap(pid);
	EXPECT_ERRNO(procfd_get_namespace(fd, PROCFD_NAMESPACE_UTS),
		     kernel_at_least(6, 11) ? ESRCH : EOPNOTSUPP);
}
