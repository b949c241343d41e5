// SPDX-License-Identifier: LGPL-2.1-or-later
/* The exit record: read it, and say what it means. */
#include <stdio.h>

#include "internal.h"

PROCFD_PUBLIC int procfd_read_exit(int fd, struct procfd_exit_record *record,
				   size_t size)
{
	ssize_t length;

	if (size < PROCFD_EXIT_SIZE_VER0)
		return fail(EINVAL);
	memset(record, 0, size);
	length = read(fd, record, size);
	if (length >= PROCFD_EXIT_SIZE_VER0)
		return 0;
	/* a pidfd cannot be read: EINVAL; a short record is from another file */
	if (length >= 0 || is_other_kind(fd))
		return wrong_kind(fd);
	return -1;
}

static void signal_name(int sig, char *text, size_t size)
{
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 32)
	const char *name = sigabbrev_np(sig);

	if (name) {
		snprintf(text, size, "SIG%s", name);
		return;
	}
#endif
#endif
	snprintf(text, size, "signal %d", sig);
}

PROCFD_PUBLIC int procfd_describe_exit(const struct procfd_exit_record *record,
				       char *text, size_t size)
{
	char name[32];

	if (!(record->mask & PROCFD_EXIT_STATUS))
		return snprintf(text, size, "ended");
	if (record->code == CLD_EXITED)
		return snprintf(text, size, "exited with status %d",
				record->status);
	if (record->code == PROCFD_CLD_EXEC)
		return snprintf(text, size, "went on as the leader by exec");
	signal_name(record->status, name, sizeof(name));
	return snprintf(text, size, "killed by %s%s", name,
			record->code == CLD_DUMPED ? " (core dumped)" : "");
}

PROCFD_PUBLIC int procfd_exit_code(const struct procfd_exit_record *record)
{
	if (!(record->mask & PROCFD_EXIT_STATUS))
		return -1;
	if (record->code == CLD_EXITED || record->code == PROCFD_CLD_EXEC)
		return record->status;
	return 128 + record->status;
}
