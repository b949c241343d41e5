// SPDX-License-Identifier: GPL-2.0-only
/* libprocfd: lists of processes, and walks over children. */
#include <dirent.h>
#include <pthread.h>
#include <sys/prctl.h>

#include "lib.h"

/* more than the library fetches at once */
#define MANY 600

static struct procfd_list_iterator *
list(const struct procfd_list_options *options)
{
	struct procfd_list_iterator *iterator =
		procfd_list_open(options, sizeof(*options));

	ASSERT_TRUE(iterator != NULL);
	return iterator;
}

static bool next(struct procfd_list_iterator *iterator,
		 struct procfd_info_record *info)
{
	return ASSERT_OK(procfd_list_next(iterator, info, sizeof(*info)));
}

static struct procfd_list_options children_of_mine(uint64_t mask, int *parent)
{
	*parent = open_procfd(getpid());
	return (struct procfd_list_options){
		.mask = mask,
		.flags = PROCFD_LIST_CHILDREN,
		.parent_fd = *parent,
	};
}

static unsigned int count(const struct procfd_list_options *options)
{
	struct procfd_list_iterator *iterator = list(options);
	struct procfd_info_record info;
	unsigned int count = 0;

	while (next(iterator, &info))
		count++;
	procfd_list_close(iterator);
	return count;
}

static void fork_many(pid_t *pids, unsigned int number)
{
	for (unsigned int i = 0; i < number; i++)
		pids[i] = fork_sleeper();
}

static void kill_many(const pid_t *pids, unsigned int number)
{
	for (unsigned int i = 0; i < number; i++)
		kill_and_reap(pids[i]);
}

/* ---- what is listed ------------------------------------------------------------- */

/* Two names of a number in /proc and in the list, before and after. */
static bool is_in_proc(pid_t pid)
{
	return proc_state(pid) != 0;
}

TEST(list_has_every_process)
{
	struct procfd_list_options options = { .mask = PROCFD_INFO_PIDS };
	struct procfd_list_iterator *iterator = list(&options);
	DIR *proc = opendir("/proc");
	struct procfd_info_record info;
	bool more = next(iterator, &info);
	unsigned int seen = 0;
	const struct dirent *entry;

	/* the names in /proc are in the order of their numbers, too */
	ASSERT_TRUE(proc != NULL);
	while ((entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0)
			continue;
		while (more && info.pid < pid)
			more = next(iterator, &info);
		if (more && info.pid == pid)
			seen++;
		else
			EXPECT_FALSE(is_in_proc(pid));
	}
	EXPECT_GT(seen, 10U);
	closedir(proc);
	procfd_list_close(iterator);
}

TEST_TIMEOUT(list_of_more_than_one_batch, 60)
{
	pid_t pids[MANY], last = 0;
	unsigned int seen = 0;
	int parent;
	struct procfd_list_options options =
		children_of_mine(PROCFD_INFO_PIDS | PROCFD_INFO_COMM, &parent);
	struct procfd_list_iterator *iterator;
	struct procfd_info_record info;

	fork_many(pids, MANY);
	iterator = list(&options);
	while (next(iterator, &info)) {
		EXPECT_GT(info.pid, last);
		EXPECT_EQ(info.ppid, getpid());
		EXPECT_EQ(info.mask, PROCFD_INFO_PIDS | PROCFD_INFO_COMM);
		EXPECT_EQ(info.vsize_bytes, 0U);
		last = info.pid;
		seen++;
	}
	EXPECT_EQ(seen, (unsigned int)MANY);
	/* it stays at its end */
	EXPECT_FALSE(next(iterator, &info));
	procfd_list_close(iterator);
	kill_many(pids, MANY);
}

