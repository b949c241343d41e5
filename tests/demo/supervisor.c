// SPDX-License-Identifier: GPL-2.0-only
/*
 * A supervisor whose worker must not outlive it, however it ends. It prints
 * both numbers and does nothing else.
 */
#include <stdio.h>
#include <unistd.h>

#include "procfd.h"

int main(void)
{
	int fd;
	pid_t worker = procfd_fork(&fd, PROCFD_KILL_ON_CLOSE);

	if (worker < 0) {
		perror("procfd_fork");
		return 1;
	}
	if (worker) {
		printf("%d %d\n", getpid(), worker);
		fflush(stdout);
	}
	for (;;)
		pause();
}
