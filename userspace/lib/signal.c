// SPDX-License-Identifier: LGPL-2.1-or-later
/* Signals to the process that the fd names. */
#include "internal.h"

static void copy_info(struct procfd_send_signal *args, const siginfo_t *info)
{
	args->flags |= PROCFD_SIGNAL_INFO;
	args->code = info->si_code;
	args->error = info->si_errno;
	args->pid = info->si_pid;
	args->uid = info->si_uid;
	args->value = (uintptr_t)info->si_value.sival_ptr;
}

/*
 * A filter of system calls cannot tell our ioctl from a harmless one, so the
 * module refuses what the filter might. On a native pidfd the filter can judge.
 * That the caller had no right to begin with makes no difference: the native
 * call has the same rule. What cannot be asked natively stays refused.
 */
static int send_natively(int fd, int sig, const siginfo_t *info,
			 unsigned int flags)
{
	int pidfd = procfd_get_pidfd(fd, 0);
	int result;

	if (pidfd < 0)
		return fail(errno == ESRCH ? ESRCH : EPERM);
	result = pidfd_send(pidfd, sig, info, flags);
	close_quietly(pidfd);
	return result;
}

PROCFD_PUBLIC int procfd_send_signal(int fd, int sig, const siginfo_t *info,
				     unsigned int flags)
{
	struct procfd_send_signal args = { .signal = sig, .flags = flags };

	/* that flag belongs to @info */
	if (flags & PROCFD_SIGNAL_INFO)
		return fail(EINVAL);
	if (info && info->si_signo != sig)
		return fail(EINVAL);
	if (info)
		copy_info(&args, info);
	if (!ioctl(fd, PROCFD_SEND_SIGNAL, &args))
		return 0;
	if (is_other_kind(fd))
		return pidfd_send(fd, sig, info, flags);
	if (errno == EPERM)
		return send_natively(fd, sig, info, flags);
	return -1;
}
