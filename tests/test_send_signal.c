// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEND_SIGNAL: the answers of pidfd_send_signal(2) on the same kernel, and never
 * another process.
 */
#include <sys/resource.h>
#include <pthread.h>

#include "signalling.h"

/* ---- which signals ---------------------------------------------------------------- */

TEST(send_signal_takes_the_signals_that_pidfd_takes)
{
	int signals[] = { INT32_MIN, -1, 65, 66, 128, 255, INT32_MAX };
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), pidfd = ASSERT_OK(pidfd_open_native(pid));

	for (int i = 0; i < 7; i++) {
		EXPECT_EQ(errno_ours(procfd, signals[i]), EINVAL);
		EXPECT_EQ(errno_native(pidfd, signals[i]), EINVAL);
	}
	EXPECT_EQ(errno_ours(procfd, 0), 0);
	EXPECT_FALSE(has_ended(procfd));
	kill_and_reap(pid);
}

TEST(send_signal_each_signal_arrives)
{
	for (int signal = 1; signal <= 64; signal++) {
		pid_t pid = fork_sleeper();
		int procfd = procfd_of(pid), status;

		ASSERT_OK(send_signal(procfd, signal, 0));
		if (signal == SIGSTOP || signal == SIGTSTP ||
		    signal == SIGTTIN || signal == SIGTTOU) {
			ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
			EXPECT_EQ(WSTOPSIG(status), signal);
			kill_and_reap(pid);
		} else if (signal == SIGCHLD || signal == SIGCONT ||
			   signal == SIGURG || signal == SIGWINCH) {
			EXPECT_FALSE(has_ended(procfd));
			kill_and_reap(pid);
		} else {
			EXPECT_EQ(WTERMSIG(reap(pid)), signal);
		}
		close(procfd);
	}
}

TEST(send_signal_to_a_zombie_is_taken_and_ignored)
{
	pid_t pid = fork_exit(3);
	int procfd = procfd_of(pid), pidfd = ASSERT_OK(pidfd_open_native(pid));

	wait_readable(procfd);
	EXPECT_EQ(errno_ours(procfd, SIGKILL), errno_native(pidfd, SIGKILL));
	EXPECT_EQ(errno_ours(procfd, SIGKILL), 0);
	EXPECT_EQ(errno_ours(procfd, 0), 0);
	EXPECT_EQ(reap(pid), 3 << 8);
	expect_exit(procfd, 3);
}

TEST(send_signal_to_a_reaped_process_is_esrch)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), pidfd = ASSERT_OK(pidfd_open_native(pid));

	kill_and_reap(pid);
	EXPECT_EQ(errno_native(pidfd, SIGKILL), ESRCH);
	EXPECT_EQ(errno_ours(procfd, SIGKILL), ESRCH);
	EXPECT_EQ(errno_ours(procfd, 0), ESRCH);
	EXPECT_ERRNO(send_signal(procfd, 0, PROCFD_SIGNAL_THREAD), ESRCH);
	EXPECT_ERRNO(send_signal(procfd, 0, PROCFD_SIGNAL_PROCESS), ESRCH);
	EXPECT_ERRNO(send_signal(procfd, 0, PROCFD_SIGNAL_PROCESS_GROUP),
		     ESRCH);
}

TEST(send_signal_never_hits_a_recycled_number)
{
	pid_t pid = fork_sleeper(), second;
	int procfd = procfd_of(pid), other;

	kill_and_reap(pid);
	second = sleeper_with_number(pid);
	ASSERT_EQ(second, pid);
	other = procfd_of(second);
	EXPECT_EQ(errno_ours(procfd, SIGKILL), ESRCH);
	EXPECT_ERRNO(send_signal(procfd, SIGKILL, PROCFD_SIGNAL_THREAD), ESRCH);
	EXPECT_ERRNO(send_signal(procfd, SIGKILL, PROCFD_SIGNAL_PROCESS_GROUP),
		     ESRCH);
	EXPECT_FALSE(has_ended(other));
	kill_and_reap(second);
	EXPECT_EQ(errno_ours(procfd, SIGKILL), ESRCH);
	EXPECT_EQ(errno_ours(other, SIGKILL), ESRCH);
}

/* ---- what the receiver sees -------------------------------------------------------------- */

struct receiver {
	struct gate told;
	siginfo_t info;
	int signal;
};

static void receive(void *arg)
{
	struct receiver *receiver = arg;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, receiver->signal);
	sigprocmask(SIG_BLOCK, &set, NULL);
	gate_open(&receiver->told);
	while (sigwaitinfo(&set, &receiver->info) < 0)
		;
}

static struct receiver *start_receiver(int signal, pid_t *pid, int *procfd)
{
	struct receiver *receiver = shared_memory(sizeof(*receiver));

