// SPDX-License-Identifier: GPL-2.0-only
/*
 * A procfd goes over a UNIX socket to an unprivileged process, which never
 * could have waited for that process. It reads how it ended.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "procfd.h"

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

/* Send the fd, or receive one if it is -1. */
static int pass(int socket, int fd)
{
	char byte = 0;
	union control control = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	if (fd < 0 && recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1) {
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
		return fd;
	}
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int receiver(int socket)
{
	struct procfd_exit_record record;
	char text[64];
	int fd;

	if (setgid(65534) || setuid(65534))
		return 1;
	fd = pass(socket, -1);
	if (fd < 0 || procfd_read_exit(fd, &record, sizeof(record)))
		return 1;
	procfd_describe_exit(&record, text, sizeof(text));
	printf("received by user %d: %s\n", getuid(), text);
	return 0;
}

int main(void)
{
	char *argv[] = { "sh", "-c", "sleep 1; kill -TERM $$", NULL };
	int sockets[2], status = 1;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return 1;
	pid = fork();
	if (!pid)
		return receiver(sockets[1]);
	int fd = procfd_spawn(NULL, "/bin/sh", NULL, NULL, argv, environ, 0);

	if (fd < 0 || pass(sockets[0], fd))
		return 1;
	printf("sent by user %d, and closed\n", getuid());
	fflush(stdout);
	close(fd);
	waitpid(pid, &status, 0);
	return status;
}
