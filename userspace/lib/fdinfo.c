// SPDX-License-Identifier: LGPL-2.1-or-later
/* What /proc says about a procfd. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* the file is short; what does not fit is the end of a long NSpid line */
#define FDINFO_MAX 2048

struct word {
	const char *name;
	unsigned int value;
};

static const struct word states[] = {
	{ "unbound", PROCFD_STATE_UNBOUND },
	{ "cancelled", PROCFD_STATE_CANCELLED },
	{ "alive", PROCFD_STATE_ALIVE },
	{ "ended", PROCFD_STATE_ENDED },
	{ "reaped", PROCFD_STATE_REAPED },
	{ NULL, 0 },
};

static const struct word flags[] = {
	{ "nonblock", PROCFD_NONBLOCK },
	{ "kill_on_close", PROCFD_KILL_ON_CLOSE },
	{ "autoreap", PROCFD_AUTOREAP },
	{ "thread", PROCFD_THREAD },
	{ NULL, 0 },
};

/* The values of all words in a list with commas. */
static unsigned int values(const struct word *word, const char *list)
{
	unsigned int found = 0;

	for (; word->name; word++) {
		size_t length = strlen(word->name);
		const char *at = list;

		for (; *at; at += strcspn(at, ","), at += *at == ',')
			if (!strncmp(at, word->name, length) &&
			    strcspn(at, ",") == length)
				found |= word->value;
	}
	return found;
}

/* The text behind "NAME:\t" at the start of a line, cut off at its end. */
static bool line_value(const char *text, const char *name, char *value,
		       size_t size)
{
	size_t length = strlen(name);

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, name, length) || text[length] != ':')
			continue;
		text += length + 1;
		text += strspn(text, " \t");
		snprintf(value, size, "%.*s", (int)strcspn(text, "\n"), text);
		return true;
	}
	return false;
}

static int parse(const char *text, struct procfd_fdinfo *info)
{
	bool pid, state;
	char value[64];

	pid = line_value(text, "Pid", value, sizeof(value));
	if (pid)
		info->pid = (int32_t)strtol(value, NULL, 10);
	state = line_value(text, "procfd_state", value, sizeof(value));
	if (state)
		info->state = values(states, value);
	/* a pidfd has the first line only, an unbound procfd the second */
	if (!pid && !state)
		return fail(EBADF);
	if (line_value(text, "procfd_id", value, sizeof(value)))
		info->id = strtoull(value, NULL, 10);
	if (line_value(text, "procfd_flags", value, sizeof(value)))
		info->flags = values(flags, value);
	return 0;
}

static int read_text(int fd, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int file;

	snprintf(path, sizeof(path), "/proc/thread-self/fdinfo/%d", fd);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -1;
	length = read(file, text, size - 1);
	close_quietly(file);
	if (length < 0)
		return -1;
	text[length] = '\0';
	return 0;
}

PROCFD_PUBLIC int procfd_read_fdinfo(int fd, struct procfd_fdinfo *info,
				     size_t size)
{
	struct procfd_fdinfo known = { 0 };
	char text[FDINFO_MAX];

	if (size < sizeof(known))
		return fail(EINVAL);
	if (fcntl(fd, F_GETFD) < 0)
		return -1;
	if (read_text(fd, text, sizeof(text)) || parse(text, &known))
		return -1;
	memset(info, 0, size);
	memcpy(info, &known, sizeof(known));
	return 0;
}
