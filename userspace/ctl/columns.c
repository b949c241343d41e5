// SPDX-License-Identifier: LGPL-2.1-or-later
/* The columns of ps and tree: a table, and what stands in their cells. */
#include <stdio.h>
#include <string.h>

#include "columns.h"

/* ---- text ---------------------------------------------------------------------- */

static to_text user_cell, ruser_cell, group_cell, rgroup_cell, name_cell,
	args_cell, state_cell, stat_cell, tty_cell, policy_cell, seccomp_cell;

static const char *user_cell(const struct process *process, int64_t value,
			     char *text)
{
	(void)value, (void)text;
	return user_name(process->info.euid);
}

static const char *ruser_cell(const struct process *process, int64_t value,
			      char *text)
{
	(void)value, (void)text;
	return user_name(process->info.ruid);
}

static const char *group_cell(const struct process *process, int64_t value,
			      char *text)
{
	(void)value, (void)text;
	return group_name(process->info.egid);
}

static const char *rgroup_cell(const struct process *process, int64_t value,
			       char *text)
{
	(void)value, (void)text;
	return group_name(process->info.rgid);
}

static const char *name_cell(const struct process *process, int64_t value,
			     char *text)
{
	(void)value, (void)text;
	return process->name;
}

/* In brackets, as ps does, if it is no command line. */
static const char *args_cell(const struct process *process, int64_t value,
			     char *text)
{
	bool thread = process->info.flags & PROCFD_PROCESS_THREAD;

	(void)value;
	if (process->args)
		return process->args;
	snprintf(text, TEXT_MAX, thread ? "{%.60s}" : "[%.60s]", process->name);
	return text;
}

static const char *state_cell(const struct process *process, int64_t value,
			      char *text)
{
	(void)value;
	snprintf(text, TEXT_MAX, "%c",
		 process->info.state ? (int)process->info.state : '?');
	return text;
}

static const char *stat_cell(const struct process *process, int64_t value,
			     char *text)
{
	(void)value;
	return stat_text(process, text);
}

static const char *tty_cell(const struct process *process, int64_t value,
			    char *text)
{
	(void)value;
	return tty_text(process->info.tty, text);
}

static const char *policy_cell(const struct process *process, int64_t value,
			       char *text)
{
	(void)value, (void)text;
	return policy_text(process->info.policy);
}

static const char *seccomp_cell(const struct process *process, int64_t value,
				char *text)
{
	static const char *const modes[] = { "no", "strict", "filter" };

	(void)value, (void)text;
	return process->info.seccomp <= 2 ? modes[process->info.seccomp] : "?";
}

/* ---- numbers ---------------------------------------------------------------------- */

static const char *bytes_cell(const struct process *process, int64_t value,
			      char *text)
{
	(void)process;
	return size_cell((uint64_t)value, text);
}

static const char *time_cell(const struct process *process, int64_t value,
			     char *text)
{
	(void)process;
	return duration_cell((uint64_t)value, text);
}

static const char *elapsed_cell(const struct process *process, int64_t value,
				char *text)
{
	(void)process;
	return age_cell((uint64_t)value, text);
}

static const char *start_cell(const struct process *process, int64_t value,
			      char *text)
{
	(void)process;
	return start_text((uint64_t)value, text);
}

static const char *tenths_cell(const struct process *process, int64_t value,
			       char *text)
{
	(void)process;
	snprintf(text, TEXT_MAX, "%.1f", (double)value / 10);
	return text;
}

static const char *hex_cell(const struct process *process, int64_t value,
			    char *text)
{
	(void)process;
	snprintf(text, TEXT_MAX, "%016llx", (unsigned long long)value);
	return text;
}

static const char *octal_cell(const struct process *process, int64_t value,
			      char *text)
{
	(void)process;
	snprintf(text, TEXT_MAX, "%04o", (unsigned int)value);
	return text;
}

static const char *unsigned_cell(const struct process *process, int64_t value,
				 char *text)
{
	(void)process;
	snprintf(text, TEXT_MAX, "%llu", (unsigned long long)value);
	return text;
}

/* ---- the table ---------------------------------------------------------------------- */

/* clang-format off */
#define MEMBER(member) \
	.offset = offsetof(struct procfd_info_record, member), \
	.size = sizeof(((struct procfd_info_record *)0)->member)
#define GROUP(group) .groups = PROCFD_INFO_##group
#define NUMBER(names_, header_, group, member, words_) \
	{ .names = names_, .header = header_, .json = #member, .words = words_, \
	  GROUP(group), MEMBER(member) }
