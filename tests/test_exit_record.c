// SPDX-License-Identifier: GPL-2.0-only
/* The exit record's members, one by one. */
#include <sys/resource.h>
#include <pthread.h>

#include "accounting.h"

#define EVERYTHING 0x3ffULL

/* ---- the status --------------------------------------------------------------- */

TEST(exit_record_tells_exit_codes)
{
	int codes[] = { 0, 1, 2, 127, 128, 137, 255, 256, -1 };

	for (int i = 0; i < 9; i++) {
		struct gated_exit gated;
		pid_t pid = fork_gated(&gated, codes[i]);
		int procfd = procfd_of(pid);
		struct procfd_exit record;

		gate_open(&gated.gate);
		record = expect_as_wait4(procfd, pid);
		EXPECT_EQ(record.code, CLD_EXITED);
		EXPECT_EQ(record.status, codes[i] & 255);
	}
}

TEST(exit_record_tells_signals)
{
	int signals[] = { SIGKILL, SIGTERM, SIGHUP,   SIGPIPE,
			  SIGALRM, SIGUSR1, SIGRTMIN, SIGRTMAX };

	for (int i = 0; i < 8; i++) {
		pid_t pid = fork_sleeper();
		int procfd = procfd_of(pid);
		struct procfd_exit record;

		ASSERT_OK(kill(pid, signals[i]));
		record = expect_as_wait4(procfd, pid);
		EXPECT_EQ(record.code, CLD_KILLED);
		EXPECT_EQ(record.status, signals[i]);
		EXPECT_EQ((int)record.wait_status, signals[i]);
	}
}

static void dump_core(void *unused)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	ASSERT_OK(setrlimit(RLIMIT_CORE, &limit));
	ASSERT_OK(chdir("/tmp"));
	signal(SIGABRT, SIG_DFL);
	abort();
}

TEST(exit_record_tells_core_dumps)
{
	struct procfd_exit record;
	int procfd;
	pid_t pid;

	write_text("/proc/sys/kernel/core_pattern", "core.procfd");
	write_text("/proc/sys/kernel/core_uses_pid", "0");
	procfd = ASSERT_OK(next_child(device(), 0));
	pid = fork_child(dump_core, NULL);
	record = expect_as_wait4(procfd, pid);
	EXPECT_EQ(unlink("/tmp/core.procfd"), 0);
	EXPECT_EQ(record.code, CLD_DUMPED);
	EXPECT_EQ(record.status, SIGABRT);
	EXPECT_EQ(record.wait_status, SIGABRT | 0x80U);
	write_text("/proc/sys/kernel/core_pattern", "core");
}

TEST(exit_record_tells_no_dump_where_none_was_made)
{
	int procfd = ASSERT_OK(next_child(device(), 0));
	struct procfd_exit record;
	pid_t pid = fork();

	if (!pid) {
		struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		abort();
	}
	record = expect_as_wait4(procfd, pid);
	EXPECT_EQ(record.code, CLD_KILLED);
	EXPECT_EQ(record.status, SIGABRT);
}

/* ---- who and when -------------------------------------------------------------- */

TEST(exit_record_has_every_member_for_the_parent)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	struct procfd_exit record;

	gate_open(&gated.gate);
	record = expect_as_wait4(procfd, pid);
	EXPECT_EQ(record.mask & EVERYTHING, EVERYTHING);
	EXPECT_EQ(record.mask & ~features().exit_mask, 0ULL);
	EXPECT_GE(record.size, (unsigned int)PROCFD_EXIT_SIZE_VER0);
}

static void become_user_and_wait(void *arg)
{
	ASSERT_OK(setresuid(1000, 1001, 1002));
	run_gated_exit(arg);
}

TEST(exit_record_has_the_real_uid)
{
	struct gated_exit gated = { gate_make(), 0 };
	pid_t pid = fork_child(become_user_and_wait, &gated);
	int procfd = procfd_of(pid);
	struct procfd_exit record;

	gate_open(&gated.gate);
	record = expect_as_wait4(procfd, pid);
	EXPECT_EQ(record.uid, 1000U);
}

static void change_uid_and_exit(void *arg)
{
	gate_wait(arg);
	ASSERT_OK(setresuid(1001, 1001, 1001));
}

TEST(exit_record_has_the_uid_of_the_end_not_of_the_opening)
{
	struct gate gate = gate_make();
	pid_t pid = fork_child(change_uid_and_exit, &gate);
	int procfd = procfd_of(pid);
	struct procfd_exit record;

	gate_open(&gate);
	record = expect_as_wait4(procfd, pid);
	EXPECT_EQ(record.uid, 1001U);
}

/* Field 22 of /proc/PID/stat, in ticks; the name has no blanks here. */
static unsigned long long start_ticks(pid_t pid)
{
	char text[1024], *field = text;
	FILE *file;

	snprintf(text, sizeof(text), "/proc/%d/stat", pid);
	file = fopen(text, "re");
	ASSERT_TRUE(file && fgets(text, sizeof(text), file));
	fclose(file);
	for (int i = 1; i < 22; i++)
		field = strchr(field, ' ') + 1;
	return strtoull(field, NULL, 10);
}

