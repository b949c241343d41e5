// SPDX-License-Identifier: GPL-2.0-only
/*
 * witness DAEMON PARENT: read how DAEMON ended, which is no child of ours,
 * while it is a zombie, and again when its parent was told to reap it.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "procfd.h"

static short await(int fd, short events)
{
	struct pollfd pollfd = { .fd = fd };

	/* poll() always tells of POLLHUP, so ask for nothing else to await it */
	pollfd.events = events;
	return poll(&pollfd, 1, 10000) > 0 ? pollfd.revents : 0;
}

static int tell(int fd, const char *when)
{
	struct procfd_exit_record record;
	char text[64];

	if (procfd_read_exit(fd, &record, sizeof(record))) {
		perror("procfd_read_exit");
		return -1;
	}
	procfd_describe_exit(&record, text, sizeof(text));
	printf("%s: %s\n", when, text);
	return 0;
}

int main(int argc, char **argv)
{
	pid_t daemon, parent;
	int fd;

	if (argc != 3)
		return 2;
	daemon = (pid_t)atoi(argv[1]);
	parent = (pid_t)atoi(argv[2]);
	fd = procfd_open(daemon, 0);
	if (fd < 0) {
		perror("procfd_open");
		return 1;
	}
	if (!(await(fd, POLLIN) & POLLIN) || tell(fd, "still a zombie"))
		return 1;
	kill(parent, SIGUSR1);
	if (!(await(fd, 0) & POLLHUP) || tell(fd, "reaped by its parent"))
		return 1;
	if (kill(daemon, 0))
		printf("its number means nobody any more\n");
	return 0;
}
