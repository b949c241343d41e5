/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctls of procfd as functions that return -1 and set errno, and what tests
 * of them need again and again. The library is not used: the ABI is the subject.
 */
#ifndef PROCFD_TESTS_SUPPORT_H
#define PROCFD_TESTS_SUPPORT_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "procfd_ioctl.h"

/* Far more than anything here takes; what waits for longer has missed it. */
#define SOON_MS (10000 * slowness())

/* ---- the ioctls ------------------------------------------------------------ */

static inline int device(void)
{
	return ASSERT_OK(open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC));
}

static inline int open_pid(int dev, pid_t pid, unsigned int flags)
{
	struct procfd_open_pid arg = { .pid = pid,
				       .flags = flags,
				       .pidns_fd = -1 };

	return ioctl(dev, PROCFD_OPEN_PID, &arg);
}

static inline int procfd_of_flags(pid_t pid, unsigned int flags)
{
	int dev = device();
	int procfd = ASSERT_OK(open_pid(dev, pid, flags));

	close(dev);
	return procfd;
}

static inline int procfd_of(pid_t pid)
{
	return procfd_of_flags(pid, 0);
}

/* As fork(): 0 in the child, which does not share memory. */
static inline pid_t clone_child(int dev, unsigned int flags, int exit_signal,
				int *procfd)
{
	struct procfd_clone arg = {
		.flags = flags,
		.procfd = (uintptr_t)procfd,
		.exit_signal = exit_signal,
	};

	return ioctl(dev, PROCFD_CLONE, &arg);
}

static inline int next_child(int dev, unsigned int flags)
{
	struct procfd_next_child arg = { .flags = flags };

	return ioctl(dev, PROCFD_NEXT_CHILD, &arg);
}

static inline int send_signal(int procfd, int signal, unsigned int flags)
{
	struct procfd_send_signal arg = { .signal = signal, .flags = flags };

	return ioctl(procfd, PROCFD_SEND_SIGNAL, &arg);
}

static inline int wait_for(int procfd, unsigned int options,
			   struct procfd_wait *result)
{
	memset(result, 0, sizeof(*result));
	result->options = options;
	return ioctl(procfd, PROCFD_WAIT, result);
}

static inline int wait_until(int procfd, unsigned int options,
			     long long deadline_ns)
{
	struct procfd_wait arg = { .options = options,
				   .deadline_ns = deadline_ns };

	return ioctl(procfd, PROCFD_WAIT, &arg);
}

static inline int get_pidfd(int procfd, unsigned int flags)
{
	struct procfd_get_pidfd arg = { .flags = flags };

	return ioctl(procfd, PROCFD_GET_PIDFD, &arg);
}

static inline int get_namespace(int procfd, unsigned int type)
{
	struct procfd_get_namespace arg = { .type = type };

	return ioctl(procfd, PROCFD_GET_NAMESPACE, &arg);
}

static inline struct procfd_features features(void)
{
	struct procfd_features result = { 0 };
	int dev = device();

	ASSERT_OK(ioctl(dev, PROCFD_GET_FEATURES, &result));
	close(dev);
	return result;
}

/* ---- the end ---------------------------------------------------------------- */

static inline void wait_readable(int fd)
{
	ASSERT_EQ(poll_fd(fd, POLLIN, SOON_MS) & (POLLIN | POLLERR), POLLIN);
}

static inline void wait_hangup(int fd)
{
	ASSERT_EQ(poll_fd(fd, 0, SOON_MS) & POLLHUP, POLLHUP);
}

/* The whole record; blocks unless the process has ended. */
static inline struct procfd_exit read_record(int procfd)
{
	struct procfd_exit record;
	ssize_t length = ASSERT_OK(read(procfd, &record, sizeof(record)));

	ASSERT_EQ(length, (ssize_t)sizeof(record));
	return record;
}

static inline struct procfd_exit ended_record(int procfd)
{
	wait_readable(procfd);
	return read_record(procfd);
}

/* The record tells this wait status, in all three ways. */
static inline void expect_status(const struct procfd_exit *record, int status)
{
	int code = CLD_EXITED, value = WEXITSTATUS(status);

	if (WIFSIGNALED(status)) {
		code = WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
		value = WTERMSIG(status);
	}
	EXPECT_EQ(record->mask & PROCFD_EXIT_STATUS, PROCFD_EXIT_STATUS);
	EXPECT_EQ((int)record->wait_status, status);
	EXPECT_EQ(record->code, code);
	EXPECT_EQ(record->status, value);
}

