/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the library share. Nothing here is exported.
 *
 * No locks are used: a child of fork() could find them held for ever. The only
 * state is the cached fd on the device, see device.c.
 */
#ifndef LIBPROCFD_INTERNAL_H
#define LIBPROCFD_INTERNAL_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "procfd.h"
#include "procfd_ioctl.h"

/* what libprocfd.map names is visible, all else is hidden by the compiler */
#define PROCFD_PUBLIC __attribute__((visibility("default")))

/* P_PIDFD, which older C libraries do not have */
#define IDTYPE_PIDFD 3

static inline int fail(int error)
{
	errno = error;
	return -1;
}

/* Not close(2), which is a cancellation point and may change errno. */
static inline void close_quietly(int fd)
{
	int saved = errno;

	syscall(SYS_close, fd);
	errno = saved;
}

/* The command for a struct of the size that the caller was built with. */
static inline unsigned long sized(unsigned long command, size_t size)
{
	return (command & ~((unsigned long)_IOC_SIZEMASK << _IOC_SIZESHIFT)) |
	       (unsigned long)size << _IOC_SIZESHIFT;
}

static inline bool size_fits(size_t size)
{
	return size <= _IOC_SIZEMASK;
}

/* device.c */
int device_open(void);
int device_ioctl(unsigned long command, void *arg);
bool is_no_device(int error);

/* child.c: around what creates a child */
int arm_child(unsigned int flags, sigset_t *mask);

/* sigmask.c: *mask is what it was before */
void block_signals(sigset_t *mask);
void restore_signals(const sigset_t *mask);

/* child_native.c: without the module, a native pidfd */
struct spawn {
	bool search; /* in PATH */
	const char *file;
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attr;
	char *const *argv;
	char *const *envp;
};

pid_t fork_native(int *fd, unsigned int flags);
int spawn_native(const struct spawn *spawn, pid_t *pid, unsigned int flags);

/* pidfd.c */
bool may_be_native(unsigned int flags);
int pidfd_open_native(pid_t pid, unsigned int flags);
int pidfd_send(int pidfd, int sig, const siginfo_t *info, unsigned int flags);
bool is_pidfd(int fd);
bool is_other_kind(int fd);
int wrong_kind(int fd);
int pidfd_id(int pidfd, uint64_t *id);
int pidfd_duplicate(int pidfd, unsigned int flags);
int check_pidfs(int fd);

/* pidfd_info.c */
int pidfd_info(int pidfd, uint64_t wanted, struct procfd_info_record *info,
	       size_t size);

/* usage.c */
void usage_of_self(const struct procfd_exit_record *record,
		   struct rusage *usage);
void usage_of_children(const struct procfd_exit_record *record,
		       struct rusage *usage);
void usage_of_both(const struct procfd_exit_record *record,
		   struct rusage *usage);

/* clock.c */
int deadline_after(const struct timespec *timeout, __u64 *deadline_ns);

#endif
