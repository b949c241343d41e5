// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is special about this caller: a container, a filter, processes it cannot see. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_checks.h"

#define TRUST MODULE_DIR "/parameters/seccomp_trust"
#define HIDEPID MODULE_DIR "/parameters/hidepid"

/* The kernel's own namespaces have these numbers since there are any. */
static bool in_own_namespace(const char *type, const char *initial)
{
	char path[TEXT_MAX], is[TEXT_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", type);
	length = readlink(path, is, sizeof(is) - 1);
	if (length < 0)
		return false;
	is[length] = '\0';
	return strcmp(is, initial) != 0;
}

bool in_container(void)
{
	return in_own_namespace("pid", "pid:[4026531836]") ||
	       in_own_namespace("user", "user:[4026531837]") ||
	       exists("/run/.containerenv") || exists("/.dockerenv") ||
	       exists("/run/systemd/container");
}

static void check_filter(void)
{
	char line[WORDS_MAX];

	if (!line_matches("/proc/self/status", "^Seccomp:[ \t]*2", NULL))
		return;
	if (first_line(TRUST, line) && *line == 'Y')
		found(NOTE, "caller", NULL,
		      "it has a seccomp filter, so it has no CLONE");
	else
		found(NOTE, "caller", "echo 1 >" TRUST,
		      "it has a seccomp filter, so it has no CLONE, and signals for its children only");
}

static void check_hidden(void)
{
	char line[WORDS_MAX];

	if (first_line(HIDEPID, line) && atoi(line))
		found(NOTE, "caller", "echo 0 >" HIDEPID,
		      "the module hides processes of others from users (hidepid=%s)",
		      line);
}

void check_caller(const struct machine *machine)
{
	if (machine->container)
		found(NOTE, "caller", "procfdctl doctor",
		      "it is in a container: ask outside of it what is the matter with kernel and module");
	check_filter();
	check_hidden();
}
