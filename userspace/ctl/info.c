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

/* The name of the parent that it has now, or NULL. */
static const char *parent_name(int fd, struct process *parent)
{
	int parent_fd = procfd_open_relative(fd, PROCFD_RELATIVE_PARENT, -1, 0);
	struct procfd_info_record info;
	bool known;

	if (parent_fd < 0)
		return NULL;
	known = !procfd_get_info(parent_fd, PROCFD_INFO_COMM, &info,
				 sizeof(info));
	close(parent_fd);
	if (!known)
		return NULL;
	process_set_info(parent, &info);
	return parent->name;
}

static void print_text(const struct target *target, struct process *process)
{
	const struct procfd_info_record *info = &process->info;
	struct processes one = { .list = process, .count = 1 };
	struct process parent;

	printf("%s%d (%s)%s: %s", colour(stdout, BOLD), target->pid,
	       target->comm, colour(stdout, PLAIN), state_text(info));
	printf(info->mask & PROCFD_INFO_ID ? ", id %llu\n" : "\n",
	       (unsigned long long)info->id);
	if (info->mask & PROCFD_INFO_EXIT)
		report_text(stdout, target, &info->exit);
	processes_read_args(&one);
	info_text(process, parent_name(target->fd, &parent));
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
		return fail_errno("process %d", target->pid);
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
	int status;

	while (next_option(argc, argv, ":hj", options) >= 0)
		json = true;
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
	.arguments = "[--json] PID...",
	.help = "  -j, --json   one JSON object a line, times in nanoseconds\n"
		"\n"
		"What cannot be known is left out: the memory of a zombie, the namespaces of\n"
		"another user's process.\n"
		"\n"
		"Exit status: 0 shown, 1 one could not be, 2 wrong arguments, 3 no module.\n",
	.run = run_info,
};
