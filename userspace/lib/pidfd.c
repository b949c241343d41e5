// SPDX-License-Identifier: LGPL-2.1-or-later
/* Native pidfds and namespaces. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "internal.h"

/* The file system of pidfds, since Linux 6.9, and its ioctls for namespaces. */
#define PIDFS_MAGIC 0x50494446
#define PIDFS_GET_NAMESPACE(type) _IO(0xFF, type)

#define SCOPES                                          \
	(PROCFD_SIGNAL_THREAD | PROCFD_SIGNAL_PROCESS | \
	 PROCFD_SIGNAL_PROCESS_GROUP)

/* After a failure: is the caller content with a native pidfd, and is it time? */
bool may_be_native(unsigned int flags)
{
	return errno == ENODEV && flags & PROCFD_ALLOW_PIDFD &&
	       !(flags & ~(PROCFD_ALLOW_PIDFD | PROCFD_NONBLOCK));
}

int pidfd_open_native(pid_t pid, unsigned int flags)
{
	/* PIDFD_NONBLOCK is O_NONBLOCK */
	return (int)syscall(SYS_pidfd_open, pid,
			    flags & PROCFD_NONBLOCK ? O_NONBLOCK : 0);
}

/*
 * The scopes are numbered as the native ones, which came with Linux 6.9. Before
 * that a pidfd always means a process, so that scope needs no flag.
 */
int pidfd_send(int pidfd, int sig, const siginfo_t *info, unsigned int flags)
{
	int result;

	if (flags & ~SCOPES || flags & (flags - 1))
		return fail(EINVAL);
	result = (int)syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags);
	if (!result || errno != EINVAL || !flags)
		return result;
	if (flags == PROCFD_SIGNAL_PROCESS)
		return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, info, 0);
	/* was it the signal, or does this kernel not know the scope? */
	if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, flags) &&
	    errno == EINVAL)
		return fail(EOPNOTSUPP);
	return fail(EINVAL);
}

/* also true for a directory /proc/PID, which that call takes for a process */
bool is_pidfd(int fd)
{
	return !syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) ||
	       errno != EBADF;
}

/*
 * After a failed ioctl: was it because @fd is no procfd? A native pidfd says
 * EINVAL, ESRCH or ENOTTY to what it does not know, which depends on the kernel.
 * Only a procfd reads the argument of this command before all else.
 */
bool is_other_kind(int fd)
{
	int saved = errno;
	bool other;

	if (saved != ENOTTY && saved != EINVAL && saved != ESRCH)
		return false;
	other = ioctl(fd, PROCFD_GET_PIDFD, NULL) < 0 && errno != EFAULT;
	errno = saved;
	return other;
}

/* @fd is no procfd: says what is wrong with it. */
int wrong_kind(int fd)
{
	return fail(is_pidfd(fd) ? EOPNOTSUPP : EBADF);
}

int pidfd_duplicate(int pidfd, unsigned int flags)
{
	if (!is_pidfd(pidfd))
		return fail(EBADF);
	return flags ? fail(EOPNOTSUPP) : fcntl(pidfd, F_DUPFD_CLOEXEC, 0);
}

/* 0, or -1: EOPNOTSUPP for pidfds before there was that file system */
int check_pidfs(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return -1;
	return fs.f_type == PIDFS_MAGIC ? 0 : wrong_kind(fd);
}

/* The inode belongs to the process, and its number is the one that we give. */
int pidfd_id(int pidfd, uint64_t *id)
{
	struct statx stat;

	if (check_pidfs(pidfd) ||
	    statx(pidfd, "", AT_EMPTY_PATH, STATX_INO, &stat))
		return -1;
	*id = stat.stx_ino;
	return 0;
}

/* The kernel numbers the types as we do, and has ioctls for them since 6.11. */
static int namespace_native(int pidfd, int type)
{
	int namespace;

	if (check_pidfs(pidfd))
		return -1;
	if (type < PROCFD_NAMESPACE_CGROUP || type > PROCFD_NAMESPACE_UTS)
		return fail(EINVAL);
	namespace = ioctl(pidfd, PIDFS_GET_NAMESPACE(type), 0);
	return namespace < 0 && errno == ENOTTY ? fail(EOPNOTSUPP) : namespace;
}

PROCFD_PUBLIC int procfd_get_pidfd(int fd, unsigned int flags)
{
	struct procfd_get_pidfd args = { .flags = flags };
	int pidfd = ioctl(fd, PROCFD_GET_PIDFD, &args);

	return pidfd < 0 && is_other_kind(fd) ? pidfd_duplicate(fd, flags) :
						pidfd;
}

PROCFD_PUBLIC int procfd_get_namespace(int fd, int type)
{
	struct procfd_get_namespace args = { .type = (uint32_t)type };
	int namespace = ioctl(fd, PROCFD_GET_NAMESPACE, &args);

	return namespace < 0 && is_other_kind(fd) ? namespace_native(fd, type) :
						    namespace;
}
