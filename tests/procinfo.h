/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc tells of a process, in the members of struct procfd_info. */
#ifndef PROCFD_TESTS_PROCINFO_H
#define PROCFD_TESTS_PROCINFO_H

#include <dirent.h>
#include <sys/stat.h>

#include "finding.h"

#define TICK_NS 10000000ULL
#define KB 1024ULL
#define PAGE 4096ULL

/* What it is when /proc was read before and after. */
enum how {
	SAME, /* if both readings agree, it is that */
	GROWS, /* it lies between them */
};

struct member {
	const char *name;
	size_t offset, size;
	uint64_t group;
	enum how how;
	uint64_t unit; /* as exact as /proc is */
};

#define MEMBER(name, group, how, unit)                           \
	{                                                        \
#name, offsetof(struct procfd_info, name),       \
			sizeof(((struct procfd_info *)0)->name), \
			PROCFD_INFO_##group, how, unit           \
	}

/* comm, flags, nspids and exit are compared apart from these. */
static const struct member members[] = {
	MEMBER(pid, PIDS, SAME, 1),
	MEMBER(tgid, PIDS, SAME, 1),
	MEMBER(ppid, PIDS, SAME, 1),
	MEMBER(pgid, PIDS, SAME, 1),
	MEMBER(sid, PIDS, SAME, 1),
	MEMBER(tracer, PIDS, SAME, 1),
	MEMBER(state, STATE, SAME, 1),
	MEMBER(nr_threads, THREADS, SAME, 1),
	MEMBER(ruid, CREDS, SAME, 1),
	MEMBER(euid, CREDS, SAME, 1),
	MEMBER(suid, CREDS, SAME, 1),
	MEMBER(fsuid, CREDS, SAME, 1),
	MEMBER(rgid, CREDS, SAME, 1),
	MEMBER(egid, CREDS, SAME, 1),
	MEMBER(sgid, CREDS, SAME, 1),
	MEMBER(fsgid, CREDS, SAME, 1),
	MEMBER(start_ns, START, SAME, TICK_NS),
	MEMBER(utime_ns, CPU, GROWS, TICK_NS),
	MEMBER(stime_ns, CPU, GROWS, TICK_NS),
	MEMBER(cutime_ns, CPU, GROWS, TICK_NS),
	MEMBER(cstime_ns, CPU, GROWS, TICK_NS),
	MEMBER(minflt, FAULTS, GROWS, 1),
	MEMBER(majflt, FAULTS, GROWS, 1),
	MEMBER(cminflt, FAULTS, GROWS, 1),
	MEMBER(cmajflt, FAULTS, GROWS, 1),
	MEMBER(policy, SCHED, SAME, 1),
	MEMBER(nice, SCHED, SAME, 1),
	MEMBER(priority, SCHED, SAME, 1),
	MEMBER(rt_priority, SCHED, SAME, 1),
	MEMBER(processor, SCHED, SAME, 1),
	MEMBER(exit_signal, SCHED, SAME, 1),
	MEMBER(tty, TTY, SAME, 1),
	MEMBER(tty_pgid, TTY, SAME, 1),
	MEMBER(vsize_bytes, RSS, SAME, 1),
	MEMBER(rss_bytes, RSS, SAME, PAGE),
	MEMBER(sig_pending, SIGNALS, SAME, 1),
	MEMBER(sig_shared, SIGNALS, SAME, 1),
	MEMBER(sig_blocked, SIGNALS, SAME, 1),
	MEMBER(sig_ignored, SIGNALS, SAME, 1),
	MEMBER(sig_caught, SIGNALS, SAME, 1),
	MEMBER(rss_anon_bytes, MEMORY, SAME, KB),
	MEMBER(rss_file_bytes, MEMORY, SAME, KB),
	MEMBER(rss_shmem_bytes, MEMORY, SAME, KB),
	MEMBER(swap_bytes, MEMORY, SAME, KB),
	MEMBER(rss_peak_bytes, MEMORY, SAME, KB),
	MEMBER(vsize_peak_bytes, MEMORY, SAME, KB),
	MEMBER(data_bytes, MEMORY, SAME, KB),
	MEMBER(stack_bytes, MEMORY, SAME, KB),
	MEMBER(text_bytes, MEMORY, SAME, KB),
	MEMBER(lib_bytes, MEMORY, SAME, KB),
	MEMBER(page_table_bytes, MEMORY, SAME, KB),
	MEMBER(locked_bytes, MEMORY, SAME, KB),
	MEMBER(pinned_bytes, MEMORY, SAME, KB),
	MEMBER(hugetlb_bytes, MEMORY, SAME, KB),
	MEMBER(nvcsw, SWITCHES, GROWS, 1),
	MEMBER(nivcsw, SWITCHES, GROWS, 1),
	MEMBER(cap_inheritable, CAPS, SAME, 1),
	MEMBER(cap_permitted, CAPS, SAME, 1),
	MEMBER(cap_effective, CAPS, SAME, 1),
	MEMBER(cap_bounding, CAPS, SAME, 1),
	MEMBER(cap_ambient, CAPS, SAME, 1),
	MEMBER(seccomp, SECURITY, SAME, 1),
	MEMBER(umask, SECURITY, SAME, 1),
	MEMBER(cgroup_id, CGROUP, SAME, 1),
	MEMBER(nr_nspids, NAMESPACE_PIDS, SAME, 1),
	MEMBER(ns_cgroup, NAMESPACES, SAME, 1),
	MEMBER(ns_ipc, NAMESPACES, SAME, 1),
	MEMBER(ns_mnt, NAMESPACES, SAME, 1),
	MEMBER(ns_net, NAMESPACES, SAME, 1),
	MEMBER(ns_pid, NAMESPACES, SAME, 1),
	MEMBER(ns_pid_for_children, NAMESPACES, SAME, 1),
	MEMBER(ns_time, NAMESPACES, SAME, 1),
	MEMBER(ns_time_for_children, NAMESPACES, SAME, 1),
	MEMBER(ns_user, NAMESPACES, SAME, 1),
	MEMBER(ns_uts, NAMESPACES, SAME, 1),
};

