/* SPDX-License-Identifier: GPL-2.0-only */
/* Every ioctl, with an argument that it takes, for what holds for all alike. */
#ifndef PROCFD_TESTS_COMMANDS_H
#define PROCFD_TESTS_COMMANDS_H

#include "native.h"

union argument {
	struct procfd_features features;
	struct procfd_open_pid open_pid;
	struct procfd_clone clone;
	struct procfd_next_child next_child;
	struct procfd_send_signal send_signal;
	struct procfd_wait wait;
	struct procfd_get_pidfd get_pidfd;
	struct procfd_get_namespace get_namespace;
	struct procfd_open_by_fd open_by_fd;
	struct procfd_open_id open_id;
	struct procfd_open_known open_known;
	struct procfd_info info;
	struct procfd_list list;
	struct procfd_open_relative open_relative;
	struct procfd_get_pid get_pid;
	struct procfd_compare compare;
	struct procfd_get_id get_id;
	struct procfd_open_dir open_dir;
};

struct command {
	const char *name;
	unsigned int command;
	bool is_device;
	bool returns_fd;
	void (*fill)(void *arg);
};

static int sleeper_procfd = -1;
static int clone_number;

/* What arguments of the commands name, from setup() on. */
static int sleeper_pidfd = -1, sleeper_socket = -1, procfs = -1;
static uint64_t sleeper_id;
static char list_records[PROCFD_INFO_SIZE_SHORT] __attribute__((aligned(8)));

static inline void fill_nothing(void *arg)
{
}

static inline void fill_open_pid(void *arg)
{
	struct procfd_open_pid open_pid = { .pid = getpid(), .pidns_fd = -1 };

	memcpy(arg, &open_pid, sizeof(open_pid));
}

static inline void fill_clone(void *arg)
{
	struct procfd_clone clone = { .procfd = (uintptr_t)&clone_number,
				      .exit_signal = SIGCHLD };

	memcpy(arg, &clone, sizeof(clone));
}

static inline void fill_wait(void *arg)
{
	struct procfd_wait wait = { .options = PROCFD_WEXITED |
					       PROCFD_WNOHANG };

	memcpy(arg, &wait, sizeof(wait));
}

static inline void fill_get_namespace(void *arg)
{
	struct procfd_get_namespace get_namespace = {
		.type = PROCFD_NAMESPACE_MNT
	};

	memcpy(arg, &get_namespace, sizeof(get_namespace));
}

#define FILL(name, type, ...)                         \
	static inline void fill_##name(void *arg)     \
	{                                             \
		struct type filled = { __VA_ARGS__ }; \
                                                      \
		memcpy(arg, &filled, sizeof(filled)); \
	}

FILL(open_pidfd, procfd_open_by_fd, .fd = sleeper_pidfd)
FILL(open_peer, procfd_open_by_fd, .fd = sleeper_socket)
FILL(open_id, procfd_open_id, .id = sleeper_id)
FILL(list, procfd_list, .pidns_fd = -1, .parent_fd = -1,
     .mask = PROCFD_INFO_PIDS, .records = (uintptr_t)list_records,
     .record_size = PROCFD_INFO_SIZE_SHORT, .nr_records = 1)
FILL(info, procfd_info, .mask = PROCFD_INFO_PIDS)
FILL(open_relative, procfd_open_relative, .relation = PROCFD_RELATIVE_PARENT,
     .parent_fd = -1)
FILL(get_pid, procfd_get_pid, .pidns_fd = -1)
FILL(compare, procfd_compare, .fd = sleeper_procfd)
FILL(open_dir, procfd_open_dir, .procfs_fd = procfs)

