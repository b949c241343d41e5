// SPDX-License-Identifier: GPL-2.0-only
/* The fd itself: splice, what is refused, fstat and fdinfo, where it can go. */
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "native.h"
#include "refs.h"

/* ---- splice ------------------------------------------------------------------------- */

TEST(file_splice_moves_one_record_to_a_pipe)
{
	struct procfd_exit record, spliced;
	pid_t pid = fork_exit(10);
	int procfd = procfd_of(pid), pipes[2];
	char more;

	ASSERT_OK(pipe2(pipes, O_NONBLOCK));
	record = ended_record(procfd);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(splice(procfd, NULL, pipes[1], NULL, 4096, 0),
			  (ssize_t)record.size);
		EXPECT_EQ(read(pipes[0], &spliced, sizeof(spliced)),
			  (ssize_t)sizeof(spliced));
		EXPECT_MEMEQ(&record, &spliced, sizeof(record));
		EXPECT_ERRNO(read(pipes[0], &more, 1), EAGAIN);
	}
	reap(pid);
}

TEST(file_splice_before_the_end_is_eagain_when_nonblocking)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of_flags(pid, PROCFD_NONBLOCK), pipes[2];

	ASSERT_OK(pipe(pipes));
	EXPECT_ERRNO(splice(procfd, NULL, pipes[1], NULL, 4096, 0), EAGAIN);
	kill_and_reap(pid);
}

TEST(file_sendfile_and_tee_are_einval)
{
	pid_t pid = fork_exit(10);
	int procfd = procfd_of(pid), pipes[2];
	int file = ASSERT_OK(memfd_create("file", MFD_CLOEXEC));
	ssize_t length;

	ASSERT_OK(pipe(pipes));
	wait_readable(procfd);
	EXPECT_ERRNO(sendfile(file, procfd, NULL, 4096), EINVAL);
	/* since 5.12 that to a pipe is a splice by another name */
	length = sendfile(pipes[1], procfd, NULL, 4096);
	EXPECT_TRUE(length == sizeof(struct procfd_exit) ||
		    (length == -1 && errno == EINVAL));
	EXPECT_ERRNO(tee(procfd, pipes[1], 4096, 0), EINVAL);
	reap(pid);
}

/* ---- what is refused ------------------------------------------------------------------ */

static void expect_refusals(int fd)
{
	char byte = 0;
	struct iovec vector = { &byte, 1 };

	EXPECT_ERRNO(write(fd, &byte, 1), EBADF);
	EXPECT_ERRNO(writev(fd, &vector, 1), EBADF);
	EXPECT_ERRNO(lseek(fd, 0, SEEK_SET), ESPIPE);
	EXPECT_ERRNO(lseek(fd, 0, SEEK_CUR), ESPIPE);
	EXPECT_ERRNO(pread(fd, &byte, 1, 0), ESPIPE);
	EXPECT_TRUE(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) ==
		    MAP_FAILED);
	EXPECT_EQ(errno, ENODEV);
	EXPECT_TRUE(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) ==
		    MAP_FAILED);
	EXPECT_EQ(errno, ENODEV);
	EXPECT_ERRNO(fallocate(fd, 0, 0, 1), EBADF);
	EXPECT_ERRNO(ftruncate(fd, 0), EINVAL);
	EXPECT_ERRNO(fchdir(fd), ENOTDIR);
}

TEST(file_what_it_cannot_do_is_refused_in_every_state)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	expect_refusals(procfd);
	ASSERT_OK(kill(pid, SIGKILL));
	wait_readable(procfd);
	expect_refusals(procfd);
	reap(pid);
	expect_refusals(procfd);
	expect_refusals(ASSERT_OK(next_child(device(), 0)));
}

static void expect_no_reopen(const char *path)
{
	int flags[] = { O_RDONLY,
			O_RDWR,
			O_WRONLY,
			O_RDONLY | O_NONBLOCK,
			O_RDONLY | O_EXCL,
			O_RDWR | O_CREAT,
			O_RDONLY | O_CLOEXEC,
			O_RDWR | O_TRUNC };

	for (int i = 0; i < 8; i++)
		EXPECT_ERRNO(open(path, flags[i], 0600), ENXIO);
	EXPECT_ERRNO(open(path, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	EXPECT_ERRNO(open(path, O_RDONLY | O_DIRECTORY), ENOTDIR);
}

TEST(file_cannot_be_opened_again_through_proc)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), fds = open_fd_count();
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", procfd);
	expect_no_reopen(path);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), procfd);
	expect_no_reopen(path);
	EXPECT_EQ(open_fd_count(), fds);
	kill_and_reap(pid);
	expect_no_reopen(path);
}

