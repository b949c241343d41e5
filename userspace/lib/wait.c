// SPDX-License-Identifier: LGPL-2.1-or-later
/* Waiting, with a timeout. */
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "internal.h"

_Static_assert(WNOHANG == PROCFD_WNOHANG && WSTOPPED == PROCFD_WSTOPPED &&
		       WEXITED == PROCFD_WEXITED &&
		       WCONTINUED == PROCFD_WCONTINUED &&
		       WNOWAIT == PROCFD_WNOWAIT,
	       "options are passed on as they are");

static void fill_info(siginfo_t *info, const struct procfd_wait *args)
{
	memset(info, 0, sizeof(*info));
	if (!args->code)
		return;
	info->si_signo = SIGCHLD;
	info->si_code = args->code;
	info->si_status = args->status;
	info->si_pid = args->pid;
	info->si_uid = args->uid;
}

/* ---- a native pidfd: waitid(2), where that can keep what is promised ------- */

static int poll_native(int pidfd, const struct timespec *timeout)
{
	struct pollfd pollfd = { .fd = pidfd, .events = POLLIN };
	int ready = ppoll(&pollfd, 1, timeout, NULL);

	if (ready < 0)
		return -1;
	return ready ? 0 : fail(ETIMEDOUT);
}

/*
 * For the end of a process that is no child, or was waited for. Poll tells that,
 * but not how it ended.
 */
static int wait_for_end(int pidfd, int options, const struct timespec *timeout)
{
	const struct timespec now = { 0 };

	if (options & WNOHANG)
		return 0;
	if (!(fcntl(pidfd, F_GETFL) & O_NONBLOCK))
		return poll_native(pidfd, timeout);
	return poll_native(pidfd, &now) ? fail(EAGAIN) : 0;
}

static bool options_valid(int options)
{
	const int events = WEXITED | WSTOPPED | WCONTINUED;

	return options & events && !(options & ~(events | WNOHANG | WNOWAIT));
}

static int wait_native(int pidfd, int options, const struct timespec *timeout,
		       siginfo_t *info, bool with_record)
{
	siginfo_t ignored;

	if (!is_pidfd(pidfd))
		return fail(EBADF);
	if (with_record || (timeout && options & (WSTOPPED | WCONTINUED)))
		return fail(EOPNOTSUPP);
	if (!options_valid(options))
		return fail(EINVAL);
	/* whose child it is, is told before there is any waiting */
	if (waitid((idtype_t)IDTYPE_PIDFD, (id_t)pidfd, &ignored,
		   WEXITED | WNOHANG | WNOWAIT | __WALL))
		return errno == ECHILD && options & WEXITED && !info ?
			       wait_for_end(pidfd, options, timeout) :
			       -1;
	if (timeout && !(options & WNOHANG) && poll_native(pidfd, timeout))
		return -1;
	if (info)
		memset(info, 0, sizeof(*info));
	return waitid((idtype_t)IDTYPE_PIDFD, (id_t)pidfd,
		      info ? info : &ignored, options | __WALL);
}

/* ---- a procfd -------------------------------------------------------------- */

PROCFD_PUBLIC int procfd_wait(int fd, int options,
			      const struct timespec *timeout, siginfo_t *info,
			      struct procfd_exit_record *record, size_t size)
{
	struct procfd_wait args = { .options = (uint32_t)options };

	if (deadline_after(timeout, &args.deadline_ns))
		return -1;
	if (record ? size > UINT32_MAX : size)
		return fail(EINVAL);
	if (record)
		memset(record, 0, size);
	args.record = (uintptr_t)record;
	args.record_size = (uint32_t)size;
	if (ioctl(fd, PROCFD_WAIT, &args)) {
		if (!is_other_kind(fd))
			return -1;
		return wait_native(fd, options, timeout, info, record);
	}
	if (info)
		fill_info(info, &args);
	return 0;
}
