// SPDX-License-Identifier: GPL-2.0-only
/* Every ioctl, while an allocation or a user copy fails in it. */
#include "fault_commands.h"
#include "finding.h"

#define MEMORY (FAULT_EFAULT | FAULT_ENOMEM)

/* What must come of it: of all that it copies or allocates, and nothing else. */
static const struct {
	unsigned int command;
	unsigned int errors;
} rows[] = {
	{ PROCFD_GET_FEATURES, FAULT_EFAULT },
	{ PROCFD_OPEN_PID, MEMORY },
	{ PROCFD_CLONE, MEMORY },
	{ PROCFD_NEXT_CHILD, MEMORY },
	{ PROCFD_OPEN_PIDFD, MEMORY },
	{ PROCFD_OPEN_PEER, MEMORY },
	{ PROCFD_OPEN_ID, MEMORY },
	{ PROCFD_OPEN_SELF, MEMORY },
	{ PROCFD_OPEN_ROOT, MEMORY },
	{ PROCFD_LIST, MEMORY },
	{ PROCFD_SEND_SIGNAL, FAULT_EFAULT },
	{ PROCFD_WAIT, FAULT_EFAULT },
	{ PROCFD_GET_PIDFD, MEMORY },
	{ PROCFD_GET_NAMESPACE, MEMORY },
	{ PROCFD_GET_INFO, FAULT_EFAULT },
	{ PROCFD_OPEN_RELATIVE, MEMORY },
	{ PROCFD_GET_PID, FAULT_EFAULT },
	{ PROCFD_COMPARE, FAULT_EFAULT },
	{ PROCFD_GET_ID, FAULT_EFAULT },
	{ PROCFD_OPEN_DIR, MEMORY },
};

static unsigned int errors_of(const struct command *c)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].command == c->command)
			return rows[i].errors;
	FAIL("%s has no row here", c->name);
	return 0;
}

/* Where nothing can be made to fail, too. */
TEST(fault_every_ioctl_of_the_module_has_a_row)
{
	struct procfd_features f = features();
	uint64_t device_rows = 0, procfd_rows = 0;

	FOR_EACH_COMMAND(c)
	{
		uint64_t bit = 1ULL << (_IOC_NR(c->command) & 0x3f);

		EXPECT_NE(errors_of(c), 0U);
		if (c->is_device)
			device_rows |= bit;
		else
			procfd_rows |= bit;
	}
	EXPECT_EQ(f.device_ioctls, device_rows);
	EXPECT_EQ(f.procfd_ioctls, procfd_rows);
}

TEST_TIMEOUT(fault_in_each_ioctl, 120)
{
	int dev;

	fault_setup();
	dev = setup();
	FOR_EACH_COMMAND(c)
	fault_each_place(c, dev, errors_of(c));
	teardown();
}

/* ---- the same with other arguments ---------------------------------------------- */

static char record_bytes[64 * sizeof(struct procfd_info)]
	__attribute__((aligned(8)));

FILL(open_thread, procfd_open_pid, .pid = gettid(), .pidns_fd = -1,
     .flags = PROCFD_THREAD)
FILL(list_all, procfd_list, .pidns_fd = -1, .parent_fd = -1, .mask = ~0ULL,
     .records = (uintptr_t)record_bytes,
     .record_size = sizeof(struct procfd_info), .nr_records = 64)
FILL(list_threads, procfd_list, .pidns_fd = -1, .parent_fd = -1, .mask = ~0ULL,
     .flags = PROCFD_LIST_THREADS, .records = (uintptr_t)record_bytes,
     .record_size = sizeof(struct procfd_info), .nr_records = 64)
FILL(info_all, procfd_info, .mask = ~0ULL)
FILL(signal_thread, procfd_send_signal, .signal = SIGURG,
     .flags = PROCFD_SIGNAL_THREAD)
FILL(next, procfd_open_relative, .relation = PROCFD_RELATIVE_NEXT,
     .parent_fd = -1)
FILL(next_sibling, procfd_open_relative,
     .relation = PROCFD_RELATIVE_NEXT_SIBLING, .parent_fd = -1)
FILL(process_of_it, procfd_open_relative, .relation = PROCFD_RELATIVE_PROCESS,
     .parent_fd = -1)

static const struct fault_variant variants[] = {
	{ { "OPEN_PID, a thread", PROCFD_OPEN_PID, true, true,
	    fill_open_thread },
	  MEMORY },
	{ { "LIST, all of it", PROCFD_LIST, true, false, fill_list_all },
	  MEMORY },
	{ { "LIST, threads", PROCFD_LIST, true, false, fill_list_threads },
	  MEMORY },
	{ { "GET_INFO, all of it", PROCFD_GET_INFO, false, false,
	    fill_info_all },
	  FAULT_EFAULT },
	{ { "SEND_SIGNAL, to the thread", PROCFD_SEND_SIGNAL, false, false,
	    fill_signal_thread },
	  FAULT_EFAULT },
	{ { "OPEN_RELATIVE, the next", PROCFD_OPEN_RELATIVE, false, true,
	    fill_next },
	  MEMORY },
	{ { "OPEN_RELATIVE, the next sibling", PROCFD_OPEN_RELATIVE, false,
	    true, fill_next_sibling },
	  MEMORY },
	{ { "OPEN_RELATIVE, the process", PROCFD_OPEN_RELATIVE, false, true,
	    fill_process_of_it },
	  MEMORY },
};

