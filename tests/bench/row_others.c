// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module costs processes that do not use it: fork, exit and wait; exec;
 * context switch; with all hooks that a first use of everything arms, while no fd is
 * open, and fork once more while 1,000 fds are open elsewhere, against the module
 * not loaded. It is loaded and unloaded between the rounds. No watch is among it:
 * the module has none yet.
 */
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "loading.h"

#define GOAL 1.003
#define GOAL_FDS 1.01
#define FDS 1000
#define FDS_MAX (FDS + 100)
#define PRIORITY 1
#define HOP "/bench/hop"

/* ---- what others do -------------------------------------------------------- */

static void fork_exit_wait(void *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		fail("no child");
}

#define HOPS "xxxx"
#define EXECS 5

/* One for each letter, and the one by which it begins. */
static void execs(void *arg)
{
	char *argv[] = { HOP, HOPS, NULL };
	pid_t pid;

	(void)arg;
	if (posix_spawn(&pid, HOP, NULL, NULL, argv, environ) ||
	    waitpid(pid, NULL, 0) != pid)
		fail("no %s", HOP);
}

struct ping {
	int there[2];
	int back[2];
};

static void echo(const struct ping *ping)
{
	char byte;

	close(ping->there[1]);
	while (read(ping->there[0], &byte, 1) == 1)
		if (write(ping->back[1], &byte, 1) != 1)
			break;
	_exit(0);
}

/* Two context switches. */
static void ping_and_wait(void *arg)
{
	const struct ping *ping = arg;
	char byte = 0;

	if (write(ping->there[1], &byte, 1) != 1 ||
	    read(ping->back[0], &byte, 1) != 1)
		fail("no echo");
}

/* ---- counted --------------------------------------------------------------- */

#define FORKS 100
#define SPAWNS 100
#define SWITCHES 1000

static double count_forks(void)
{
	return usual_call(fork_exit_wait, NULL, FORKS);
}

/* Where the kernel puts stack and program by chance, it makes more or fewer tables. */
static double count_execs(void)
{
	personality(ADDR_NO_RANDOMIZE);
	return usual_call(execs, NULL, SPAWNS) / EXECS;
}

/* Both of one priority, so that they switch when one waits, and never else. */
static double count_switches(void)
{
	const struct sched_param param = { .sched_priority = PRIORITY };
	struct ping ping;
	double count;
	pid_t pid;

	if (sched_setscheduler(0, SCHED_FIFO, &param) || pipe(ping.there) ||
	    pipe(ping.back))
		fail("no pipe");
	pid = fork();
	if (!pid)
		echo(&ping);
	count = usual_call(ping_and_wait, &ping, SWITCHES) / 2;
	for (int i = 0; i < 2; i++) {
		close(ping.there[i]);
		close(ping.back[i]);
	}
	waitpid(pid, NULL, 0);
	return count;
}

struct counted {
	double (*count)(void);
	double result;
};

static void count_one(void *arg)
{
	struct counted *counted = arg;

	counted->result = counted->count();
}

/* In a process of its own, of an ordinary user, which has no fd of ours. */
static double count_elsewhere(double (*count)(void))
{
	static struct counted *counted;

	if (!counted)
		counted = shared_memory(sizeof(*counted));
	counted->count = count;
	run_as(BENCH_USER, count_one, counted);
	return counted->result;
}

static double forks(void *arg)
{
	(void)arg;
	return count_elsewhere(count_forks);
}

static double hops(void *arg)
{
	(void)arg;
	return count_elsewhere(count_execs);
}

static double switches(void *arg)
{
	(void)arg;
	return count_elsewhere(count_switches);
}

/* ---- with and without the module -------------------------------------------- */

enum what { FORK, EXEC, SWITCH, NR_WHATS };

struct others {
	struct bench_way loaded[NR_WHATS];
	struct bench_way unloaded[NR_WHATS];
	struct bench_way with_fds;
};

