// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_DIR: the directory of this very process in a procfs, and nothing else. */
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "finding.h"

#define USER 1000

static int open_proc(void)
{
	return ASSERT_OK(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* The number that "status" below this directory tells. */
static pid_t pid_in(int dir)
{
	int fd = ASSERT_OK(openat(dir, "stat", O_RDONLY | O_CLOEXEC));
	char text[64] = "";

	ASSERT_GT(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	return atoi(text);
}

/* ---- what it gives --------------------------------------------------------------- */

TEST(procdir_is_that_of_the_process)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), proc = open_proc(), dir;
	struct stat ours, named;
	char path[32];

	dir = ASSERT_OK(open_dir(procfd, proc));
	EXPECT_EQ(pid_in(dir), pid);
	snprintf(path, sizeof(path), "/proc/%d", pid);
	ASSERT_OK(stat(path, &named));
	ASSERT_OK(fstat(dir, &ours));
	EXPECT_EQ(ours.st_ino, named.st_ino);
	EXPECT_EQ(ours.st_dev, named.st_dev);
	EXPECT_TRUE(S_ISDIR(ours.st_mode));
	EXPECT_EQ(fcntl(dir, F_GETFD), FD_CLOEXEC);
	EXPECT_GE(openat(dir, "task", O_RDONLY | O_DIRECTORY), 0);
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd_of(1), proc))), 1);
	kill_and_reap(pid);
}

TEST(procdir_can_be_read_as_a_directory)
{
	int dir = ASSERT_OK(open_dir(procfd_of(getpid()), open_proc()));
	char entries[4096];

	EXPECT_GT(syscall(SYS_getdents64, dir, entries, sizeof(entries)), 0);
	EXPECT_EQ(pid_in(dir), getpid());
}

TEST(procdir_takes_a_root_that_was_opened_to_read)
{
	int proc = ASSERT_OK(open("/proc", O_RDONLY | O_CLOEXEC));

	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd_of(getpid()), proc))),
		  getpid());
}

TEST(procdir_of_a_zombie_is_there)
{
	pid_t pid = fork_exit(0);
	int procfd = procfd_of(pid);

	wait_zombie(pid);
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd, open_proc()))), pid);
	reap(pid);
	EXPECT_ERRNO(open_dir(procfd, open_proc()), ESRCH);
}

TEST(procdir_of_who_was_reaped_is_never_the_successors)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), proc = open_proc(), dir, fds;

	dir = ASSERT_OK(open_dir(procfd, proc));
	EXPECT_EQ(pid_in(dir), pid);
	kill_and_reap(pid);
	fds = open_fd_count();
	EXPECT_ERRNO(open_dir(procfd, proc), ESRCH);
	ASSERT_EQ(sleeper_with_number(pid), pid);
	EXPECT_ERRNO(open_dir(procfd, proc), ESRCH);
	EXPECT_EQ(openat(dir, "stat", O_RDONLY), -1);
	EXPECT_EQ(openat(dir, "status", O_RDONLY), -1);
	EXPECT_EQ(open_fd_count(), fds);
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd_of(pid), proc))), pid);
	kill_and_reap(pid);
}

/* A directory that is in the cache of names is of this process, too. */
TEST(procdir_of_a_successor_is_not_the_cached_one)
{
	pid_t pid = fork_sleeper();
	int proc = open_proc();
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (int i = 0; i < 8; i++) {
		int dir;

		ASSERT_OK(stat(path, &st));
		dir = ASSERT_OK(open_dir(procfd_of(pid), proc));
		EXPECT_EQ(pid_in(dir), pid);
		kill_and_reap(pid);
		ASSERT_EQ(sleeper_with_number(pid), pid);
		EXPECT_EQ(openat(dir, "stat", O_RDONLY), -1);
		close(dir);
	}
	kill_and_reap(pid);
}

/* ---- what is no root of a procfs ----------------------------------------------------- */

