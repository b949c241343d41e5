// SPDX-License-Identifier: GPL-2.0-only
/* KILL_ON_CLOSE: the stored credentials are judged, whoever closes. */
#include <sys/prctl.h>

#include "native.h"
#include "refs.h"

#define KILL PROCFD_KILL_ON_CLOSE
#define USER 1000
#define OTHER 1001

/*
 * A process of USER that can become root, as one that runs a set-user-ID program
 * does. Then USER may not kill it any more.
 */
struct changer {
	pid_t pid;
	int watch;
	struct gate ready, change, changed;
	int sockets[2];
};

static void become_user_for_now(void)
{
	ASSERT_OK(setresuid(USER, USER, 0));
}

static void become_root_again(void)
{
	ASSERT_OK(setresuid(0, 0, 0));
	EXPECT_EQ(getuid(), 0);
}

static void change_at_gate(void *arg)
{
	struct changer *changer = arg;

	become_user_for_now();
	gate_open(&changer->ready);
	gate_wait(&changer->change);
	become_root_again();
	gate_open(&changer->changed);
	for (;;)
		pause();
}

static struct changer changer_make(void)
{
	struct changer changer = { .ready = gate_make(),
				   .change = gate_make(),
				   .changed = gate_make() };

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     changer.sockets));
	changer.pid = fork_child(change_at_gate, &changer);
	gate_wait(&changer.ready);
	changer.watch = procfd_of(changer.pid);
	return changer;
}

static void become_root(struct changer *changer)
{
	gate_open(&changer->change);
	gate_wait(&changer->changed);
}

static void expect_survived(const struct changer *changer)
{
	EXPECT_FALSE(signal_in_status(changer->pid, "ShdPnd", SIGKILL));
	EXPECT_FALSE(signal_in_status(changer->pid, "SigPnd", SIGKILL));
	EXPECT_FALSE(has_ended(changer->watch));
}

static void expect_died(const struct changer *changer)
{
	expect_killed(changer->watch, SIGKILL);
	EXPECT_EQ(reap(changer->pid), SIGKILL);
}

/* ---- who may kill it, by the stored credentials -------------------------------------- */

TEST(kill_on_close_armed_by_root_kills_a_users_process)
{
	struct changer changer = changer_make();

	close(procfd_of_flags(changer.pid, KILL));
	expect_died(&changer);
}

struct held {
	int procfd;
	struct gate go;
};

static void hold_until_gate(void *arg)
{
	gate_wait(&((struct held *)arg)->go);
}

static void hold_as_other(void *held)
{
	run_as(OTHER, hold_until_gate, held);
}

/* The last one who has it could never kill the process by himself. */
TEST(kill_on_close_armed_by_root_kills_although_another_user_closes)
{
	struct changer changer = changer_make();
	struct held held = { procfd_of_flags(changer.pid, KILL), gate_make() };
	pid_t holder = fork_child(hold_as_other, &held);

	close(held.procfd);
	expect_survived(&changer);
	gate_open(&held.go);
	test_follow(reap(holder));
	expect_died(&changer);
}

static void arm_and_close(void *changer)
{
	close(procfd_of_flags(((struct changer *)changer)->pid, KILL));
}

TEST(kill_on_close_armed_by_its_user_kills)
{
	struct changer changer = changer_make();

	run_as(USER, arm_and_close, &changer);
	expect_died(&changer);
}

static void arm_change_and_close(void *arg)
{
	struct changer *changer = arg;
	int procfd = procfd_of_flags(changer->pid, KILL);

	become_root(changer);
	EXPECT_ERRNO(kill(changer->pid, SIGKILL), EPERM);
	close(procfd);
	expect_survived(changer);
}

TEST(kill_on_close_armed_by_its_user_spares_what_has_become_root)
{
	struct changer changer = changer_make();

	run_as(USER, arm_change_and_close, &changer);
	expect_survived(&changer);
	kill_and_reap(changer.pid);
}

static void arm_and_send(void *arg)
{
	struct changer *changer = arg;

	send_fd(changer->sockets[1], procfd_of_flags(changer->pid, KILL));
}

TEST(kill_on_close_armed_by_its_user_spares_it_although_root_closes)
{
	struct changer changer = changer_make();
	int procfd;

	run_as(USER, arm_and_send, &changer);
	procfd = receive_fd(changer.sockets[0]);
	become_root(&changer);
	close(procfd);
	expect_survived(&changer);
	kill_and_reap(changer.pid);
}

