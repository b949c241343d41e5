/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Process descriptors, as FreeBSD has them, by libprocfd
 *
 * A program that was written for FreeBSD's <sys/procdesc.h> is compiled with the
 * directory above this file's on its include path (pkg-config --cflags
 * libprocfd-compat), and linked with libprocfd. Others say
 * #include <procfd/sys/procdesc.h>.
 *
 * A process descriptor is a procfd with PROCFD_AUTOREAP, and PROCFD_KILL_ON_CLOSE
 * without PD_DAEMON: all of procfd.h works on it. All that needs the module, and
 * nothing of it is done by native pidfds: without it pdfork() is ENODEV.
 *
 * What differs from FreeBSD
 * -------------------------
 * - waitpid(2) and its kin never see the process, not by its number either: only
 *   pdwait() tells how it ended.
 * - pdwait() takes nothing away. It can be called again, and by everyone who holds
 *   the descriptor; on FreeBSD the second call is ESRCH. That a process has
 *   stopped or been continued is told to the parent alone.
 * - pdwait() with WNOHANG and nothing to tell is EAGAIN. The usage of a process
 *   that has not ended is 0. There is no WTRAPPED.
 * - The number of a process that has ended may be given to another one while the
 *   descriptor is open. pdgetpid() still tells it, and pdkill() is ESRCH then;
 *   for a moment after the end pdkill() may be 0, and does nothing.
 * - Closing the descriptor of a process that lives does not give it another
 *   parent: it stays the child of who made it.
 * - SIGKILL is sent at the last close if the credentials that pdfork() was called
 *   with can kill the process as it is then (kill(2)): one that has become
 *   another user's is not killed.
 * - poll(2) tells POLLIN with the POLLHUP. On kernels that do not give
 *   PROCFD_FEATURE_HANGUP only POLLIN wakes who polls.
 * - st_mode of fstat(2) says nothing of the process; there is no kqueue(2) and no
 *   capsicum(4), and so no ENOTCAPABLE.
 * - What is open and no process descriptor is EBADF.
 * - pdfork() with NULL is EFAULT, and creates no process.
 * - There is no pdrfork(): Linux has no rfork(2). See procfd_clone().
 */
#ifndef PROCFD_SYS_PROCDESC_H
#define PROCFD_SYS_PROCDESC_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of pdfork(). */
#define PD_DAEMON 0x00000001 /* closing the descriptor does not kill */
#define PD_CLOEXEC 0x00000002 /* the descriptor is closed by exec */

#define PD_ALLOWED_AT_FORK (PD_DAEMON | PD_CLOEXEC) /* all of them */

/**
 * struct __wrusage - what a process has used, as in FreeBSD's <sys/resource.h>
 * @wru_self:     the process, all its threads
 * @wru_children: the children that it has waited for
 */
struct __wrusage {
	struct rusage wru_self;
	struct rusage wru_children;
};

/**
 * pdfork() - fork(2), and a process descriptor for the child
 * @fdp:     where the descriptor is stored for the parent
 * @pdflags: PD_DAEMON, PD_CLOEXEC
 *
 * The child raises no SIGCHLD and leaves no zombie, and no wait(2) sees it. When
 * the last descriptor is closed it is killed, unless PD_DAEMON is given. The child
 * does not have the descriptor.
 *
 * Returns the child's number to the parent, 0 to the child, or -1: as fork(2), and
 *   EINVAL  unknown flag
 *   EFAULT  @fdp is NULL
 *   EBUSY   this thread has an unbound procfd (procfd_next_child())
 *   EOPNOTSUPP  the kernel gives no FEATURE_NEXT_CHILD, or no FEATURE_AUTOREAP
 *
 * Since 0.1.
 */
pid_t pdfork(int *fdp, int pdflags);

/**
 * pdgetpid() - the number of the process
 * @fd:   a process descriptor
 * @pidp: where it is stored
 *
 * It is the number in the caller's pid namespace; of a process that has ended, the
 * one it had.
 *
 * Returns 0, or -1:
 *   EFAULT  @pidp is NULL
 *   EREMOTE the process is outside the caller's pid namespace
 *   EIO     the kernel released the process without telling of its end
 *   EOPNOTSUPP  @fd is a native pidfd
 *   EBADF   @fd is no process
 *
 * Since 0.1.
 */
int pdgetpid(int fd, pid_t *pidp);

/**
 * pdkill() - send a signal to the process, and never to another
 * @fd:     a process descriptor
 * @signum: number of the signal; 0 asks only whether it could be sent
 *
 * Returns 0, or -1:
 *   EINVAL  no such signal; the process is outside the caller's pid namespace
 *   ESRCH   the process has ended, and was reaped
 *   EPERM   no right to signal it (kill(2))
 *   EBADF   @fd is no process
 *
 * May be called from a signal handler. Since 0.1. Source: procfd_send_signal().
 */
int pdkill(int fd, int signum);

/**
 * pdwait() - wait for the process
 * @fd:      a process descriptor
 * @status:  for WIFEXITED() and its relatives of wait(2), or NULL
 * @options: WEXITED, WSTOPPED or WUNTRACED, WCONTINUED, WNOHANG, WNOWAIT
 * @wrusage: what it has used, or NULL
 * @info:    as waitid(2) fills it in, or NULL
 *
 * Returns 0, or -1:
 *   EINVAL  unknown option, or none of WEXITED, WSTOPPED, WCONTINUED
 *   EAGAIN  WNOHANG, or O_NONBLOCK of the descriptor, and there is nothing to tell
 *   EINTR   a signal came first, and its handler does not restart calls
 *   ECHILD  only stops or continues were asked for, and the caller is not the
 *           parent, or the process has ended
 *   EREMOTE the process is outside the caller's pid namespace
 *   EIO     the kernel released the process without telling of its end
 *   EOPNOTSUPP  the caller is the parent, the process has not ended, and the kernel
 *           gives no FEATURE_REAP; @fd is a native pidfd
 *   EBADF   @fd is no process
 *
 * Since 0.1. Source: procfd_wait().
 */
int pdwait(int fd, int *status, int options, struct __wrusage *wrusage,
	   siginfo_t *info);

#ifdef __cplusplus
}
#endif

#endif /* PROCFD_SYS_PROCDESC_H */
