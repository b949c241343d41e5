// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a native pidfd tells of its process, since Linux 6.13. A group is given as a
 * whole or not at all, so some of it is asked for by number, and then the pidfd
 * whether the number was its process's all the while.
 */
#include <fcntl.h>
#include <sys/wait.h>

#include "internal.h"

/* the ioctl of the file system of pidfds, in the first of its sizes */
struct native_info {
	uint64_t mask;
	uint64_t cgroup_id;
	uint32_t pid, tgid, ppid;
	uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t wait_status;
};

#define NATIVE_GET_INFO _IOWR(0xFF, 11, struct native_info)
#define NATIVE_PID (1U << 0) /* it is not reaped */
#define NATIVE_CREDS (1U << 1)
#define NATIVE_CGROUP (1U << 2)
#define NATIVE_EXIT (1U << 3) /* since Linux 6.15, when it is reaped */

/* ---- what only procfs tells -------------------------------------------------- */

#define STATUS_MAX 4096

/* "/proc/NUMBER/status", without stdio: this may be a signal handler */
static void status_path(char *path, uint32_t number)
{
	char digits[12];
	size_t length = 0;

	path = stpcpy(path, "/proc/");
	do
		digits[length++] = (char)('0' + number % 10);
	while (number /= 10);
	while (length)
		*path++ = digits[--length];
	strcpy(path, "/status");
}

/* Its beginning, in text[STATUS_MAX]. */
static bool read_status(const char *path, char *text)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (file < 0)
		return false;
	length = read(file, text, STATUS_MAX - 1);
	close_quietly(file);
	text[length < 0 ? 0 : length] = '\0';
	return length > 0;
}

/* The number behind @line, which is "\nNAME:\t"; @more: others follow. */
static bool number_of(const char *text, const char *line, int32_t *number,
		      bool *more)
{
	const char *at = strstr(text, line);

	if (!at)
		return false;
	*number = 0;
	for (at += strlen(line); *at >= '0' && *at <= '9'; at++)
		*number = *number * 10 + (*at - '0');
	*more = *at == '\t';
	return *at == '\n' || *more;
}

/* Has /proc the caller's numbers? It then has one number for the caller. */
static bool procfs_is_ours(char *text)
{
	int32_t number;
	bool more;

	return read_status("/proc/self/status", text) &&
	       number_of(text, "\nNSpid:\t", &number, &more) && !more;
}

static bool tracer_of(uint32_t pid, int32_t *tracer)
{
	char path[32], text[STATUS_MAX];
	bool more;

	if (!procfs_is_ours(text))
		return false;
	status_path(path, pid);
	return read_status(path, text) &&
	       number_of(text, "\nTracerPid:\t", tracer, &more);
}

/* ---- the groups ---------------------------------------------------------------- */

static bool is_unreaped(int pidfd)
{
	return !syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) ||
	       errno == EPERM;
}

static void fill_pids(struct procfd_info_record *info, int pidfd,
		      const struct native_info *native)
{
	pid_t pid = (pid_t)native->pid;
	pid_t pgid = getpgid(pid), sid = getsid(pid);
	int32_t tracer;

	if (pgid < 0 || sid < 0 || !tracer_of(native->pid, &tracer) ||
	    !is_unreaped(pidfd))
		return;
	info->mask |= PROCFD_INFO_PIDS;
	info->pid = pid;
	info->tgid = (int32_t)native->tgid;
	info->ppid = (int32_t)native->ppid;
	info->pgid = pgid;
	info->sid = sid;
	info->tracer = tracer;
}

static void fill_creds(struct procfd_info_record *info,
		       const struct native_info *native)
{
	info->mask |= PROCFD_INFO_CREDS;
	info->ruid = native->ruid;
	info->euid = native->euid;
	info->suid = native->suid;
	info->fsuid = native->fsuid;
	info->rgid = native->rgid;
	info->egid = native->egid;
	info->sgid = native->sgid;
	info->fsgid = native->fsgid;
}

static void fill_exit(struct procfd_info_record *info, int wait_status)
{
	struct procfd_exit_record *exit = &info->exit;

	info->mask |= PROCFD_INFO_EXIT;
	exit->size = sizeof(*exit);
	exit->mask = PROCFD_EXIT_STATUS;
	exit->wait_status = wait_status;
	if (WIFEXITED(wait_status)) {
		exit->code = CLD_EXITED;
		exit->status = WEXITSTATUS(wait_status);
	} else {
		exit->code = WCOREDUMP(wait_status) ? CLD_DUMPED : CLD_KILLED;
		exit->status = WTERMSIG(wait_status);
	}
}

static void fill(struct procfd_info_record *info, int pidfd, uint64_t wanted,
		 const struct native_info *native)
{
	bool unreaped = native->mask & NATIVE_PID;

	info->size = sizeof(*info);
	if (wanted & PROCFD_INFO_ID && !pidfd_id(pidfd, &info->id))
		info->mask |= PROCFD_INFO_ID;
	if (wanted & PROCFD_INFO_PIDS && unreaped)
		fill_pids(info, pidfd, native);
	if (wanted & PROCFD_INFO_CREDS && native->mask & NATIVE_CREDS)
		fill_creds(info, native);
	if (wanted & PROCFD_INFO_CGROUP && unreaped &&
	    native->mask & NATIVE_CGROUP) {
		info->mask |= PROCFD_INFO_CGROUP;
		info->cgroup_id = native->cgroup_id;
	}
	if (wanted & PROCFD_INFO_EXIT && native->mask & NATIVE_EXIT)
		fill_exit(info, native->wait_status);
}

/* Into zeros. 0, or -1: ESRCH after it was reaped, where nobody noted how it ended. */
int pidfd_info(int pidfd, uint64_t wanted, struct procfd_info_record *info,
	       size_t size)
{
	struct native_info native = {
		.mask = NATIVE_PID | NATIVE_CREDS | NATIVE_CGROUP | NATIVE_EXIT,
	};
	struct procfd_info_record record = { 0 };

	if (check_pidfs(pidfd))
		return -1;
	/* what earlier kernels say to commands that they do not know */
	if (ioctl(pidfd, NATIVE_GET_INFO, &native))
		return errno == ENOTTY || errno == EINVAL ? fail(EOPNOTSUPP) :
							    -1;
	fill(&record, pidfd, wanted, &native);
	memcpy(info, &record, size < sizeof(record) ? size : sizeof(record));
	return 0;
}