	receiver->told = gate_make();
	receiver->signal = signal;
	*pid = fork_child(receive, receiver);
	*procfd = procfd_of(*pid);
	gate_wait(&receiver->told);
	return receiver;
}

TEST(send_signal_receiver_sees_the_sender)
{
	int procfd;
	pid_t pid;
	struct receiver *receiver = start_receiver(SIGUSR1, &pid, &procfd);

	ASSERT_OK(setresuid(1000, 0, 0));
	ASSERT_OK(send_signal(procfd, SIGUSR1, 0));
	reap(pid);
	EXPECT_EQ(receiver->info.si_code, SI_USER);
	EXPECT_EQ(receiver->info.si_pid, getpid());
	EXPECT_EQ(receiver->info.si_uid, 1000U);
	EXPECT_EQ(receiver->info.si_errno, 0);
}

TEST(send_signal_receiver_sees_the_given_info)
{
	struct procfd_send_signal arg = {
		.signal = SIGRTMIN + 1,
		.flags = PROCFD_SIGNAL_INFO,
		.code = SI_QUEUE,
		.error = 17,
		.pid = 4242,
		.uid = 4343,
		.value = 0x1234567890abcdefULL,
	};
	int codes[] = { SI_QUEUE, SI_MESGQ, -60, -128, INT32_MIN };

	for (int i = 0; i < 5; i++) {
		int procfd;
		pid_t pid;
		struct receiver *receiver =
			start_receiver(SIGRTMIN + 1, &pid, &procfd);

		arg.code = codes[i];
		ASSERT_OK(ioctl(procfd, PROCFD_SEND_SIGNAL, &arg));
		reap(pid);
		EXPECT_EQ(receiver->info.si_signo, SIGRTMIN + 1);
		EXPECT_EQ(receiver->info.si_code, codes[i]);
		EXPECT_EQ(receiver->info.si_errno, 17);
		EXPECT_EQ(receiver->info.si_pid, 4242);
		EXPECT_EQ(receiver->info.si_uid, 4343U);
		EXPECT_EQ((unsigned long)receiver->info.si_value.sival_ptr,
			  (unsigned long)arg.value);
	}
}

TEST(send_signal_with_the_kernels_codes_is_only_to_oneself)
{
	int codes[] = { SI_USER, 1, SI_KERNEL, INT32_MAX, SI_TKILL };
	struct procfd_send_signal arg = { .signal = SIGUSR1,
					  .flags = PROCFD_SIGNAL_INFO };
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), own = procfd_of(getpid());

	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < 5; i++) {
		arg.code = codes[i];
		EXPECT_ERRNO(ioctl(procfd, PROCFD_SEND_SIGNAL, &arg), EPERM);
		EXPECT_OK(ioctl(own, PROCFD_SEND_SIGNAL, &arg));
	}
	EXPECT_FALSE(has_ended(procfd));
	kill_and_reap(pid);
}

static void signal_with_info(void *arg)
{
	struct procfd_send_signal info = { .signal = SIGUSR1,
					   .flags = PROCFD_SIGNAL_INFO,
					   .code = SI_QUEUE };

	EXPECT_ERRNO(ioctl(*(int *)arg, PROCFD_SEND_SIGNAL, &info), EPERM);
	info.flags |= PROCFD_SIGNAL_THREAD;
	EXPECT_ERRNO(ioctl(*(int *)arg, PROCFD_SEND_SIGNAL, &info), EPERM);
}

TEST(send_signal_with_info_needs_the_same_right)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	run_as(1000, signal_with_info, &procfd);
	EXPECT_FALSE(has_ended(procfd));
	kill_and_reap(pid);
}

static void fill_the_queue(void *arg)
{
	struct rlimit limit = { 4, 4 };
	struct procfd_send_signal info = { .signal = SIGRTMIN,
					   .flags = PROCFD_SIGNAL_INFO,
					   .code = SI_QUEUE };
	int own = procfd_of(getpid()), error = 0;

	block_signal(SIGRTMIN);
	ASSERT_OK(setrlimit(RLIMIT_SIGPENDING, &limit));
	for (int i = 0; i < 6 && !error; i++)
		error = ERRNO_OF(ioctl(own, PROCFD_SEND_SIGNAL, &info));
	EXPECT_EQ(error, EAGAIN);
}

TEST(send_signal_with_info_to_a_full_queue_is_eagain)
{
	run_as(1000, fill_the_queue, NULL);
}

/* ---- scope ----------------------------------------------------------------------------- */

static void block_and_tell(void *arg)
{
	block_signal(SIGUSR1);
	gate_open(arg);
	for (;;)
		pause();
}

