// SPDX-License-Identifier: LGPL-2.1-or-later
/* Failures: one line, which says what failed and what to do next. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

static const char *hint(int error)
{
	switch (error) {
	case ENODEV:
		return access("/sys/module/procfd", F_OK) ?
			       "load it with 'procfdctl load'; 'procfdctl doctor' tells more" :
			       "it is loaded, make the node /dev/procfd visible here; 'procfdctl doctor' tells more";
	case EPROTONOSUPPORT:
		return "install module and command of the same version; 'procfdctl doctor' tells which";
	case EACCES:
		return "run it as root, or see the mode of /dev/procfd; 'procfdctl doctor' tells more";
	case EPERM:
		return "run it as root or as the owner of the process; 'procfdctl doctor' tells more";
	case ESRCH: return "look its number up again, for example with ps";
	case ENOENT: return "give the number of the process, not of a thread";
	case EREMOTE:
		return "run it in the pid namespace of the process, or above";
	case EXDEV: return "look what is mounted there with findmnt";
	case EMFILE: return "allow more open files with 'ulimit -n'";
	case EOPNOTSUPP:
		return "see 'procfdctl features'; 'procfdctl doctor' tells more";
	case ENOTTY: return "update the module; 'procfdctl doctor' tells how";
	default: return "see 'procfdctl doctor'";
	}
}

int status_of(enum status status)
{
	return command && command->runs_another ? STATUS_RUN_FAILED : status;
}

/* One write, so that lines of several programs stay apart. */
static void put_line(const char *what, const char *hint)
{
	fflush(stdout);
	fprintf(stderr, "procfdctl: %s%s%s: %s\n", command ? command->name : "",
		command ? ": " : "", what, hint);
}

void complain(const char *hint, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	make_printable(what);
	put_line(what, hint);
}

int fail_errno(const char *format, ...)
{
	int error = errno;
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (error == ENODEV) {
		complain(hint(error), "%s: the module is not there", what);
		return status_of(STATUS_NO_MODULE);
	}
	complain(hint(error), "%s: %s", what, strerror(error));
	return status_of(STATUS_FAILED);
}

void fail_usage(const char *format, ...)
{
	char what[512], help[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(help, sizeof(help), "see 'procfdctl %s%s--help'",
		 command ? command->name : "", command ? " " : "");
	complain(help, "%s", what);
	exit(status_of(STATUS_USAGE));
}
