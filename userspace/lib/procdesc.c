// SPDX-License-Identifier: LGPL-2.1-or-later
/* FreeBSD's process descriptors: procfds of children that reap themselves. */
#include <fcntl.h>

#include "internal.h"
#include "procfd/sys/procdesc.h"

PROCFD_PUBLIC pid_t pdfork(int *fdp, int pdflags)
{
	unsigned int flags = PROCFD_AUTOREAP;
	int fd;
	pid_t pid;

	if (pdflags & ~PD_ALLOWED_AT_FORK)
		return fail(EINVAL);
	if (!fdp)
		return fail(EFAULT);
	if (!(pdflags & PD_DAEMON))
		flags |= PROCFD_KILL_ON_CLOSE;
	pid = procfd_fork(&fd, flags);
	if (pid <= 0)
		return pid;
	if (!(pdflags & PD_CLOEXEC))
		fcntl(fd, F_SETFD, 0);
	*fdp = fd;
	return pid;
}

/* What was reaped has no number, and a record that tells which one it had. */
static pid_t pid_at_the_end(int fd)
{
	struct procfd_exit_record record;

	if (procfd_read_exit(fd, &record, sizeof(record)))
		return -1;
	return record.pid;
}

PROCFD_PUBLIC int pdgetpid(int fd, pid_t *pidp)
{
	pid_t pid;

	if (!pidp)
		return fail(EFAULT);
	pid = procfd_get_pid_in(fd, -1);
	if (pid < 0 && errno == ESRCH)
		pid = pid_at_the_end(fd);
	if (pid < 0)
		return -1;
	*pidp = pid;
	return 0;
}

PROCFD_PUBLIC int pdkill(int fd, int signum)
{
	return procfd_send_signal(fd, signum, NULL, 0);
}

static int wait_status(const siginfo_t *info)
{
	switch (info->si_code) {
	case CLD_EXITED: return (info->si_status & 0xff) << 8;
	case CLD_KILLED: return info->si_status;
	case CLD_DUMPED: return info->si_status | 0x80;
	case CLD_CONTINUED: return 0xffff;
	default: /* stopped, by a signal or a tracer */
		return info->si_status << 8 | 0x7f;
	}
}

PROCFD_PUBLIC int pdwait(int fd, int *status, int options,
			 struct __wrusage *wrusage, siginfo_t *info)
{
	struct procfd_exit_record record;
	siginfo_t found;

	if (procfd_wait(fd, options, NULL, &found, &record, sizeof(record)))
		return -1;
	if (!found.si_signo)
		return fail(EAGAIN);
	if (status)
		*status = wait_status(&found);
	if (wrusage) {
		usage_of_self(&record, &wrusage->wru_self);
		usage_of_children(&record, &wrusage->wru_children);
	}
	if (info)
		*info = found;
	return 0;
}
