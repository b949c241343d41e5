// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * epoll PID COMMAND...: wait at once for a process, whoever's child it is, and for
 * children. Tells of each how it ended and what it used, as they end.
 *
 *	cc epoll.c -o epoll $(pkg-config --cflags --libs libprocfd)
 */
#include <err.h>
#include <procfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct process {
	char *name;
	int fd;
};

static int spawn(char *command)
{
	char *argv[] = { "sh", "-c", command, NULL };

	return procfd_spawn(NULL, "/bin/sh", NULL, NULL, argv, environ, 0);
}

/*
 * Reaps a child, and reads of anyone else. A close() alone does not take the fd from
 * @epoll: a child between its fork and its exec may have a copy.
 */
static void report(int epoll, const struct process *process)
{
	struct procfd_exit_record end;
	char text[64];

	if (procfd_wait(process->fd, WEXITED, NULL, NULL, &end, sizeof(end)))
		err(1, "%s", process->name);
	procfd_describe_exit(&end, text, sizeof(text));
	printf("%s: %s; user %.2f s, system %.2f s, peak memory %llu KiB\n",
	       process->name, text, end.utime_ns / 1e9, end.stime_ns / 1e9,
	       (unsigned long long)end.maxrss_bytes / 1024);
	fflush(stdout);
	epoll_ctl(epoll, EPOLL_CTL_DEL, process->fd, NULL);
	close(process->fd);
}

int main(int argc, char *argv[])
{
	struct process *processes = calloc(argc, sizeof(*processes));
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (argc < 2)
		errx(2, "usage: epoll PID COMMAND...");
	if (!processes || epoll < 0)
		err(1, "epoll");
	for (int i = 1; i < argc; i++) {
		struct process *process = &processes[i];
		struct epoll_event event = { EPOLLIN, { .ptr = process } };

		process->name = argv[i];
		process->fd = i == 1 ? procfd_open(atoi(argv[i]), 0) :
				       spawn(argv[i]);
		if (process->fd < 0 ||
		    epoll_ctl(epoll, EPOLL_CTL_ADD, process->fd, &event))
			err(1, "%s", argv[i]);
	}
	for (int left = argc - 1; left > 0; left--) {
		struct epoll_event event;

		if (epoll_wait(epoll, &event, 1, -1) < 0)
			err(1, "epoll_wait");
		report(epoll, event.data.ptr);
	}
	return 0;
}