static const struct command commands[] = {
	{ "GET_FEATURES", PROCFD_GET_FEATURES, true, false, fill_nothing },
	{ "OPEN_PID", PROCFD_OPEN_PID, true, true, fill_open_pid },
	{ "CLONE", PROCFD_CLONE, true, false, fill_clone },
	{ "NEXT_CHILD", PROCFD_NEXT_CHILD, true, true, fill_nothing },
	{ "SEND_SIGNAL", PROCFD_SEND_SIGNAL, false, false, fill_nothing },
	{ "WAIT", PROCFD_WAIT, false, false, fill_wait },
	{ "GET_PIDFD", PROCFD_GET_PIDFD, false, true, fill_nothing },
	{ "GET_NAMESPACE", PROCFD_GET_NAMESPACE, false, true,
	  fill_get_namespace },
	{ "OPEN_PIDFD", PROCFD_OPEN_PIDFD, true, true, fill_open_pidfd },
	{ "OPEN_PEER", PROCFD_OPEN_PEER, true, true, fill_open_peer },
	{ "OPEN_ID", PROCFD_OPEN_ID, true, true, fill_open_id },
	{ "OPEN_SELF", PROCFD_OPEN_SELF, true, true, fill_nothing },
	{ "OPEN_ROOT", PROCFD_OPEN_ROOT, true, true, fill_nothing },
	{ "LIST", PROCFD_LIST, true, false, fill_list },
	{ "GET_INFO", PROCFD_GET_INFO, false, false, fill_info },
	{ "OPEN_RELATIVE", PROCFD_OPEN_RELATIVE, false, true,
	  fill_open_relative },
	{ "GET_PID", PROCFD_GET_PID, false, false, fill_get_pid },
	{ "COMPARE", PROCFD_COMPARE, false, false, fill_compare },
	{ "GET_ID", PROCFD_GET_ID, false, false, fill_nothing },
	{ "OPEN_DIR", PROCFD_OPEN_DIR, false, true, fill_open_dir },
};

#define FOR_EACH_COMMAND(c)                      \
	for (const struct command *c = commands; \
	     c < commands + sizeof(commands) / sizeof(*c); c++)

static inline unsigned int with_size(unsigned int command, size_t size)
{
	return _IOC(_IOC_DIR(command), _IOC_TYPE(command), _IOC_NR(command),
		    size);
}

static inline int fd_for(const struct command *c, int dev)
{
	return c->is_device ? dev : sleeper_procfd;
}

static inline int setup(void)
{
	pid_t pid = fork_sleeper();
	int pair[2];

	sleeper_procfd = procfd_of(pid);
	sleeper_pidfd = ASSERT_OK(pidfd_open_native(pid));
	sleeper_id = procfd_id(sleeper_procfd);
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	sleeper_socket = pair[0];
	procfs = ASSERT_OK(open("/proc", O_PATH | O_CLOEXEC));
	return device();
}

static inline void teardown(void)
{
	struct procfd_wait wait;

	ASSERT_OK(send_signal(sleeper_procfd, SIGKILL, 0));
	ASSERT_OK(wait_for(sleeper_procfd, PROCFD_WEXITED, &wait));
}

/* What a call made that went well, in the parent. */
static inline void undo(const struct command *c, int result)
{
	if (c->command == PROCFD_CLONE && result > 0) {
		reap(result);
		close(clone_number);
	}
	if (c->returns_fd && result >= 0)
		close(result);
}

/* Call it and undo what it made; errno, or 0. */
static inline int errno_of(const struct command *c, int fd, size_t size,
			   void *arg)
{
	int result = ioctl(fd, with_size(c->command, size), arg);
	int error = result == -1 ? errno : 0;

	if (c->command == PROCFD_CLONE && result == 0)
		_exit(0);
	undo(c, result);
	return error;
}

#define EXPECT_ERROR(c, fd, size, arg, error)                               \
	({                                                                  \
		int error_ = errno_of(c, fd, size, arg);                    \
		if (!EXPECT_EQ(error_, error))                              \
			test_note("%s, size %zu: %s", (c)->name,            \
				  (size_t)(size), strerrorname_np(error_)); \
	})

#endif