TEST(file_opened_as_a_path_is_only_that)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), path_fd;
	struct stat one, two;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", procfd);
	path_fd = ASSERT_OK(open(path, O_PATH | O_CLOEXEC));
	ASSERT_OK(fstat(procfd, &one));
	ASSERT_OK(fstat(path_fd, &two));
	EXPECT_EQ(one.st_dev, two.st_dev);
	EXPECT_EQ(one.st_ino, two.st_ino);
	EXPECT_ERRNO(send_signal(path_fd, 0, 0), EBADF);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	expect_no_reopen(path);
	kill_and_reap(pid);
}

/* ---- fstat and fdinfo ------------------------------------------------------------------- */

static dev_t device_of(int fd)
{
	struct stat st;

	ASSERT_OK(fstat(fd, &st));
	return st.st_dev;
}

TEST(file_st_dev_is_that_of_procfds_and_of_nothing_else)
{
	pid_t pid = fork_sleeper();
	dev_t ours = device_of(procfd_of(pid));
	int pipes[2], sockets[2];

	ASSERT_OK(pipe(pipes));
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	EXPECT_EQ(device_of(procfd_of(getpid())), ours);
	EXPECT_EQ(device_of(ASSERT_OK(next_child(device(), 0))), ours);
	EXPECT_NE(device_of(eventfd(0, 0)), ours);
	EXPECT_NE(device_of(pidfd_open_native(pid)), ours);
	EXPECT_NE(device_of(device()), ours);
	EXPECT_NE(device_of(pipes[0]), ours);
	EXPECT_NE(device_of(sockets[0]), ours);
	EXPECT_NE(device_of(memfd_create("file", 0)), ours);
	EXPECT_NE(device_of(ASSERT_OK(open("/proc/self/ns/mnt", O_RDONLY))),
		  ours);
	kill_and_reap(pid);
}

static void expect_roots_inode(void *unused)
{
	int procfd = procfd_of(getpid());
	char path[64];
	struct stat st;

	ASSERT_OK(fstat(procfd, &st));
	EXPECT_EQ(st.st_uid, 0);
	EXPECT_EQ(st.st_gid, 0);
	EXPECT_ERRNO(fchmod(procfd, 0644), EPERM);
	EXPECT_ERRNO(futimens(procfd, NULL), EACCES);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", procfd);
	EXPECT_ERRNO(inotify_add_watch(inotify_init1(IN_CLOEXEC), path,
				       IN_ACCESS | IN_CLOSE),
		     EACCES);
}

/* All procfds share it: who owns it could watch and change those of others. */
TEST(file_inode_is_of_root_whoever_is_the_first_to_open_the_device)
{
	module_idle();
	run_as(1000, expect_roots_inode, NULL);
}

TEST(file_fdinfo_tells_the_state)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	EXPECT_STATE(procfd, "alive");
	ASSERT_OK(kill(pid, SIGKILL));
	wait_readable(procfd);
	EXPECT_STATE(procfd, "ended");
	reap(pid);
	EXPECT_STATE(procfd, "reaped");
}

TEST(file_fdinfo_tells_pid_as_pidfd_does)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), pidfd = ASSERT_OK(pidfd_open_native(pid));
	const char *fields[] = { "Pid", "NSpid" };
	char ours[64] = "", native[64] = "-";

	for (int i = 0; i < 2; i++) {
		fdinfo(procfd, fields[i], ours, sizeof(ours));
		fdinfo(pidfd, fields[i], native, sizeof(native));
		EXPECT_STREQ(ours, native);
	}
	kill_and_reap(pid);
	for (int i = 0; i < 2; i++) {
		fdinfo(procfd, fields[i], ours, sizeof(ours));
		fdinfo(pidfd, fields[i], native, sizeof(native));
		EXPECT_STREQ(ours, native);
	}
}

static bool has_flag(int procfd, const char *word)
{
	char flags[128] = "";

	ASSERT_TRUE(fdinfo(procfd, "procfd_flags", flags, sizeof(flags)));
	return strstr(flags, word);
}

TEST(file_fdinfo_tells_the_flags)
{
	int dev = device(), autoreap;
	pid_t pid = fork_sleeper();
	int plain = procfd_of(pid);
	int killing = procfd_of_flags(pid, PROCFD_KILL_ON_CLOSE);

	EXPECT_FALSE(has_flag(plain, "kill_on_close"));
	EXPECT_TRUE(has_flag(killing, "kill_on_close"));
	EXPECT_FALSE(has_flag(killing, "autoreap"));
	EXPECT_FALSE(has_flag(killing, "kernel_thread"));
	EXPECT_TRUE(has_flag(procfd_of(2), "kernel_thread"));
	kill_and_reap(pid);
	pid = ASSERT_OK(clone_child(dev, PROCFD_AUTOREAP, 0, &autoreap));
	if (!pid)
		pause();
	EXPECT_TRUE(has_flag(autoreap, "autoreap"));
	ASSERT_OK(send_signal(autoreap, SIGKILL, 0));
	wait_hangup(autoreap);
}

/* ---- where it can go ---------------------------------------------------------------------- */

