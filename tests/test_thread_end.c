// SPDX-License-Identifier: GPL-2.0-only
/* How and when a thread ends, as its fd tells it. */
#include <sys/prctl.h>

#include "threads.h"

TEST(thread_end_is_told_with_its_own_status)
{
	struct worker worker = { .status = 7 };
	struct procfd_exit record;
	int procfd;

	worker_start(&worker);
	procfd = thread_of(worker.tid);
	gate_open(&worker.go);
	record = ended_record(procfd);
	expect_status(&record, 7 << 8);
	EXPECT_EQ(record.pid, worker.tid);
	EXPECT_EQ(record.mask & PROCFD_EXIT_END, PROCFD_EXIT_END);
	EXPECT_GE(record.end_ns, record.start_ns);
	EXPECT_EQ(record.mask & (PROCFD_EXIT_MEMORY | PROCFD_EXIT_CHILDREN),
		  0u);
	pthread_join(worker.thread, NULL);
	wait_hangup(procfd);
	EXPECT_STATE(procfd, "reaped");
}

TEST(thread_end_wakes_a_blocked_reader)
{
	struct worker worker = { .status = 9 };
	struct gated_exit *told = shared_memory(sizeof(*told));
	int procfd;
	pid_t reader;

	worker_start(&worker);
	procfd = thread_of(worker.tid);
	told->gate = gate_make();
	reader = ASSERT_OK(fork());
	if (!reader) {
		gate_open(&told->gate);
		_exit(read_record(procfd).status);
	}
	gate_wait(&told->gate);
	wait_sleeping(reader);
	worker_end(&worker);
	EXPECT_EQ(reap(reader), 9 << 8);
}

/* what the thread itself knew that it had used */
static _Atomic long long used_ns;

static void burn_a_while(struct worker *worker)
{
	burn();
	used_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
}

static long long cpu_ns(const struct procfd_exit *record)
{
	return record->utime_ns + record->stime_ns;
}

/*
 * The machine below the guest can make an idle thread look busy, so none is
 * compared with another: what each is said to have used adds up to no more than
 * the process has, of which this thread has its share.
 */
TEST(thread_record_has_the_threads_own_time)
{
	struct worker busy = { .act = burn_a_while }, idle = { 0 };
	int busy_fd, idle_fd;
	long long here_ns;

	burn();
	here_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
	worker_start(&busy);
	worker_start(&idle);
	busy_fd = thread_of(busy.tid);
	idle_fd = thread_of(idle.tid);
	worker_end(&busy);
	worker_end(&idle);
	struct procfd_exit busy_record = ended_record(busy_fd);
	struct procfd_exit idle_record = ended_record(idle_fd);

	EXPECT_GE(cpu_ns(&busy_record), used_ns);
	EXPECT_LE(cpu_ns(&busy_record) + cpu_ns(&idle_record) + here_ns,
		  now_ns(CLOCK_PROCESS_CPUTIME_ID));
}

/* The leader's own end is not the process's: its fds end with the last thread. */
struct two {
	struct gate leader, worker, told;
	pid_t tid;
};

static void *second_thread(void *arg)
{
	struct two *two = arg;

	two->tid = gettid();
	gate_open(&two->told);
	gate_wait(&two->worker);
	syscall(SYS_exit, 4);
	return NULL;
}

static void leader_of_two(void *arg)
{
	struct two *two = arg;
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, second_thread, two), 0);
	gate_wait(&two->leader);
	syscall(SYS_exit, 3);
}

static struct two *two_make(void)
{
	struct two *two = shared_memory(sizeof(*two));

	two->leader = gate_make();
	two->worker = gate_make();
	two->told = gate_make();
	return two;
}

TEST(thread_of_a_leader_ends_with_the_process)
{
	struct two *two = two_make();
	pid_t pid = fork_child(leader_of_two, two);
	struct procfd_exit record;
	int leader, worker;

	gate_wait(&two->told);
	leader = thread_of(pid);
	worker = thread_of(two->tid);
	gate_open(&two->leader);
	wait_zombie(pid);
	EXPECT_FALSE(has_ended(leader));
	EXPECT_FALSE(has_ended(worker));
	gate_open(&two->worker);
	expect_exit(worker, 4);
	record = ended_record(leader);
	EXPECT_EQ(poll_fd(leader, POLLIN, 0), POLLIN);
	/* Since 5.17 the status is that of the last thread. */
	expect_status(&record, reap(pid));
	EXPECT_EQ(poll_fd(leader, POLLIN, 0), POLLIN | POLLHUP);
}

TEST(thread_ends_with_its_process_that_is_killed)
{
	struct two *two = two_make();
	pid_t pid = fork_child(leader_of_two, two);
	int leader, worker;

	gate_wait(&two->told);
	leader = thread_of(pid);
	worker = thread_of(two->tid);
	kill(pid, SIGKILL);
	expect_killed(worker, SIGKILL);
	expect_killed(leader, SIGKILL);
	EXPECT_EQ(reap(pid), SIGKILL);
}

/* ---- exec ----------------------------------------------------------------- */

static void *exec_thread(void *arg)
{
	struct two *two = arg;

	two->tid = gettid();
	gate_open(&two->told);
	gate_wait(&two->worker);
	exec_shell("read line; exit 6");
	return NULL;
}

static void leader_of_exec(void *arg)
{
	struct two *two = arg;
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, exec_thread, two), 0);
	for (;;)
		pause();
}

