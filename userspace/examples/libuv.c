// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libuv SECONDS PID...: stop processes, whoever's children they are: SIGTERM, and
 * SIGKILL to those that have not ended after SECONDS. No signal can hit a successor,
 * whoever reaps them meanwhile. Tells how each ended.
 *
 *	cc libuv.c -o libuv $(pkg-config --cflags --libs libprocfd libuv)
 */
#include <err.h>
#include <errno.h>
#include <procfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

struct process {
	uv_poll_t poll;
	const char *pid;
	int fd;
};

static struct process *processes;

static void on_end(uv_poll_t *poll, int status, int events)
{
	struct process *process = poll->data;
	struct procfd_exit_record end;
	char text[64];

	if (status || procfd_read_exit(process->fd, &end, sizeof(end)))
		err(1, "%s", process->pid);
	procfd_describe_exit(&end, text, sizeof(text));
	printf("%s: %s\n", process->pid, text);
	uv_close((uv_handle_t *)poll, NULL);
	close(process->fd);
	process->fd = -1;
}

/* One that was reaped meanwhile is no error. */
static void signal_all(int sig)
{
	for (struct process *process = processes; process->pid; process++)
		if (process->fd >= 0 &&
		    procfd_send_signal(process->fd, sig, NULL, 0) &&
		    errno != ESRCH)
			err(1, "%s", process->pid);
}

static void on_time(uv_timer_t *timer)
{
	signal_all(SIGKILL);
}

int main(int argc, char *argv[])
{
	uv_loop_t *loop = uv_default_loop();
	uv_timer_t timer;

	processes = calloc(argc, sizeof(*processes));
	if (argc < 3 || !processes)
		errx(2, "usage: libuv SECONDS PID...");
	for (int i = 2; i < argc; i++) {
		struct process *process = &processes[i - 2];

		process->pid = argv[i];
		process->fd = procfd_open(atoi(process->pid), PROCFD_NONBLOCK);
		process->poll.data = process;
		if (process->fd < 0 ||
		    uv_poll_init(loop, &process->poll, process->fd) ||
		    uv_poll_start(&process->poll, UV_READABLE, on_end))
			err(1, "%s", process->pid);
	}
	signal_all(SIGTERM);
	uv_timer_init(loop, &timer);
	uv_timer_start(&timer, on_time, (uint64_t)(atof(argv[1]) * 1000), 0);
	uv_unref((uv_handle_t *)&timer); /* the loop ends with the processes */
	return uv_run(loop, UV_RUN_DEFAULT);
}