TEST(list_gives_groups_behind_the_short_record)
{
	int parent;
	struct procfd_list_options options =
		children_of_mine(PROCFD_INFO_PIDS | PROCFD_INFO_MEMORY |
					 PROCFD_INFO_NAMESPACE_PIDS,
				 &parent);
	struct procfd_list_iterator *iterator;
	struct procfd_info_record info;
	pid_t pids[2];

	fork_many(pids, 2);
	iterator = list(&options);
	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(next(iterator, &info));
		EXPECT_EQ(info.mask, options.mask);
		EXPECT_GT(info.stack_bytes, 0U);
		EXPECT_EQ(info.nspids[0], pids[i]);
	}
	procfd_list_close(iterator);
	kill_many(pids, 2);
}

/* ---- filters -------------------------------------------------------------------- */

static void list_own_user(void *unused)
{
	struct procfd_list_options options = {
		.mask = PROCFD_INFO_PIDS | PROCFD_INFO_CREDS,
		.flags = PROCFD_LIST_UID,
		.uid = 1000,
	};
	struct procfd_list_iterator *iterator = list(&options);
	struct procfd_info_record info;

	ASSERT_TRUE(next(iterator, &info));
	EXPECT_EQ(info.pid, getpid());
	EXPECT_EQ(info.euid, 1000U);
	EXPECT_FALSE(next(iterator, &info));
	procfd_list_close(iterator);
}

TEST(list_of_one_user)
{
	run_as(1000, list_own_user, NULL);
}

static void *sleep_in_thread(void *unused)
{
	pause();
	return NULL;
}

TEST(list_of_threads)
{
	struct procfd_list_options options = {
		.mask = PROCFD_INFO_PIDS | PROCFD_INFO_STATE,
		.flags = PROCFD_LIST_THREADS,
	};
	struct procfd_list_iterator *iterator;
	struct procfd_info_record info;
	unsigned int leaders = 0, others = 0;
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, sleep_in_thread, NULL), 0);
	iterator = list(&options);
	while (next(iterator, &info)) {
		if (info.tgid != getpid())
			continue;
		if (info.flags & PROCFD_PROCESS_THREAD)
			others++;
		else
			leaders++;
	}
	EXPECT_EQ(leaders, 1U);
	EXPECT_EQ(others, 1U);
	procfd_list_close(iterator);
}

static void list_inside(void *outside)
{
	struct procfd_list_options options = { .mask = PROCFD_INFO_PIDS };

	EXPECT_EQ(count(&options), 1U);
	options.flags = PROCFD_LIST_PIDNS;
	options.pidns_fd = *(int *)outside;
	EXPECT_TRUE(procfd_list_open(&options, sizeof(options)) == NULL);
	EXPECT_EQ(errno, EREMOTE);
}

