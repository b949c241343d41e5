// SPDX-License-Identifier: GPL-2.0-only
/* Other users, user namespaces and pid namespaces: who sees what of whom. */
#include <linux/reboot.h>
#include <pthread.h>
#include <sys/prctl.h>

#include "native.h"

#define USER 1000

/* A process of root and an fd on it that root opened. */
struct subject {
	struct gated_exit gated;
	pid_t pid;
	int procfd;
	int sockets[2];
};

static void subject_make(struct subject *subject)
{
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     subject->sockets));
	subject->pid = fork_gated(&subject->gated, 3);
	subject->procfd = procfd_of(subject->pid);
}

static void subject_end(struct subject *subject)
{
	EXPECT_EQ(reap(subject->pid), 3 << 8);
}

/* ---- another user ------------------------------------------------------------------ */

static void expect_no_block_io(int procfd)
{
	struct procfd_exit record = ended_record(procfd);

	expect_status(&record, 3 << 8);
	EXPECT_EQ(record.mask & PROCFD_EXIT_BLOCK_IO, 0);
	EXPECT_EQ(record.inblock | record.oublock, 0);
	EXPECT_EQ(record.cinblock | record.coublock, 0);
}

static void watch_as_user(void *arg)
{
	struct subject *subject = arg;
	int dev = device(), own = ASSERT_OK(open_pid(dev, subject->pid, 0));
	char path[64];

	EXPECT_ERRNO(kill(subject->pid, SIGTERM), EPERM);
	EXPECT_ERRNO(send_signal(own, SIGTERM, 0), EPERM);
	EXPECT_ERRNO(send_signal(own, 0, PROCFD_SIGNAL_THREAD), EPERM);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", subject->pid);
	EXPECT_ERRNO(open(path, O_RDONLY), EACCES);
	EXPECT_ERRNO(get_namespace(own, PROCFD_NAMESPACE_UTS), EACCES);
	close(ASSERT_OK(get_pidfd(own, 0)));
	gate_open(&subject->gated.gate);
	expect_no_block_io(own);
}

TEST(namespaces_user_may_watch_a_process_of_root_and_no_more)
{
	struct subject subject;

	subject_make(&subject);
	run_as(USER, watch_as_user, &subject);
	EXPECT_EQ(read_record(subject.procfd).mask & PROCFD_EXIT_BLOCK_IO,
		  PROCFD_EXIT_BLOCK_IO);
	subject_end(&subject);
}

static void use_roots_fd(void *arg)
{
	struct subject *subject = arg;

	EXPECT_ERRNO(send_signal(subject->procfd, SIGTERM, 0), EPERM);
	EXPECT_ERRNO(get_namespace(subject->procfd, PROCFD_NAMESPACE_UTS),
		     EACCES);
	gate_open(&subject->gated.gate);
	EXPECT_EQ(ended_record(subject->procfd).mask & PROCFD_EXIT_BLOCK_IO,
		  PROCFD_EXIT_BLOCK_IO);
}

TEST(namespaces_fd_of_root_lends_a_user_nothing_but_the_record)
{
	struct subject subject;

	subject_make(&subject);
	run_as(USER, use_roots_fd, &subject);
	subject_end(&subject);
}

static void watch_own_sibling(void *arg)
{
	struct subject *subject = arg;
	int procfd = procfd_of(subject->pid);

	close(ASSERT_OK(get_namespace(procfd, PROCFD_NAMESPACE_UTS)));
	gate_open(&subject->gated.gate);
	EXPECT_EQ(ended_record(procfd).mask & PROCFD_EXIT_BLOCK_IO,
		  PROCFD_EXIT_BLOCK_IO);
}

static void be_user_with_sibling(void *unused)
{
	struct subject subject;

	subject_make(&subject);
	test_follow(reap(fork_child(watch_own_sibling, &subject)));
	subject_end(&subject);
}

TEST(namespaces_user_sees_block_io_of_what_it_may_ptrace)
{
	run_as(USER, be_user_with_sibling, NULL);
}

/* ---- user namespaces ----------------------------------------------------------------- */

