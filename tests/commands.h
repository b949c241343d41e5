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
	sleeper_procfd = procfd_of(fork_sleeper());
	return device();
}

static inline void teardown(void)
{
	struct procfd_wait wait;

	ASSERT_OK(send_signal(sleeper_procfd, SIGKILL, 0));
	ASSERT_OK(wait_for(sleeper_procfd, PROCFD_WEXITED, &wait));
}

/* Call it and undo what it made; errno, or 0. */
static inline int errno_of(const struct command *c, int fd, size_t size,
			   void *arg)
{
	int result = ioctl(fd, with_size(c->command, size), arg);
	int error = result == -1 ? errno : 0;

	if (c->command == PROCFD_CLONE && result == 0)
		_exit(0);
	if (c->command == PROCFD_CLONE && result > 0) {
		reap(result);
		close(clone_number);
	}
	if (c->returns_fd && result >= 0)
		close(result);
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
