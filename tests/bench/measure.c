// SPDX-License-Identifier: GPL-2.0-only
/* Counting instructions, and who is counted */
#include <grp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define RUNS_MIN 4
#define RUNS_MAX 20
/* The lowest two of the runs differ by no more, instructions and times. */
#define STABLE 0.001
#define STABLE_TIME 0.01

#define CALLS_MAX 1000
#define TURNS_MIN 8

double clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

double per_call(bench_call call, void *arg, unsigned int loops)
{
	double begin = clock_now(), count;

	mark(MARK_BEGIN);
	for (unsigned int i = 0; i < loops; i++)
		call(arg);
	mark(MARK_END);
	count = clock_now() - begin;
	return count / loops;
}

static int compare_counts(const void *first, const void *second)
{
	double a = *(const double *)first, b = *(const double *)second;

	return (a > b) - (a < b);
}

double usual_call(bench_call call, void *arg, unsigned int loops)
{
	static double counts[CALLS_MAX];

	for (unsigned int i = 0; i < loops; i++)
		counts[i] = per_call(call, arg, 1);
	qsort(counts, loops, sizeof(counts[0]), compare_counts);
	return counts[loops / 10];
}

/* The lowest two agree; the guest tells in TIMED that its clock tells the time. */
static bool agree(double lowest, double second)
{
	const char *timed = getenv("TIMED");

	return second <=
	       lowest * (1 + (timed && *timed ? STABLE_TIME : STABLE));
}

double instructions_of(bench_call call, void *arg, unsigned int loops)
{
	double lowest = INFINITY, second = INFINITY;

	per_call(call, arg, loops);
	for (int runs = 0; runs < RUNS_MAX; runs++) {
		double count = per_call(call, arg, loops);

		if (count < lowest) {
			second = lowest;
			lowest = count;
		} else if (count < second) {
			second = count;
		}
		if (runs + 1 >= RUNS_MIN && agree(lowest, second))
			break;
	}
	return lowest;
}

void turns_begin(struct bench_way *ways, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		ways[i].lowest = INFINITY;
		ways[i].second = INFINITY;
	}
}

void turn(struct bench_way *way)
{
	double count;

	if (way->row)
		profile_next(way->row, way->name, way->loops ? way->loops : 1);
	count = way->count(way->arg);
	profile_stop();
	if (count < way->lowest) {
		way->second = way->lowest;
		way->lowest = count;
	} else if (count < way->second) {
		way->second = count;
	}
}

bool turns_suffice(const struct bench_way *ways, unsigned int nr,
		   unsigned int rounds)
{
	if (rounds < TURNS_MIN)
		return false;
	if (rounds >= TURNS_MAX)
		return true;
	for (unsigned int i = 0; i < nr; i++)
		if (!agree(ways[i].lowest, ways[i].second))
			return false;
	return true;
}

void by_turns(struct bench_way *ways, unsigned int nr, unsigned int most)
{
	for (unsigned int i = 0; i < nr; i++)
		ways[i].count(ways[i].arg);
	turns_begin(ways, nr);
	for (unsigned int rounds = 0;
	     rounds < most && !turns_suffice(ways, nr, rounds); rounds++)
		for (unsigned int i = 0; i < nr; i++)
			turn(&ways[i]);
}

static void become(uid_t uid)
{
	if (!uid)
		return;
	if (setgroups(0, NULL) || setgid(uid) || setuid(uid))
		fail("no user %u", uid);
}

void run_as(uid_t uid, bench_call call, void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		fail("no process to measure in");
	if (!pid) {
		become(uid);
		call(arg);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		fail("what was measured ended with status %#x", status);
}

void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		fail("no memory");
	return memory;
}

bool kernel_at_least(int major, int minor)
{
	int have_major = 0, have_minor = 0;
	struct utsname name;

	uname(&name);
	sscanf(name.release, "%d.%d", &have_major, &have_minor);
	return have_major > major ||
	       (have_major == major && have_minor >= minor);
}
