// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module is unloaded and loaded in a loop while others try to open the device
 * and use it: it is there and everything works until the last fd is closed, or it
 * is not there.
 */
#include <sys/utsname.h>

#include "finding.h"
#include "refs.h"
#include "storming.h"

#define USERS 3

/* One reload for so many of a storm's size, as each takes its time. */
#define SIZE_EACH 200

struct storm {
	int stop;
	int tries, unloads; /* of the one who unloads */
	int refused; /* because somebody has it open */
	int opened, absent; /* of those who open */
};

static void add(int *count)
{
	__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

static int get(const int *value)
{
	return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}

/* ---- those who use it ----------------------------------------------------------------- */

static void use_open_pid(int dev)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 3);
	int procfd = ASSERT_OK(open_pid(dev, pid, 0));

	close(dev);
	gate_open(&gated.gate);
	expect_exit(procfd, 3);
	EXPECT_EQ(reap(pid), 3 << 8);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN | POLLHUP);
	gate_close(&gated.gate);
	close(procfd);
}

static void use_clone(int dev)
{
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(dev, 0, SIGCHLD, &procfd));

	if (!pid)
		_exit(4);
	expect_exit(procfd, 4);
	EXPECT_EQ(reap(pid), 4 << 8);
	close(procfd);
	close(dev);
}

static void use_autoreap(int dev)
{
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(dev, PROCFD_AUTOREAP, 0, &procfd));

	if (!pid)
		_exit(5);
	close(dev);
	expect_exit(procfd, 5);
	wait_hangup(procfd);
	close(procfd);
}

static void use_next_child(int dev)
{
	int procfd = ASSERT_OK(next_child(dev, 0));
	pid_t pid;

	close(dev);
	pid = fork_exit(6);
	expect_exit(procfd, 6);
	EXPECT_EQ(reap(pid), 6 << 8);
	close(procfd);
}

static void use_thread(int dev)
{
	int procfd = ASSERT_OK(open_self(dev, PROCFD_THREAD));

	EXPECT_FALSE(has_ended(procfd));
	EXPECT_EQ(pid_of(procfd), getpid());
	EXPECT_EQ(info_of(procfd).pid, getpid());
	EXPECT_OK(send_signal(procfd, 0, 0));
	close(procfd);
	close(dev);
}

static void (*const uses[])(int dev) = { use_open_pid, use_clone, use_autoreap,
					 use_next_child, use_thread };

#define USES (sizeof(uses) / sizeof(*uses))

/* What an open() may say while there is no module, or half of it. */
static bool is_absence(int error)
{
	return error == ENOENT || error == ENODEV || error == ENXIO;
}

/* Nobody has unloaded it from the opening to the last close. */
static bool use_once(struct storm *storm, unsigned int *seed)
{
	int dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC), unloads;
	int hold;

	if (dev < 0) {
		ASSERT_TRUE(is_absence(errno));
		add(&storm->absent);
		return false;
	}
	unloads = get(&storm->unloads);
	hold = ASSERT_OK(open_self(dev, 0));
	add(&storm->opened);
	uses[rand_r(seed) % USES](dev);
	EXPECT_EQ(get(&storm->unloads), unloads);
	close(hold);
	return true;
}

/* Some bursts begin while it comes or goes, others while nobody has it open. */
static void rest(struct storm *storm, unsigned int *seed)
{
	int until = get(&storm->tries) + (1 << rand_r(seed) % 8);

	while (!get(&storm->stop) && get(&storm->tries) < until)
		deadline_step();
}

static void be_user(void *arg)
{
	struct storm *storm = arg;
	unsigned int seed = getpid();
	int fds = open_fd_count();

	while (!get(&storm->stop)) {
		int burst = 1 + rand_r(&seed) % 4;

		while (burst && !get(&storm->stop))
			burst -= use_once(storm, &seed);
		rest(storm, &seed);
	}
	EXPECT_EQ(open_fd_count(), fds);
}

/* ---- the one who unloads ---------------------------------------------------------------- */

static bool has_line_with(const char *path, const char *word)
{
	FILE *file = fopen(path, "re");
	bool has = false;
	char line[256];

	ASSERT_TRUE(file != NULL);
	while (fgets(line, sizeof(line), file))
		has |= strstr(line, word) != NULL;
	fclose(file);
	return has;
}

static void expect_no_trace(void)
{
	EXPECT_FALSE(has_line_with("/proc/misc", "procfd"));
	EXPECT_FALSE(has_line_with("/proc/filesystems", "procfd"));
	EXPECT_FALSE(has_line_with("/proc/modules", "procfd"));
	EXPECT_FALSE(has_line_with("/proc/slabinfo", "procfd"));
	EXPECT_ERRNO(access("/sys/class/misc/procfd", F_OK), ENOENT);
}

static bool unload(struct storm *storm)
{
	int result = syscall(SYS_delete_module, "procfd", O_NONBLOCK);

	add(&storm->tries);
	if (result < 0) {
		ASSERT_EQ(errno, EWOULDBLOCK);
		add(&storm->refused);
		deadline_step();
		return false;
	}
	add(&storm->unloads);
	return true;
}

static void load(int file)
{
	ASSERT_OK(syscall(SYS_finit_module, file, "", 0));
}

static int module_file(void)
{
	struct utsname name;
	char path[512];

	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/procfd.ko",
		 name.release);
	return ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
}

static bool opened_since(struct storm *storm, int opened)
{
	add(&storm->tries); /* those who rest count them */
	return get(&storm->opened) > opened;
}

/* Every second time somebody has it open first, else it may go as it comes. */
static void reload(struct storm *storm, int file, int times)
{
	for (int i = 0; i < times; i++) {
		int opened = get(&storm->opened);

		if (i % 2)
			ASSERT_SOON(opened_since(storm, opened));
		while (!unload(storm))
			;
		expect_no_trace();
		load(file);
	}
}

TEST_TIMEOUT(storm_reload_beside_users_is_refused_or_unseen, STORM_DEADLINE_S)
{
	struct storm *storm = shared_memory(sizeof(*storm));
	int times = storm_size(2000) / SIZE_EACH;
	int file = module_file();
	pid_t users[USERS];

	if (times < 2)
		times = 2;
	module_idle();
	for (int i = 0; i < USERS; i++)
		users[i] = fork_child(be_user, storm);
	reload(storm, file, times);
	__atomic_store_n(&storm->stop, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < USERS; i++)
		test_follow(reap(users[i]));
	module_idle();
	test_tell("%d reloads, %d refused; %d opened and used, %d absent",
		  storm->unloads, storm->refused, storm->opened, storm->absent);
	EXPECT_EQ(storm->unloads, times);
	EXPECT_GE(storm->opened, times / 2);
}