TEST(procdir_below_anything_else_is_einval)
{
	const char *paths[] = { "/",	       "/tmp",
				"/dev",	       "/proc/self",
				"/proc/1",     "/proc/sys",
				"/proc/stat",  "/dev/null",
				PROCFD_DEVICE, "/proc/self/task" };
	int procfd = procfd_of(getpid()), dev = device(), fds = open_fd_count();

	for (int i = 0; i < 10; i++) {
		int fd = ASSERT_OK(open(paths[i], O_RDONLY | O_CLOEXEC));

		if (!EXPECT_ERRNO(open_dir(procfd, fd), EINVAL))
			test_note("%s", paths[i]);
		close(fd);
		fd = ASSERT_OK(open(paths[i], O_PATH | O_CLOEXEC));
		if (!EXPECT_ERRNO(open_dir(procfd, fd), EINVAL))
			test_note("%s with O_PATH", paths[i]);
		close(fd);
		EXPECT_ERRNO(open_dir(procfd, fd), EBADF);
	}
	EXPECT_ERRNO(open_dir(procfd, procfd), EINVAL);
	EXPECT_ERRNO(open_dir(procfd, dev), EINVAL);
	EXPECT_ERRNO(open_dir(procfd, -1), EBADF);
	EXPECT_ERRNO(open_dir(procfd, AT_FDCWD), EBADF);
	EXPECT_EQ(open_fd_count(), fds);
}

/* ---- mounts ---------------------------------------------------------------------------- */

/* Root of a procfs with these options, mounted for this process alone. */
static int mounted_procfs(const char *options)
{
	char dir[] = "/tmp/procfd-XXXXXX";
	int fd;

	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_TRUE(mkdtemp(dir) != NULL);
	if (mount("proc", dir, "proc", 0, options)) {
		rmdir(dir);
		SKIP("no procfs with %s here", options);
	}
	fd = ASSERT_OK(open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC));
	ASSERT_OK(umount2(dir, MNT_DETACH));
	rmdir(dir);
	return fd;
}

static void mount_over(void *arg)
{
	pid_t pid = *(pid_t *)arg;
	int procfd = procfd_of(pid), proc = open_proc();
	char path[32];

	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_OK(mount("none", "/proc", NULL, MS_PRIVATE, NULL));
	snprintf(path, sizeof(path), "/proc/%d", pid);
	close(proc);
	proc = open_proc();
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd, proc))), pid);
	ASSERT_OK(mount("tmpfs", path, "tmpfs", 0, NULL));
	EXPECT_ERRNO(open_dir(procfd, proc), EXDEV);
	ASSERT_OK(umount(path));
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd, proc))), pid);
	ASSERT_OK(mount("/proc/1", path, NULL, MS_BIND, NULL));
	EXPECT_ERRNO(open_dir(procfd, proc), EXDEV);
	ASSERT_OK(umount(path));
	/* the same directory, but not as the procfs has it */
	ASSERT_OK(mount(path, path, NULL, MS_BIND, NULL));
	EXPECT_ERRNO(open_dir(procfd, proc), EXDEV);
	ASSERT_OK(umount(path));
}

TEST(procdir_that_is_mounted_over_is_exdev)
{
	pid_t pid = fork_sleeper();

	in_child(mount_over, &pid);
	kill_and_reap(pid);
}

static void use_subset(void *arg)
{
	pid_t pid = *(pid_t *)arg;
	int proc = mounted_procfs("subset=pid");
	int dir = ASSERT_OK(open_dir(procfd_of(pid), proc));

	EXPECT_EQ(pid_in(dir), pid);
	EXPECT_EQ(openat(proc, "meminfo", O_RDONLY), -1);
}

TEST(procdir_in_a_procfs_of_processes_only_is_there)
{
	pid_t pid = fork_sleeper();

	in_child(use_subset, &pid);
	kill_and_reap(pid);
}

struct hidden {
	int procfs;
	pid_t pid;
};

static void use_hidden(void *arg)
{
	struct hidden *hidden = arg;
	pid_t own = fork_sleeper();
	int procfd = procfd_of(hidden->pid);

	EXPECT_ERRNO(open_dir(procfd, hidden->procfs), ENOENT);
	EXPECT_OK(open_dir(procfd, open_proc()));
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd_of(own), hidden->procfs))),
		  own);
	kill_and_reap(own);
}

