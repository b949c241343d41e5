// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libevent JOBS COMMAND...: run commands, JOBS of them at once. Tells how each ended,
 * and how long it ran; fails if one of them did. All of them die with this program.
 *
 *	cc libevent.c -o libevent $(pkg-config --cflags --libs libprocfd libevent_core)
 */
#include <err.h>
#include <event2/event.h>
#include <procfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static struct event_base *base;
static char **next;
static int failed;

static void begin_next(void);

static void on_end(int fd, short what, void *command)
{
	struct procfd_exit_record end;
	char text[64];

	if (procfd_wait(fd, WEXITED, NULL, NULL, &end, sizeof(end)))
		err(1, "%s", (char *)command);
	procfd_describe_exit(&end, text, sizeof(text));
	printf("%s: %s after %.1f s\n", (char *)command, text,
	       (end.end_ns - end.start_ns) / 1e9);
	fflush(stdout);
	failed |= procfd_exit_code(&end) != 0;
	close(fd);
	begin_next();
}

static void begin_next(void)
{
	char *command = *next, *argv[] = { "sh", "-c", command, NULL };
	int fd;

	if (!command)
		return;
	next++;
	fd = procfd_spawn(NULL, "/bin/sh", NULL, NULL, argv, environ,
			  PROCFD_KILL_ON_CLOSE);
	if (fd < 0)
		err(1, "%s", command);
	if (event_base_once(base, fd, EV_READ, on_end, command, NULL))
		errx(1, "%s: libevent does not watch it", command);
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		errx(2, "usage: libevent JOBS COMMAND...");
	next = argv + 2;
	base = event_base_new();
	if (!base)
		errx(1, "no event base");
	for (int jobs = atoi(argv[1]); jobs > 0; jobs--)
		begin_next();
	event_base_dispatch(base);
	return failed;
}
