// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * glib TIMES COMMAND ARGUMENT...: keep a service running: begin it again when it
 * fails, up to TIMES times. GLib makes the process, and the fd is there before that
 * runs: procfd_next_child() holds the child of any library's call.
 *
 *	cc glib.c -o glib $(pkg-config --cflags --libs libprocfd glib-2.0)
 */
#include <err.h>
#include <glib-unix.h>
#include <procfd.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static GMainLoop *loop;
static char **command;
static int times, status;

static void begin(void);

static gboolean on_end(int fd, GIOCondition condition, gpointer data)
{
	struct procfd_exit_record end;
	char text[64];

	/* reaps this child, and none that others wait for */
	if (procfd_wait(fd, WEXITED, NULL, NULL, &end, sizeof(end)))
		err(1, "%s", command[0]);
	close(fd);
	procfd_describe_exit(&end, text, sizeof(text));
	g_print("%s: %s\n", command[0], text);
	status = procfd_exit_code(&end);
	if (status && times-- > 0)
		begin();
	else
		g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

static void begin(void)
{
	int fd = procfd_next_child(0);
	GError *error = NULL;

	if (fd < 0)
		err(1, "procfd_next_child");
	if (!g_spawn_async(NULL, command, NULL,
			   G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
			   NULL, NULL, NULL, &error))
		errx(1, "%s", error->message);
	g_unix_fd_add(fd, G_IO_IN, on_end, NULL);
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		errx(2, "usage: glib TIMES COMMAND ARGUMENT...");
	times = atoi(argv[1]);
	command = argv + 2;
	loop = g_main_loop_new(NULL, FALSE);
	begin();
	g_main_loop_run(loop);
	return status;
}