static inline void expect_exit(int procfd, int code)
{
	struct procfd_exit record = ended_record(procfd);

	expect_status(&record, code << 8);
}

static inline void expect_killed(int procfd, int signal)
{
	struct procfd_exit record = ended_record(procfd);

	expect_status(&record, signal);
}

static inline bool has_ended(int procfd)
{
	return poll_fd(procfd, POLLIN, 0) & POLLIN;
}

/* ---- fdinfo ------------------------------------------------------------------ */

/* The value of a line of fdinfo, NULL if there is none. */
static inline char *fdinfo(int fd, const char *field, char *value, size_t size)
{
	size_t length = strlen(field);
	char line[1024], *found = NULL;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/self/fdinfo/%d", fd);
	file = fopen(line, "re");
	ASSERT_TRUE(file != NULL);
	while (!found && fgets(line, sizeof(line), file)) {
		char *text = line + length + 1;

		if (strncmp(line, field, length) || line[length] != ':')
			continue;
		text += strspn(text, " \t");
		text[strcspn(text, "\n")] = 0;
		snprintf(value, size, "%s", text);
		found = value;
	}
	fclose(file);
	return found;
}

static inline unsigned long long fdinfo_number(int fd, const char *field)
{
	char value[128];

	ASSERT_TRUE(fdinfo(fd, field, value, sizeof(value)) != NULL);
	return strtoull(value, NULL, 0);
}

static inline unsigned long long procfd_id(int procfd)
{
	return fdinfo_number(procfd, "procfd_id");
}

#define EXPECT_STATE(procfd, state)                                      \
	({                                                               \
		char state_[64];                                         \
		EXPECT_STREQ(fdinfo(procfd, "procfd_state", state_, 64), \
			     state);                                     \
	})

/* ---- signals ------------------------------------------------------------------ */

static inline void block_signal(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
}

static inline bool signal_pending(int signal)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, signal);
}

static inline void handle_signal(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	ASSERT_OK(sigaction(signal, &action, NULL));
}

/* A signal in a mask of /proc/PID/status such as ShdPnd. */
static inline bool signal_in_status(pid_t pid, const char *field, int signal)
{
	char value[64];

	ASSERT_TRUE(proc_status(pid, field, value, sizeof(value)) != NULL);
	return strtoull(value, NULL, 16) >> (signal - 1) & 1;
}

/* ---- processes ---------------------------------------------------------------- */

/* fork() without the library, with these CLONE_* flags (not CLONE_VM). */
static inline pid_t raw_clone(unsigned long flags)
{
	return syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static inline void exec_shell(const char *script)
{
	execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	_exit(127);
}

/* Until it sleeps in the kernel; it has to have told that it is about to. */
static inline void wait_sleeping(pid_t pid)
{
	ASSERT_SOON(proc_state(pid) == 'S');
}

/*
 * /proc shows a zombie a moment before those who wait for it are told: while the kernel
 * tells them, it lets nobody look for children.
 */
static inline void wait_zombie(pid_t pid)
{
	ASSERT_SOON(proc_state(pid) == 'Z');
	waitid(P_ALL, 0, &(siginfo_t){ 0 }, WEXITED | WNOHANG | WNOWAIT);
}

/* In a child; an assertion that fails there ends the case. */
static inline void in_child(void (*run)(void *), void *arg)
{
	test_follow(reap(fork_child(run, arg)));
}

/* A child that exits with that status when the gate is opened. */
struct gated_exit {
	struct gate gate;
	int status;
};

static inline void run_gated_exit(void *arg)
{
	struct gated_exit *gated = arg;

	gate_wait(&gated->gate);
	_exit(gated->status);
}

static inline pid_t fork_gated(struct gated_exit *gated, int status)
{
	gated->gate = gate_make();
	gated->status = status;
	return fork_child(run_gated_exit, gated);
}

/* Memory that children share; zeros. */
static inline void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(memory != MAP_FAILED);
	return memory;
}

static inline void write_text(const char *path, const char *text)
{
	int fd = ASSERT_OK(open(path, O_WRONLY | O_CLOEXEC));

	ASSERT_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* Unloading the module is refused; if not, it is gone for the other tests. */
static inline void expect_module_busy(void)
{
	EXPECT_ERRNO(syscall(SYS_delete_module, "procfd", O_NONBLOCK),
		     EWOULDBLOCK);
}

#endif
