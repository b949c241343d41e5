// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl info: what is known about processes, ended ones included. */
#include <errno.h>
#include <stdio.h>

#include <json-c/json.h>

#include "ctl.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

static const char *state_text(unsigned int state)
{
	static const char *const names[] = {
		[PROCFD_STATE_UNKNOWN] = "unknown",
		[PROCFD_STATE_UNBOUND] = "unbound",
		[PROCFD_STATE_CANCELLED] = "cancelled",
		[PROCFD_STATE_ALIVE] = "alive",
		[PROCFD_STATE_ENDED] = "ended",
		[PROCFD_STATE_REAPED] = "reaped",
	};

	return names[state <= PROCFD_STATE_REAPED ? state : 0];
}

static void info_text(const struct target *target,
		      const struct procfd_fdinfo *info,
		      const struct procfd_exit_record *record)
{
	printf("%s%d (%s)%s: %s", colour(stdout, BOLD), target->pid,
	       target->comm, colour(stdout, PLAIN), state_text(info->state));
	printf(info->id ? ", id %llu\n" : "\n", (unsigned long long)info->id);
	if (record)
		report_text(stdout, target, record);
}

static void info_json(const struct target *target,
		      const struct procfd_fdinfo *info,
		      const struct procfd_exit_record *record)
{
	struct json_object *object =
		target_json(target, state_text(info->state), record);

	if (info->id)
		json_object_object_add(object, "id",
				       json_object_new_uint64(info->id));
	print_json(stdout, object);
}

static int show(const struct target *target, bool json)
{
	struct procfd_exit_record record;
	struct procfd_fdinfo info;
	bool ended;

	/* the record first: what has ended by then is not shown as alive */
	ended = !procfd_read_exit(target->fd, &record, sizeof(record));
	if (!ended && errno != EAGAIN)
		return fail_errno("exit record of process %d", target->pid);
	if (procfd_read_fdinfo(target->fd, &info, sizeof(info)))
		return fail_errno("fdinfo of process %d", target->pid);
	(json ? info_json : info_text)(target, &info, ended ? &record : NULL);
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
	.summary =
		"Show what is known about processes, also when they have ended",
	.arguments = "[--json] PID...",
	.help = "  -j, --json   one JSON object a line, times in nanoseconds\n"
		"\n"
		"Exit status: 0 shown, 1 one could not be, 2 wrong arguments, 3 no module.\n",
	.run = run_info,
};
