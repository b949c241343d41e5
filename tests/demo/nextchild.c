// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code that knows nothing of procfds makes children by fork(), posix_spawn() and
 * system(); who calls it holds them all the same.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "procfd.h"

/* ---- plain C library code ---------------------------------------------------- */

static void by_fork(void)
{
	if (!fork())
		_exit(11);
}

static void by_posix_spawn(void)
{
	char *argv[] = { "sh", "-c", "exit 12", NULL };
	pid_t pid;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ))
		exit(1);
}

static void by_system(void)
{
	if (system("exit 13") < 0)
		exit(1);
}

/* ---- its caller ---------------------------------------------------------------- */

static void hold(const char *name, void (*plain)(void))
{
	struct procfd_exit_record record;
	char text[64];
	int fd = procfd_next_child(0);

	if (fd < 0) {
		perror("procfd_next_child");
		exit(1);
	}
	plain();
	if (procfd_wait(fd, WEXITED, NULL, NULL, &record, sizeof(record))) {
		perror("procfd_wait");
		exit(1);
	}
	procfd_describe_exit(&record, text, sizeof(text));
	printf("%s: process %d %s\n", name, record.pid, text);
	close(fd);
}

int main(void)
{
	hold("fork()", by_fork);
	hold("posix_spawn()", by_posix_spawn);
	hold("system()", by_system);
	return 0;
}