TEST(list_of_a_pid_namespace)
{
	int outside =
		ASSERT_OK(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
	struct procfd_list_options options = {
		.mask = PROCFD_INFO_PIDS,
		.flags = PROCFD_LIST_PIDNS,
		.pidns_fd = outside,
	};

	EXPECT_GT(count(&options), 10U);
	run_in_pid_namespace(list_inside, &outside);
}

/* ---- the caller's mistakes --------------------------------------------------------- */

static void expect_no_list(const struct procfd_list_options *options,
			   size_t size, int error)
{
	int before = open_fd_count();

	EXPECT_TRUE(procfd_list_open(options, size) == NULL);
	EXPECT_EQ(errno, error);
	EXPECT_EQ(open_fd_count(), before);
}

TEST(list_with_wrong_options)
{
	struct {
		struct procfd_list_options options;
		uint64_t tail;
	} larger = { .options.mask = PROCFD_INFO_PIDS };
	struct procfd_list_options *options = &larger.options;

	open_procfd(getpid());
	expect_no_list(options, sizeof(*options) - 1, EINVAL);
	larger.tail = 1;
	expect_no_list(options, sizeof(larger), EINVAL);
	options->flags = 1U << 20;
	expect_no_list(options, sizeof(*options), EINVAL);
	options->flags = PROCFD_LIST_CHILDREN;
	options->parent_fd = 9999;
	expect_no_list(options, sizeof(*options), EBADF);
	options->parent_fd = ASSERT_OK(open("/dev/null", O_RDONLY | O_CLOEXEC));
	expect_no_list(options, sizeof(*options), EBADF);
	options->flags = PROCFD_LIST_PIDNS;
	options->pidns_fd = options->parent_fd;
	expect_no_list(options, sizeof(*options), EINVAL);
}

TEST(list_of_a_larger_struct_without_anything_in_its_tail)
{
	struct {
		struct procfd_list_options options;
		uint64_t tail;
	} larger = { .options.mask = PROCFD_INFO_PIDS };
	struct procfd_list_iterator *iterator =
		procfd_list_open(&larger.options, sizeof(larger));

	EXPECT_TRUE(iterator != NULL);
	procfd_list_close(iterator);
}

TEST(list_ignores_members_that_no_flag_names)
{
	struct procfd_list_options options = {
		.mask = PROCFD_INFO_PIDS,
		.uid = 77,
		.parent_fd = 77,
		.pidns_fd = 77,
	};

	EXPECT_GT(count(&options), 10U);
}

TEST(list_does_without_the_fds_of_its_caller)
{
	int parent, before;
	struct procfd_list_options options =
		children_of_mine(PROCFD_INFO_PIDS, &parent);
	struct procfd_list_iterator *iterator;
	struct procfd_info_record info;
	pid_t pids[MANY];

	before = open_fd_count();
	fork_many(pids, MANY);
	iterator = list(&options);
	close(parent);
	for (int i = 0; i < MANY; i++)
		ASSERT_TRUE(next(iterator, &info));
	EXPECT_FALSE(next(iterator, &info));
	procfd_list_close(iterator);
	EXPECT_EQ(open_fd_count(), before - 1);
	kill_many(pids, MANY);
}

TEST(list_next_of_other_sizes)
{
	struct procfd_list_options options = { .mask = PROCFD_INFO_PIDS };
	struct procfd_list_iterator *iterator = list(&options);
	struct {
		struct procfd_info_record info;
		char tail[64];
	} larger;
	char zeros[64] = "";

	memset(&larger, 0xff, sizeof(larger));
	EXPECT_ERRNO(procfd_list_next(iterator, &larger.info,
				      sizeof(larger.info) - 1),
		     EINVAL);
	EXPECT_EQ(procfd_list_next(iterator, &larger.info, sizeof(larger)), 1);
	EXPECT_EQ(larger.info.pid, 1);
	EXPECT_MEMEQ(larger.tail, zeros, sizeof(zeros));
	procfd_list_close(iterator);
}

TEST(list_next_behind_the_end_leaves_the_record_alone)
{
	int parent;
	struct procfd_list_options options =
		children_of_mine(PROCFD_INFO_PIDS, &parent);
	struct procfd_list_iterator *iterator = list(&options);
	struct procfd_info_record info, same;

	memset(&info, 0x5a, sizeof(info));
	same = info;
	for (int i = 0; i < 3; i++)
		EXPECT_FALSE(next(iterator, &info));
	EXPECT_MEMEQ(&info, &same, sizeof(info));
	procfd_list_close(iterator);
}

TEST(list_without_options_or_record)
{
	struct procfd_list_options options = { .mask = PROCFD_INFO_PIDS };
	struct procfd_list_iterator *iterator = list(&options);
	struct procfd_info_record info;

	expect_no_list(NULL, sizeof(options), EINVAL);
	EXPECT_ERRNO(procfd_list_next(iterator, NULL, sizeof(info)), EINVAL);
	/* which took nobody away */
	EXPECT_TRUE(next(iterator, &info));
	EXPECT_EQ(info.pid, 1);
	procfd_list_close(iterator);
}

TEST(iterators_that_are_null)
{
	struct procfd_info_record info;

	EXPECT_ERRNO(procfd_list_next(NULL, &info, sizeof(info)), EINVAL);
	EXPECT_ERRNO(procfd_children_next(NULL), EINVAL);
	errno = 7;
	procfd_list_close(NULL);
	procfd_children_close(NULL);
	EXPECT_EQ(errno, 7);
}

/* ---- children --------------------------------------------------------------------- */

static struct procfd_children_iterator *children(int fd)
{
	struct procfd_children_iterator *iterator = procfd_children_open(fd, 0);

	ASSERT_TRUE(iterator != NULL);
	return iterator;
}

TEST(children_are_walked_in_order)
{
	int parent = open_procfd(getpid()), before = open_fd_count(), child;
	struct procfd_children_iterator *iterator = children(parent);
	pid_t pids[5];

	fork_many(pids, 5);
	close(parent);
	for (int i = 0; i < 5; i++) {
		child = ASSERT_OK(procfd_children_next(iterator));
		EXPECT_EQ(procfd_get_pid_in(child, -1), pids[i]);
		EXPECT_EQ(fcntl(child, F_GETFD), FD_CLOEXEC);
		close(child);
	}
	EXPECT_ERRNO(procfd_children_next(iterator), ENOENT);
	EXPECT_ERRNO(procfd_children_next(iterator), ENOENT);
	procfd_children_close(iterator);
	EXPECT_EQ(open_fd_count(), before - 1);
	kill_many(pids, 5);
}

TEST(children_that_are_reaped_do_not_stop_the_walk)
{
	struct procfd_children_iterator *iterator =
		children(open_procfd(getpid()));
	pid_t pids[5];
	int child;

	fork_many(pids, 5);
	for (int i = 0; i < 5; i++) {
		child = ASSERT_OK(procfd_children_next(iterator));
		EXPECT_EQ(procfd_get_pid_in(child, -1), pids[i]);
		kill_and_reap(pids[i]);
		EXPECT_ERRNO(procfd_get_pid_in(child, -1), ESRCH);
	}
	EXPECT_ERRNO(procfd_children_next(iterator), ENOENT);
	procfd_children_close(iterator);
}

TEST(children_procfds_stay_open_and_have_the_flags)
{
	struct procfd_children_iterator *iterator =
		procfd_children_open(open_procfd(getpid()), PROCFD_NONBLOCK);
	pid_t pid = fork_sleeper();
	int child;

	ASSERT_TRUE(iterator != NULL);
	child = ASSERT_OK(procfd_children_next(iterator));
	procfd_children_close(iterator);
	EXPECT_EQ(procfd_get_pid_in(child, -1), pid);
	EXPECT_EQ(fcntl(child, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	kill_and_reap(pid);
}

TEST(children_with_wrong_arguments)
{
	EXPECT_TRUE(procfd_children_open(open_procfd(getpid()),
					 PROCFD_KILL_ON_CLOSE) == NULL);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_TRUE(procfd_children_open(-1, 0) == NULL);
	EXPECT_EQ(errno, EBADF);
}

TEST(relatives_of_oneself)
{
	int fd = open_procfd(getpid()), relative;
	pid_t pid = fork_sleeper();

	relative = ASSERT_OK(
		procfd_open_relative(fd, PROCFD_RELATIVE_PARENT, -1, 0));
	EXPECT_EQ(procfd_get_pid_in(relative, -1), getppid());
	relative = ASSERT_OK(
		procfd_open_relative(fd, PROCFD_RELATIVE_FIRST_CHILD, -1, 0));
	EXPECT_EQ(procfd_get_pid_in(relative, -1), pid);
	EXPECT_ERRNO(procfd_open_relative(relative,
					  PROCFD_RELATIVE_NEXT_SIBLING, fd, 0),
		     ENOENT);
	EXPECT_ERRNO(procfd_open_relative(fd, 77, -1, 0), EINVAL);
	EXPECT_ERRNO(procfd_open_relative(fd, PROCFD_RELATIVE_PARENT, fd, 0),
		     EINVAL);
	kill_and_reap(pid);
}