static double (*const counts[NR_WHATS])(void *arg) = {
	[FORK] = forks,
	[EXEC] = hops,
	[SWITCH] = switches,
};

static void open_fds(int *fds)
{
	int dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);

	for (unsigned int i = 0; i < FDS; i++) {
		struct procfd_open_pid arg = { .pid = process_made(i),
					       .pidns_fd = -1 };

		fds[i] = ioctl(dev, PROCFD_OPEN_PID, &arg);
		if (fds[i] < 0)
			fail("OPEN_PID %u", i);
	}
	close(dev);
}

/* Held by another process, so that those who fork have none of them. */
static void turn_with_fds(struct others *others)
{
	int fds[FDS], ready[2], done[2];
	pid_t holder;
	char byte;

	if (pipe2(ready, O_CLOEXEC) || pipe2(done, O_CLOEXEC))
		fail("no pipe");
	holder = fork();
	if (!holder) {
		close(done[1]);
		open_fds(fds);
		if (write(ready[1], "", 1) == 1 && read(done[0], &byte, 1) == 0)
			_exit(0);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		fail("nobody holds fds");
	turn(&others->with_fds);
	close(ready[0]);
	close(done[0]);
	close(done[1]);
	waitpid(holder, NULL, 0);
}

static void turn_each(struct bench_way *ways)
{
	for (enum what what = FORK; what < NR_WHATS; what++)
		turn(&ways[what]);
}

/* From loaded to loaded. */
static void turn_all(struct others *others)
{
	module_unload();
	sleep(1);
	turn_each(others->unloaded);
	module_load();
	module_use_everything();
	sleep(1);
	turn_each(others->loaded);
	turn_with_fds(others);
}

static bool suffice(const struct others *others, unsigned int rounds)
{
	return turns_suffice(others->unloaded, NR_WHATS, rounds) &&
	       turns_suffice(others->loaded, NR_WHATS, rounds) &&
	       turns_suffice(&others->with_fds, 1, rounds);
}

static void prepare(struct others *others)
{
	static const char *const rows[NR_WHATS] = {
		[FORK] = "others_fork_exit_wait",
		[EXEC] = "others_exec",
		[SWITCH] = "others_switch",
	};

	for (enum what what = FORK; what < NR_WHATS; what++) {
		others->loaded[what] = (struct bench_way){
			.row = rows[what],
			.name = "procfd",
			.count = counts[what],
		};
		others->unloaded[what] = others->loaded[what];
		others->unloaded[what].name = "other";
	}
	others->with_fds.count = forks;
}

static void begin(struct others *others)
{
	turns_begin(others->loaded, NR_WHATS);
	turns_begin(others->unloaded, NR_WHATS);
	turns_begin(&others->with_fds, 1);
}

void row_others(void)
{
	const struct rlimit fds = { FDS_MAX, FDS_MAX };
	const struct rlimit priority = { PRIORITY, PRIORITY };
	struct others others;

	if (setrlimit(RLIMIT_NOFILE, &fds) ||
	    setrlimit(RLIMIT_RTPRIO, &priority))
		fail("no %d fds, or no priority", FDS_MAX);
	processes_grow(FDS + 100);
	prepare(&others);
	begin(&others);
	turn_all(&others);
	begin(&others);
	for (unsigned int rounds = 0; !suffice(&others, rounds); rounds++)
		turn_all(&others);
	report("others_fork_exit_wait", others.loaded[FORK].lowest,
	       others.unloaded[FORK].lowest, GOAL);
	report("others_exec", others.loaded[EXEC].lowest,
	       others.unloaded[EXEC].lowest, GOAL);
	report("others_switch", others.loaded[SWITCH].lowest,
	       others.unloaded[SWITCH].lowest, GOAL);
	report("others_fork_1000_fds", others.with_fds.lowest,
	       others.unloaded[FORK].lowest, GOAL_FDS);
}