#define NR_MEMBERS (sizeof(members) / sizeof(*members))

/* The value in units, with its sign. */
static inline long long member_of(const struct procfd_info *info,
				  const struct member *member)
{
	const char *at = (const char *)info + member->offset;

	if (member->size == 4)
		return *(const int32_t *)at;
	return *(const uint64_t *)at / member->unit;
}

struct proc_info {
	struct procfd_info info;
	char name[64]; /* of /proc/PID/comm */
	uint32_t stat_flags; /* PF_... */
	bool core_dumping, no_new_privs;
};

/* ---- reading ------------------------------------------------------------------ */

static inline bool read_proc_file(pid_t pid, const char *name, char *text,
				  size_t size)
{
	char path[128];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = 0;
	return length > 0;
}

static inline bool read_stat(pid_t pid, struct proc_info *proc)
{
	struct procfd_info *info = &proc->info;
	unsigned long long ticks[4], start, rss;
	char text[1024], state;

	if (!read_proc_file(pid, "stat", text, sizeof(text)))
		return false;
	ASSERT_EQ(
		sscanf(strrchr(text, ')') + 2,
		       "%c %d %d %d %u %d %u %llu %llu %llu %llu %llu %llu "
		       "%llu %llu %d %d %u %*d %llu %llu %llu %*u %*u %*u %*u "
		       "%*u %*u %*u %*u %*u %*u %*u %*u %*u %d %d %u %d",
		       &state, &info->ppid, &info->pgid, &info->sid, &info->tty,
		       &info->tty_pgid, &proc->stat_flags, &info->minflt,
		       &info->cminflt, &info->majflt, &info->cmajflt, &ticks[0],
		       &ticks[1], &ticks[2], &ticks[3], &info->priority,
		       &info->nice, &info->nr_threads, &start,
		       &info->vsize_bytes, &rss, &info->exit_signal,
		       &info->processor, &info->rt_priority, &info->policy),
		25);
	info->pid = atoi(text);
	info->state = state;
	info->utime_ns = ticks[0] * TICK_NS;
	info->stime_ns = ticks[1] * TICK_NS;
	info->cutime_ns = ticks[2] * TICK_NS;
	info->cstime_ns = ticks[3] * TICK_NS;
	info->start_ns = start * TICK_NS;
	info->rss_bytes = rss * PAGE;
	return true;
}

/* Numbers of a line of status, 0 where it is not there; how many there are. */
static inline int status_numbers(const char *status, const char *field,
				 int base, uint64_t *values, int max)
{
	char line[64], *at;
	int count = 0;

	snprintf(line, sizeof(line), "\n%s:", field);
	memset(values, 0, max * sizeof(*values));
	at = strstr(status, line);
	if (!at)
		return 0;
	at += strlen(line);
	for (char *end; count < max && *at != '\n'; at = end) {
		uint64_t value = strtoull(at, &end, base);

		if (end == at)
			break;
		values[count++] = value;
		end += strspn(end, " \t");
	}
	return count;
}

static inline uint64_t status_number(const char *status, const char *field,
				     int base)
{
	uint64_t value;

	status_numbers(status, field, base, &value, 1);
	return value;
}

/* Of all threads that are left. */
static inline void read_switches(pid_t pid, struct procfd_info *info)
{
	char path[96], text[4096];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (atoi(entry->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "task/%.20s/status",
			 entry->d_name);
		if (!read_proc_file(pid, path, text, sizeof(text)))
			continue;
		info->nvcsw +=
			status_number(text, "voluntary_ctxt_switches", 10);
		info->nivcsw +=
			status_number(text, "nonvoluntary_ctxt_switches", 10);
	}
	if (dir)
		closedir(dir);
}

