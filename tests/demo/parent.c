// SPDX-License-Identifier: GPL-2.0-only
/*
 * A parent that reaps late: it starts a child that ends with status 3, prints
 * both numbers, and does not look after it before SIGUSR1 comes.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	sigset_t usr1;
	pid_t child;
	int sig, status;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	child = fork();
	if (child < 0)
		return 1;
	if (!child) {
		sleep(1);
		_exit(3);
	}
	printf("%d %d\n", getpid(), child);
	fflush(stdout);
	sigwait(&usr1, &sig);
	return waitpid(child, &status, 0) != child;
}
