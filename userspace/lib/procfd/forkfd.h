/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forkfd, as Qt has it, by libprocfd
 *
 * A program that was written for Qt's forkfd.h is compiled with the directory of
 * this file on its include path (pkg-config --cflags libprocfd-compat), and
 * linked with libprocfd. Others say #include <procfd/forkfd.h>.
 *
 * With the module the fd is a procfd, and all of procfd.h works on it. Without it
 * the fd is a native pidfd, as in Qt's own; procfd_get_features() tells which.
 *
 * What differs from Qt's
 * ----------------------
 * - The handlers of pthread_atfork(3) always run in forkfd(). FFD_USE_FORK says
 *   only that vforkfd() is to copy the memory. No handler of SIGCHLD is ever
 *   installed.
 * - forkfd_wait() with nothing to tell, on a descriptor with FFD_NONBLOCK or with
 *   FFDW_NOHANG, is EAGAIN. Qt's own says EAGAIN for a pipe; for a pidfd its
 *   versions disagree.
 * - With the module a child that somebody else has waited for, or that was waited
 *   for here before, has its status and its usage still. In Qt's own that is
 *   ECHILD, and without the module it is here, too.
 * - With the module everyone who holds the descriptor can wait, not only the
 *   parent.
 * - read(2) gives the exit record of procfd.h, not Qt's.
 * - There is no spawnfd(), which in Qt's own works only where there are no pidfds:
 *   see procfd_spawn().
 */
#ifndef PROCFD_FORKFD_H
#define PROCFD_FORKFD_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of forkfd() and vforkfd(). */
#define FFD_CLOEXEC 1 /* the descriptor is closed by exec */
#define FFD_NONBLOCK 2 /* it has O_NONBLOCK set */
#define FFD_USE_FORK 4 /* vforkfd() is to copy the memory */

/** What forkfd() returns to the child. */
#define FFD_CHILD_PROCESS (-2)

/* Options of forkfd_wait4(). */
#define FFDW_NOHANG 1 /* do not wait */
#define FFDW_NOWAIT 2 /* do not reap: it can be waited for again */

/**
 * struct forkfd_info - how a child ended
 * @code:   CLD_EXITED, CLD_KILLED or CLD_DUMPED
 * @status: the exit code, or the number of the signal
 */
struct forkfd_info {
	int32_t code;
	int32_t status;
};

/**
 * forkfd() - fork(2), and a descriptor for the child
 * @flags: FFD_*; others are ignored
 * @ppid:  where the child's number is stored, 0 in the child; or NULL
 *
 * The descriptor can be polled: it is readable when the child has ended. The child
 * is one as of fork(2): it raises SIGCHLD, and is a zombie until it is waited for.
 * The child does not have the descriptor.
 *
 * Returns the descriptor, to the child FFD_CHILD_PROCESS, or -1: as fork(2), and
 *   EBUSY   this thread has an unbound procfd (procfd_next_child())
 *   EOPNOTSUPP  the kernel gives no FEATURE_NEXT_CHILD
 *   ENODEV  neither the module nor native pidfds are there
 *
 * Since 0.1.
 */
int forkfd(int flags, pid_t *ppid);

/**
 * vforkfd() - forkfd() that calls a function in the child
 * @flags:   FFD_*; others are ignored
 * @ppid:    where the child's number is stored, or NULL
 * @childFn: called in the child with @token; what it returns is the exit status
 * @token:   for @childFn
 *
 * As with vfork(2) the child shares the memory, and the calling thread sleeps
 * until it has called execve(2) or _exit(2): it is fast from a large process, and
 * @childFn may do little. It has a stack of its own, of 256 KiB. No handlers of
 * pthread_atfork(3) run. With FFD_USE_FORK it is forkfd() and a call of @childFn.
 *
 * Returns the descriptor, or -1: as forkfd(). Since 0.1.
 */
int vforkfd(int flags, pid_t *ppid, int (*childFn)(void *), void *token);

/**
 * forkfd_wait4() - wait for the child, and reap it
 * @ffd:     what forkfd() or vforkfd() returned
 * @info:    how it ended, or NULL
 * @options: FFDW_*, others are ignored; FFDW_NOHANG is WNOHANG
 * @rusage:  what it used, with the children that it has waited for, as wait4(2);
 *           or NULL
 *
 * Returns 0, or -1:
 *   EAGAIN  it has not ended, and @options or the descriptor say not to wait
 *   EINTR   a signal came first, and its handler does not restart calls
 *   ECHILD  @ffd is a native pidfd, and the process is no child, or was waited for
 *   EREMOTE the process is outside the caller's pid namespace
 *   EIO     the kernel released the process without telling of its end
 *   EBADF   @ffd is no process
 *
 * Since 0.1. Source: waitid(2).
 */
int forkfd_wait4(int ffd, struct forkfd_info *info, int options,
		 struct rusage *rusage);

/**
 * forkfd_wait() - forkfd_wait4() without options
 * @ffd:    what forkfd() or vforkfd() returned
 * @info:   how it ended, or NULL
 * @rusage: what it used, or NULL
 *
 * Returns 0, or -1: as forkfd_wait4(). Since 0.1.
 */
int forkfd_wait(int ffd, struct forkfd_info *info, struct rusage *rusage);

/**
 * forkfd_close() - close(2) of the descriptor
 * @ffd: what forkfd() or vforkfd() returned
 *
 * It reaps nothing: a child that nobody waits for stays a zombie.
 *
 * Returns 0, or -1: as close(2). Since 0.1.
 */
int forkfd_close(int ffd);

#ifdef __cplusplus
}
#endif

#endif /* PROCFD_FORKFD_H */