#define SHOWN(names_, header_, group, member, cell, words_) \
	{ .names = names_, .header = header_, .json = #member, .words = words_, \
	  GROUP(group), MEMBER(member), .text = cell }
#define UNSIGNED(names_, header_, group, member, cell, words_) \
	{ .names = names_, .header = header_, .json = #member, .words = words_, \
	  GROUP(group), MEMBER(member), .text = cell, .is_unsigned = true }
#define TEXT(names_, header_, group, cell, words_) \
	{ .names = names_, .header = header_, .words = words_, GROUP(group), \
	  .text = cell, .left = true }
#define COMPUTED(names_, header_, json_, groups_, function, cell, words_) \
	{ .names = names_, .header = header_, .json = json_, .words = words_, \
	  .groups = groups_, .value = function, .text = cell }
#define PERCENT(names_, header_, json_, groups_, function, words_) \
	{ .names = names_, .header = header_, .json = json_, .words = words_, \
	  .groups = groups_, .value = function, .text = tenths_cell, .tenths = true }

const struct column column_table[] = {
	NUMBER("pid tid", "PID", PIDS, pid, "number of the process, or thread"),
	/* where only numbers are told, these two are 0 */
	NUMBER("ppid", "PPID", PIDS | PROCFD_INFO_STATE, ppid, "number of the parent"),
	NUMBER("tgid", "TGID", PIDS, tgid, "number of the thread's process"),
	NUMBER("pgid pgrp", "PGID", PIDS, pgid, "process group"),
	NUMBER("sid sess", "SID", PIDS, sid, "session"),
	NUMBER("tracer", "TRACER", PIDS | PROCFD_INFO_STATE, tracer, "who traces it"),
	UNSIGNED("id", "ID", ID, id, unsigned_cell, "unique id"),
	TEXT("user euser", "USER", CREDS, user_cell, "effective user"),
	TEXT("ruser", "RUSER", CREDS, ruser_cell, "real user"),
	TEXT("group egroup", "GROUP", CREDS, group_cell, "effective group"),
	TEXT("rgroup", "RGROUP", CREDS, rgroup_cell, "real group"),
	NUMBER("uid euid", "UID", CREDS, euid, "effective user id"),
	NUMBER("ruid", "RUID", CREDS, ruid, "real user id"),
	NUMBER("gid egid", "GID", CREDS, egid, "effective group id"),
	NUMBER("rgid", "RGID", CREDS, rgid, "real group id"),
	TEXT("state s", "S", STATE, state_cell, "one letter, as in ps(1)"),
	{ .names = "stat", .header = "STAT", .words = "the letters of ps(1)",
	  GROUP(STATE), .text = stat_cell, .left = true,
	  .optional = PROCFD_INFO_SCHED | PROCFD_INFO_PIDS |
		      PROCFD_INFO_THREADS | PROCFD_INFO_TTY },
	NUMBER("threads nlwp thcount", "THR", THREADS, nr_threads, "threads that are left"),
	TEXT("tty tt tname", "TTY", TTY, tty_cell, "controlling terminal"),
	NUMBER("tpgid", "TPGID", TTY, tty_pgid, "its foreground process group"),
	TEXT("policy cls class", "CLS", SCHED, policy_cell, "scheduling policy"),
	NUMBER("nice ni", "NI", SCHED, nice, "-20 to 19"),
	NUMBER("priority pri", "PRI", SCHED, priority, "as in /proc/PID/stat"),
	NUMBER("rtprio", "RTPRIO", SCHED, rt_priority, "real-time priority"),
	NUMBER("processor psr", "CPU", SCHED, processor, "where it ran last"),
	PERCENT("pcpu %cpu", "%CPU", "cpu_percent", PROCFD_INFO_CPU | PROCFD_INFO_START,
		cpu_share, "part of its life that it ran"),
	COMPUTED("time cputime", "TIME", "time_ns", PROCFD_INFO_CPU, cpu_time, time_cell,
		 "CPU time"),
	SHOWN("utime", "USER-TIME", CPU, utime_ns, time_cell, "in user mode"),
	SHOWN("stime", "SYS-TIME", CPU, stime_ns, time_cell, "in the kernel"),
	SHOWN("start", "START", START, start_ns, start_cell, "when it began"),
	COMPUTED("age etime", "AGE", "age_ns", PROCFD_INFO_START, age, elapsed_cell,
		 "how long ago that was"),
	PERCENT("pmem %mem", "%MEM", "memory_percent", PROCFD_INFO_RSS, memory_share,
		"part of the memory that it has"),
	SHOWN("rss rssize", "RSS", RSS, rss_bytes, bytes_cell, "resident memory"),
	SHOWN("vsz vsize", "VSZ", RSS, vsize_bytes, bytes_cell, "virtual memory"),
	SHOWN("peak", "PEAK", MEMORY, rss_peak_bytes, bytes_cell, "the most of rss"),
	SHOWN("anon", "ANON", MEMORY, rss_anon_bytes, bytes_cell, "of rss: anonymous"),
	SHOWN("file", "FILE", MEMORY, rss_file_bytes, bytes_cell, "of rss: files"),
	SHOWN("shmem", "SHMEM", MEMORY, rss_shmem_bytes, bytes_cell, "of rss: shared"),
	SHOWN("swap", "SWAP", MEMORY, swap_bytes, bytes_cell, "swapped out"),
	SHOWN("data", "DATA", MEMORY, data_bytes, bytes_cell, "private, writable"),
	SHOWN("stack", "STACK", MEMORY, stack_bytes, bytes_cell, "its stack"),
	SHOWN("locked", "LOCKED", MEMORY, locked_bytes, bytes_cell, "locked in memory"),
	NUMBER("minflt min_flt", "MINFLT", FAULTS, minflt, "page faults without I/O"),
	NUMBER("majflt maj_flt", "MAJFLT", FAULTS, majflt, "page faults with I/O"),
	NUMBER("nvcsw", "NVCSW", SWITCHES, nvcsw, "voluntary context switches"),
	NUMBER("nivcsw", "NIVCSW", SWITCHES, nivcsw, "involuntary ones"),
	UNSIGNED("pending", "PENDING", SIGNALS, sig_shared, hex_cell, "signals that wait"),
	UNSIGNED("blocked sigmask", "BLOCKED", SIGNALS, sig_blocked, hex_cell, "signals blocked"),
	UNSIGNED("ignored", "IGNORED", SIGNALS, sig_ignored, hex_cell, "signals ignored"),
	UNSIGNED("caught", "CAUGHT", SIGNALS, sig_caught, hex_cell, "signals with a handler"),
	UNSIGNED("caps", "CAPS", CAPS, cap_effective, hex_cell, "effective capabilities"),
	TEXT("seccomp", "SECCOMP", SECURITY, seccomp_cell, "no, strict or filter"),
	SHOWN("umask", "UMASK", SECURITY, umask, octal_cell, "file mode mask"),
	UNSIGNED("cgroup", "CGROUP", CGROUP, cgroup_id, unsigned_cell, "id of its cgroup"),
	{ .names = "comm ucmd", .header = "NAME", .words = "name of the program",
	  GROUP(COMM), .text = name_cell, .left = true, .name = true },
	{ .names = "args cmd command", .header = "COMMAND", .words = "command line",
	  GROUP(COMM), .text = args_cell, .left = true, .name = true },
};
/* clang-format on */

