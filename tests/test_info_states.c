// SPDX-License-Identifier: GPL-2.0-only
/* GET_INFO agrees with /proc in every state, and of processes with threads. */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

#include "likeproc.h"

/* ---- states ------------------------------------------------------------------------ */

static void spin(void *unused)
{
	for (;;)
		getppid();
}

TEST(info_of_a_running_process_is_as_in_proc)
{
	struct looks looks = { 0 };
	pid_t pid = fork_child(spin, NULL);

	expect_like_proc_at_last(device(), pid, &looks);
	ASSERT_SOON(info_of_pid(pid).state == 'R');
	kill_and_reap(pid);
}

TEST(info_of_oneself_is_running)
{
	struct procfd_info info = info_of_pid(getpid());

	EXPECT_EQ(info.state, 'R');
	EXPECT_EQ(info.pid, getpid());
	EXPECT_EQ(info.ppid, getppid());
}

TEST(info_of_a_stopped_process_is_as_in_proc)
{
	pid_t pid = fork_sleeper();
	int status;

	ASSERT_OK(kill(pid, SIGSTOP));
	ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
	ASSERT_SOON(proc_state(pid) == 'T');
	expect_like_proc(pid);
	EXPECT_EQ(info_of_pid(pid).state, 'T');
	kill_and_reap(pid);
}

TEST(info_of_a_traced_process_is_as_in_proc)
{
	pid_t pid = fork_sleeper();
	int status;

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	ASSERT_OK(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_SOON(proc_state(pid) == 't');
	expect_like_proc(pid);
	EXPECT_EQ(info_of_pid(pid).state, 't');
	EXPECT_EQ(info_of_pid(pid).tracer, getpid());
	kill_and_reap(pid);
}

struct seize {
	struct gate told;
	pid_t pid;
};

static void seize_sibling(void *arg)
{
	struct seize *seize = arg;

	ASSERT_OK(ptrace(PTRACE_SEIZE, seize->pid, NULL, NULL));
	gate_open(&seize->told);
	for (;;)
		pause();
}

TEST(info_of_who_is_traced_by_a_stranger_is_as_in_proc)
{
	struct seize seize = { gate_make(), fork_sleeper() };
	pid_t tracer = fork_child(seize_sibling, &seize);

	gate_wait(&seize.told);
	wait_sleeping(seize.pid);
	expect_like_proc(seize.pid);
	EXPECT_EQ(info_of_pid(seize.pid).ppid, getpid());
	EXPECT_EQ(info_of_pid(seize.pid).tracer, tracer);
	kill_and_reap(tracer);
	kill_and_reap(seize.pid);
}

static void run_vfork(void *unused)
{
	pid_t pid = vfork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	_exit(0);
}

TEST(info_of_a_parent_in_vfork_is_as_in_proc)
{
	pid_t pid = fork_child(run_vfork, NULL);

	ASSERT_SOON(proc_state(pid) == 'D');
	expect_like_proc(pid);
	EXPECT_EQ(info_of_pid(pid).state, 'D');
	kill_and_reap(pid);
}

TEST(info_of_a_zombie_is_as_in_proc)
{
	pid_t pid = fork_exit(3), killed = fork_sleeper();
	struct procfd_info info;

	wait_zombie(pid);
	expect_like_proc(pid);
	info = info_of_pid(pid);
	EXPECT_EQ(info.state, 'Z');
	EXPECT_EQ(info.flags & (PROCFD_PROCESS_EXITING | PROCFD_PROCESS_ENDED),
		  PROCFD_PROCESS_EXITING | PROCFD_PROCESS_ENDED);
	expect_status(&info.exit, 3 << 8);
	ASSERT_OK(kill(killed, SIGKILL));
	wait_zombie(killed);
	expect_like_proc(killed);
	info = info_of_pid(killed);
	expect_status(&info.exit, SIGKILL);
	reap(killed);
	reap(pid);
}

TEST(info_exit_signal_is_that_of_the_clone)
{
	pid_t pid = ASSERT_OK(raw_clone(SIGUSR2));

	while (!pid)
		pause();
	block_signal(SIGUSR2);
	wait_sleeping(pid);
	expect_like_proc(pid);
	EXPECT_EQ(info_of_pid(pid).exit_signal, SIGUSR2);
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, NULL, __WALL), pid);
}

/* ---- threads ----------------------------------------------------------------------- */

#define SLEEPS 50

struct threads {
	struct gate told, leave;
	int left;
};

static void *sleep_in_thread(void *arg)
{
	struct threads *threads = arg;

	gate_wait(&threads->leave);
	return NULL;
}

/* It gives the CPU away so often, and ends; a sleep may be over at once. */
static void *sleep_often(void *unused)
{
	struct rusage usage;

	do {
		usleep(1);
		getrusage(RUSAGE_THREAD, &usage);
	} while (usage.ru_nvcsw < SLEEPS);
	return NULL;
}