TEST(send_signal_scope_says_who_has_it_pending)
{
	struct gate told = gate_make();
	unsigned int process[] = { 0, PROCFD_SIGNAL_PROCESS };
	pid_t pid;
	int procfd;

	for (int i = 0; i < 2; i++) {
		pid = fork_child(block_and_tell, &told);
		gate_wait(&told);
		procfd = procfd_of(pid);
		ASSERT_OK(send_signal(procfd, SIGUSR1, process[i]));
		EXPECT_TRUE(signal_in_status(pid, "ShdPnd", SIGUSR1));
		EXPECT_FALSE(signal_in_status(pid, "SigPnd", SIGUSR1));
		kill_and_reap(pid);
	}
	pid = fork_child(block_and_tell, &told);
	gate_wait(&told);
	procfd = procfd_of(pid);
	ASSERT_OK(send_signal(procfd, SIGUSR1, PROCFD_SIGNAL_THREAD));
	EXPECT_FALSE(signal_in_status(pid, "ShdPnd", SIGUSR1));
	EXPECT_TRUE(signal_in_status(pid, "SigPnd", SIGUSR1));
	kill_and_reap(pid);
}

struct group {
	pid_t leader, member;
	int leader_fd, member_fd;
};

static struct group group_make(void)
{
	struct group group;

	group.leader = fork_sleeper();
	group.member = fork_sleeper();
	ASSERT_OK(setpgid(group.leader, group.leader));
	ASSERT_OK(setpgid(group.member, group.leader));
	group.leader_fd = procfd_of(group.leader);
	group.member_fd = procfd_of(group.member);
	return group;
}

TEST(send_signal_to_the_group_reaches_every_member)
{
	struct group group = group_make();

	EXPECT_OK(send_signal(group.leader_fd, 0, PROCFD_SIGNAL_PROCESS_GROUP));
	EXPECT_OK(send_signal(group.leader_fd, SIGTERM,
			      PROCFD_SIGNAL_PROCESS_GROUP));
	EXPECT_EQ(reap(group.leader), SIGTERM);
	EXPECT_EQ(reap(group.member), SIGTERM);
}

TEST(send_signal_to_the_group_of_one_that_leads_none_is_esrch)
{
	struct group group = group_make();

	EXPECT_ERRNO(send_signal(group.member_fd, SIGTERM,
				 PROCFD_SIGNAL_PROCESS_GROUP),
		     ESRCH);
	EXPECT_FALSE(has_ended(group.leader_fd));
	kill_and_reap(group.member);
	kill_and_reap(group.leader);
}

TEST(send_signal_to_the_group_works_after_its_leader_was_reaped)
{
	struct group group = group_make();

	kill_and_reap(group.leader);
	EXPECT_OK(send_signal(group.leader_fd, SIGTERM,
			      PROCFD_SIGNAL_PROCESS_GROUP));
	EXPECT_EQ(reap(group.member), SIGTERM);
	EXPECT_ERRNO(send_signal(group.leader_fd, SIGTERM,
				 PROCFD_SIGNAL_PROCESS_GROUP),
		     ESRCH);
}

TEST(send_signal_to_the_process_does_not_reach_the_group)
{
	struct group group = group_make();

	ASSERT_OK(send_signal(group.leader_fd, SIGTERM, PROCFD_SIGNAL_PROCESS));
	EXPECT_EQ(reap(group.leader), SIGTERM);
	EXPECT_FALSE(has_ended(group.member_fd));
	kill_and_reap(group.member);
}

struct mixed {
	int procfd;
	pid_t group;
};

static void signal_mixed_group(void *arg)
{
	struct mixed *mixed = arg;
	int signals[] = { 0, SIGURG, SIGCONT };

	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ERRNO_OF(send_signal(mixed->procfd, signals[i],
					       PROCFD_SIGNAL_PROCESS_GROUP)),
			  ERRNO_OF(kill(-mixed->group, signals[i])));
}

/* As kill(2) of a group: it fails only if not one member may be signalled. */
TEST(send_signal_to_a_group_of_several_users_answers_as_kill)
{
	uid_t leaders[] = { 0, 0, 1000 }, members[] = { 0, 1000, 1001 };

	for (int i = 0; i < 3; i++) {
		pid_t leader = sleeper_as(leaders[i], leaders[i], leaders[i]);
		pid_t member = sleeper_as(members[i], members[i], members[i]);
		struct mixed mixed = { procfd_of(leader), leader };

		ASSERT_OK(setpgid(leader, leader));
		ASSERT_OK(setpgid(member, leader));
		run_as(1000, signal_mixed_group, &mixed);
		ASSERT_OK(send_signal(mixed.procfd, SIGKILL,
				      PROCFD_SIGNAL_PROCESS_GROUP));
		EXPECT_EQ(reap(leader), SIGKILL);
		EXPECT_EQ(reap(member), SIGKILL);
		close(mixed.procfd);
	}
}
