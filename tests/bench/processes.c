// SPDX-License-Identifier: GPL-2.0-only
/* Children that sleep for good, so that there are as many processes as wanted */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define PROCESSES_MAX 32768

/* Not touched where there are none, so that children of few processes are small. */
static pid_t made[PROCESSES_MAX];
static unsigned int nr_made;

static unsigned int processes_there(void)
{
	unsigned int count = 0;
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		fail("no /proc");
	while ((entry = readdir(proc)))
		count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	closedir(proc);
	return count;
}

static void sleeper(uid_t uid)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setgid(uid) || setuid(uid))
		_exit(1);
	for (;;)
		pause();
}

static void make_one(void)
{
	pid_t pid = nr_made < PROCESSES_MAX ? fork() : -1;

	if (pid < 0)
		fail("no process %u", nr_made);
	if (!pid)
		sleeper(nr_made % 2 ? BENCH_OTHER_USER : BENCH_USER);
	made[nr_made++] = pid;
}

/* The one that measures is to come, see run_as(). */
void processes_grow(unsigned int total)
{
	for (unsigned int there = processes_there() + 1; there < total; there++)
		make_one();
	sleep(5); /* until the last of them pauses, and the kernel has settled */
}

void processes_end(void)
{
	for (unsigned int i = 0; i < nr_made; i++)
		kill(made[i], SIGKILL);
	for (unsigned int i = 0; i < nr_made; i++)
		waitpid(made[i], NULL, 0);
	nr_made = 0;
}

unsigned int processes_made(void)
{
	return nr_made;
}

pid_t process_made(unsigned int nr)
{
	return made[nr];
}
