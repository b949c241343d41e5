// SPDX-License-Identifier: GPL-2.0-only
/* Counting instructions, and who is counted */
#include <grp.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define RUNS_MIN 4
#define RUNS_MAX 20
/* The lowest two of the runs differ by no more. */
#define STABLE 0.001

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static double run(bench_call call, void *arg, unsigned int loops)
{
	double begin = now();

	for (unsigned int i = 0; i < loops; i++)
		call(arg);
	return (now() - begin) / loops;
}

double instructions_of(bench_call call, void *arg, unsigned int loops)
{
	double lowest = INFINITY, second = INFINITY;

	run(call, arg, loops);
	for (int runs = 0; runs < RUNS_MAX; runs++) {
		double count = run(call, arg, loops);

		if (count < lowest) {
			second = lowest;
			lowest = count;
		} else if (count < second) {
			second = count;
		}
		if (runs + 1 >= RUNS_MIN && second <= lowest * (1 + STABLE))
			break;
	}
	return lowest;
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
