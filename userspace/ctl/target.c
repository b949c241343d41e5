// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Processes and threads by number, held. What /proc says about a number is true
 * of what is pinned if that was not reaped when the reading was over.
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
	return procfd_get_pid_in(target->fd, -1) == target->pid;
}

/* 0: it is gone already, or may not be described. */
static pid_t read_tgid(int fd)
{
	struct procfd_info_record info;

	if (procfd_get_info(fd, PROCFD_INFO_PIDS, &info, sizeof(info)))
		return 0;
	return info.tgid;
}

/* The name is left out rather than taken from a successor. */
int target_open(struct target *target, pid_t pid, bool thread)
{
	target->pid = pid;
	target->thread = thread;
	target->tgid = 0;
	target->fd = procfd_open(pid, PROCFD_NONBLOCK |
					      (thread ? PROCFD_THREAD : 0));
	if (target->fd < 0)
		return -1;
	if (thread)
		target->tgid = read_tgid(target->fd);
	read_comm(target);
	if (!target_unreaped(target))
		target->comm[0] = '\0';
	return 0;
}

const char *owner_text(const struct target *target, char *text)
{
	*text = '\0';
	if (target->thread && target->tgid)
		snprintf(text, TEXT_MAX, ", a thread of %d", target->tgid);
	else if (target->thread)
		snprintf(text, TEXT_MAX, ", a thread");
	return text;
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

int fail_open(pid_t pid, bool thread)
{
	if (errno != ENOENT)
		return fail_errno("%s %d", thread ? "thread" : "process", pid);
	complain(
		"name its process, or see --threads of ps, --thread of info and wait",
		"%d is a thread, and no process", pid);
	return STATUS_FAILED;
}

static int open_one(struct targets *targets, pid_t pid)
{
	struct target target;

	if (target_open(&target, pid, targets->threads))
		return fail_open(pid, targets->threads);
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
