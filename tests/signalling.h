/* SPDX-License-Identifier: GPL-2.0-only */
/* SEND_SIGNAL beside pidfd_send_signal(2): what their tests share. */
#ifndef PROCFD_TESTS_SIGNALLING_H
#define PROCFD_TESTS_SIGNALLING_H

#include <sys/resource.h>
#include <pthread.h>

#include "native.h"

static inline int errno_ours(int procfd, int signal)
{
	return ERRNO_OF(send_signal(procfd, signal, 0));
}

static inline int errno_native(int pidfd, int signal)
{
	return ERRNO_OF(pidfd_signal_native(pidfd, signal, NULL));
}

static inline void be_user(uid_t uid)
{
	ASSERT_OK(setresgid(uid, uid, uid));
	ASSERT_OK(setresuid(uid, uid, uid));
}

static inline pid_t sleeper_as(uid_t real, uid_t effective, uid_t saved)
{
	struct gate told = gate_make();
	pid_t pid = fork();

	if (!pid) {
		if (effective == saved && real == saved)
			be_user(real);
		else
			setresuid(real, effective, saved);
		gate_open(&told);
		for (;;)
			pause();
	}
	gate_wait(&told);
	return pid;
}

#endif