static inline void read_status_memory(const char *status,
				      struct procfd_info *info)
{
	static const struct {
		const char *field;
		size_t offset;
	} lines[] = {
		{ "RssAnon", offsetof(struct procfd_info, rss_anon_bytes) },
		{ "RssFile", offsetof(struct procfd_info, rss_file_bytes) },
		{ "RssShmem", offsetof(struct procfd_info, rss_shmem_bytes) },
		{ "VmSwap", offsetof(struct procfd_info, swap_bytes) },
		{ "VmHWM", offsetof(struct procfd_info, rss_peak_bytes) },
		{ "VmPeak", offsetof(struct procfd_info, vsize_peak_bytes) },
		{ "VmData", offsetof(struct procfd_info, data_bytes) },
		{ "VmStk", offsetof(struct procfd_info, stack_bytes) },
		{ "VmExe", offsetof(struct procfd_info, text_bytes) },
		{ "VmLib", offsetof(struct procfd_info, lib_bytes) },
		{ "VmPTE", offsetof(struct procfd_info, page_table_bytes) },
		{ "VmLck", offsetof(struct procfd_info, locked_bytes) },
		{ "VmPin", offsetof(struct procfd_info, pinned_bytes) },
		{ "HugetlbPages", offsetof(struct procfd_info, hugetlb_bytes) },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		*(uint64_t *)((char *)info + lines[i].offset) =
			status_number(status, lines[i].field, 10) * KB;
}

static inline void read_status_signals(const char *status,
				       struct procfd_info *info)
{
	info->sig_pending = status_number(status, "SigPnd", 16);
	info->sig_shared = status_number(status, "ShdPnd", 16);
	info->sig_blocked = status_number(status, "SigBlk", 16);
	info->sig_ignored = status_number(status, "SigIgn", 16);
	info->sig_caught = status_number(status, "SigCgt", 16);
	info->cap_inheritable = status_number(status, "CapInh", 16);
	info->cap_permitted = status_number(status, "CapPrm", 16);
	info->cap_effective = status_number(status, "CapEff", 16);
	info->cap_bounding = status_number(status, "CapBnd", 16);
	info->cap_ambient = status_number(status, "CapAmb", 16);
}

static inline bool read_status(pid_t pid, struct proc_info *proc)
{
	struct procfd_info *info = &proc->info;
	uint64_t ids[4], nspids[PROCFD_NSPIDS_MAX];
	char text[8192];

	if (!read_proc_file(pid, "status", text, sizeof(text)))
		return false;
	info->tgid = status_number(text, "Tgid", 10);
	info->tracer = status_number(text, "TracerPid", 10);
	EXPECT_EQ(status_numbers(text, "Uid", 10, ids, 4), 4);
	info->ruid = ids[0];
	info->euid = ids[1];
	info->suid = ids[2];
	info->fsuid = ids[3];
	EXPECT_EQ(status_numbers(text, "Gid", 10, ids, 4), 4);
	info->rgid = ids[0];
	info->egid = ids[1];
	info->sgid = ids[2];
	info->fsgid = ids[3];
	info->seccomp = status_number(text, "Seccomp", 10);
	info->umask = status_number(text, "Umask", 8);
	info->nr_nspids =
		status_numbers(text, "NSpid", 10, nspids, PROCFD_NSPIDS_MAX);
	for (unsigned int i = 0; i < info->nr_nspids; i++)
		info->nspids[i] = nspids[i];
	proc->core_dumping = status_number(text, "CoreDumping", 10);
	proc->no_new_privs = status_number(text, "NoNewPrivs", 10);
	read_status_memory(text, info);
	read_status_signals(text, info);
	return true;
}

/* The names of /proc/PID/ns in the order of PROCFD_NAMESPACE_*. */
static inline void read_namespaces(pid_t pid, struct procfd_info *info)
{
	static const char *const names[] = { "cgroup", "ipc",
					     "mnt",    "net",
					     "pid",    "pid_for_children",
					     "time",   "time_for_children",
					     "user",   "uts" };
	char path[64];
	struct stat st;

	for (int i = 0; i < 10; i++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, names[i]);
		(&info->ns_cgroup)[i] = stat(path, &st) ? 0 : st.st_ino;
	}
}

static inline void read_cgroup(pid_t pid, struct procfd_info *info)
{
	char text[2048], path[4096], *at;
	struct stat st;

	if (!read_proc_file(pid, "cgroup", text, sizeof(text)))
		return;
	at = strstr(text, "0::");
	if (!at)
		return;
	at[strcspn(at, "\n")] = 0;
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s", at + 3);
	if (!stat(path, &st))
		info->cgroup_id = st.st_ino;
}

/* Everything; false if there is no such process. */
static inline bool read_proc_info(pid_t pid, struct proc_info *proc)
{
	memset(proc, 0, sizeof(*proc));
	if (!read_proc_file(pid, "comm", proc->name, sizeof(proc->name)) ||
	    !read_stat(pid, proc) || !read_status(pid, proc))
		return false;
	proc->name[strlen(proc->name) - 1] = 0;
	read_switches(pid, &proc->info);
	read_namespaces(pid, &proc->info);
	read_cgroup(pid, &proc->info);
	return true;
}

#endif