static void mount_hidden(void *arg)
{
	struct hidden hidden = { mounted_procfs("hidepid=2"), *(pid_t *)arg };

	EXPECT_EQ(pid_in(ASSERT_OK(
			  open_dir(procfd_of(hidden.pid), hidden.procfs))),
		  hidden.pid);
	run_as(USER, use_hidden, &hidden);
}

TEST(procdir_that_a_procfs_hides_is_enoent)
{
	pid_t pid = fork_sleeper();

	in_child(mount_hidden, &pid);
	kill_and_reap(pid);
}

/* As opening it by name, and that is all that can be had of it. */
static void use_closed(void *arg)
{
	struct hidden *hidden = arg;
	char path[32];

	snprintf(path, sizeof(path), "%d", hidden->pid);
	EXPECT_ERRNO(openat(hidden->procfs, path, O_RDONLY), EPERM);
	EXPECT_ERRNO(open_dir(procfd_of(hidden->pid), hidden->procfs), EPERM);
}

static void mount_closed(void *arg)
{
	struct hidden hidden = { mounted_procfs("hidepid=1"), *(pid_t *)arg };

	run_as(USER, use_closed, &hidden);
}

TEST(procdir_that_a_procfs_closes_is_eperm)
{
	pid_t pid = fork_sleeper();

	in_child(mount_closed, &pid);
	kill_and_reap(pid);
}

static void use_environ(void *arg)
{
	struct hidden *hidden = arg;
	int dir = ASSERT_OK(open_dir(procfd_of(hidden->pid), hidden->procfs));

	EXPECT_EQ(pid_in(dir), hidden->pid);
	EXPECT_ERRNO(openat(dir, "environ", O_RDONLY), EACCES);
	EXPECT_ERRNO(openat(dir, "fd/0", O_RDONLY), EACCES);
}

TEST(procdir_keeps_the_access_checks_of_its_files)
{
	pid_t pid = fork_sleeper();
	struct hidden hidden = { open_proc(), pid };

	run_as(USER, use_environ, &hidden);
	kill_and_reap(pid);
}

/* ---- pid namespaces ------------------------------------------------------------------------ */

static void use_from_inside(void *outside)
{
	int *fds = outside; /* a procfs, a procfd */
	int self = procfd_of(getpid()), dir;
	pid_t pid = fork_sleeper();

	EXPECT_ERRNO(open_dir(fds[1], fds[0]), EREMOTE);
	EXPECT_ERRNO(open_dir(fds[1], open_proc()), EREMOTE);
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(self, open_proc()))), 1);
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(procfd_of(pid), open_proc()))),
		  pid);
	/* in the procfs outside it has the number that it has there */
	dir = ASSERT_OK(open_dir(procfd_of(pid), fds[0]));
	EXPECT_NE(pid_in(dir), pid);
	kill_and_reap(pid);
}

TEST(procdir_in_the_procfs_of_the_namespace_above_has_its_number_there)
{
	int fds[] = { open_proc(), procfd_of(getpid()) };

	run_in_pid_namespace(use_from_inside, fds);
}

struct inner {
	struct gate leave;
	int pair[2];
};

static void mount_inside(void *arg)
{
	struct inner *inner = arg;

	send_fd(inner->pair[1], open_proc());
	send_fd(inner->pair[1], procfd_of(1));
	gate_wait(&inner->leave);
}

static void run_inside(void *inner)
{
	run_in_pid_namespace(mount_inside, inner);
}

TEST(procdir_of_who_is_not_in_the_namespace_of_the_procfs_is_eremote)
{
	struct inner inner = { .leave = gate_make() };
	int procfs, init;
	pid_t pid;

	ASSERT_OK(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, inner.pair));
	pid = fork_child(run_inside, &inner);
	procfs = receive_fd(inner.pair[0]);
	init = receive_fd(inner.pair[0]);
	EXPECT_ERRNO(open_dir(procfd_of(getpid()), procfs), EREMOTE);
	EXPECT_ERRNO(open_dir(procfd_of(1), procfs), EREMOTE);
	EXPECT_EQ(pid_in(ASSERT_OK(open_dir(init, procfs))), 1);
	gate_open(&inner.leave);
	test_follow(reap(pid));
}
