// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * io_uring PID...: tell of processes, whoever's children they are, how each ended
 * and that its parent has reaped it: a read and then a poll of each, all of them
 * submitted at once. No thread waits meanwhile.
 *
 *	cc io_uring.c -o io_uring $(pkg-config --cflags --libs libprocfd liburing)
 */
#include <err.h>
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <procfd.h>
#include <stdio.h>
#include <stdlib.h>

struct process {
	const char *pid;
	struct procfd_exit_record end;
	int fd, completed;
};

static void check(int result, const char *what)
{
	errno = -result;
	if (result < 0)
		err(1, "%s", what);
}

/* The poll begins when the read is done, however that went. */
static void submit(struct io_uring *ring, struct process *process)
{
	struct io_uring_sqe *read = io_uring_get_sqe(ring);
	struct io_uring_sqe *poll = io_uring_get_sqe(ring);

	io_uring_prep_read(read, process->fd, &process->end,
			   sizeof(process->end), -1);
	io_uring_sqe_set_flags(read, IOSQE_IO_HARDLINK);
	io_uring_sqe_set_data(read, process);
	io_uring_prep_poll_add(poll, process->fd, POLLHUP);
	io_uring_sqe_set_data(poll, process);
}

static void complete(struct process *process, int result)
{
	char text[64];

	check(result, process->pid);
	procfd_describe_exit(&process->end, text, sizeof(text));
	printf("%s: %s\n", process->pid,
	       process->completed++ ? "reaped" : text);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	struct process *processes = calloc(argc, sizeof(*processes));
	struct io_uring_cqe *cqe;
	struct io_uring ring;

	if (argc < 2 || !processes)
		errx(2, "usage: io_uring PID...");
	check(io_uring_queue_init(2 * argc, &ring, 0), "io_uring");
	for (int i = 1; i < argc; i++) {
		processes[i].pid = argv[i];
		processes[i].fd = procfd_open(atoi(argv[i]), 0);
		check(processes[i].fd < 0 ? -errno : 0, argv[i]);
		submit(&ring, &processes[i]);
	}
	check(io_uring_submit(&ring), "io_uring_submit");
	for (int left = 2 * (argc - 1); left > 0; left--) {
		check(io_uring_wait_cqe(&ring, &cqe), "io_uring_wait_cqe");
		complete(io_uring_cqe_get_data(cqe), cqe->res);
		io_uring_cqe_seen(&ring, cqe);
	}
	return 0;
}
