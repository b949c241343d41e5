// SPDX-License-Identifier: GPL-2.0-only
/* The moment of birth: who opens the child then gets the same process. */
#include <pthread.h>

#include "native.h"

#define ROUNDS fewer(150)

struct race {
	pid_t number;
	int found;
	struct gate go;
};

/* Opens the number as soon as there is such a process, or a zombie of it. */
static void *open_at_birth(void *arg)
{
	struct race *race = arg;
	int dev = device();

	gate_wait(&race->go);
	do
		race->found = open_pid(dev, race->number, 0);
	while (race->found < 0 && errno == ESRCH);
	close(dev);
	return NULL;
}

/* Make a child with a number that is known before. */
typedef pid_t (*birth)(int dev, pid_t number, int *procfd);

static void race_birth(birth give_birth)
{
	int dev = device();

	for (int i = 0; i < ROUNDS; i++) {
		struct race race = { free_number(), -1, gate_make() };
		struct procfd_exit one, two;
		int procfd = -1;
		pthread_t id;
		pid_t pid;

		ASSERT_EQ(pthread_create(&id, NULL, open_at_birth, &race), 0);
		gate_open(&race.go);
		pid = give_birth(dev, race.number, &procfd);
		ASSERT_EQ(pid, race.number);
		one = ended_record(procfd);
		expect_status(&one, 21 << 8);
		pthread_join(id, NULL);
		ASSERT_GE(race.found, 0);
		EXPECT_EQ(procfd_id(race.found), procfd_id(procfd));
		two = ended_record(race.found);
		EXPECT_MEMEQ(&one, &two, sizeof(one));
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
		close(procfd);
		close(race.found);
		gate_close(&race.go);
	}
}

static pid_t by_clone(int dev, pid_t number, int *procfd)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&number,
		.set_tid_size = 1,
	};
	pid_t pid = ASSERT_OK(clone3_procfd(dev, &args, 0, procfd));

	if (!pid)
		_exit(21);
	return pid;
}

static pid_t by_next_child(int dev, pid_t number, int *procfd)
{
	pid_t pid;

	*procfd = ASSERT_OK(next_child(dev, 0));
	pid = fork_with_number(number);
	if (!pid)
		_exit(21);
	return pid;
}

TEST_TIMEOUT(races_open_pid_at_the_birth_by_clone_is_the_same_process, 60)
{
	race_birth(by_clone);
}

TEST_TIMEOUT(races_open_pid_at_the_birth_by_next_child_is_the_same_process, 60)
{
	race_birth(by_next_child);
}

static void *arm_and_fork(void *arg)
{
	int dev = device();

	for (int i = 0; i < 60; i++) {
		int procfd = ASSERT_OK(next_child(dev, 0));
		pid_t pid = raw_clone(SIGCHLD);

		if (!pid)
			_exit(i);
		ASSERT_GT(pid, 0);
		EXPECT_EQ((pid_t)fdinfo_number(procfd, "Pid"), pid);
		expect_exit(procfd, i);
		EXPECT_EQ(waitpid(pid, NULL, 0), pid);
		close(procfd);
	}
	close(dev);
	return NULL;
}

TEST_TIMEOUT(races_armed_threads_get_their_own_children, 60)
{
	pthread_t ids[6];

	for (int i = 0; i < 6; i++)
		ASSERT_EQ(pthread_create(&ids[i], NULL, arm_and_fork, NULL), 0);
	for (int i = 0; i < 6; i++)
		pthread_join(ids[i], NULL);
}

struct closing {
	int procfd;
	struct gate go, done;
};

static void *close_armed(void *arg)
{
	struct closing *closing = arg;

	for (int i = 0; i < ROUNDS; i++) {
		gate_wait(&closing->go);
		close(closing->procfd);
		gate_open(&closing->done);
	}
	return NULL;
}

/* Cancelled or bound, one of both, and never a crash or an arming that stays. */
TEST_TIMEOUT(races_closing_an_armed_procfd_while_forking_is_one_or_the_other,
	     60)
{
	struct closing closing = { -1, gate_make(), gate_make() };
	int dev = device(), fds = open_fd_count();
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, close_armed, &closing), 0);
	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid;

		closing.procfd = ASSERT_OK(next_child(dev, 0));
		gate_open(&closing.go);
		pid = raw_clone(SIGCHLD);
		if (!pid)
			_exit(0);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
		gate_wait(&closing.done);
	}
	pthread_join(id, NULL);
	EXPECT_EQ(open_fd_count(), fds);
	close(ASSERT_OK(next_child(dev, 0)));
}

static void *exec_in_thread(void *gate)
{
	gate_wait(gate);
	exec_shell("exit 22");
	return NULL;
}

static void arm_until_exec(void *unused)
{
	struct gate gate = gate_make();
	int dev = device();
	pthread_t id;

	pthread_create(&id, NULL, exec_in_thread, &gate);
	gate_open(&gate);
	for (;;) {
		int procfd = next_child(dev, 0);

		if (procfd >= 0)
			close(procfd);
	}
}

/* The arming thread is killed by the exec at any point of its loop. */
TEST_TIMEOUT(races_arming_while_another_thread_execs_ends_well, 60)
{
	for (int i = 0; i < fewer(40); i++) {
		pid_t pid = fork_child(arm_until_exec, NULL);

		EXPECT_EQ(reap(pid), 22 << 8);
	}
}
