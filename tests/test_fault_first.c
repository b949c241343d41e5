// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module sets up at first use, while something fails in it.  What failed is not set up, so the next try is a first one, too; after one
 * that went well the module is loaded anew.
 */
#include <sys/utsname.h>

#include "autoreap.h"
#include "fault.h"

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

static void first_use(unsigned int wanted, int (*call)(int dev))
{
	unsigned int seen = 0;
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
		if (!error && fault_failed) {
			module_reload();
			fault_failed = true;
		}
	} while (fault_failed);
	test_note("%d places", fault_nth - 1);
	EXPECT_EQ(seen & wanted, wanted);
	EXPECT_EQ(features().features, given.features);
}

TEST_TIMEOUT(fault_in_the_first_look_at_features, 120)
{
	first_use(MEMORY, ask_features);
}

TEST_TIMEOUT(fault_in_the_first_open_of_a_thread, 120)
{
	first_use(MEMORY, open_thread);
}

TEST_TIMEOUT(fault_in_the_first_arming_of_autoreap, 120)
{
	first_use(MEMORY, arm_autoreap);
}
