// SPDX-License-Identifier: LGPL-2.1-or-later
/* A procfd for a process that is there already. */
#include <fcntl.h>
#include <sys/socket.h>

#include "internal.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* ---- without the module: native pidfds ------------------------------------- */

/* Such a pidfd has a description of its own, so its flag can be set. */
static int peer_native(int socket, unsigned int flags)
{
	socklen_t size = sizeof(int);
	int pidfd;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size))
		return fail(errno == ENOPROTOOPT ? ENODEV : errno);
	if (flags & PROCFD_NONBLOCK && fcntl(pidfd, F_SETFL, O_NONBLOCK)) {
		close_quietly(pidfd);
		return -1;
	}
	return pidfd;
}

/* ---- with it --------------------------------------------------------------- */

PROCFD_PUBLIC int procfd_open_in(int pidns_fd, pid_t pid, unsigned int flags)
{
	struct procfd_open_pid args = {
		.pid = pid,
		.flags = flags,
		.pidns_fd = pidns_fd,
	};

	return device_ioctl(PROCFD_OPEN_PID, &args);
}

PROCFD_PUBLIC int procfd_open(pid_t pid, unsigned int flags)
{
	int fd = procfd_open_in(-1, pid, flags & ~PROCFD_ALLOW_PIDFD);

	return fd < 0 && may_be_native(flags) ? pidfd_open_native(pid, flags) :
						fd;
}

static int open_by_fd(unsigned long command, int by, unsigned int flags)
{
	struct procfd_open_by_fd args = {
		.fd = by,
		.flags = flags & ~PROCFD_ALLOW_PIDFD,
	};

	return device_ioctl(command, &args);
}

PROCFD_PUBLIC int procfd_open_pidfd(int pidfd, unsigned int flags)
{
	int fd = open_by_fd(PROCFD_OPEN_PIDFD, pidfd, flags);

	if (fd < 0 && may_be_native(flags))
		return pidfd_duplicate(pidfd, flags & PROCFD_NONBLOCK);
	return fd;
}

PROCFD_PUBLIC int procfd_open_peer(int socket, unsigned int flags)
{
	int fd = open_by_fd(PROCFD_OPEN_PEER, socket, flags);

	return fd < 0 && may_be_native(flags) ? peer_native(socket, flags) : fd;
}

PROCFD_PUBLIC int procfd_open_id(uint64_t id, unsigned int flags)
{
	struct procfd_open_id args = { .id = id, .flags = flags };

	return device_ioctl(PROCFD_OPEN_ID, &args);
}

static int open_known(unsigned long command, unsigned int flags)
{
	struct procfd_open_known args = {
		.flags = flags & ~PROCFD_ALLOW_PIDFD,
	};

	return device_ioctl(command, &args);
}

PROCFD_PUBLIC int procfd_open_self(unsigned int flags)
{
	int fd = open_known(PROCFD_OPEN_SELF, flags);

	if (fd < 0 && may_be_native(flags))
		return pidfd_open_native(getpid(), flags);
	return fd;
}

PROCFD_PUBLIC int procfd_open_root(unsigned int flags)
{
	int fd = open_known(PROCFD_OPEN_ROOT, flags);

	return fd < 0 && may_be_native(flags) ? pidfd_open_native(1, flags) :
						fd;
}
