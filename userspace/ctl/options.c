// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options and arguments. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"

#define NSEC_PER_SEC 1000000000LL

static void print_help(void)
{
	printf("Usage: procfdctl %s %s\n\n%s.\n%s%s", command->name,
	       command->arguments, command->summary, *command->help ? "\n" : "",
	       command->help);
	exit(fflush(stdout) ? status_of(STATUS_FAILED) : STATUS_OK);
}

int next_option(int argc, char **argv, const char *short_options,
		const struct option *options)
{
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, short_options, options, NULL);
	if (option == 'h')
		print_help();
	if (option == ':')
		fail_usage("%s needs a value", argv[optind - 1]);
	if (option == '?' && optopt && !strchr(short_options, optopt))
		fail_usage("no option '-%c'", optopt);
	if (option == '?')
		fail_usage("wrong option '%s'", argv[optind - 1]);
	return option;
}

pid_t parse_pid(const char *text)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || pid < 1 ||
	    pid > INT32_MAX)
		fail_usage("'%s' is not the number of a process", text);
	return (pid_t)pid;
}

int64_t parse_duration_ns(const char *text)
{
	char *end;
	double seconds;

	seconds = strtod(text, &end);
	if ((!isdigit((unsigned char)*text) && *text != '.') || *end ||
	    !(seconds <= INT64_MAX / 2 / NSEC_PER_SEC))
		fail_usage("'%s' is not a number of seconds", text);
	return (int64_t)(seconds * NSEC_PER_SEC);
}

/* RTMIN, RTMIN+3, RTMAX-2 */
static int realtime_number(const char *text)
{
	int base = !strncasecmp(text, "RTMIN", 5) ? SIGRTMIN : SIGRTMAX;
	char *end;
	long offset = 0;

	if (strncasecmp(text, "RTMIN", 5) && strncasecmp(text, "RTMAX", 5))
		return -1;
	if (text[5]) {
		if (text[5] != '+' && text[5] != '-')
			return -1;
		offset = strtol(text + 5, &end, 10);
		if (*end || labs(offset) > SIGRTMAX)
			return -1;
	}
	offset += base;
	return offset >= SIGRTMIN && offset <= SIGRTMAX ? (int)offset : -1;
}

static int named_number(const char *text)
{
	char name[TEXT_MAX];

	for (int sig = 1; sig < SIGRTMIN; sig++) {
		signal_text(sig, name);
		if (!strcasecmp(name + strlen("SIG"), text))
			return sig;
	}
	return realtime_number(text);
}

int signal_number(const char *text)
{
	char *end;
	long sig;

	if (!isdigit((unsigned char)*text))
		return named_number(strncasecmp(text, "SIG", 3) ? text :
								  text + 3);
	sig = strtol(text, &end, 10);
	return *end || sig > SIGRTMAX ? -1 : (int)sig;
}

int parse_signal(const char *text)
{
	int sig = signal_number(text);

	if (sig < 0)
		fail_usage("no signal '%s'", text);
	return sig;
}