TEST(exit_record_start_is_that_of_proc_stat)
{
	unsigned long long tick_ns = 1000000000ULL / sysconf(_SC_CLK_TCK);
	long long before = now_ns(CLOCK_BOOTTIME), after;
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	unsigned long long ticks = start_ticks(pid);
	struct procfd_exit record;

	after = now_ns(CLOCK_BOOTTIME);
	gate_open(&gated.gate);
	record = expect_as_wait4(procfd, pid);
	EXPECT_EQ(record.start_ns / tick_ns, ticks);
	EXPECT_GE((long long)record.start_ns, before);
	EXPECT_LE((long long)record.start_ns, after);
}

TEST(exit_record_end_is_between_the_last_act_and_the_wake_up)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	struct procfd_exit record;
	long long before = now_ns(CLOCK_BOOTTIME);

	gate_open(&gated.gate);
	record = ended_record(procfd);
	EXPECT_GE((long long)record.end_ns, before);
	EXPECT_LE((long long)record.end_ns, now_ns(CLOCK_BOOTTIME));
	EXPECT_GE(record.end_ns, record.start_ns);
	reap(pid);
}

TEST(exit_record_of_a_zombie_has_no_end_time_and_all_the_rest)
{
	struct procfd_exit record;
	pid_t pid = fork_exit(4);

	wait_zombie(pid);
	record = expect_as_wait4(procfd_of(pid), pid);
	EXPECT_EQ(record.mask & PROCFD_EXIT_END, 0ULL);
	EXPECT_EQ(record.end_ns, 0ULL);
	EXPECT_EQ(record.mask & EVERYTHING, EVERYTHING & ~PROCFD_EXIT_END);
	EXPECT_GT(record.start_ns, 0ULL);
}

TEST(exit_record_of_a_zombie_that_was_open_keeps_its_end_time)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);
	struct procfd_exit one, two;

	gate_open(&gated.gate);
	one = ended_record(procfd);
	two = ended_record(procfd_of(pid));
	EXPECT_MEMEQ(&one, &two, sizeof(one));
	EXPECT_TRUE(one.mask & PROCFD_EXIT_END);
	reap(pid);
}

/* ---- what it used ---------------------------------------------------------------- */

static void burn_ms(clockid_t clock, int ms)
{
	long long end = now_ns(clock) + ms * 1000000LL;

	while (now_ns(clock) < end)
		;
}

static void burn_user(void *arg)
{
	burn_ms(CLOCK_PROCESS_CPUTIME_ID, 100);
}

static void burn_system(void *arg)
{
	long long end = now_ns(CLOCK_PROCESS_CPUTIME_ID) + 100000000LL;
	char *page = malloc(65536);
	int fd = open("/dev/zero", O_RDONLY);

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
		ASSERT_EQ(read(fd, page, 65536), 65536);
}

static void touch_memory(void *arg)
{
	size_t size = 16 << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; i < size; i += 4096)
		memory[i] = 1;
	munmap(memory, size);
}

/* Until it has given the CPU away 50 times: a sleep may be over before it begins. */
static void sleep_often(void *arg)
{
	struct timespec moment = { 0, 100000 };
	struct rusage usage;

	do {
		nanosleep(&moment, NULL);
		getrusage(RUSAGE_THREAD, &usage);
	} while (usage.ru_nvcsw < 50);
}

static struct procfd_exit record_of(void (*run)(void *))
{
	int procfd = ASSERT_OK(next_child(device(), 0));
	pid_t pid = fork_child(run, NULL);
	struct procfd_exit record = expect_as_wait4(procfd, pid);

	close(procfd);
	return record;
}

TEST(exit_record_user_time_is_wait4s)
{
	struct procfd_exit record = record_of(burn_user);

	EXPECT_GE(record.utime_ns + record.stime_ns, 99000000ULL);
	EXPECT_LT(record.utime_ns + record.stime_ns, 1000000000ULL);
}

TEST(exit_record_system_time_is_wait4s)
{
	struct procfd_exit record = record_of(burn_system);

	EXPECT_GE(record.utime_ns + record.stime_ns, 99000000ULL);
	EXPECT_GT(record.stime_ns, 10000000ULL);
}

TEST(exit_record_short_lives_are_told_as_by_wait4)
{
	for (int i = 0; i < 30; i++) {
		int procfd = ASSERT_OK(next_child(device(), 0));
		pid_t pid = fork_exit(i);

		expect_as_wait4(procfd, pid);
		close(procfd);
	}
}

/* In user mode only: nothing makes the kernel bring its books up to date. */
static void tell_cpu_time_and_burn(void *arg)
{
	long long end = now_ns(CLOCK_MONOTONIC) + 2000000;

	*(long long *)arg = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	while (now_ns(CLOCK_MONOTONIC) < end)
		;
}

