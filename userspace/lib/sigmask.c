// SPDX-License-Identifier: LGPL-2.1-or-later
/* No handler of the caller's runs between a child's birth and what has to follow. */
#include <pthread.h>

#include "internal.h"

void block_signals(sigset_t *mask)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, mask);
}

void restore_signals(const sigset_t *mask)
{
	pthread_sigmask(SIG_SETMASK, mask, NULL);
}
