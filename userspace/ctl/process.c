// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which processes there are, and what is known of each. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

#define ALWAYS                                                  \
	(PROCFD_INFO_ID | PROCFD_INFO_PIDS | PROCFD_INFO_COMM | \
	 PROCFD_INFO_STATE)

/* more of a command line than anyone reads */
#define ARGS_MAX 4096

static void out_of_memory(void)
{
	complain("free some memory", "out of memory");
	exit(status_of(STATUS_FAILED));
}

void process_set_info(struct process *process,
		      const struct procfd_info_record *info)
{
	memset(process, 0, sizeof(*process));
	process->info = *info;
	memcpy(process->name, info->comm, sizeof(info->comm));
	make_printable(process->name);
}

/* ---- list ------------------------------------------------------------------- */

/* a file, or the number of a process whose pid namespace it is */
static int open_pidns(const char *text)
{
	int fd, pidns;

	if (strchr(text, '/'))
		return open(text, O_RDONLY | O_CLOEXEC);
	fd = procfd_open(parse_pid(text), 0);
	if (fd < 0)
		return -1;
	pidns = procfd_get_namespace(fd, PROCFD_NAMESPACE_PID);
	close(fd);
	return pidns;
}

/* The fds are the caller's to close, also after a failure. */
static int make_options(struct procfd_list_options *options,
			const struct selection *selection, uint64_t groups)
{
	*options = (struct procfd_list_options){
		.mask = groups | ALWAYS,
		.flags = selection->flags,
		.uid = selection->uid,
		.parent_fd = -1,
		.pidns_fd = -1,
	};
	if (selection->parent) {
		options->flags |= PROCFD_LIST_CHILDREN;
		options->parent_fd = procfd_open(selection->parent, 0);
		if (options->parent_fd < 0)
			return fail_errno("process %d", selection->parent);
	}
	if (selection->pidns) {
		options->flags |= PROCFD_LIST_PIDNS;
		options->pidns_fd = open_pidns(selection->pidns);
		if (options->pidns_fd < 0)
			return fail_errno("pid namespace %s", selection->pidns);
	}
	return STATUS_OK;
}

/* Of whom only the number is told, nobody can say that a filter holds. */
static bool is_wanted(const struct process *process,
		      const struct selection *selection)
{
	if (selection->pids.count &&
	    !pids_have(&selection->pids, process->info.pid))
		return false;
	if (selection->no_kernel &&
	    (!(process->info.mask & PROCFD_INFO_STATE) ||
	     process->info.flags & PROCFD_PROCESS_KERNEL_THREAD))
		return false;
	return !selection->pattern ||
	       (process->info.mask & PROCFD_INFO_COMM &&
		!fnmatch(selection->pattern, process->name, 0));
}

/* The list has the order of the numbers, so behind the last one is nothing. */
static bool is_last(const struct process *process,
		    const struct selection *selection)
{
	const struct pids *pids = &selection->pids;

	return pids->count && process->info.pid >= pids->list[pids->count - 1];
}

/* Room for one more, which is made as large again as what is there. */
static struct process *room(struct processes *processes, size_t *size)
{
	if (processes->count == *size) {
		*size = *size ? *size * 2 : 256;
		processes->list = reallocarray(processes->list, *size,
					       sizeof(*processes->list));
		if (!processes->list)
			out_of_memory();
	}
	return &processes->list[processes->count];
}

static int fail_list(const struct procfd_list_options *options)
{
	if (errno != EINVAL || !(options->flags & PROCFD_LIST_UID))
		return fail_errno("listing processes");
	complain("see /proc/self/uid_map",
		 "user %u: there is none in this user namespace", options->uid);
	return STATUS_FAILED;
}

static int fill(struct processes *processes, const struct selection *selection,
		const struct procfd_list_options *options)
{
	struct procfd_list_iterator *iterator =
		procfd_list_open(options, sizeof(*options));
	struct procfd_info_record info;
	int more, status = STATUS_OK;
	size_t size = 0;

	if (!iterator)
		return fail_list(options);
	while ((more = procfd_list_next(iterator, &info, sizeof(info))) > 0) {
		struct process *process = room(processes, &size);

		process_set_info(process, &info);
		if (is_wanted(process, selection))
			processes->count++;
		if (is_last(process, selection))
			break;
	}
	if (more < 0)
		status = fail_errno("listing processes");
	procfd_list_close(iterator);
	return status;
}

int processes_list(struct processes *processes,
		   const struct selection *selection, uint64_t groups)
{
	struct procfd_list_options options;
	int status;

	*processes = (struct processes){ 0 };
	status = make_options(&options, selection, groups);
	if (!status)
		status = fill(processes, selection, &options);
	if (options.parent_fd >= 0)
		close(options.parent_fd);
	if (options.pidns_fd >= 0)
		close(options.pidns_fd);
	return status;
}

void processes_free(struct processes *processes)
{
	for (size_t i = 0; i < processes->count; i++)
		free(processes->list[i].args);
	free(processes->list);
	*processes = (struct processes){ 0 };
}

/* ---- command lines ------------------------------------------------------------ */

/* A procfd for the process that was listed; its number may be another's by now. */
static int open_listed(const struct procfd_info_record *info)
{
	int fd = procfd_open(info->pid, 0);
	uint64_t id;

	if (fd >= 0 && !procfd_get_id(fd, &id) && id == info->id)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static ssize_t read_cmdline(int fd, char *text)
{
	ssize_t length = -1;
	int dir, file;

	dir = procfd_open_dir(fd, -1);
	if (dir < 0)
		return -1;
	file = openat(dir, "cmdline", O_RDONLY | O_CLOEXEC);
	close(dir);
	if (file < 0)
		return -1;
	length = read(file, text, ARGS_MAX - 1);
	close(file);
	return length;
}

static void read_args(struct process *process)
{
	char text[ARGS_MAX];
	ssize_t length;
	int fd;

	/* threads, the kernel's own and zombies have none */
	if (process->info.flags &
	    (PROCFD_PROCESS_KERNEL_THREAD | PROCFD_PROCESS_THREAD |
	     PROCFD_PROCESS_ENDED))
		return;
	fd = open_listed(&process->info);
	if (fd < 0)
		return;
	length = read_cmdline(fd, text);
	close(fd);
	while (length > 0 && !text[length - 1])
		length--;
	if (length <= 0)
		return;
	text[length] = '\0';
	for (ssize_t i = 0; i < length; i++)
		if (!text[i])
			text[i] = ' ';
	make_printable(text);
	process->args = strdup(text);
	if (!process->args)
		out_of_memory();
}

void processes_read_args(struct processes *processes)
{
	for (size_t i = 0; i < processes->count; i++)
		read_args(&processes->list[i]);
}
