// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is known of a process, and which one it is. */
#include <fcntl.h>

#include "internal.h"

/* after a failed ioctl on @fd: -1, and why */
static int failed(int fd)
{
	return is_other_kind(fd) ? wrong_kind(fd) : -1;
}

PROCFD_PUBLIC int procfd_get_info(int fd, uint64_t mask,
				  struct procfd_info_record *info, size_t size)
{
	if (size < PROCFD_INFO_SIZE_VER0 || !size_fits(size))
		return fail(EINVAL);
	memset(info, 0, size);
	info->mask = mask;
	if (!ioctl(fd, sized(PROCFD_GET_INFO, size), info))
		return 0;
	info->mask = 0;
	return is_other_kind(fd) ? pidfd_info(fd, mask, info, size) : -1;
}

PROCFD_PUBLIC pid_t procfd_get_pid_in(int fd, int pidns_fd)
{
	struct procfd_get_pid args = { .pidns_fd = pidns_fd };
	int pid = ioctl(fd, PROCFD_GET_PID, &args);

	return pid < 0 ? failed(fd) : pid;
}

PROCFD_PUBLIC int procfd_get_id(int fd, uint64_t *id)
{
	struct procfd_get_id args = { 0 };

	if (ioctl(fd, PROCFD_GET_ID, &args))
		return is_other_kind(fd) ? pidfd_id(fd, id) : -1;
	*id = args.id;
	return 0;
}

/* ---- compare ----------------------------------------------------------------- */

static int compare(int procfd, int other)
{
	struct procfd_compare args = { .fd = other };

	return ioctl(procfd, PROCFD_COMPARE, &args);
}

/* neither is a procfd: where the kernel gives no ids, make one of the first */
static int compare_pidfds(int pidfd, int other)
{
	uint64_t id, other_id;
	int procfd, same;

	if (!pidfd_id(pidfd, &id))
		return pidfd_id(other, &other_id) ? -1 : id == other_id;
	if (errno != EOPNOTSUPP)
		return -1;
	procfd = procfd_open_pidfd(pidfd, 0);

	if (procfd < 0)
		return errno == EOPNOTSUPP ? fail(EBADF) : -1;
	same = compare(procfd, other);
	close_quietly(procfd);
	return same;
}

PROCFD_PUBLIC int procfd_same(int fd, int other)
{
	int same = compare(fd, other);

	if (same >= 0 || !is_other_kind(fd))
		return same;
	same = compare(other, fd);
	if (same >= 0 || !is_other_kind(other))
		return same;
	return compare_pidfds(fd, other);
}

/* ---- the directory in a procfs ---------------------------------------------- */

static int open_dir(int fd, int procfs_fd)
{
	struct procfd_open_dir args = { .procfs_fd = procfs_fd };
	int dir = ioctl(fd, PROCFD_OPEN_DIR, &args);

	return dir < 0 ? failed(fd) : dir;
}

PROCFD_PUBLIC int procfd_open_dir(int fd, int procfs_fd)
{
	int procfs, dir;

	if (procfs_fd != -1)
		return open_dir(fd, procfs_fd);
	procfs = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (procfs < 0)
		return -1;
	dir = open_dir(fd, procfs);
	close_quietly(procfs);
	return dir;
}
