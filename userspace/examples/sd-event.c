// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * sd-event SOCKET: a server that learns how its clients end, though it is nobody's
 * parent, and though a client may have given its end of the connection away.
 *
 *	cc sd-event.c -o sd-event $(pkg-config --cflags --libs libprocfd libsystemd)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <procfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-event.h>
#include <unistd.h>

static void check(int result, const char *what)
{
	errno = -result;
	if (result < 0)
		err(1, "%s", what);
}

static int on_end(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct procfd_exit_record end;
	char text[64];

	if (procfd_read_exit(fd, &end, sizeof(end)))
		return -errno;
	procfd_describe_exit(&end, text, sizeof(text));
	printf("client %d of user %u: %s\n", end.pid, end.uid, text);
	fflush(stdout);
	sd_event_source_unref(source);
	return 0;
}

/* The socket pins the process that called connect(), so no number is looked at. */
static int on_connect(sd_event_source *source, int fd, uint32_t events,
		      void *data)
{
	int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	int procfd = procfd_open_peer(connection, PROCFD_NONBLOCK);
	sd_event *event = sd_event_source_get_event(source);
	sd_event_source *watch;

	if (procfd < 0) {
		warn("a client");
	} else {
		check(sd_event_add_io(event, &watch, procfd, EPOLLIN, on_end,
				      NULL),
		      "sd_event_add_io");
		sd_event_source_set_io_fd_own(watch, 1);
	}
	close(connection); /* a real server would begin to serve it here */
	return 0;
}

int main(int argc, char *argv[])
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	sd_event *event = NULL;

	if (argc != 2)
		errx(2, "usage: sd-event SOCKET");
	strncpy(address.sun_path, argv[1], sizeof(address.sun_path) - 1);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 16))
		err(1, "%s", argv[1]);
	check(sd_event_default(&event), "sd_event_default");
	check(sd_event_add_io(event, NULL, fd, EPOLLIN, on_connect, NULL),
	      argv[1]);
	check(sd_event_loop(event), "sd_event_loop");
	return 0;
}
