// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "procfd_ioctl.h"

struct table *table;

static int number;
static uint64_t runner_seed;

int fd_at(uint8_t index)
{
	return table->fds[index % NR_FDS];
}

/* The first four stay. */
void fd_keep(int fd)
{
	int slot = 4 + random_below(NR_FDS - 4), old;

	if (fd < 0)
		return;
	old = __atomic_exchange_n(&table->fds[slot], fd, __ATOMIC_RELAXED);
	if (old >= 0)
		close(old);
}

pid_t pid_at(uint8_t index)
{
	pid_t pid = table->pids[index % NR_PIDS];

	return pid ? pid : 1 + index;
}

void pid_keep(pid_t pid)
{
	if (pid > 0)
		table->pids[random_below(NR_PIDS)] = pid;
}

void count_call(void)
{
	__atomic_add_fetch(&shared->calls, 1, __ATOMIC_RELAXED);
}

/* What sleeps is woken by this: no handler restarts a call. */
static void tick(int signal)
{
}

/* How many places in the module it was the first to reach. */
static int run_program(const struct program *program)
{
	int found = 0;

	for (uint32_t i = 0; i < program->length && !shared->stop; i++) {
		run_instruction(&program->code[i]);
		found += coverage_new();
	}
	return found;
}

static void *work(void *arg)
{
	int thread = (uintptr_t)arg;
	uint64_t seed = runner_seed * MAX_THREADS + thread;
	struct program program;

	coverage_start();
	for (uint64_t i = 0; !shared->stop; i++) {
		random_seed(seed + i * 0x10001);
		program_make(&program);
		shared->running[number][thread] = program;
		if (run_program(&program))
			corpus_add(&program);
		__atomic_add_fetch(&shared->programs, 1, __ATOMIC_RELAXED);
	}
	coverage_stop();
	return NULL;
}

static void fds_init(void)
{
	int pair[2];

	for (int i = 0; i < NR_FDS; i++)
		table->fds[i] = -1;
	table->fds[0] = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);
	table->fds[1] = open("/proc", O_PATH | O_CLOEXEC);
	table->fds[2] = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			pair))
		table->fds[3] = pair[0];
	table->pids[0] = getpid();
	table->pids[1] = 1;
}

static void ticks_init(void)
{
	struct sigaction action = { .sa_handler = tick };
	struct itimerval often = { { 0, 10000 }, { 0, 10000 } };

	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGIO, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

void runner(int number_, uint64_t seed)
{
	pthread_t thread;

	number = number_;
	runner_seed = seed;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	values_init();
	fds_init();
	ticks_init();
	for (uintptr_t i = 1; i < MAX_THREADS; i++)
		pthread_create(&thread, NULL, work, (void *)i);
	work(NULL);
	_exit(0);
}
