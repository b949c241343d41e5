/* SPDX-License-Identifier: GPL-2.0-only */
/* The system calls that procfd is compared with. */
#ifndef PROCFD_TESTS_NATIVE_H
#define PROCFD_TESTS_NATIVE_H

#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <sys/socket.h>

#include "support.h"

/*
 * A process that is preempted, or waits for a lock on PREEMPT_RT, switches after
 * its record was taken: this often at most, as wait4(2) tells.
 */
#define LATE_SWITCHES 8

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static inline int pidfd_open_native(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

static inline int pidfd_signal_native(int pidfd, int signal, siginfo_t *info)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, info, 0);
}

static inline pid_t clone3_native(struct clone_args *args)
{
	return syscall(SYS_clone3, args, sizeof(*args));
}

/* The same in the words of procfd; the procfd's number goes to *procfd. */
static inline pid_t clone3_procfd(int dev, const struct clone_args *args,
				  unsigned int flags, int *procfd)
{
	struct procfd_clone arg = {
		.flags = flags,
		.procfd = (uintptr_t)procfd,
		.clone_flags = args->flags,
		.pidfd = args->pidfd,
		.child_tid = args->child_tid,
		.parent_tid = args->parent_tid,
		.exit_signal = args->exit_signal,
		.stack = args->stack,
		.stack_size = args->stack_size,
		.tls = args->tls,
		.set_tid = args->set_tid,
		.set_tid_size = args->set_tid_size,
		.cgroup = args->cgroup,
	};

	return ioctl(dev, PROCFD_CLONE, &arg);
}

/* errno of a call, 0 if it did not fail. */
#define ERRNO_OF(call) ((call) == -1 ? errno : 0)

/* A number that no process has: one that was just reaped. */
static inline pid_t free_number(void)
{
	pid_t pid = fork_exit(0);

	reap(pid);
	return pid;
}

/* fork() of a child with this number, as root. */
static inline pid_t fork_with_number(pid_t number)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&number,
		.set_tid_size = 1,
	};

	return ASSERT_OK(clone3_native(&args));
}

/* A new process with this number, as root; it sleeps. */
static inline pid_t sleeper_with_number(pid_t number)
{
	pid_t pid = fork_with_number(number);

	while (!pid)
		pause();
	return pid;
}

/* ---- fds over a socket ------------------------------------------------------- */

static inline void send_fd(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET,
				  SCM_RIGHTS } };
	struct iovec byte = { "", 1 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space),
	};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	ASSERT_EQ(sendmsg(socket, &message, 0), 1);
}

static inline int receive_fd(int socket)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space),
	};
	int fd;

	ASSERT_EQ(recvmsg(socket, &message, MSG_CMSG_CLOEXEC), 1);
	ASSERT_EQ(message.msg_controllen, CMSG_SPACE(sizeof(int)));
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

#endif
