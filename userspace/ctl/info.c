// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl info: what is known about processes, ended ones included. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <json-c/json.h>

#include "process.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "thread", no_argument, NULL, 'T' },
	{ 0 },
};

static const char *state_text(const struct procfd_info_record *info)
{
	if (!(info->mask & PROCFD_INFO_STATE))
		return "unknown";
	if (info->flags & PROCFD_PROCESS_REAPED)
		return "reaped";
	return info->flags & PROCFD_PROCESS_ENDED ? "ended" : "alive";
}

/* What it is called, or NULL. Lets go of the fd. */
static const char *name_of(int fd, struct process *process)
{
	struct procfd_info_record info;
	bool known;

	if (fd < 0)
		return NULL;
	known = !procfd_get_info(fd, PROCFD_INFO_COMM, &info, sizeof(info));
	close(fd);
	if (!known)
		return NULL;
	process_set_info(process, &info);
	return process->name;
}

static int open_relative(int fd, int relation)
{
	return procfd_open_relative(fd, relation, -1, 0);
}

/* A thread has no parent of its own: it is that of its process. */
static const char *parent_name(const struct target *target,
			       struct process *parent)
{
	const char *name;
	int fd;

	if (!target->thread)
		return name_of(open_relative(target->fd,
					     PROCFD_RELATIVE_PARENT),
			       parent);
	fd = open_relative(target->fd, PROCFD_RELATIVE_PROCESS);
	name = name_of(open_relative(fd, PROCFD_RELATIVE_PARENT), parent);
	if (fd >= 0)
		close(fd);
	return name;
}

static void print_owner(const struct target *target)
{
	struct process owner;
	const char *name = name_of(
		open_relative(target->fd, PROCFD_RELATIVE_PROCESS), &owner);

	if (target->tgid)
		printf("    %-12s %d%s%s%s\n", "process", target->tgid,
		       name ? " (" : "", name ?: "", name ? ")" : "");
}

static void print_text(const struct target *target, struct process *process)
{
	const struct procfd_info_record *info = &process->info;
	struct processes one = { .list = process, .count = 1 };
	struct process parent;
	char owner[TEXT_MAX];

	printf("%s%d (%s)%s%s: %s", colour(stdout, BOLD), target->pid,
	       target->comm, colour(stdout, PLAIN), owner_text(target, owner),
	       state_text(info));
	printf(info->mask & PROCFD_INFO_ID ? ", id %llu\n" : "\n",
	       (unsigned long long)info->id);
	if (info->mask & PROCFD_INFO_EXIT)
		report_text(stdout, target, &info->exit);
	processes_read_args(&one);
	if (target->thread) {
		print_owner(target);
		/* how many it has beside it is told of the process */
		process->info.mask &= ~PROCFD_INFO_THREADS;
	}
	info_text(process, parent_name(target, &parent));
	free(process->args);
}

static void print_info_json(const struct target *target,
			    const struct procfd_info_record *info)
{
	struct json_object *object =
		target_json(target, state_text(info),
			    info->mask & PROCFD_INFO_EXIT ? &info->exit : NULL);

	info_json(object, info);
	print_json(stdout, object);
}

static int show(const struct target *target, bool json)
{
	struct procfd_info_record info;
	struct process process;

	if (procfd_get_info(target->fd, ~0ULL, &info, sizeof(info)))
		return fail_errno("%s %d",
				  target->thread ? "thread" : "process",
				  target->pid);
	process_set_info(&process, &info);
	if (json)
		print_info_json(target, &info);
	else
		print_text(target, &process);
	return STATUS_OK;
}

static int run_info(int argc, char **argv)
{
	struct targets targets = { 0 };
	bool json = false;
	int option, status;

	while ((option = next_option(argc, argv, ":hjT", options)) >= 0) {
		if (option == 'j')
			json = true;
		else
			targets.threads = true;
	}
	if (!argv[optind])
		fail_usage("the number of a process is missing");
	status = targets_open(&targets, argv + optind);
	for (size_t i = 0; i < targets.count; i++)
		status = show(&targets.list[i], json) ?: status;
	targets_close(&targets);
	return status;
}

const struct command command_info = {
	.name = "info",
	.summary = "Show all that is known of processes, ended ones too",
	.arguments = "[OPTIONS] PID...",
	.help = "  -T, --thread  each PID is the number of a thread, as 'procfdctl ps --threads'\n"
		"                has it: what is known of that thread alone\n"
		"  -j, --json    one JSON object a line, times in nanoseconds\n"
		"\n"
		"What cannot be known is left out: the memory of a zombie, the namespaces of\n"
		"another user's process.\n"
		"\n"
		"Exit status: 0 shown, 1 one could not be, 2 wrong arguments, 3 no module.\n",
	.run = run_info,
};