TEST(thread_that_execs_ends_with_a_cause_of_its_own)
{
	struct two *two = two_make();
	int input[2], leader, worker, process;
	struct procfd_exit record;
	pid_t pid;

	ASSERT_OK(pipe(input));
	ASSERT_EQ(dup2(input[0], 0), 0);
	pid = fork_child(leader_of_exec, two);
	gate_wait(&two->told);
	leader = thread_of(pid);
	worker = thread_of(two->tid);
	process = procfd_of(pid);
	gate_open(&two->worker);
	record = ended_record(worker);
	EXPECT_EQ(record.code, PROCFD_CLD_EXEC);
	EXPECT_EQ(record.status, 0);
	EXPECT_EQ(record.pid, two->tid);
	wait_hangup(worker);
	EXPECT_FALSE(has_ended(leader));
	EXPECT_FALSE(has_ended(process));
	ASSERT_EQ(write(input[1], "\n", 1), 1);
	expect_exit(leader, 6);
	expect_exit(process, 6);
	EXPECT_EQ(reap(pid), 6 << 8);
}

static void leader_execs(void *arg)
{
	struct two *two = arg;
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, second_thread, two), 0);
	gate_wait(&two->leader);
	exec_shell("exit 8");
}

TEST(thread_is_ended_by_the_leaders_exec)
{
	struct two *two = two_make();
	pid_t pid = fork_child(leader_execs, two);
	int leader, worker;

	gate_wait(&two->told);
	leader = thread_of(pid);
	worker = thread_of(two->tid);
	gate_open(&two->leader);
	expect_exit(worker, 0); /* do_group_exit(): an exec is no signal */
	expect_exit(leader, 8);
	EXPECT_EQ(reap(pid), 8 << 8);
}

/* ---- a tracer ---------------------------------------------------------------- */

TEST(thread_that_its_tracer_has_not_waited_for_has_ended)
{
	struct two *two = two_make();
	pid_t pid = fork_child(leader_of_two, two);
	int worker;

	gate_wait(&two->told);
	ASSERT_OK(ptrace(PTRACE_SEIZE, two->tid, 0, 0));
	worker = thread_of(two->tid);
	gate_open(&two->worker);
	expect_exit(worker, 4);
	ASSERT_SOON(proc_state(two->tid) == 'Z');
	EXPECT_EQ(poll_fd(worker, POLLIN, 0), POLLIN);
	close(worker);
	/* And one that is opened only now: */
	worker = thread_of(two->tid);
	expect_exit(worker, 4);
	EXPECT_EQ(waitpid(two->tid, NULL, __WALL), two->tid);
	wait_hangup(worker);
	kill_and_reap(pid);
}

/* ---- races ------------------------------------------------------------------- */

/* So that who opens it comes now too early, now too late. */
struct fleeting {
	volatile pid_t tid;
	int spins;
};

static void tell_and_spin(struct fleeting *fleeting)
{
	fleeting->tid = gettid();
	for (int i = 0; i < fleeting->spins; i++)
		__asm__ volatile("" ::: "memory");
}

static void *exit_soon(void *arg)
{
	tell_and_spin(arg);
	syscall(SYS_exit, 11);
	return NULL;
}

/* Every fd that is given for a thread in its last moments has its record. */
TEST_TIMEOUT(thread_that_is_opened_while_it_ends_has_its_record, 90)
{
	int dev = device(), opened = 0, rounds = fewer(2000);

	/* as often as needed to open one */
	for (int i = 0; i < rounds || !opened; i++) {
		struct fleeting fleeting = { .spins = spread(i, 2000) % 97 *
						      300 };
		pthread_t thread;
		int procfd;

		ASSERT_EQ(pthread_create(&thread, NULL, exit_soon, &fleeting),
			  0);
		while (!fleeting.tid)
			;
		procfd = open_pid(dev, fleeting.tid, PROCFD_THREAD);
		if (procfd >= 0) {
			struct procfd_exit record = ended_record(procfd);

			ASSERT_EQ(record.status, 11);
			close(procfd);
			opened++;
		} else {
			ASSERT_EQ(errno, ESRCH);
		}
		pthread_join(thread, NULL);
	}
}

static void *exec_while_opened(void *arg)
{
	tell_and_spin(arg);
	exec_shell("exit 12");
	return NULL;
}

static void exec_round(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_while_opened, arg);
	for (;;)
		pause();
}

TEST_TIMEOUT(thread_that_is_opened_while_it_execs_has_ended_by_it, 90)
{
	struct fleeting *fleeting = shared_memory(sizeof(*fleeting));
	int dev = device(), opened = 0, rounds = fewer(100);

	for (int i = 0; i < rounds || !opened; i++) {
		int procfd = -1;
		pid_t pid;

		fleeting->tid = 0;
		fleeting->spins = spread(i, 100) % 10 * 3000;
		pid = fork_child(exec_round, fleeting);
		while (!fleeting->tid)
			;
		procfd = open_pid(dev, fleeting->tid, PROCFD_THREAD);
		if (procfd >= 0) {
			ASSERT_EQ(ended_record(procfd).code, PROCFD_CLD_EXEC);
			close(procfd);
			opened++;
		} else {
			ASSERT_EQ(errno, ESRCH);
		}
		ASSERT_EQ(reap(pid), 12 << 8);
	}
}
