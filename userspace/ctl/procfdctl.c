// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl: processes by file descriptor, from the command line. */
#include <stdio.h>
#include <string.h>

#include "ctl.h"

static const struct command *const commands[] = {
	&command_ps,	 &command_tree, &command_info,	 &command_dir,
	&command_wait,	 &command_kill, &command_run,	 &command_features,
	&command_doctor, &command_load, &command_unload, &command_status,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

const struct command *command;

static int print_help(void)
{
	puts("Usage: procfdctl COMMAND [ARGUMENTS]\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	puts("\n"
	     "  procfdctl COMMAND --help    about one of them\n"
	     "  procfdctl --version\n"
	     "\n"
	     "Exit status:\n"
	     "  0    done\n"
	     "  1    something failed; a line on standard error says what\n"
	     "  2    the arguments are wrong\n"
	     "  3    the module is not there\n"
	     "  124  --timeout was over\n"
	     "'run' has its own, see there.");
	return STATUS_OK;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int main_option(const char *word)
{
	if (!strcmp(word, "--help") || !strcmp(word, "-h") ||
	    !strcmp(word, "help"))
		return print_help();
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("procfdctl " VERSION);
		return STATUS_OK;
	}
	fail_usage("no command '%s'", word);
}

/* What was printed must have arrived: a full disk is a failure. */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	complain("free some space, or look where it goes",
		 "standard output cannot be written");
	return status ? status : status_of(STATUS_FAILED);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		fail_usage("a command is missing");
	command = find(argv[1]);
	if (!command)
		return finish(main_option(argv[1]));
	return finish(command->run(argc - 1, argv + 1));
}