static void run_threads(void *arg)
{
	struct threads *threads = arg;
	pthread_t id;

	pthread_create(&id, NULL, sleep_often, NULL);
	pthread_join(id, NULL);
	for (int i = 0; i < threads->left; i++)
		pthread_create(&id, NULL, sleep_in_thread, threads);
	gate_open(&threads->told);
	for (;;)
		pause();
}

static int threads_in_status(pid_t pid)
{
	char value[32];

	return atoi(proc_status(pid, "Threads", value, sizeof(value)));
}

static pid_t fork_threads(struct threads *threads, int left)
{
	pid_t pid;

	*threads = (struct threads){ gate_make(), gate_make(), left };
	pid = fork_child(run_threads, threads);
	gate_wait(&threads->told);
	wait_sleeping(pid);
	/* who was joined may be there a moment longer */
	ASSERT_SOON(threads_in_status(pid) == left + 1);
	return pid;
}

TEST(info_of_threads_is_of_the_whole_process)
{
	struct looks looks = { .forgot_threads = true };
	struct threads threads;
	pid_t pid = fork_threads(&threads, 5);
	struct procfd_info info;
	struct proc_info proc;

	expect_like_proc_at_last(device(), pid, &looks);
	/* of one thread, and first: it may still sleep once more */
	ASSERT_TRUE(read_proc_info(pid, &proc));
	info = info_of_pid(pid);
	EXPECT_EQ(info.nr_threads, 6U);
	EXPECT_GE(info.nvcsw, proc.info.nvcsw + SLEEPS);
	kill_and_reap(pid);
}

TEST(info_tells_of_threads_that_left)
{
	struct threads threads;
	pid_t pid = fork_threads(&threads, 3);
	int procfd = procfd_of(pid);

	EXPECT_EQ(info_of(procfd).nr_threads, 4U);
	gate_open(&threads.leave);
	ASSERT_SOON(info_of(procfd).nr_threads == 3U);
	kill_and_reap(pid);
}

static void leave_thread_behind(void *arg)
{
	struct threads *threads = arg;
	pthread_t id;

	pthread_create(&id, NULL, sleep_in_thread, threads);
	syscall(SYS_exit, 5);
}

TEST(info_of_a_dead_leader_with_threads_is_as_in_proc)
{
	struct threads threads = { gate_make(), gate_make(), 1 };
	pid_t pid = fork_child(leave_thread_behind, &threads);
	struct looks looks = { .quiet = true, .forgot_threads = true };
	struct proc_info before, after;
	struct procfd_info info;

	wait_zombie(pid);
	ASSERT_TRUE(read_proc_info(pid, &before));
	info = info_of_pid(pid);
	ASSERT_TRUE(read_proc_info(pid, &after));
	judge_members(&looks, &before, &info, &after);
	EXPECT_EQ(info.state, 'Z');
	EXPECT_EQ(info.nr_threads, before.info.nr_threads);
	EXPECT_EQ(info.flags & PROCFD_PROCESS_ENDED, 0U);
	EXPECT_EQ(info.mask & (PROCFD_INFO_EXIT | PROCFD_INFO_RSS |
			       PROCFD_INFO_MEMORY),
		  0ULL);
	EXPECT_EQ(info.mask | INFO_OF_ZOMBIES_NOT | PROCFD_INFO_EXIT,
		  INFO_KNOWN);
	kill_and_reap(pid);
}

/* ---- a core dump that does not end until it is killed -------------------------------- */

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
#define HELPER "/bin/sleep 30719"

static void be_dumped(void *unused)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	static char memory[4 << 20];

	setrlimit(RLIMIT_CORE, &limit);
	memset(memory, 1, sizeof(memory));
	raise(SIGABRT);
}

/* The helper of the dump, which reads nothing and is no child of ours. */
static void kill_helper(void)
{
	DIR *dir = opendir("/proc");
	char text[64];

	for (struct dirent *entry; (entry = readdir(dir));) {
		pid_t pid = atoi(entry->d_name);

		memset(text, 0, sizeof(text));
		if (pid > 0 && read_proc_file(pid, "cmdline", text, 64) &&
		    strstr(text, "sleep") &&
		    !strcmp(text + strlen(text) + 1, "30719"))
			kill(pid, SIGKILL);
	}
	closedir(dir);
}

TEST(info_of_a_process_that_dumps_core_is_as_in_proc)
{
	struct looks looks = { 0 };
	char value[8];
	pid_t pid;

	write_text(CORE_PATTERN, "|" HELPER);
	pid = fork_child(be_dumped, NULL);
	ASSERT_SOON(proc_status(pid, "CoreDumping", value, 8) &&
		    value[0] == '1');
	expect_like_proc_at_last(device(), pid, &looks);
	EXPECT_EQ(info_of_pid(pid).flags & PROCFD_PROCESS_CORE_DUMPING,
		  PROCFD_PROCESS_CORE_DUMPING);
	ASSERT_OK(kill(pid, SIGKILL));
	kill_helper();
	reap(pid);
	write_text(CORE_PATTERN, "core");
}
