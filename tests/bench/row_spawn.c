// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library's spawn against posix_spawn: the call alone, and until the child has
 * been waited for and its procfd is closed; and the library's from a process that
 * has touched 1 GiB of memory against a small one. As an ordinary user.
 */
#include <fcntl.h>
#include <procfd.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define GOAL 1.1
#define GOAL_LARGE 1.05
#define LARGE (1UL << 30)
#define LOOPS 50
#define PROGRAM "/bench/hop"

enum side { PROCFD, POSIX, NR_SIDES };

static char *argv[] = { PROGRAM, NULL };

/* Instructions of the calls alone, of all children so far. */
static double in_calls;

static void spawn_procfd(void *arg)
{
	double begin = clock_now();
	pid_t pid;
	int fd = procfd_spawn(&pid, PROGRAM, NULL, NULL, argv, environ, 0);

	(void)arg;
	in_calls += clock_now() - begin;
	if (fd < 0 || waitpid(pid, NULL, 0) != pid)
		fail("procfd_spawn");
	close(fd);
}

static void spawn_posix(void *arg)
{
	double begin = clock_now();
	pid_t pid;
	int error = posix_spawn(&pid, PROGRAM, NULL, NULL, argv, environ);

	(void)arg;
	in_calls += clock_now() - begin;
	if (error || waitpid(pid, NULL, 0) != pid)
		fail("posix_spawn");
}

static const bench_call calls[NR_SIDES] = {
	[PROCFD] = spawn_procfd,
	[POSIX] = spawn_posix,
};

/* ---- processes that spawn when they are told to ------------------------------ */

/**
 * struct spawner - a process, and what it counted last
 * @memory: how much it touches, in one page each
 */
struct spawner {
	enum side side;
	size_t memory;
	double whole;
	double call;
	int tell;
	int told;
	pid_t pid;
};

static void touch(size_t size)
{
	char *memory;

	if (!size)
		return;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, size, MADV_NOHUGEPAGE))
		fail("no memory of %zu", size);
	for (size_t i = 0; i < size; i += 4096)
		memory[i] = 1;
}

static void spawn_some(struct spawner *spawner)
{
	per_call(calls[spawner->side], NULL, LOOPS);
	in_calls = 0;
	spawner->whole = per_call(calls[spawner->side], NULL, LOOPS);
	spawner->call = in_calls / LOOPS;
}

static void be_told(struct spawner *spawner, int tell, int told)
{
	char byte;

	touch(spawner->memory);
	while (read(tell, &byte, 1) == 1) {
		spawn_some(spawner);
		if (write(told, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void spawner_begin(struct spawner *spawner)
{
	int tell[2], told[2];

	if (pipe2(tell, O_CLOEXEC) || pipe2(told, O_CLOEXEC))
		fail("no pipe");
	spawner->pid = fork();
	if (spawner->pid < 0)
		fail("no process that spawns");
	if (!spawner->pid) {
		close(tell[1]);
		be_told(spawner, tell[0], told[1]);
	}
	close(tell[0]);
	close(told[1]);
	spawner->tell = tell[1];
	spawner->told = told[0];
}

static void spawner_end(const struct spawner *spawner)
{
	close(spawner->tell);
	close(spawner->told);
	waitpid(spawner->pid, NULL, 0);
}

static void have_spawned(const struct spawner *spawner)
{
	char byte = 0;

	if (write(spawner->tell, &byte, 1) != 1 ||
	    read(spawner->told, &byte, 1) != 1)
		fail("a process that spawns is gone");
}

static double count_call(void *arg)
{
	const struct spawner *spawner = arg;

	have_spawned(spawner);
	return spawner->call;
}

static double count_whole(void *arg)
{
	const struct spawner *spawner = arg;

	have_spawned(spawner);
	return spawner->whole;
}

/* ---- the row ------------------------------------------------------------------ */

enum who { BY_PROCFD, BY_POSIX, BY_LARGE, NR_WHO };
enum way {
	CALL_PROCFD,
	CALL_POSIX,
	WHOLE_PROCFD,
	WHOLE_POSIX,
	CALL_LARGE,
	NR_WAYS
};

struct spawning {
	struct spawner spawners[NR_WHO];
	struct bench_way ways[NR_WAYS];
};

static void measure(void *arg)
{
	struct spawning *spawning = arg;

	for (enum who who = 0; who < NR_WHO; who++)
		spawner_begin(&spawning->spawners[who]);
	by_turns(spawning->ways, NR_WAYS, TURNS_MAX);
	/* the later ones have the earlier ones' pipes */
	for (int who = NR_WHO - 1; who >= 0; who--)
		spawner_end(&spawning->spawners[who]);
}

static void prepare(struct spawning *spawning)
{
	static const struct {
		double (*count)(void *arg);
		enum who who;
	} ways[NR_WAYS] = {
		[CALL_PROCFD] = { count_call, BY_PROCFD },
		[CALL_POSIX] = { count_call, BY_POSIX },
		[WHOLE_PROCFD] = { count_whole, BY_PROCFD },
		[WHOLE_POSIX] = { count_whole, BY_POSIX },
		[CALL_LARGE] = { count_call, BY_LARGE },
	};

	spawning->spawners[BY_POSIX].side = POSIX;
	spawning->spawners[BY_LARGE].memory = LARGE;
	for (enum way way = 0; way < NR_WAYS; way++) {
		spawning->ways[way].count = ways[way].count;
		spawning->ways[way].arg = &spawning->spawners[ways[way].who];
	}
}

void row_spawn(void)
{
	struct spawning *spawning = shared_memory(sizeof(*spawning));
	const struct bench_way *ways = spawning->ways;

	prepare(spawning);
	run_as(BENCH_USER, measure, spawning);
	report("spawn", ways[CALL_PROCFD].lowest, ways[CALL_POSIX].lowest,
	       GOAL);
	report("spawn_wait_close", ways[WHOLE_PROCFD].lowest,
	       ways[WHOLE_POSIX].lowest, GOAL);
	report_noted("spawn_from_1_gib", ways[CALL_LARGE].lowest,
		     ways[CALL_PROCFD].lowest, GOAL_LARGE,
		     "other: from the small process");
}
