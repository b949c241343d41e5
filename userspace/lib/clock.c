// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Timeouts as the module wants them: an absolute time of the host's
 * CLOCK_BOOTTIME.
 *
 * In a time namespace the clock that a program sees is moved by an offset. Which
 * is ours stands in /proc: the file names the offsets of the namespace of future
 * children, which is one's own but for the time between unshare(2) and the next
 * fork or exec.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "internal.h"

#define NSEC_PER_SEC 1000000000LL

/* inode of the initial time namespace: PROC_TIME_INIT_INO of the kernel */
#define INITIAL_TIME_NAMESPACE 0xEFFFFFFAU

static bool in_initial_namespace(void)
{
	struct stat st;

	/* no such file: a kernel without time namespaces, or no /proc */
	return stat("/proc/self/ns/time", &st) ||
	       st.st_ino == INITIAL_TIME_NAMESPACE;
}

/* "boottime  SECONDS NANOSECONDS", the second number is never negative */
static int64_t parse_offset(const char *text)
{
	const char *line = strstr(text, "boottime");
	int64_t seconds;
	char *end;

	if (!line)
		return 0;
	seconds = strtoll(line + strlen("boottime"), &end, 10);
	return seconds * NSEC_PER_SEC + strtoll(end, NULL, 10);
}

static int64_t boottime_offset(void)
{
	char text[256] = "";
	ssize_t length;
	int fd;

	if (in_initial_namespace())
		return 0;
	fd = open("/proc/self/timens_offsets", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, text, sizeof(text) - 1);
	close_quietly(fd);
	return length > 0 ? parse_offset(text) : 0;
}

PROCFD_PUBLIC uint64_t procfd_boottime_ns(void)
{
	int saved = errno;
	struct timespec now;
	int64_t ns;

	clock_gettime(CLOCK_BOOTTIME, &now);
	ns = now.tv_sec * NSEC_PER_SEC + now.tv_nsec - boottime_offset();
	errno = saved;
	return (uint64_t)ns;
}

/* 0 in *deadline_ns is "for ever", so that is what no timeout and a very long one give */
int deadline_after(const struct timespec *timeout, __u64 *deadline_ns)
{
	int64_t length, deadline;

	*deadline_ns = 0;
	if (!timeout)
		return 0;
	if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
	    timeout->tv_nsec >= NSEC_PER_SEC)
		return fail(EINVAL);
	if (__builtin_mul_overflow(timeout->tv_sec, NSEC_PER_SEC, &length) ||
	    __builtin_add_overflow(length, timeout->tv_nsec, &length) ||
	    __builtin_add_overflow(length, (int64_t)procfd_boottime_ns(),
				   &deadline))
		return 0;
	*deadline_ns = (__u64)deadline;
	return 0;
}
