// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is known of a process, for people: a line for each subject. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "process.h"

static bool has(const struct procfd_info_record *info, uint64_t groups)
{
	return (info->mask & groups) == groups;
}

static void line(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void line(const char *name, const char *format, ...)
{
	va_list args;

	printf("    %-12s ", name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static const char *duration(uint64_t ns)
{
	static char texts[4][TEXT_MAX];
	static unsigned int next;

	return duration_text(ns, texts[next++ % 4]);
}

/* Of a line there are as many at most. */
static const char *size(uint64_t bytes)
{
	static char texts[8][TEXT_MAX];
	static unsigned int next;

	return size_text(bytes, texts[next++ % 8]);
}

/* ---- who it is ---------------------------------------------------------------- */

static void flags_line(uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *words;
	} words[] = {
		{ PROCFD_PROCESS_KERNEL_THREAD, "a thread of the kernel" },
		{ PROCFD_PROCESS_EXITING, "about to end" },
		{ PROCFD_PROCESS_CORE_DUMPING, "its core is being written" },
		{ PROCFD_PROCESS_AUTOREAP, "reaps itself" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (flags & words[i].flag)
			printf(", %s", words[i].words);
}

static void state_line(const struct procfd_info_record *info)
{
	if (!has(info, PROCFD_INFO_STATE) || info->flags & PROCFD_PROCESS_ENDED)
		return;
	printf("    %-12s %s", "state", state_name(info->state));
	flags_line(info->flags);
	if (info->mask & PROCFD_INFO_THREADS &&
	    !(info->flags & PROCFD_PROCESS_KERNEL_THREAD))
		printf(", %u thread%s", info->nr_threads,
		       info->nr_threads == 1 ? "" : "s");
	putchar('\n');
}

static void pids_lines(const struct procfd_info_record *info,
		       const char *parent)
{
	if (!has(info, PROCFD_INFO_PIDS))
		return;
	if (info->ppid)
		line("parent", "%d%s%s%s", info->ppid, parent ? " (" : "",
		     parent ?: "", parent ? ")" : "");
	line("session", "%d, process group %d", info->sid, info->pgid);
	if (info->tracer)
		line("tracer", "%d", info->tracer);
}

static void nspids_line(const struct procfd_info_record *info)
{
	if (!has(info, PROCFD_INFO_NAMESPACE_PIDS) || info->nr_nspids < 2)
		return;
	printf("    %-12s %d here", "numbers", info->nspids[0]);
	for (uint32_t i = 1; i < info->nr_nspids && i < PROCFD_NSPIDS_MAX; i++)
		printf(", %d %s", info->nspids[i],
		       i == 1 ? "in the pid namespace below" : "below that");
	putchar('\n');
}

/* One name where all ids are the same, as they nearly always are. */
static void ids_line(const char *what, const uint32_t *ids,
		     const char *(*name)(uint32_t id))
{
	if (ids[0] == ids[1] && ids[0] == ids[2] && ids[0] == ids[3])
		line(what, "%s (%u)", name(ids[0]), ids[0]);
	else
		line(what, "real %s, effective %s, saved %s, file system %s",
		     name(ids[0]), name(ids[1]), name(ids[2]), name(ids[3]));
}

static void creds_lines(const struct procfd_info_record *info)
{
	const uint32_t users[] = { info->ruid, info->euid, info->suid,
				   info->fsuid };
	const uint32_t groups[] = { info->rgid, info->egid, info->sgid,
				    info->fsgid };

	if (!has(info, PROCFD_INFO_CREDS))
		return;
	ids_line("user", users, user_name);
	ids_line("group", groups, group_name);
}

static void tty_line(const struct procfd_info_record *info)
{
	char text[TEXT_MAX];

	if (!has(info, PROCFD_INFO_TTY) || !info->tty)
		return;
	if (info->tty_pgid > 0)
		line("terminal", "%s, group %d is in the foreground",
		     tty_text(info->tty, text), info->tty_pgid);
	else
		line("terminal", "%s", tty_text(info->tty, text));
}

/* ---- what it takes ------------------------------------------------------------ */

static void start_line(const struct procfd_info_record *info)
{
	uint64_t age_ns = procfd_boottime_ns() - info->start_ns;
	time_t start = time(NULL) - (time_t)(age_ns / 1000000000);
	char text[TEXT_MAX];
	struct tm tm;

	if (!has(info, PROCFD_INFO_START))
		return;
	localtime_r(&start, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	line("started", "%s, %s ago", text, duration(age_ns));
}

static void cpu_lines(const struct procfd_info_record *info)
{
	if (has(info, PROCFD_INFO_CPU))
		line("cpu", "user %s, system %s; children %s, %s",
		     duration(info->utime_ns), duration(info->stime_ns),
		     duration(info->cutime_ns), duration(info->cstime_ns));
	if (!has(info, PROCFD_INFO_SCHED))
		return;
	printf("    %-12s %s, nice %d", "scheduling", policy_name(info->policy),
	       info->nice);
	if (info->rt_priority)
		printf(", priority %u", info->rt_priority);
	printf(", last on CPU %d\n", info->processor);
}

static void memory_lines(const struct procfd_info_record *info)
{
	bool more = has(info, PROCFD_INFO_MEMORY);

	if (!has(info, PROCFD_INFO_RSS))
		return;
	if (!more) {
		line("memory", "resident %s, virtual %s", size(info->rss_bytes),
		     size(info->vsize_bytes));
		return;
	}
	line("memory", "resident %s: anonymous %s, files %s, shared %s",
	     size(info->rss_bytes), size(info->rss_anon_bytes),
	     size(info->rss_file_bytes), size(info->rss_shmem_bytes));
	line("", "peak %s, swapped out %s, locked %s",
	     size(info->rss_peak_bytes), size(info->swap_bytes),
	     size(info->locked_bytes));
	line("virtual", "%s, peak %s: data %s, stack %s, text %s, libraries %s",
	     size(info->vsize_bytes), size(info->vsize_peak_bytes),
	     size(info->data_bytes), size(info->stack_bytes),
	     size(info->text_bytes), size(info->lib_bytes));
}

static void counters_lines(const struct procfd_info_record *info)
{
	if (has(info, PROCFD_INFO_FAULTS))
		line("faults",
		     "%llu without I/O, %llu with; children %llu, %llu",
		     (unsigned long long)info->minflt,
		     (unsigned long long)info->majflt,
		     (unsigned long long)info->cminflt,
		     (unsigned long long)info->cmajflt);
	if (has(info, PROCFD_INFO_SWITCHES))
		line("switches", "%llu voluntary, %llu not",
		     (unsigned long long)info->nvcsw,
		     (unsigned long long)info->nivcsw);
}

/* ---- signals --------------------------------------------------------------------- */

/* "TERM CHLD RT1"; more than half of them are told by those that are not there. */
static void signals_text(uint64_t set)
{
	char text[TEXT_MAX];
	bool most = __builtin_popcountll(set) > 32;

	if (most)
		printf(" all");
	if (most && ~set)
		printf(" but");
	for (int sig = 1; sig <= 64; sig++) {
		bool in = set >> (sig - 1) & 1;

		if (in == most)
			continue;
		signal_text(sig, text);
		printf(" %s", strncmp(text, "SIG", 3) ? text : text + 3);
	}
}

static void signals_lines(const struct procfd_info_record *info)
{
	const struct {
		const char *name;
		uint64_t set;
	} sets[] = {
		{ "pending", info->sig_shared | info->sig_pending },
		{ "blocked", info->sig_blocked },
		{ "ignored", info->sig_ignored },
		{ "caught", info->sig_caught },
	};

	if (!has(info, PROCFD_INFO_SIGNALS))
		return;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (!sets[i].set)
			continue;
		printf("    %-12s", sets[i].name);
		signals_text(sets[i].set);
		putchar('\n');
	}
}

/* ---- what it may --------------------------------------------------------------------- */

static const char *capabilities_text(uint64_t set, uint64_t bounding,
				     char *text)
{
	if (!set)
		return "none";
	if (set == bounding)
		return "all";
	snprintf(text, TEXT_MAX, "%016llx", (unsigned long long)set);
	return text;
}

static void capabilities_line(const struct procfd_info_record *info)
{
	char text[TEXT_MAX], permitted[TEXT_MAX];
	const char *effective = capabilities_text(info->cap_effective,
						  info->cap_bounding, text);

	if (info->cap_effective == info->cap_permitted)
		line("capabilities", "%s", effective);
	else
		line("capabilities", "effective %s, permitted %s", effective,
		     capabilities_text(info->cap_permitted, info->cap_bounding,
				       permitted));
}

static void security_lines(const struct procfd_info_record *info)
{
	static const char *const modes[] = { "no seccomp", "strict seccomp",
					     "a seccomp filter" };

	if (has(info, PROCFD_INFO_CAPS))
		capabilities_line(info);
	if (has(info, PROCFD_INFO_SECURITY))
		line("security", "%s, umask %04o%s",
		     info->seccomp <= 2 ? modes[info->seccomp] : "seccomp",
		     info->umask,
		     info->flags & PROCFD_PROCESS_NO_NEW_PRIVS ?
			     ", no new privileges" :
			     "");
}

/* ---- where it is ------------------------------------------------------------------- */

static void cgroup_line(const struct procfd_info_record *info)
{
	char *path;

	if (!has(info, PROCFD_INFO_CGROUP) || !info->cgroup_id)
		return;
	path = cgroup_path(info->cgroup_id);
	if (path)
		line("cgroup", "%s", path);
	else
		line("cgroup", "id %llu", (unsigned long long)info->cgroup_id);
	free(path);
}

static void namespaces_lines(const struct procfd_info_record *info)
{
	const struct {
		const char *name;
		uint64_t inode;
	} namespaces[] = {
		{ "cgroup", info->ns_cgroup }, { "ipc", info->ns_ipc },
		{ "mnt", info->ns_mnt },       { "net", info->ns_net },
		{ "pid", info->ns_pid },       { "time", info->ns_time },
		{ "user", info->ns_user },     { "uts", info->ns_uts },
	};
	unsigned int shown = 0;

	if (!has(info, PROCFD_INFO_NAMESPACES))
		return;
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]);
	     i++) {
		if (!namespaces[i].inode)
			continue;
		if (shown % 4 == 0)
			printf("%s    %-12s ", shown ? "\n" : "",
			       shown ? "" : "namespaces");
		printf("%s%s %llu", shown++ % 4 ? ", " : "", namespaces[i].name,
		       (unsigned long long)namespaces[i].inode);
	}
	if (shown)
		putchar('\n');
}

void info_text(const struct process *process, const char *parent)
{
	const struct procfd_info_record *info = &process->info;

	state_line(info);
	if (process->args)
		line("command", "%s", process->args);
	pids_lines(info, parent);
	nspids_line(info);
	creds_lines(info);
	tty_line(info);
	start_line(info);
	cpu_lines(info);
	memory_lines(info);
	counters_lines(info);
	signals_lines(info);
	security_lines(info);
	cgroup_line(info);
	namespaces_lines(info);
}
