/* SPDX-License-Identifier: GPL-2.0-only */
/* The ioctls that find and describe processes, as functions with an errno. */
#ifndef PROCFD_TESTS_FINDING_H
#define PROCFD_TESTS_FINDING_H

#include "native.h"

/* ---- acquire ----------------------------------------------------------------- */

static inline int open_pid_in(int dev, pid_t pid, int pidns_fd,
			      unsigned int flags)
{
	struct procfd_open_pid arg = { .pid = pid,
				       .flags = flags,
				       .pidns_fd = pidns_fd };

	return ioctl(dev, PROCFD_OPEN_PID, &arg);
}

static inline int open_pidfd(int dev, int pidfd, unsigned int flags)
{
	struct procfd_open_by_fd arg = { .fd = pidfd, .flags = flags };

	return ioctl(dev, PROCFD_OPEN_PIDFD, &arg);
}

static inline int open_peer(int dev, int socket, unsigned int flags)
{
	struct procfd_open_by_fd arg = { .fd = socket, .flags = flags };

	return ioctl(dev, PROCFD_OPEN_PEER, &arg);
}

static inline int open_id(int dev, uint64_t id, unsigned int flags)
{
	struct procfd_open_id arg = { .id = id, .flags = flags };

	return ioctl(dev, PROCFD_OPEN_ID, &arg);
}

static inline int open_self(int dev, unsigned int flags)
{
	struct procfd_open_known arg = { .flags = flags };

	return ioctl(dev, PROCFD_OPEN_SELF, &arg);
}

static inline int open_root(int dev, unsigned int flags)
{
	struct procfd_open_known arg = { .flags = flags };

	return ioctl(dev, PROCFD_OPEN_ROOT, &arg);
}

static inline int open_relative(int procfd, unsigned int relation,
				int parent_fd, unsigned int flags)
{
	struct procfd_open_relative arg = { .relation = relation,
					    .flags = flags,
					    .parent_fd = parent_fd };

	return ioctl(procfd, PROCFD_OPEN_RELATIVE, &arg);
}

/* ---- describe ---------------------------------------------------------------- */

#define INFO_ALL (~0ULL)
#define INFO_KNOWN ((PROCFD_INFO_EXIT << 1) - 1)

static inline int get_info(int procfd, uint64_t mask, struct procfd_info *info)
{
	memset(info, 0, sizeof(*info));
	info->mask = mask;
	return ioctl(procfd, PROCFD_GET_INFO, info);
}

static inline struct procfd_info info_of(int procfd)
{
	struct procfd_info info;

	ASSERT_OK(get_info(procfd, INFO_ALL, &info));
	return info;
}

static inline struct procfd_info info_of_pid(pid_t pid)
{
	int procfd = procfd_of(pid);
	struct procfd_info info = info_of(procfd);

	close(procfd);
	return info;
}

static inline int get_pid(int procfd, int pidns_fd)
{
	struct procfd_get_pid arg = { .pidns_fd = pidns_fd };

	return ioctl(procfd, PROCFD_GET_PID, &arg);
}

/* The number in the caller's pid namespace. */
static inline pid_t pid_of(int procfd)
{
	return ASSERT_OK(get_pid(procfd, -1));
}

static inline int compare(int procfd, int fd)
{
	struct procfd_compare arg = { .fd = fd };

	return ioctl(procfd, PROCFD_COMPARE, &arg);
}

static inline int get_id(int procfd, uint64_t *id)
{
	struct procfd_get_id arg = { 0 };
	int result = ioctl(procfd, PROCFD_GET_ID, &arg);

	*id = arg.id;
	return result;
}

static inline uint64_t id_of(int procfd)
{
	uint64_t id;

	ASSERT_OK(get_id(procfd, &id));
	return id;
}

static inline int open_dir(int procfd, int procfs_fd)
{
	struct procfd_open_dir arg = { .procfs_fd = procfs_fd };

	return ioctl(procfd, PROCFD_OPEN_DIR, &arg);
}

/* ---- what a new procfd is -------------------------------------------------- */

/* This procfd names the process with that number, with the flags as asked. */
static inline void expect_names(int procfd, pid_t pid, int flags)
{
	ASSERT_OK(procfd);
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	EXPECT_EQ(procfd_id(procfd), procfd_id(procfd_of(pid)));
	EXPECT_EQ(fcntl(procfd, F_GETFL) & O_NONBLOCK, flags);
	close(procfd);
}

static inline void expect_kills_on_close(int procfd, pid_t pid)
{
	ASSERT_OK(procfd);
	close(procfd);
	EXPECT_EQ(reap(pid), SIGKILL);
}

/* ---- places and states --------------------------------------------------------- */

static inline int pidns_of(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
}

/* The case is skipped where the kernel lacks what a feature is made of. */
static inline void need_feature(uint64_t feature)
{
	if (!(features().features & feature))
		SKIP("this kernel has not got it");
}

#define PID_MAX_FILE "/proc/sys/kernel/pid_max"

/* In a child, while numbers end there; afterwards it is as before. */
static inline void with_pid_max(const char *value, void (*run)(void *),
				void *arg)
{
	char before[32] = "";
	int fd = ASSERT_OK(open(PID_MAX_FILE, O_RDONLY | O_CLOEXEC)), status;

	ASSERT_GT(read(fd, before, sizeof(before) - 1), 0);
	close(fd);
	write_text(PID_MAX_FILE, value);
	status = reap(fork_child(run, arg));
	write_text(PID_MAX_FILE, before);
	test_follow(status);
}

/* A procfd on a process that was reaped; its number goes to *pid. */
static inline int reaped_procfd(pid_t *pid)
{
	int procfd;

	*pid = fork_sleeper();
	procfd = procfd_of(*pid);
	kill_and_reap(*pid);
	return procfd;
}

/* A sleeping process with this number, which has a child; that one's number. */
static inline pid_t parent_with_number(pid_t number, pid_t *child)
{
	struct gate told = gate_make();
	pid_t pid = fork_with_number(number);

	if (!pid) {
		pid = fork_sleeper();
		ASSERT_EQ(write(told.write_fd, &pid, sizeof(pid)),
			  (ssize_t)sizeof(pid));
		for (;;)
			pause();
	}
	ASSERT_EQ(read(told.read_fd, child, sizeof(*child)),
		  (ssize_t)sizeof(*child));
	gate_close(&told);
	return pid;
}

/* A sleeping init of a new pid namespace. */
static inline pid_t fork_init(void)
{
	pid_t pid = ASSERT_OK(raw_clone(CLONE_NEWPID | SIGCHLD));

	while (!pid)
		pause();
	return pid;
}

/* A process that sleeps, of a user that is not root. */
static inline pid_t fork_sleeper_of(uid_t uid)
{
	struct gate told = gate_make();
	pid_t pid = ASSERT_OK(fork());

	if (!pid) {
		ASSERT_OK(setresgid(uid, uid, uid));
		ASSERT_OK(setresuid(uid, uid, uid));
		gate_open(&told);
		for (;;)
			pause();
	}
	gate_wait(&told);
	gate_close(&told);
	return pid;
}

#endif
