// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Processes by number, held. What /proc says about a number is true of the
 * pinned process if that was not reaped when the reading was over.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ctl.h"

static void read_comm(struct target *target)
{
	char path[TEXT_MAX];
	ssize_t length = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", target->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		length = read(fd, target->comm, sizeof(target->comm) - 1);
		close(fd);
	}
	if (length > 0 && target->comm[length - 1] == '\n')
		length--;
	target->comm[length > 0 ? length : 0] = '\0';
	make_printable(target->comm);
}

bool target_unreaped(const struct target *target)
{
	return !procfd_send_signal(target->fd, 0, NULL, 0) || errno != ESRCH;
}

/* The name is left out rather than taken from a successor. */
int target_open(struct target *target, pid_t pid)
{
	target->pid = pid;
	target->fd = procfd_open(pid, PROCFD_NONBLOCK);
	if (target->fd < 0)
		return -1;
	read_comm(target);
	if (!target_unreaped(target))
		target->comm[0] = '\0';
	return 0;
}

void targets_add(struct targets *targets, const struct target *target)
{
	targets->list = reallocarray(targets->list, targets->count + 1,
				     sizeof(*target));
	if (!targets->list) {
		complain("free some memory", "out of memory");
		exit(status_of(STATUS_FAILED));
	}
	targets->list[targets->count++] = *target;
}

static int open_one(struct targets *targets, pid_t pid)
{
	struct target target;

	if (target_open(&target, pid))
		return fail_errno("process %d", pid);
	targets_add(targets, &target);
	return STATUS_OK;
}

int targets_open(struct targets *targets, char **argv)
{
	int worst = STATUS_OK;

	/* no mistake in the last word is to be found when the first is done */
	for (char **word = argv; *word; word++)
		parse_pid(*word);
	raise_fd_limit();
	for (; *argv && worst != STATUS_NO_MODULE; argv++) {
		int status = open_one(targets, parse_pid(*argv));

		if (status > worst)
			worst = status;
	}
	return worst;
}

void targets_close(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->list[i].fd >= 0)
			close(targets->list[i].fd);
	free(targets->list);
	*targets = (struct targets){ 0 };
}

void raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}
