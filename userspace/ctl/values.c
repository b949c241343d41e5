// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a column shows where that is no plain member of the record. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "process.h"

#define NSEC_PER_SEC 1000000000LL

/* One moment for all rows, so that a sorted column is sorted. */
static uint64_t now_ns(void)
{
	static uint64_t now;

	if (!now)
		now = procfd_boottime_ns();
	return now;
}

int64_t cpu_time(const struct process *process)
{
	return (int64_t)(process->info.utime_ns + process->info.stime_ns);
}

int64_t age(const struct process *process)
{
	int64_t ns = (int64_t)(now_ns() - process->info.start_ns);

	return ns > 0 ? ns : 0;
}

int64_t cpu_share(const struct process *process)
{
	int64_t ms = age(process) / 1000000;

	return ms ? cpu_time(process) / 1000 / ms : 0;
}

int64_t memory_share(const struct process *process)
{
	uint64_t kib = (uint64_t)sysconf(_SC_PHYS_PAGES) *
		       (uint64_t)sysconf(_SC_PAGESIZE) / 1024;

	return (int64_t)(process->info.rss_bytes / 1024 * 1000 / kib);
}

/* numbers of Documentation/admin-guide/devices.txt */
const char *tty_text(uint32_t tty, char *text)
{
	uint32_t major = tty >> 8 & 0xfff;
	uint32_t minor = (tty & 0xff) | (tty >> 12 & 0xfff00);

	if (!tty)
		return "-";
	if (major >= 136 && major <= 143)
		snprintf(text, TEXT_MAX, "pts/%u", (major - 136) * 256 + minor);
	else if (major == 4 && minor < 64)
		snprintf(text, TEXT_MAX, "tty%u", minor);
	else if (major == 4)
		snprintf(text, TEXT_MAX, "ttyS%u", minor - 64);
	else if (major == 5 && minor == 1)
		snprintf(text, TEXT_MAX, "console");
	else if (major == 204)
		snprintf(text, TEXT_MAX, "ttyAMA%u", minor - 64);
	else if (major == 229)
		snprintf(text, TEXT_MAX, "hvc%u", minor);
	else
		snprintf(text, TEXT_MAX, "%u:%u", major, minor);
	return text;
}

/* SCHED_* as ps shows them, and in full */
static const char *const policies[][2] = {
	{ "TS", "normal" },    { "FF", "fifo" }, { "RR", "round-robin" },
	{ "B", "batch" },      { "ISO", "iso" }, { "IDL", "idle" },
	{ "DLN", "deadline" }, { "EXT", "ext" },
};

#define POLICIES (sizeof(policies) / sizeof(policies[0]))

const char *policy_text(int policy)
{
	return (size_t)policy < POLICIES ? policies[policy][0] : "?";
}

const char *policy_name(int policy)
{
	return (size_t)policy < POLICIES ? policies[policy][1] : "unknown";
}

const char *state_name(uint32_t state)
{
	switch (state) {
	case 'R': return "running";
	case 'S': return "sleeping";
	case 'D': return "in uninterruptible sleep";
	case 'T': return "stopped";
	case 't': return "stopped by its tracer";
	case 'Z': return "zombie";
	case 'X': return "dead";
	case 'I': return "idle";
	case 'P': return "parked";
	default: return "unknown";
	}
}

const char *stat_text(const struct process *process, char *text)
{
	const struct procfd_info_record *info = &process->info;
	char *at = text;

	*at++ = info->state ? (char)info->state : '?';
	if (info->nice < 0)
		*at++ = '<';
	if (info->nice > 0)
		*at++ = 'N';
	if (info->sid && info->sid == info->tgid)
		*at++ = 's';
	if (info->nr_threads > 1)
		*at++ = 'l';
	if (info->tty && info->tty_pgid == info->pgid)
		*at++ = '+';
	*at = '\0';
	return text;
}

const char *start_text(uint64_t start_ns, char *text)
{
	time_t now = time(NULL);
	time_t start = now - (time_t)((now_ns() - start_ns) / NSEC_PER_SEC);
	struct tm then, today;

	localtime_r(&now, &today);
	localtime_r(&start, &then);
	strftime(text, TEXT_MAX,
		 then.tm_year != today.tm_year ? "%Y" :
		 then.tm_yday != today.tm_yday ? "%b%d" :
						 "%H:%M",
		 &then);
	return text;
}