TEST_TIMEOUT(fault_in_ioctls_with_other_arguments, 120)
{
	FAULT_VARIANTS(variants);
}

static const struct {
	const char *name;
	unsigned int type;
} namespaces[] = {
	{ "cgroup", PROCFD_NAMESPACE_CGROUP },
	{ "ipc", PROCFD_NAMESPACE_IPC },
	{ "net", PROCFD_NAMESPACE_NET },
	{ "pid", PROCFD_NAMESPACE_PID },
	{ "pid of children", PROCFD_NAMESPACE_PID_FOR_CHILDREN },
	{ "time", PROCFD_NAMESPACE_TIME },
	{ "time of children", PROCFD_NAMESPACE_TIME_FOR_CHILDREN },
	{ "user", PROCFD_NAMESPACE_USER },
	{ "uts", PROCFD_NAMESPACE_UTS },
};

static unsigned int namespace_type;

FILL(namespace, procfd_get_namespace, .type = namespace_type)

TEST_TIMEOUT(fault_in_get_namespace_of_each_type, 120)
{
	const struct command c = { "", PROCFD_GET_NAMESPACE, false, true,
				   fill_namespace };
	int dev;

	fault_setup();
	dev = setup();
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(*namespaces); i++) {
		test_note("%s", namespaces[i].name);
		namespace_type = namespaces[i].type;
		fault_each_place(&c, dev, MEMORY);
	}
	teardown();
}

/* ---- what has to be made anew for each call -------------------------------------- */

/* The dentry and the inode of the directory, not those of a call before. */
static int call_open_dir(void *procfs)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);
	struct procfd_open_dir arg = { .procfs_fd = *(int *)procfs };
	int fd = FAULT(ioctl(procfd, PROCFD_OPEN_DIR, &arg));
	int error = ERRNO_OF(fd);

	if (fd >= 0)
		close(fd);
	close(procfd);
	kill_and_reap(pid);
	return error;
}

TEST_TIMEOUT(fault_in_open_dir_of_a_new_process, 120)
{
	int procfs = ASSERT_OK(open("/proc", O_PATH | O_CLOEXEC));

	fault_setup();
	fault_each("OPEN_DIR", MEMORY, call_open_dir, &procfs);
}

/* A queued signal needs memory; one that was not sent is not there. */
static int call_signal_info(void *procfd)
{
	struct procfd_send_signal arg = {
		.signal = SIGRTMIN,
		.flags = PROCFD_SIGNAL_INFO,
		.code = SI_QUEUE,
	};
	int result = FAULT(ioctl(*(int *)procfd, PROCFD_SEND_SIGNAL, &arg));
	int error = ERRNO_OF(result);
	sigset_t set;

	EXPECT_EQ(signal_pending(SIGRTMIN), error == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	if (!error)
		EXPECT_EQ(sigwaitinfo(&set, NULL), SIGRTMIN);
	return error;
}

TEST(fault_in_a_signal_with_info)
{
	int procfd;

	fault_setup();
	need_feature(PROCFD_FEATURE_SIGNAL_INFO);
	block_signal(SIGRTMIN);
	procfd = procfd_of(getpid());
	fault_each("SEND_SIGNAL", FAULT_EFAULT | FAULT_EAGAIN, call_signal_info,
		   &procfd);
}

/* Of 256 fds in the table all are taken: it has to grow. */
static void fill_table(int dev)
{
	while (ASSERT_OK(fcntl(dev, F_DUPFD_CLOEXEC, 0)) < 255)
		;
}

struct growth {
	int error;
	bool failed;
};

/* In a child, whose table has just room for what is in it. */
static void open_beyond(void *arg)
{
	struct procfd_open_known self = { 0 };
	struct growth *growth = arg;
	int fd, dev = 254;

	close(255);
	fault_fd = ASSERT_OK(open(FAULT_FILE, O_RDWR | O_CLOEXEC));
	fd = FAULT(ioctl(dev, PROCFD_OPEN_SELF, &self));
	growth->error = ERRNO_OF(fd);
	growth->failed = fault_failed;
	if (fd >= 0)
		EXPECT_EQ(fd, 256);
	else
		EXPECT_EQ(ioctl(dev, PROCFD_OPEN_SELF, &self), 256);
}

static int call_open_beyond(void *arg)
{
	struct growth *growth = arg;

	in_child(open_beyond, growth);
	fault_failed = growth->failed;
	return growth->error;
}

TEST_TIMEOUT(fault_in_an_open_that_grows_the_table, 120)
{
	fault_setup();
	fill_table(device());
	fault_each("OPEN_SELF", MEMORY, call_open_beyond,
		   shared_memory(sizeof(struct growth)));
}
