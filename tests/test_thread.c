// SPDX-License-Identifier: GPL-2.0-only
/* The fd of one thread: what it names, and what can be done with it. */
#include "threads.h"

TEST(thread_of_a_worker_is_opened_by_its_number)
{
	struct worker worker = { 0 };
	int procfd;

	worker_start(&worker);
	EXPECT_ERRNO(open_pid(device(), worker.tid, 0), ENOENT);
	procfd = thread_of(worker.tid);
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), worker.tid);
	EXPECT_STATE(procfd, "alive");
	EXPECT_FALSE(has_ended(procfd));
	worker_end(&worker);
}

TEST(thread_is_told_in_fdinfo)
{
	struct worker worker = { 0 };
	char flags[64];

	worker_start(&worker);
	EXPECT_STREQ(fdinfo(thread_of(worker.tid), "procfd_flags", flags, 64),
		     "thread");
	EXPECT_STREQ(fdinfo(procfd_of(getpid()), "procfd_flags", flags, 64),
		     "none");
	worker_end(&worker);
}

TEST(thread_flag_does_not_go_with_kill_on_close)
{
	int dev = device();

	EXPECT_ERRNO(open_pid(dev, getpid(),
			      PROCFD_THREAD | PROCFD_KILL_ON_CLOSE),
		     EINVAL);
	EXPECT_ERRNO(open_self(PROCFD_THREAD | PROCFD_KILL_ON_CLOSE), EINVAL);
}

TEST(thread_that_is_not_there_is_esrch)
{
	EXPECT_ERRNO(open_pid(device(), free_number(), PROCFD_THREAD), ESRCH);
}

static void open_itself(struct worker *worker)
{
	worker->status = open_self(PROCFD_THREAD);
}

TEST(thread_opens_itself)
{
	struct worker worker = { .act = open_itself };

	worker_start(&worker);
	worker_end(&worker);
	ASSERT_GE(worker.status, 0);
	EXPECT_EQ(read_record(worker.status).pid, worker.tid);
}

TEST(thread_of_a_leader_and_its_process_are_two_objects_on_one_pid)
{
	pid_t pid = fork_sleeper();
	int process = procfd_of(pid), thread = thread_of(pid);
	struct procfd_compare compare = { .fd = process };

	EXPECT_EQ(ioctl(thread, PROCFD_COMPARE, &compare), 1);
	EXPECT_EQ(procfd_id(process), procfd_id(thread));
	kill_and_reap(pid);
	expect_killed(process, SIGKILL);
	expect_killed(thread, SIGKILL);
}

TEST(thread_has_an_id_of_its_own)
{
	struct worker worker = { 0 };

	worker_start(&worker);
	EXPECT_NE(procfd_id(thread_of(worker.tid)),
		  procfd_id(procfd_of(getpid())));
	worker_end(&worker);
}

static volatile pid_t handled_by;

static void note_thread(int signal)
{
	handled_by = gettid();
}

static void wait_for_signal(struct worker *worker)
{
	while (!handled_by)
		usleep(1000);
}

TEST(thread_gets_the_signal_that_is_sent_to_its_fd)
{
	struct worker worker = { .act = wait_for_signal };
	int procfd;

	handle_signal(SIGUSR1, note_thread, 0);
	worker_start(&worker);
	procfd = thread_of(worker.tid);
	gate_open(&worker.go);
	ASSERT_OK(send_signal(procfd, SIGUSR1, 0));
	pthread_join(worker.thread, NULL);
	EXPECT_EQ(handled_by, worker.tid);
}

TEST(thread_scope_can_be_widened_to_the_process)
{
	struct worker worker = { 0 };
	int procfd;

	block_signal(SIGUSR1);
	worker_start(&worker);
	procfd = thread_of(worker.tid);
	ASSERT_OK(send_signal(procfd, SIGUSR1, PROCFD_SIGNAL_PROCESS));
	EXPECT_TRUE(signal_in_status(getpid(), "ShdPnd", SIGUSR1));
	ASSERT_OK(send_signal(procfd, SIGUSR1, 0));
	EXPECT_TRUE(signal_in_status(worker.tid, "SigPnd", SIGUSR1));
	worker_end(&worker);
}

TEST(thread_that_is_gone_is_esrch_to_signals)
{
	struct worker worker = { 0 };
	int procfd;

	worker_start(&worker);
	procfd = thread_of(worker.tid);
	worker_end(&worker);
	wait_hangup(procfd);
	EXPECT_ERRNO(send_signal(procfd, 0, 0), ESRCH);
}