static void read_after_fork(void *procfd)
{
	expect_exit(*(int *)procfd, 11);
}

TEST(file_works_in_a_forked_child)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 11), reader;
	int procfd = procfd_of(pid);

	reader = fork_child(read_after_fork, &procfd);
	gate_open(&gated.gate);
	EXPECT_EQ(reap(reader), 0);
	reap(pid);
}

TEST(file_works_after_exec_when_it_is_kept)
{
	struct procfd_exit record, copied;
	pid_t pid = fork_exit(12), reader;
	int procfd = procfd_of(pid), pipes[2];

	record = ended_record(procfd);
	ASSERT_OK(pipe(pipes));
	reader = ASSERT_OK(fork());
	if (!reader) {
		dup2(procfd, 8); /* without close-on-exec */
		dup2(pipes[1], 9);
		exec_shell("dd bs=4096 count=1 <&8 >&9 2>/dev/null");
	}
	EXPECT_EQ(reap(reader), 0);
	EXPECT_EQ(read(pipes[0], &copied, sizeof(copied)),
		  (ssize_t)sizeof(copied));
	EXPECT_MEMEQ(&record, &copied, sizeof(record));
	reap(pid);
}

TEST(file_is_closed_by_exec_otherwise)
{
	char script[64];
	int procfd = procfd_of(getpid());

	snprintf(script, sizeof(script), "test ! -e /proc/self/fd/%d", procfd);
	EXPECT_EQ(system(script), 0);
}

static int sockets[2];

static void receive_and_read(void *arg)
{
	int procfd = receive_fd(sockets[1]);
	struct procfd_exit record = ended_record(procfd);

	expect_status(&record, 13 << 8);
	EXPECT_EQ(record.pid, *(pid_t *)arg);
}

TEST(file_sent_to_an_unrelated_process_gives_it_the_record)
{
	struct gated_exit gated;
	pid_t *pid = shared_memory(sizeof(*pid)), child, reader;
	int procfd;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	reader = fork_child(receive_and_read, pid);
	child = *pid = fork_gated(&gated, 13);
	procfd = procfd_of(child);
	send_fd(sockets[0], procfd);
	close(procfd);
	gate_open(&gated.gate);
	EXPECT_EQ(reap(reader), 0);
	reap(child);
}

static void read_outside(void *arg)
{
	struct procfd_exit record = ended_record(*(int *)arg);

	expect_status(&record, 14 << 8);
	EXPECT_EQ(record.pid, 0);
	EXPECT_EQ(record.uid, 0U);
}

static void look_outside(void *arg)
{
	EXPECT_EQ(fdinfo_number(*(int *)arg, "Pid"), 0ULL);
	read_outside(arg);
}

TEST(file_in_another_pid_namespace_has_no_number_and_the_record)
{
	pid_t pid = fork_exit(14);
	int procfd = procfd_of(pid);

	run_in_pid_namespace(look_outside, &procfd);
	EXPECT_EQ(read_record(procfd).pid, pid);
	reap(pid);
	run_in_pid_namespace(read_outside, &procfd);
	EXPECT_EQ(read_record(procfd).pid, pid);
}

static void expect_uid(void *arg)
{
	unsigned int *expected = arg;

	EXPECT_EQ(read_record(expected[0]).uid, expected[1]);
}

static void user_namespace_of_1000(void *arg)
{
	run_in_user_namespace(expect_uid, arg);
}

static void exit_as_1000(void *gate)
{
	ASSERT_OK(setresuid(1000, 1000, 1000));
	gate_wait(gate);
}

TEST(file_in_another_user_namespace_translates_the_uid)
{
	struct gate gate = gate_make();
	pid_t pid = fork_child(exit_as_1000, &gate);
	unsigned int arg[2] = { procfd_of(pid), 0 };

	gate_open(&gate);
	wait_readable(arg[0]);
	run_as(1000, user_namespace_of_1000, arg);
	arg[1] = 65534; /* not mapped there */
	run_as(1001, user_namespace_of_1000, arg);
	arg[1] = 1000;
	expect_uid(arg);
	reap(pid);
}

TEST(file_close_while_another_thread_reads_lets_it_read_on)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	pid_t closer = ASSERT_OK(raw_clone(CLONE_FILES | SIGCHLD));
	struct procfd_exit record;

	if (!closer) {
		wait_sleeping(getppid());
		close(procfd);
		gate_open(&gated.gate);
		_exit(0);
	}
	EXPECT_EQ(read(procfd, &record, sizeof(record)),
		  (ssize_t)sizeof(record));
	EXPECT_EQ(record.pid, pid);
	reap(closer);
	reap(pid);
	EXPECT_ERRNO(fcntl(procfd, F_GETFD), EBADF);
}

TEST(file_every_description_keeps_the_module_in)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	expect_module_busy();
	kill_and_reap(pid);
	expect_module_busy();
	close(procfd);
	procfd = device();
	expect_module_busy();
}