/* Not what was known at the last tick: what it has used up to its last call. */
static long long time_missing(long long *seen)
{
	int procfd = ASSERT_OK(next_child(device(), 0));
	pid_t pid = fork_child(tell_cpu_time_and_burn, seen);
	struct procfd_exit record = ended_record(procfd);
	struct rusage usage;

	ASSERT_EQ(wait4(pid, NULL, 0, &usage), pid);
	close(procfd);
	EXPECT_GE(total_ns(&record), *seen - 2000);
	return usage_ns(&usage) - total_ns(&record);
}

/* A kernel that is slow by its nature takes longer from the record to its end. */
static long long exit_path_ns(void)
{
	return 400000LL * slowness();
}

/* Some are off by a slice that the machine below took; many are not. */
TEST(exit_record_times_are_exact)
{
	long long *seen = shared_memory(sizeof(*seen));
	int exact = 0;

	for (int i = 0; i < 40; i++)
		exact += llabs(time_missing(seen)) < exit_path_ns();
	EXPECT_GE(exact, 10);
}

TEST(exit_record_peak_memory_and_faults_are_wait4s)
{
	struct procfd_exit record = record_of(touch_memory);

	EXPECT_GE(record.maxrss_bytes, 15ULL << 20);
	EXPECT_GE(record.minflt, 8ULL);
}

TEST(exit_record_switches_are_wait4s)
{
	EXPECT_GE(record_of(sleep_often).nvcsw, 50ULL);
}

static void *burn_in_thread(void *arg)
{
	burn_ms(CLOCK_THREAD_CPUTIME_ID, 40);
	sleep_often(NULL);
	return NULL;
}

static void burn_in_threads(void *arg)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, burn_in_thread, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

TEST(exit_record_sums_up_threads_that_have_gone)
{
	struct procfd_exit record = record_of(burn_in_threads);

	EXPECT_GE(record.utime_ns + record.stime_ns, 159000000ULL);
	EXPECT_GE(record.nvcsw, 200ULL);
}

static void burn_in_a_child(void *arg)
{
	pid_t pid = fork();

	if (!pid) {
		touch_memory(NULL);
		sleep_often(NULL);
		burn_user(NULL);
		_exit(0);
	}
	reap(pid);
}

TEST(exit_record_keeps_reaped_children_apart)
{
	struct procfd_exit record = record_of(burn_in_a_child);

	EXPECT_GE(record.cutime_ns + record.cstime_ns, 99000000ULL);
	EXPECT_LT(record.utime_ns + record.stime_ns, 99000000ULL);
	EXPECT_GE(record.cmaxrss_bytes, 15ULL << 20);
	EXPECT_LT(record.maxrss_bytes, 15ULL << 20);
	EXPECT_GE(record.cminflt, 8ULL);
	EXPECT_GE(record.cnvcsw, 50ULL);
	EXPECT_LT(record.nvcsw, 25ULL);
}

static void leave_a_child(void *arg)
{
	pid_t pid = fork();

	if (!pid) {
		burn_user(NULL);
		_exit(0);
	}
	wait_zombie(pid);
}

TEST(exit_record_does_not_count_children_nobody_waited_for)
{
	struct procfd_exit record = record_of(leave_a_child);

	EXPECT_EQ(record.cutime_ns + record.cstime_ns, 0ULL);
	EXPECT_EQ(record.cmaxrss_bytes, 0ULL);
	EXPECT_EQ(record.cminflt, 0ULL);
}

/* ---- block I/O -------------------------------------------------------------------- */

static uint64_t mask_opened_as(uid_t opener, pid_t (*make)(struct gated_exit *))
{
	int *procfd = shared_memory(sizeof(*procfd));
	struct gated_exit gated;
	pid_t pid = make(&gated), child = raw_clone(CLONE_FILES | SIGCHLD);
	struct procfd_exit record;

	if (!child) {
		ASSERT_OK(setresuid(opener, opener, opener));
		*procfd = procfd_of(pid);
		_exit(0);
	}
	ASSERT_EQ(reap(child), 0);
	gate_open(&gated.gate);
	record = ended_record(*procfd);
	reap(pid);
	return record.mask;
}

static pid_t make_root(struct gated_exit *gated)
{
	return fork_gated(gated, 0);
}

TEST(exit_record_block_io_is_for_who_may_ptrace_read)
{
	EXPECT_TRUE(mask_opened_as(0, make_root) & PROCFD_EXIT_BLOCK_IO);
	EXPECT_FALSE(mask_opened_as(1000, make_root) & PROCFD_EXIT_BLOCK_IO);
}

TEST(exit_record_of_one_without_the_right_has_all_the_rest)
{
	EXPECT_EQ(mask_opened_as(1000, make_root) & EVERYTHING,
		  EVERYTHING & ~PROCFD_EXIT_BLOCK_IO);
}