TEST(thread_leads_to_its_process)
{
	struct procfd_open_relative to = { .relation = PROCFD_RELATIVE_PROCESS,
					   .parent_fd = -1 };
	struct worker worker = { 0 };
	int thread, process;

	worker_start(&worker);
	thread = thread_of(worker.tid);
	process = ASSERT_OK(ioctl(thread, PROCFD_OPEN_RELATIVE, &to));
	EXPECT_EQ((pid_t)fdinfo_number(process, "Pid"), getpid());
	to.relation = PROCFD_RELATIVE_PARENT;
	EXPECT_ERRNO(ioctl(thread, PROCFD_OPEN_RELATIVE, &to), EINVAL);
	worker_end(&worker);
	wait_hangup(thread);
	to.relation = PROCFD_RELATIVE_PROCESS;
	EXPECT_ERRNO(ioctl(thread, PROCFD_OPEN_RELATIVE, &to), ESRCH);
}

static void name_itself(struct worker *worker)
{
	pthread_setname_np(pthread_self(), "worker");
	gate_open(&worker->ready);
	gate_wait(&worker->go);
}

TEST(thread_info_is_the_threads_own)
{
	struct worker worker = { .act = name_itself };
	struct procfd_info info = { .mask = PROCFD_INFO_PIDS |
					    PROCFD_INFO_COMM |
					    PROCFD_INFO_STATE |
					    PROCFD_INFO_CPU };
	struct procfd_info process = info;
	int procfd;

	burn();
	worker_start(&worker);
	gate_open(&worker.go);
	gate_wait(&worker.ready);
	procfd = thread_of(worker.tid);
	ASSERT_OK(ioctl(procfd, PROCFD_GET_INFO, &info));
	EXPECT_EQ(info.pid, worker.tid);
	EXPECT_EQ(info.tgid, getpid());
	EXPECT_STREQ((char *)info.comm, "worker");
	EXPECT_EQ(info.flags & PROCFD_PROCESS_THREAD, PROCFD_PROCESS_THREAD);
	ASSERT_OK(ioctl(procfd_of(getpid()), PROCFD_GET_INFO, &process));
	EXPECT_LT(info.utime_ns + info.stime_ns,
		  process.utime_ns + process.stime_ns);
	worker_end(&worker);
}

TEST(thread_directory_is_that_of_the_task)
{
	struct procfd_open_dir open_dir = {
		.procfs_fd = ASSERT_OK(open("/proc", O_PATH | O_CLOEXEC)),
	};
	struct worker worker = { 0 };
	char text[32] = "";
	int dir, comm;

	worker.act = name_itself;
	worker_start(&worker);
	gate_open(&worker.go);
	gate_wait(&worker.ready);
	dir = ASSERT_OK(
		ioctl(thread_of(worker.tid), PROCFD_OPEN_DIR, &open_dir));
	comm = ASSERT_OK(openat(dir, "comm", O_RDONLY | O_CLOEXEC));
	ASSERT_GT(read(comm, text, sizeof(text) - 1), 0);
	EXPECT_STREQ(text, "worker\n");
	EXPECT_ERRNO(openat(dir, "task", O_RDONLY), ENOENT);
	worker_end(&worker);
}

TEST(thread_pidfd_is_one_of_the_thread_where_there_are_such)
{
	struct worker worker = { 0 };
	int procfd, native;

	worker_start(&worker);
	procfd = thread_of(worker.tid);
	native = syscall(SYS_pidfd_open, worker.tid, O_EXCL);
	if (native < 0) {
		EXPECT_ERRNO(get_pidfd(procfd, 0), EOPNOTSUPP);
	} else {
		struct procfd_compare compare = {
			.fd = ASSERT_OK(get_pidfd(procfd, 0)),
		};
		struct procfd_open_by_fd by = { .fd = native };

		EXPECT_EQ((pid_t)fdinfo_number(compare.fd, "Pid"), worker.tid);
		EXPECT_EQ(ioctl(procfd, PROCFD_COMPARE, &compare), 1);
		EXPECT_ERRNO(ioctl(device(), PROCFD_OPEN_PIDFD, &by), ENOENT);
		by.flags = PROCFD_THREAD;
		procfd = ASSERT_OK(ioctl(device(), PROCFD_OPEN_PIDFD, &by));
		EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), worker.tid);
	}
	worker_end(&worker);
}

TEST(thread_is_no_parent)
{
	struct procfd_list list = {
		.flags = PROCFD_LIST_CHILDREN,
		.pidns_fd = -1,
		.parent_fd = thread_of(getpid()),
		.records = 8,
		.record_size = PROCFD_INFO_SIZE_SHORT,
		.nr_records = 1,
	};

	EXPECT_ERRNO(ioctl(device(), PROCFD_LIST, &list), EBADF);
}
