// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * testrunner SECONDS COMMAND...: run tests, and leave no process of them behind. Each
 * has a pid namespace, whose init ends with the test, and is killed when the time is
 * up or this program has ended, be it by SIGKILL; and with it the kernel kills all in
 * there, daemons too. What a test asks others to run (cron, systemd) is elsewhere.
 *
 *	cc testrunner.c -o testrunner $(pkg-config --cflags --libs libprocfd)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <procfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first process of a namespace: what it returns is the status of the test. */
static int init(char *command)
{
	char *argv[] = { "/bin/sh", "-c", command, NULL };
	int status = 0;
	pid_t test;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", 0, NULL) ||
	    (errno = posix_spawn(&test, argv[0], NULL, NULL, argv, environ)))
		err(127, "%s", command);
	while (wait(&status) != test)
		continue;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	if (!kill(-1, 0))
		warnx("%s: left processes behind", command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int fails(int number, char *command, const struct timespec *limit)
{
	struct procfd_exit_record end = { 0 };
	int fd, user = geteuid() ? CLONE_NEWUSER : 0;
	struct procfd_clone_args args = {
		.flags = PROCFD_KILL_ON_CLOSE,
		.procfd = (uintptr_t)&fd,
		.clone_flags = CLONE_NEWPID | CLONE_NEWNS | user,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = procfd_clone(&args, sizeof(args));

	if (!pid)
		_exit(init(command));
	if (pid < 0)
		err(2, "%s: no namespace", command);
	if (procfd_wait(fd, WEXITED, limit, NULL, &end, sizeof(end))) {
		warnx("%s: the time is up", command);
		procfd_send_signal(fd, SIGKILL, NULL, 0);
		procfd_wait(fd, WEXITED, NULL, NULL, &end, sizeof(end));
	}
	close(fd);
	printf("%sok %d - %s\n", procfd_exit_code(&end) ? "not " : "", number,
	       command);
	return procfd_exit_code(&end) != 0;
}

int main(int argc, char *argv[])
{
	struct timespec limit = { .tv_sec = argc > 1 ? atoi(argv[1]) : 0 };
	int failed = 0;

	if (argc < 3)
		errx(2, "usage: testrunner SECONDS COMMAND...");
	setlinebuf(stdout);
	printf("1..%d\n", argc - 2);
	for (int i = 2; i < argc; i++)
		failed |= fails(i - 1, argv[i], &limit);
	return failed;
}
