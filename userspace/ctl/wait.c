// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl wait: until processes have ended, anyone's. */
#include <stdlib.h>

#include "ctl.h"

static const struct option options[] = {
	{ "any", no_argument, NULL, 'a' },
	{ "exit-status", no_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "thread", no_argument, NULL, 'T' },
	{ "timeout", required_argument, NULL, 't' },
	{ 0 },
};

struct wait_options {
	struct endings endings;
	bool pass_on;
};

static void parse(int argc, char **argv, struct wait_options *wait)
{
	int option;

	while ((option = next_option(argc, argv, ":aehjTt:", options)) >= 0) {
		if (option == 'a')
			wait->endings.any = true;
		else if (option == 'e')
			wait->pass_on = true;
		else if (option == 'j')
			wait->endings.json = true;
		else if (option == 'T')
			wait->endings.targets->threads = true;
		else
			wait->endings.timeout_ns = parse_duration_ns(optarg);
	}
	if (!argv[optind])
		fail_usage("the number of a process is missing");
}

static int run_wait(int argc, char **argv)
{
	struct targets targets = { 0 };
	struct wait_options wait = {
		.endings = { .targets = &targets, .timeout_ns = -1 },
	};
	int failed, status;

	parse(argc, argv, &wait);
	/* one that cannot be opened does not keep us from the others */
	failed = targets_open(&targets, argv + optind);
	if (failed == STATUS_NO_MODULE)
		return failed;
	status = await_endings(&wait.endings);
	targets_close(&targets);
	if (!status && wait.pass_on)
		status = wait.endings.first_bad;
	return status ? status : failed;
}

const struct command command_wait = {
	.name = "wait",
	.summary = "Wait until processes have ended, and say how each did",
	.arguments = "[OPTIONS] PID...",
	.help = "The processes need not be children, and need not be yours.\n"
		"\n"
		"  -a, --any              until one of them has ended\n"
		"  -t, --timeout SECONDS  at most so long; 0.5 is half a second\n"
		"  -e, --exit-status      end with the status of the first one that failed:\n"
		"                         its own, or 128 plus the signal that killed it\n"
		"  -T, --thread           each PID is the number of a thread, as 'procfdctl ps\n"
		"                         --threads' has it. One that calls exec goes on as\n"
		"                         the leader of its process: its end is told as that\n"
		"  -j, --json             one JSON object a line, times in nanoseconds\n"
		"\n"
		"Exit status: 0 all (with --any: one) have ended, however they did;\n"
		"1 one could not be waited for, 2 wrong arguments, 3 no module,\n"
		"124 the time was over. With --exit-status also that of a process.\n",
	.run = run_wait,
};