#define OVERFLOW_UID 65534

static void watch_from_user_namespace(void *arg)
{
	struct subject *subject = arg;
	int own = procfd_of(subject->pid), child;
	pid_t pid = fork_exit(8);

	EXPECT_EQ(getuid(), 0);
	EXPECT_ERRNO(send_signal(own, SIGTERM, 0), EPERM);
	EXPECT_ERRNO(get_namespace(own, PROCFD_NAMESPACE_UTS), EACCES);
	gate_open(&subject->gated.gate);
	expect_no_block_io(own);
	EXPECT_EQ(ended_record(own).uid, OVERFLOW_UID);

	child = procfd_of(pid);
	EXPECT_EQ(ended_record(child).uid, 0);
	send_fd(subject->sockets[1], child);
	reap(pid);
}

static void enter_user_namespace(void *subject)
{
	run_in_user_namespace(watch_from_user_namespace, subject);
}

TEST(namespaces_uid_is_the_readers)
{
	struct subject subject;
	int child;

	subject_make(&subject);
	run_as(USER, enter_user_namespace, &subject);
	child = receive_fd(subject.sockets[0]);
	EXPECT_EQ(read_record(child).uid, USER);
	expect_exit(child, 8);
	EXPECT_EQ(read_record(subject.procfd).uid, 0);
	subject_end(&subject);
}

static void clone_namespaces(void *unused)
{
	struct clone_args args = { .flags = CLONE_NEWPID | CLONE_NEWUTS,
				   .exit_signal = SIGCHLD };
	int procfd = -1;
	pid_t pid = ASSERT_OK(clone3_procfd(device(), &args, 0, &procfd));

	if (!pid)
		_exit(getpid() == 1 ? 8 : 9);
	expect_exit(procfd, 8);
	EXPECT_EQ(reap(pid), 8 << 8);
}

static void clone_in_user_namespace(void *unused)
{
	struct clone_args args = { .flags = CLONE_NEWPID };
	int procfd = -1;

	EXPECT_ERRNO(clone3_native(&args), EPERM);
	EXPECT_ERRNO(clone3_procfd(device(), &args, 0, &procfd), EPERM);
	run_in_user_namespace(clone_namespaces, NULL);
}

TEST(namespaces_clone_makes_those_that_clone3_may_make)
{
	run_as(USER, clone_in_user_namespace, NULL);
}

/* ---- pid namespaces: from outside ------------------------------------------------------- */

static void expect_out_of_reach(int procfd)
{
	struct procfd_wait wait;
	unsigned int scopes[] = { 0, PROCFD_SIGNAL_THREAD,
				  PROCFD_SIGNAL_PROCESS,
				  PROCFD_SIGNAL_PROCESS_GROUP };

	for (int i = 0; i < 4; i++)
		EXPECT_ERRNO(send_signal(procfd, SIGTERM, scopes[i]), EINVAL);
	EXPECT_ERRNO(send_signal(procfd, 0, 0), EINVAL);
	EXPECT_ERRNO(wait_for(procfd, PROCFD_WEXITED, &wait), EREMOTE);
	EXPECT_ERRNO(wait_for(procfd, PROCFD_WEXITED | PROCFD_WNOHANG, &wait),
		     EREMOTE);
	EXPECT_ERRNO(get_pidfd(procfd, 0), EREMOTE);
	EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_UTS), EREMOTE);
}

static void expect_numbers_as_of_pidfd(int procfd, int pidfd)
{
	char ours[128], native[128];

	EXPECT_STREQ(fdinfo(procfd, "Pid", ours, 128),
		     fdinfo(pidfd, "Pid", native, 128));
	EXPECT_STREQ(fdinfo(procfd, "NSpid", ours, 128),
		     fdinfo(pidfd, "NSpid", native, 128));
}

struct brought {
	struct subject subject;
	int pidfd;
};

