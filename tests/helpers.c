// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

/* ---- children ---------------------------------------------------------- */

static void die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

/*
 * PR_SET_PDEATHSIG means the thread that forked.  The child of a further thread
 * may live longer than that; the runner sees to it if its case does not.
 */
pid_t fork_child(void (*run)(void *), void *arg)
{
	pid_t parent = getpid();
	bool by_leader = gettid() == parent;
	pid_t pid = ASSERT_OK(fork());

	if (pid)
		return pid;
	if (by_leader)
		die_with_parent(parent);
	run(arg);
	_exit(0);
}

static void exit_with(void *status)
{
	_exit(*(int *)status);
}

pid_t fork_exit(int status)
{
	return fork_child(exit_with, &status);
}

static void sleep_for_ever(void *unused)
{
	for (;;)
		pause();
}

pid_t fork_sleeper(void)
{
	return fork_child(sleep_for_ever, NULL);
}

int reap(pid_t pid)
{
	int status = 0;

	ASSERT_EQ(TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)), pid);
	return status;
}

void kill_and_reap(pid_t pid)
{
	ASSERT_OK(kill(pid, SIGKILL));
	reap(pid);
}

/* ---- somewhere else ------------------------------------------------------ */

struct errand {
	void (*run)(void *);
	void *arg;
	uid_t uid;
};

static void become(uid_t uid)
{
	ASSERT_OK(setgroups(0, NULL));
	ASSERT_OK(setresgid(uid, uid, uid));
	ASSERT_OK(setresuid(uid, uid, uid));
	/* a change of uid hides a process from its own user */
	ASSERT_OK(prctl(PR_SET_DUMPABLE, 1));
}

static void errand_as(void *arg)
{
	struct errand *errand = arg;

	become(errand->uid);
	errand->run(errand->arg);
}

void run_as(uid_t uid, void (*run)(void *), void *arg)
{
	struct errand errand = { run, arg, uid };

	test_follow(reap(fork_child(errand_as, &errand)));
}

static void write_file(const char *path, const char *text)
{
	int fd = ASSERT_OK(open(path, O_WRONLY | O_CLOEXEC));

	ASSERT_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void errand_in_user_namespace(void *arg)
{
	struct errand *errand = arg;
	unsigned int uid = geteuid(), gid = getegid();
	char map[64];

	ASSERT_OK(unshare(CLONE_NEWUSER));
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_file("/proc/self/gid_map", map);
	errand->run(errand->arg);
}

void run_in_user_namespace(void (*run)(void *), void *arg)
{
	struct errand errand = { run, arg, 0 };

	test_follow(reap(fork_child(errand_in_user_namespace, &errand)));
}

static void errand_as_init(void *arg)
{
	struct errand *errand = arg;

	/* Not of /, which is no mount point in a chroot. */
	ASSERT_OK(mount("none", "/proc", NULL, MS_PRIVATE, NULL));
	ASSERT_OK(mount("proc", "/proc", "proc", 0, NULL));
	errand->run(errand->arg);
}

/* fork_child() cannot be used: the parent of a pid 1 has the number 0 there */
static void errand_in_pid_namespace(void *arg)
{
	pid_t pid;

	ASSERT_OK(unshare(CLONE_NEWPID | CLONE_NEWNS));
	pid = ASSERT_OK(fork());
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		errand_as_init(arg);
		_exit(0);
	}
	test_follow(reap(pid));
}

void run_in_pid_namespace(void (*run)(void *), void *arg)
{
	struct errand errand = { run, arg, 0 };

	test_follow(reap(fork_child(errand_in_pid_namespace, &errand)));
}

/* ---- gates ----------------------------------------------------------------- */

struct gate gate_make(void)
{
	int fds[2] = { -1, -1 };

	ASSERT_OK(pipe2(fds, O_CLOEXEC));
	return (struct gate){ fds[0], fds[1] };
}

void gate_open(const struct gate *gate)
{
	ASSERT_EQ(TEMP_FAILURE_RETRY(write(gate->write_fd, "", 1)), 1);
}

void gate_wait(const struct gate *gate)
{
	char byte;

	ASSERT_EQ(TEMP_FAILURE_RETRY(read(gate->read_fd, &byte, 1)), 1);
}

void gate_close(struct gate *gate)
{
	close(gate->read_fd);
	close(gate->write_fd);
	*gate = (struct gate){ -1, -1 };
}

/* ---- /proc ----------------------------------------------------------------- */

static char *trimmed(const char *text, char *value, size_t size)
{
	size_t length;

	while (isspace((unsigned char)*text))
		text++;
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	snprintf(value, size, "%.*s", (int)length, text);
	return value;
}

char *proc_status(pid_t pid, const char *field, char *value, size_t size)
{
	size_t length = strlen(field);
	char line[4096], *found = NULL;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/status", (int)pid);
	file = fopen(line, "re");
	if (!file)
		return NULL;
	while (!found && fgets(line, sizeof(line), file))
		if (!strncmp(line, field, length) && line[length] == ':')
			found = trimmed(line + length + 1, value, size);
	fclose(file);
	return found;
}

char proc_state(pid_t pid)
{
	char state[64];

	return proc_status(pid, "State", state, sizeof(state)) ? state[0] : 0;
}

int open_fd_count(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = -1; /* the directory's own fd is none of them */

	ASSERT_TRUE(dir != NULL);
	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

bool kernel_at_least(int major, int minor)
{
	struct utsname name;
	int have_major = 0, have_minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &have_major, &have_minor);
	return have_major > major ||
	       (have_major == major && have_minor >= minor);
}

/* ---- a kernel that is slow by its nature ----------------------------------- */

static int number_given(const char *name)
{
	const char *value = getenv(name);

	return value && atoi(value) > 0 ? atoi(value) : 1;
}

int slowness(void)
{
	return number_given("DEADLINE_FACTOR");
}

int fewer(int count)
{
	int some = count / number_given("SMALLER");
	int least = count / FEW < FEW ? count / FEW : FEW;

	if (some < least)
		some = least;
	return some ? some : 1;
}

int spread(int i, int count)
{
	return i * (count / fewer(count));
}

/* ---- time ------------------------------------------------------------------ */

short poll_fd(int fd, short events, int timeout_ms)
{
	struct pollfd poll_set = { .fd = fd, .events = events };

	ASSERT_OK(TEMP_FAILURE_RETRY(poll(&poll_set, 1, timeout_ms)));
	return poll_set.revents;
}

long long now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

struct timespec deadline_after_ms(long ms)
{
	long long end = now_ns(CLOCK_MONOTONIC) + ms * 1000000LL;

	return (struct timespec){ end / 1000000000, end % 1000000000 };
}

bool deadline_over(const struct timespec *deadline)
{
	return now_ns(CLOCK_MONOTONIC) >=
	       deadline->tv_sec * 1000000000LL + deadline->tv_nsec;
}

void deadline_step(void)
{
	struct timespec moment = { 0, 1000000 };

	nanosleep(&moment, NULL);
}