/* So that the case above can fail: root's close does kill what stayed as it was. */
TEST(kill_on_close_armed_by_its_user_kills_when_root_closes)
{
	struct changer changer = changer_make();
	int procfd;

	run_as(USER, arm_and_send, &changer);
	procfd = receive_fd(changer.sockets[0]);
	close(procfd);
	expect_died(&changer);
}

/* A kernel thread may kill everything; it does not judge. */
TEST(kill_on_close_armed_by_its_user_spares_it_although_the_kernel_closes)
{
	struct changer changer;
	int procfd, cycle[2], trigger[2], references;

	module_idle();
	changer = changer_make();
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, cycle));
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, trigger));
	run_as(USER, arm_and_send, &changer);
	procfd = receive_fd(changer.sockets[0]);
	send_fd(cycle[1], procfd);
	send_fd(cycle[1], cycle[0]);
	send_fd(cycle[0], cycle[1]);
	become_root(&changer);
	close(procfd);
	references = module_references();
	close(cycle[0]);
	close(cycle[1]);
	close(trigger[0]); /* starts the search for such cycles */
	close(trigger[1]);
	ASSERT_SOON(module_references() == references - 1);
	expect_survived(&changer);
	kill_and_reap(changer.pid);
}

/* ---- letting go of oneself ------------------------------------------------------------ */

struct self {
	int sockets[2];
	struct gate ready, go;
	bool change;
};

/* USER's process gets the last fd to itself and closes it. */
static void close_self(void *arg)
{
	struct self *self = arg;
	int procfd;

	become_user_for_now();
	gate_open(&self->ready);
	gate_wait(&self->go); /* the armer is gone */
	procfd = receive_fd(self->sockets[1]);
	if (self->change)
		become_root_again();
	close(procfd);
	_exit(5);
}

static void send_armed(void *arg)
{
	int *socket_and_pid = arg;
	int procfd = procfd_of_flags(socket_and_pid[1], KILL);

	send_fd(socket_and_pid[0], procfd);
	close(procfd);
}

static int end_of_self(bool armed_by_user, bool change)
{
	struct self self = { .change = change,
			     .ready = gate_make(),
			     .go = gate_make() };
	int socket_and_pid[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     self.sockets));
	socket_and_pid[0] = self.sockets[0];
	socket_and_pid[1] = fork_child(close_self, &self);
	gate_wait(&self.ready);
	run_as(armed_by_user ? USER : 0, send_armed, socket_and_pid);
	gate_open(&self.go);
	return reap(socket_and_pid[1]);
}

TEST(kill_on_close_kills_who_lets_go_of_itself_if_the_armer_could)
{
	EXPECT_EQ(end_of_self(true, false), SIGKILL);
	EXPECT_EQ(end_of_self(false, false), SIGKILL);
	EXPECT_EQ(end_of_self(false, true), SIGKILL);
}

/* Any task may signal itself, but that is not what was asked. */
TEST(kill_on_close_spares_who_lets_go_of_itself_if_the_armer_could_not)
{
	EXPECT_EQ(end_of_self(true, true), 5 << 8);
}

static void exit_with_fd_to_itself(void *unused)
{
	procfd_of_flags(getpid(), KILL);
	_exit(4);
}

TEST(kill_on_close_does_not_change_how_a_process_ends_that_holds_itself)
{
	EXPECT_EQ(reap(fork_child(exit_with_fd_to_itself, NULL)), 4 << 8);
}

/* ---- arming ----------------------------------------------------------------------------- */

static void arm_without_right(void *pid)
{
	int dev = device(), fds = open_fd_count();

	EXPECT_ERRNO(kill(*(pid_t *)pid, 0), EPERM);
	EXPECT_ERRNO(open_pid(dev, *(pid_t *)pid, KILL), EPERM);
	EXPECT_EQ(open_fd_count(), fds);
	close(ASSERT_OK(open_pid(dev, *(pid_t *)pid, 0)));
}

/* Root of a namespace of its own is nobody to processes outside. */
static void arm_as_root_of_a_namespace(void *pid)
{
	run_in_user_namespace(arm_without_right, pid);
}

TEST(kill_on_close_without_the_right_to_kill_is_eperm)
{
	pid_t pid = fork_sleeper();

	run_as(USER, arm_without_right, &pid);
	run_as(USER, arm_as_root_of_a_namespace, &pid);
	kill_and_reap(pid);
}
