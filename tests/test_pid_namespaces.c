// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making children across pid namespaces: numbers returned are the caller's, and
 * fds outlive the namespace.
 */
#include "native.h"

struct inner {
	struct gate gate;
	pid_t number;
	int procfd;
};

/* The init of a new namespace makes a child there; the table is the case's. */
static void be_init(struct inner *inner)
{
	struct gated_exit gated = { inner->gate, 31 };
	pid_t pid = fork();

	if (!pid)
		run_gated_exit(&gated);
	inner->procfd = procfd_of(pid);
	inner->number = pid;
	_exit(reap(pid) == 31 << 8 ? 0 : 1);
}

static pid_t start_init(struct inner **inner)
{
	pid_t pid;

	*inner = shared_memory(sizeof(**inner));
	(*inner)->gate = gate_make();
	pid = ASSERT_OK(raw_clone(CLONE_NEWPID | CLONE_FILES | SIGCHLD));
	if (!pid)
		be_init(*inner);
	ASSERT_SOON((*inner)->number);
	return pid;
}

TEST(pid_namespaces_fd_made_inside_tells_the_number_outside_there)
{
	struct inner *inner;
	pid_t pid = start_init(&inner);
	pid_t outer = fdinfo_number(inner->procfd, "Pid");
	struct procfd_exit record;
	char numbers[64] = "";

	EXPECT_EQ(inner->number, 2);
	EXPECT_GT(outer, 2);
	fdinfo(inner->procfd, "NSpid", numbers, sizeof(numbers));
	EXPECT_EQ(atoi(numbers), outer);
	EXPECT_EQ(atoi(strpbrk(numbers, " \t") + 1), 2);
	EXPECT_EQ(procfd_id(procfd_of(outer)), procfd_id(inner->procfd));
	EXPECT_OK(send_signal(inner->procfd, 0, 0));
	gate_open(&inner->gate);
	record = ended_record(inner->procfd);
	EXPECT_EQ(record.pid, outer);
	expect_status(&record, 31 << 8);
	EXPECT_EQ(reap(pid), 0);
}

TEST(pid_namespaces_that_are_dead_leave_working_fds)
{
	struct inner *inner;
	pid_t pid = start_init(&inner);
	struct procfd_wait wait;
	unsigned long long id = procfd_id(inner->procfd);

	ASSERT_OK(kill(pid, SIGKILL));
	expect_killed(inner->procfd, SIGKILL);
	reap(pid);
	wait_hangup(inner->procfd);
	EXPECT_EQ(procfd_id(inner->procfd), id);
	EXPECT_STATE(inner->procfd, "reaped");
	EXPECT_ERRNO(send_signal(inner->procfd, 0, 0), ESRCH);
	EXPECT_OK(wait_for(inner->procfd, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.status, SIGKILL);
}

static void make_children_inside(void *unused)
{
	struct procfd_wait wait;
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone_child(device(), 0, SIGCHLD, &procfd));

	if (!pid)
		_exit(getpid());
	EXPECT_EQ(pid, 2);
	EXPECT_EQ(fdinfo_number(procfd, "Pid"), 2ULL);
	ASSERT_OK(wait_for(procfd, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.status, 2);
	EXPECT_EQ(wait.pid, 2);
	EXPECT_EQ(read_record(procfd).pid, 2);
}

TEST(pid_namespaces_clone_and_wait_tell_the_callers_number)
{
	run_in_pid_namespace(make_children_inside, NULL);
}

static void autoreap_inside(void *unused)
{
	int procfd = -1;
	pid_t pid =
		ASSERT_OK(clone_child(device(), PROCFD_AUTOREAP, 0, &procfd));

	if (!pid)
		_exit(35);
	expect_exit(procfd, 35);
	wait_hangup(procfd);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

TEST(pid_namespaces_autoreap_works_inside)
{
	run_in_pid_namespace(autoreap_inside, NULL);
}

static void autoreap_init(void *flags)
{
	struct clone_args args = { .flags = CLONE_NEWPID };
	int procfd = -1;
	pid_t pid = ASSERT_OK(
		clone3_procfd(device(), &args, PROCFD_AUTOREAP, &procfd));

	if (!pid) {
		if (!fork())
			pause();
		_exit(40);
	}
	expect_exit(procfd, 40);
	wait_hangup(procfd);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

TEST(pid_namespaces_init_can_be_autoreap)
{
	in_child(autoreap_init, NULL);
}

static void next_child_is_init(void *unused)
{
	int procfd;
	pid_t pid;

	ASSERT_OK(unshare(CLONE_NEWPID));
	procfd = ASSERT_OK(next_child(device(), 0));
	pid = fork();
	if (!pid)
		_exit(getpid() == 1 ? 36 : 1);
	EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
	expect_exit(procfd, 36);
	reap(pid);
}

TEST(pid_namespaces_next_child_after_unshare_is_the_init)
{
	in_child(next_child_is_init, NULL);
}

static void arm_without_init(void *unused)
{
	int dev = device(), fds, procfd;
	pid_t init;

	ASSERT_OK(unshare(CLONE_NEWPID));
	init = fork();
	if (!init)
		_exit(0);
	reap(init);
	fds = open_fd_count();
	close(EXPECT_OK(open_pid(dev, getpid(), 0)));
	procfd = ASSERT_OK(next_child(dev, 0));
	EXPECT_ERRNO(fork(), ENOMEM);
	EXPECT_STATE(procfd, "unbound");
	close(procfd);
	EXPECT_EQ(open_fd_count(), fds);
}

TEST(pid_namespaces_without_init_leave_the_next_child_armed)
{
	in_child(arm_without_init, NULL);
}