static void use_what_was_brought(void *arg)
{
	struct brought *brought = arg;
	int procfd = brought->subject.procfd;
	struct procfd_exit record;

	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), 0);
	expect_out_of_reach(procfd);
	EXPECT_EQ(fdinfo_number(procfd, "Pid"), 0);
	expect_numbers_as_of_pidfd(procfd, brought->pidfd);
	EXPECT_STATE(procfd, "alive");

	gate_open(&brought->subject.gated.gate);
	record = ended_record(procfd);
	expect_status(&record, 3 << 8);
	EXPECT_EQ(record.pid, 0);
	EXPECT_EQ(record.mask & PROCFD_EXIT_IDS, PROCFD_EXIT_IDS);
	expect_out_of_reach(procfd);
	EXPECT_STATE(procfd, "ended");
}

TEST(namespaces_fd_brought_in_has_poll_and_read_and_the_number_0)
{
	struct brought brought;

	subject_make(&brought.subject);
	brought.pidfd = ASSERT_OK(pidfd_open_native(brought.subject.pid));
	run_in_pid_namespace(use_what_was_brought, &brought);
	EXPECT_EQ(read_record(brought.subject.procfd).pid, brought.subject.pid);
	subject_end(&brought.subject);
}

static void close_what_was_brought(void *procfd)
{
	close(*(int *)procfd);
}

TEST(namespaces_kill_on_close_reaches_out_of_a_pid_namespace)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of_flags(pid, PROCFD_KILL_ON_CLOSE);
	struct gate gate = gate_make();
	pid_t holder = fork();

	if (!holder) {
		gate_wait(&gate);
		run_in_pid_namespace(close_what_was_brought, &procfd);
		_exit(0);
	}
	close(procfd);
	gate_open(&gate);
	EXPECT_EQ(reap(pid), SIGKILL);
	reap(holder);
}

static void open_outer_number(void *pid)
{
	EXPECT_ERRNO(pidfd_open_native(*(pid_t *)pid), ESRCH);
	EXPECT_ERRNO(open_pid(device(), *(pid_t *)pid, 0), ESRCH);
}

TEST(namespaces_number_of_outside_is_esrch_inside)
{
	pid_t pid = fork_sleeper();

	ASSERT_GT(pid, 20); /* those inside begin with 1 */
	run_in_pid_namespace(open_outer_number, &pid);
	kill_and_reap(pid);
}

/* ---- pid namespaces: from inside -------------------------------------------------------- */

static void work_inside(void *arg)
{
	int *sockets = arg, procfd = procfd_of(getpid()), child;
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 4);
	struct procfd_wait wait;

	EXPECT_EQ(getpid(), 1);
	EXPECT_EQ(fdinfo_number(procfd, "Pid"), 1);
	child = procfd_of(pid);
	EXPECT_EQ((pid_t)fdinfo_number(child, "Pid"), pid);
	expect_numbers_as_of_pidfd(child, ASSERT_OK(pidfd_open_native(pid)));
	EXPECT_OK(send_signal(child, 0, 0));
	send_fd(sockets[1], child);
	send_fd(sockets[1], procfd);
	gate_open(&gated.gate);
	EXPECT_OK(wait_for(child, PROCFD_WEXITED, &wait));
	EXPECT_EQ(wait.pid, pid);
	EXPECT_EQ(read_record(child).pid, pid);
	EXPECT_EQ(write(sockets[1], &pid, sizeof(pid)), (ssize_t)sizeof(pid));
}

/* Each reader has its own number for the same process. */
TEST(namespaces_number_is_the_readers)
{
	int sockets[2], child, init, outer;
	pid_t inner;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	run_in_pid_namespace(work_inside, sockets);
	child = receive_fd(sockets[0]);
	init = receive_fd(sockets[0]);
	ASSERT_EQ(read(sockets[0], &inner, sizeof(inner)),
		  (ssize_t)sizeof(inner));
	expect_exit(child, 4);
	expect_exit(init, 0);
	outer = read_record(child).pid;
	EXPECT_GT(outer, 0);
	EXPECT_NE(outer, inner);
	EXPECT_GT(read_record(init).pid, 1);
	EXPECT_LT(read_record(init).pid, outer);
	EXPECT_ERRNO(send_signal(child, 0, 0), ESRCH);
}

