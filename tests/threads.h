/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that do their part when they are told to, and fds on them. */
#ifndef PROCFD_TESTS_THREADS_H
#define PROCFD_TESTS_THREADS_H

#include <pthread.h>
#include <sys/ptrace.h>

#include "endings.h"
#include "native.h"

struct worker {
	pthread_t thread;
	struct gate ready, go;
	pid_t tid;
	int status;
	void (*act)(struct worker *worker); /* before it ends; or NULL */
	volatile bool stop;
};

static inline void *worker_run(void *arg)
{
	struct worker *worker = arg;

	worker->tid = gettid();
	gate_open(&worker->ready);
	gate_wait(&worker->go);
	if (worker->act)
		worker->act(worker);
	syscall(SYS_exit, worker->status);
	return NULL;
}

static inline void worker_start(struct worker *worker)
{
	worker->ready = gate_make();
	worker->go = gate_make();
	ASSERT_EQ(pthread_create(&worker->thread, NULL, worker_run, worker), 0);
	gate_wait(&worker->ready);
}

static inline void worker_end(struct worker *worker)
{
	gate_open(&worker->go);
	pthread_join(worker->thread, NULL);
}

static inline int thread_of(pid_t tid)
{
	return procfd_of_flags(tid, PROCFD_THREAD);
}

static inline int open_self(unsigned int flags)
{
	struct procfd_open_known arg = { .flags = flags };
	int dev = device();
	int fd = ioctl(dev, PROCFD_OPEN_SELF, &arg);
	int saved = errno;

	close(dev);
	errno = saved;
	return fd;
}

#endif
