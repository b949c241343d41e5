/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands of commands.h, and others like them, while something fails in them. */
#ifndef PROCFD_TESTS_FAULT_COMMANDS_H
#define PROCFD_TESTS_FAULT_COMMANDS_H

#include "fault.h"

#include "commands.h"

struct fault_command {
	const struct command *command;
	int fd;
};

static inline int fault_call_command(void *arg)
{
	const struct fault_command *call = arg;
	const struct command *c = call->command;
	union argument argument = { 0 };
	int result, error;

	c->fill(&argument);
	fault_begin();
	result = ioctl(call->fd, c->command, &argument);
	error = ERRNO_OF(result);
	/* the child has no failures, and may not touch those of its parent */
	if (c->command == PROCFD_CLONE && result == 0)
		_exit(0);
	fault_end();
	undo(c, result);
	return error;
}

/* On the device, or on the sleeper that setup() made. */
static inline void fault_each_place(const struct command *c, int dev,
				    unsigned int errors)
{
	struct fault_command call = { c, fd_for(c, dev) };

	fault_each(c->name, errors, fault_call_command, &call);
}

/* The same command with another argument. */
struct fault_variant {
	struct command command;
	unsigned int errors;
};

static inline void fault_variants(const struct fault_variant *variants,
				  int count)
{
	pid_t sibling;
	int dev;

	fault_setup();
	dev = setup();
	sibling = fork_sleeper();
	for (int i = 0; i < count; i++)
		fault_each_place(&variants[i].command, dev, variants[i].errors);
	kill_and_reap(sibling);
	teardown();
}

#define FAULT_VARIANTS(variants) \
	fault_variants(variants, sizeof(variants) / sizeof(*(variants)))

#endif
