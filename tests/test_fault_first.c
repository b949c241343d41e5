// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module sets up at first use, while something fails in it.  What failed is
 * not set up, so the next try is a first one, too, and what it sets up works as if
 * nothing had ever failed; after one that went well the module is loaded anew.
 */
#include <sys/utsname.h>

#include "autoreap.h"
#include "fault.h"
#include "threads.h"

#define MEMORY (FAULT_EFAULT | FAULT_ENOMEM)

static int module_load(void)
{
	struct utsname name;
	char path[128];
	int fd, result, error;

	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/procfd.ko",
		 name.release);
	fd = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
	result = FAULT(syscall(SYS_finit_module, fd, "", 0));
	error = ERRNO_OF(result);
	close(fd);
	return error;
}

static bool module_unloaded(void)
{
	int error = ERRNO_OF(syscall(SYS_delete_module, "procfd", O_NONBLOCK));

	return !error || error == ENOENT;
}

/* Nothing fails in this. */
static void module_reload(void)
{
	int nth = fault_nth;

	fault_nth = 0;
	ASSERT_SOON(module_unloaded());
	ASSERT_EQ(module_load(), 0);
	fault_nth = nth;
}

/* ---- first uses ------------------------------------------------------------------ */

/* What the kernel gives when nothing fails. */
static struct procfd_features given;

/* Never less: who asks at a bad moment is told that it was one. */
static int ask_features(int dev)
{
	struct procfd_features told = { 0 };
	int result = FAULT(ioctl(dev, PROCFD_GET_FEATURES, &told));

	if (!result)
		EXPECT_EQ(told.features, given.features);
	return result;
}

static int open_thread(int dev)
{
	return FAULT(open_pid(dev, getpid(), PROCFD_THREAD));
}

static int arm_autoreap(int dev)
{
	return FAULT(next_child(dev, PROCFD_AUTOREAP));
}

static int use(int (*call)(int dev))
{
	int dev = device();
	int result = call(dev), error = ERRNO_OF(result);

	if (result > 0)
		close(result);
	close(dev);
	return error;
}

/* ---- what was set up works ------------------------------------------------------- */

static void features_are_told(void)
{
	EXPECT_EQ(features().features, given.features);
}

static void exec_and_stop(struct worker *worker)
{
	exec_shell("kill -STOP $$");
}

static void be_leader(void *shared)
{
	struct worker *worker = shared;

	worker->act = exec_and_stop;
	pthread_create(&worker->thread, NULL, worker_run, worker);
	for (;;)
		pause();
}

/* Of the end by its own exec a thread has only the probe to tell. */
static void threads_are_told_of(void)
{
	struct worker *worker = shared_memory(sizeof(*worker));
	pid_t pid;
	int procfd;

	worker->ready = gate_make();
	worker->go = gate_make();
	pid = fork_child(be_leader, worker);
	gate_wait(&worker->ready);
	procfd = thread_of(worker->tid);
	gate_open(&worker->go);
	EXPECT_EQ(ended_record(procfd).code, PROCFD_CLD_EXEC);
	close(procfd);
	kill_and_reap(pid);
	gate_close(&worker->ready);
	gate_close(&worker->go);
	munmap(worker, sizeof(*worker));
}

/* A parent that sleeps is none that could see to what the probe has missed. */
static void children_go_by_themselves(void)
{
	struct gate gate = gate_make();
	int procfd;
	pid_t pid = autoreap_child(BY_CLONE, &procfd, wait_at_gate, &gate);

	gate_open(&gate);
	wait_hangup(procfd);
	expect_goes_by_itself(pid, procfd, 9 << 8);
	close(procfd);
	gate_close(&gate);
}

/* ---------------------------------------------------------------------------------- */

/* Nothing fails while what was set up has to work. */
static void use_well(void (*works)(void))
{
	int nth = fault_nth;

	fault_nth = 0;
	works();
	fault_nth = nth;
}

static void first_use(unsigned int wanted, int (*call)(int dev),
		      void (*works)(void))
{
	unsigned int seen = 0;
	bool failed;
	int error;

	fault_setup();
	given = features();
	module_reload();
	do {
		fault_nth++;
		error = use(call);
		seen |= fault_error(error);
		if (!EXPECT_EQ(fault_error(error) & ~(wanted | FAULT_NONE), 0U))
			test_note("place %d: %s", fault_nth,
				  strerrorname_np(error));
		if (error)
			continue;
		failed = fault_failed;
		use_well(works);
		if (failed)
			module_reload();
		fault_failed = failed;
	} while (fault_failed);
	test_note("%d places", fault_nth - 1);
	EXPECT_EQ(seen & wanted, wanted);
}

TEST_TIMEOUT(fault_in_the_first_look_at_features, 120)
{
	first_use(MEMORY, ask_features, features_are_told);
}

TEST_TIMEOUT(fault_in_the_first_open_of_a_thread, 120)
{
	first_use(MEMORY, open_thread, threads_are_told_of);
}

TEST_TIMEOUT(fault_in_the_first_arming_of_autoreap, 120)
{
	first_use(MEMORY, arm_autoreap, children_go_by_themselves);
}
