// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number of a dead process is given to a new one; who gets the signal that
 * was meant for the dead one?
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "procfd.h"

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The next process gets this number, unless somebody forks in between. */
static void wind_back(pid_t pid)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		dprintf(fd, "%d", pid - 1);
		close(fd);
	}
}

static pid_t sleeper_numbered(pid_t pid)
{
	for (int tries = 0; tries < 100; tries++) {
		pid_t successor;

		wind_back(pid);
		successor = sleeper();
		if (successor == pid)
			return pid;
		end(successor);
	}
	return -1;
}

int main(void)
{
	pid_t pid = sleeper();
	int fd = procfd_open(pid, 0);
	int status, result;

	end(pid);
	if (fd < 0 || sleeper_numbered(pid) < 0)
		return 1;
	printf("%d has died, and %d is now a successor\n", pid, pid);
	result = procfd_send_signal(fd, SIGTERM, NULL, 0);
	printf("signal by procfd: %s\n", result ? strerror(errno) : "sent");
	printf("the successor %s\n",
	       waitpid(pid, &status, WNOHANG) ? "is dead" : "is alive");
	printf("signal by number: %s\n",
	       kill(pid, SIGTERM) ? "refused" : "sent");
	waitpid(pid, &status, 0);
	printf("the successor is dead: %s\n", strsignal(WTERMSIG(status)));
	return 0;
}