/* ---- pid namespaces: their end ------------------------------------------------------------- */

#define MEMBERS 6

static void *sleep_in_thread(void *unused)
{
	for (;;)
		pause();
	return NULL;
}

/* Member of a namespace: of some kinds, and one that has ended before. */
static void be_member(void *number)
{
	pthread_t thread;

	switch (*(int *)number) {
	case 1: setsid(); break;
	case 2: pthread_create(&thread, NULL, sleep_in_thread, NULL); break;
	case 3: signal(SIGTERM, SIG_IGN); break;
	case 4:
		if (fork())
			_exit(0); /* the child's parent will be init */
		break;
	case 5: _exit(11);
	}
	for (;;)
		pause();
}

/* Init of a namespace; sends fds of its members out. */
static void be_init(int socket, const struct gate *gate)
{
	for (int i = 0; i < MEMBERS; i++) {
		pid_t pid = fork();

		if (!pid)
			be_member(&i);
		send_fd(socket, procfd_of(pid));
	}
	gate_wait(gate);
	_exit(12);
}

static int members[MEMBERS];

/* Returns when the members are all there. */
static pid_t namespace_make(int *procfd, const struct gate *gate)
{
	struct clone_args args = { .flags = CLONE_NEWPID,
				   .exit_signal = SIGCHLD };
	int sockets[2];
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	pid = ASSERT_OK(clone3_procfd(device(), &args, 0, procfd));
	if (!pid)
		be_init(sockets[1], gate);
	for (int i = 0; i < MEMBERS; i++)
		members[i] = receive_fd(sockets[0]);
	expect_exit(members[4], 0);
	expect_exit(members[5], 11);
	return pid;
}

static void expect_members_killed(void)
{
	for (int i = 0; i < 4; i++)
		expect_killed(members[i], SIGKILL);
	expect_exit(members[4], 0);
	expect_exit(members[5], 11);
}

TEST(namespaces_killed_init_makes_every_record_say_sigkill)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t init = namespace_make(&procfd, &gate);

	ASSERT_OK(send_signal(procfd, SIGKILL, 0));
	expect_killed(procfd, SIGKILL);
	expect_members_killed();
	EXPECT_EQ(reap(init), SIGKILL);
}

TEST(namespaces_exit_of_init_makes_every_other_record_say_sigkill)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t init = namespace_make(&procfd, &gate);

	EXPECT_FALSE(has_ended(members[0]));
	gate_open(&gate);
	expect_exit(procfd, 12);
	expect_members_killed();
	EXPECT_EQ(reap(init), 12 << 8);
}

/* What reboot(2) in a namespace makes of its init, for waitpid() and for us. */
static void expect_reboot(unsigned int command, bool by_init, int signal)
{
	struct clone_args args = { .flags = CLONE_NEWPID,
				   .exit_signal = SIGCHLD };
	int procfd = -1, status;
	pid_t pid = ASSERT_OK(clone3_procfd(device(), &args, 0, &procfd));

	if (!pid && getpid() != 1)
		_exit(1); /* and the machine stays up */
	if (!pid && !by_init && fork())
		for (;;)
			pause();
	if (!pid) {
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			command, NULL);
		_exit(2);
	}
	expect_killed(procfd, signal);
	status = reap(pid);
	EXPECT_EQ((int)read_record(procfd).wait_status, status);
	EXPECT_EQ(status, signal);
}

TEST(namespaces_restart_is_sighup_for_the_record_as_for_waitpid)
{
	expect_reboot(LINUX_REBOOT_CMD_RESTART, true, SIGHUP);
	expect_reboot(LINUX_REBOOT_CMD_RESTART, false, SIGHUP);
}

TEST(namespaces_halt_and_power_off_are_sigint_for_the_record_as_for_waitpid)
{
	expect_reboot(LINUX_REBOOT_CMD_HALT, true, SIGINT);
	expect_reboot(LINUX_REBOOT_CMD_POWER_OFF, true, SIGINT);
	expect_reboot(LINUX_REBOOT_CMD_POWER_OFF, false, SIGINT);
}
