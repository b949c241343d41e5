// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that counts SIGCHLD and waits for any child, as many do, and a
 * library in it that runs a helper behind its back.
 *
 *	innocent plain|autoreap
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "procfd.h"

/* ---- the library ------------------------------------------------------------ */

static int start_helper(unsigned int flags)
{
	char *argv[] = { "sh", "-c", "exit 5", NULL };
	char *envp[] = { NULL };

	return procfd_spawn(NULL, "/bin/sh", NULL, NULL, argv, envp, flags);
}

static int helper_status(int fd)
{
	struct procfd_exit_record record;
	int result = procfd_read_exit(fd, &record, sizeof(record));

	close(fd);
	return result ? -1 : procfd_exit_code(&record);
}

/* ---- the program ------------------------------------------------------------ */

static volatile sig_atomic_t signals;
static volatile sig_atomic_t stolen;

static void child_handler(int sig)
{
	(void)sig;
	signals++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		stolen++;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = child_handler,
				    .sa_flags = SA_RESTART };
	unsigned int flags = 0;
	int fd, status;

	if (argc == 2 && !strcmp(argv[1], "autoreap"))
		flags = PROCFD_AUTOREAP;
	sigaction(SIGCHLD, &action, NULL);
	fd = start_helper(flags);
	if (fd < 0) {
		perror("procfd_spawn");
		return 1;
	}
	status = helper_status(fd);
	while (wait(NULL) > 0)
		stolen++;
	printf("SIGCHLD: %d, children found by wait(-1): %d\n", signals,
	       stolen);
	printf("the library read: its helper exited with status %d\n", status);
	return 0;
}