const size_t column_count = sizeof(column_table) / sizeof(column_table[0]);

/* ---- cells ---------------------------------------------------------------------- */

bool column_is_known(const struct column *column, const struct process *process)
{
	return (process->info.mask & column->groups) == column->groups;
}

static bool is_signed(const struct column *column)
{
	/* of 32 bits: all but ids, which are below 2^32 all the same */
	return !(column->groups & PROCFD_INFO_CREDS);
}

int64_t column_value(const struct column *column, const struct process *process)
{
	const char *member = (const char *)&process->info + column->offset;
	uint32_t narrow;
	int64_t wide;

	if (column->value)
		return column->value(process);
	if (column->size == sizeof(wide)) {
		memcpy(&wide, member, sizeof(wide));
		return wide;
	}
	if (column->size != sizeof(narrow))
		return 0;
	memcpy(&narrow, member, sizeof(narrow));
	return is_signed(column) ? (int32_t)narrow : (int64_t)narrow;
}

const char *column_text(const struct column *column,
			const struct process *process, char *text)
{
	if (!column_is_known(column, process))
		return "-";
	if (column->text)
		return column->text(process, column_value(column, process),
				    text);
	snprintf(text, TEXT_MAX, "%lld",
		 (long long)column_value(column, process));
	return text;
}

enum colour column_colour(const struct column *column,
			  const struct process *process)
{
	if (column->text != state_cell && column->text != stat_cell)
		return PLAIN;
	switch (process->info.state) {
	case 'R': return GREEN;
	case 'Z':
	case 'X': return RED;
	case 'D':
	case 'T':
	case 't': return YELLOW;
	default: return PLAIN;
	}
}
