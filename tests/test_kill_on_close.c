// SPDX-License-Identifier: GPL-2.0-only
/* KILL_ON_CLOSE: which close is the last one, and what holders have to do with it. */
#include <pthread.h>
#include <sys/prctl.h>

#include "native.h"

#define KILL PROCFD_KILL_ON_CLOSE

/* A sleeper that this process may kill, and the watch on it. */
struct victim {
	pid_t pid;
	int armed;
	int watch;
};

static struct victim victim_make(void)
{
	struct victim victim = { .pid = fork_sleeper() };

	victim.armed = procfd_of_flags(victim.pid, KILL);
	victim.watch = procfd_of(victim.pid);
	return victim;
}

static void expect_killed_child(const struct victim *victim)
{
	expect_killed(victim->watch, SIGKILL);
	EXPECT_EQ(reap(victim->pid), SIGKILL);
}

/* The kill would be seen at once: the signal is there when close returns. */
static void expect_alive(const struct victim *victim)
{
	EXPECT_FALSE(has_ended(victim->watch));
	EXPECT_FALSE(signal_in_status(victim->pid, "SigPnd", SIGKILL));
	EXPECT_FALSE(signal_in_status(victim->pid, "ShdPnd", SIGKILL));
	EXPECT_NE(proc_state(victim->pid), 'Z');
}

TEST(kill_on_close_kills_with_the_last_close)
{
	struct victim victim = victim_make();

	expect_alive(&victim);
	close(victim.armed);
	expect_killed_child(&victim);
}

TEST(kill_on_close_absent_lets_the_process_live)
{
	struct victim victim = victim_make();
	int plain = procfd_of(victim.pid);

	close(plain);
	expect_alive(&victim);
	close(victim.armed);
	expect_killed_child(&victim);
}

TEST(kill_on_close_belongs_to_the_description_not_the_number)
{
	struct victim victim = victim_make();
	int copy = dup(victim.armed);

	close(victim.armed);
	expect_alive(&victim);
	ASSERT_EQ(dup2(copy, 150), 150);
	close(copy);
	expect_alive(&victim);
	close(150);
	expect_killed_child(&victim);
}

TEST(kill_on_close_of_two_descriptions_kills_with_the_first)
{
	struct victim victim = victim_make();
	int other = procfd_of_flags(victim.pid, KILL);

	close(other);
	expect_killed_child(&victim);
	close(victim.armed);
}

static void hold_until_gate(void *gate)
{
	gate_wait(gate);
}

TEST(kill_on_close_waits_for_a_forked_holder)
{
	struct victim victim = victim_make();
	struct gate gate = gate_make();
	pid_t holder = fork_child(hold_until_gate, &gate);

	close(victim.armed);
	expect_alive(&victim);
	gate_open(&gate);
	EXPECT_EQ(reap(holder), 0);
	expect_killed_child(&victim);
}

/* It has the fd until its exec. */
static void hold_until_exec(void *gate)
{
	gate_wait(gate);
	exec_shell("exec sleep 1000");
}

TEST(kill_on_close_counts_an_exec_of_the_last_holder_as_a_close)
{
	struct victim victim = victim_make();
	struct gate gate = gate_make();
	pid_t holder = fork_child(hold_until_exec, &gate);

	close(victim.armed);
	expect_alive(&victim);
	gate_open(&gate);
	expect_killed_child(&victim);
	EXPECT_FALSE(proc_state(holder) == 'Z');
	kill_and_reap(holder);
}

/* ---- over sockets ---------------------------------------------------------------- */

struct handover {
	int sockets[2];
	pid_t pid;
	struct gate done;
};

static void send_armed(void *arg)
{
	struct handover *handover = arg;
	int procfd = procfd_of_flags(handover->pid, KILL);

	send_fd(handover->sockets[1], procfd);
	gate_open(&handover->done);
	pause();
}

TEST(kill_on_close_waits_for_who_got_it_from_a_sender_that_crashed)
{
	struct handover handover = { .pid = fork_sleeper(),
				     .done = gate_make() };
	struct victim victim = { handover.pid, -1, procfd_of(handover.pid) };
	pid_t sender;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     handover.sockets));
	sender = fork_child(send_armed, &handover);
	gate_wait(&handover.done);
	kill_and_reap(sender);
	expect_alive(&victim); /* it is in flight */
	victim.armed = receive_fd(handover.sockets[0]);
	expect_alive(&victim);
	close(victim.armed);
	expect_killed_child(&victim);
}

TEST(kill_on_close_kills_when_the_socket_it_is_in_is_closed)
{
	struct victim victim = victim_make();
	int sockets[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	send_fd(sockets[1], victim.armed);
	close(victim.armed);
	close(sockets[1]);
	expect_alive(&victim);
	close(sockets[0]);
	expect_killed_child(&victim);
}

/* A socket that nobody but its own queue holds: a kernel thread lets go of it. */
TEST(kill_on_close_kills_when_the_garbage_collector_finds_it)
{
	struct victim victim = victim_make();
	int sockets[2], trigger[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, trigger));
	send_fd(sockets[1], victim.armed);
	send_fd(sockets[1], sockets[0]);
	send_fd(sockets[0], sockets[1]);
	close(victim.armed);
	expect_alive(&victim);
	close(sockets[0]);
	close(sockets[1]);
	close(trigger[0]); /* a socket that goes starts the search */
	close(trigger[1]);
	expect_killed_child(&victim);
}

/* ---- supervisors ------------------------------------------------------------------ */

struct supervised {
	pid_t pid;
	struct gate ready;
};

static void supervise(void *arg)
{
	struct supervised *supervised = arg;
	int procfd = procfd_of_flags(supervised->pid, KILL);

	gate_open(&supervised->ready);
	read_record(procfd);
}

static void dies_with_supervisor(int signal)
{
	struct supervised supervised = { fork_sleeper(), gate_make() };
	struct victim victim = { supervised.pid, -1,
				 procfd_of(supervised.pid) };
	pid_t supervisor = fork_child(supervise, &supervised);

	gate_wait(&supervised.ready);
	expect_alive(&victim);
	ASSERT_OK(kill(supervisor, signal));
	EXPECT_EQ(reap(supervisor), signal);
	expect_killed_child(&victim);
}

TEST(kill_on_close_kills_when_the_supervisor_is_killed)
{
	dies_with_supervisor(SIGKILL);
}

TEST(kill_on_close_kills_when_the_supervisor_crashes)
{
	dies_with_supervisor(SIGSEGV);
}

/* ---- with children ------------------------------------------------------------------ */

TEST(kill_on_close_of_a_cloned_child_kills_it)
{
	int procfd = -1, status;
	pid_t pid = ASSERT_OK(clone_child(device(), KILL, SIGCHLD, &procfd));

	while (!pid)
		pause();
	close(procfd);
	EXPECT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(status, SIGKILL);
}

TEST(kill_on_close_of_an_autoreap_child_kills_it)
{
	int procfd = -1, watch;
	pid_t pid = ASSERT_OK(
		clone_child(device(), KILL | PROCFD_AUTOREAP, 0, &procfd));

	while (!pid)
		pause();
	watch = procfd_of(pid);
	close(procfd);
	expect_killed(watch, SIGKILL);
	ASSERT_SOON(kill(pid, 0) == -1 && errno == ESRCH);
}

TEST(kill_on_close_of_a_bound_next_child_kills_it)
{
	int procfd = ASSERT_OK(next_child(device(), KILL)), status;
	pid_t pid = fork_sleeper();

	close(procfd);
	EXPECT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_EQ(status, SIGKILL);
}

/* The child's copy of the fd is closed before it runs; that is not the last. */
TEST(kill_on_close_of_a_next_child_does_not_count_the_childs_copy)
{
	int procfd = ASSERT_OK(next_child(device(), KILL));
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 6);

	gate_open(&gated.gate);
	expect_exit(procfd, 6);
	EXPECT_EQ(reap(pid), 6 << 8);
}

TEST(kill_on_close_of_an_unbound_procfd_only_cancels)
{
	int dev = device(), procfd = ASSERT_OK(next_child(dev, KILL));
	struct gated_exit gated;
	pid_t pid;

	close(procfd);
	pid = fork_gated(&gated, 6);
	gate_open(&gated.gate);
	EXPECT_EQ(reap(pid), 6 << 8);
	close(ASSERT_OK(next_child(dev, KILL))); /* not EBUSY */
}

/* ---- ended already, or another ------------------------------------------------------ */

TEST(kill_on_close_of_a_zombie_or_reaped_process_does_nothing)
{
	pid_t pid = fork_exit(3);
	int zombie = procfd_of_flags(pid, KILL), watch = procfd_of(pid);
	int reaped = procfd_of_flags(pid, KILL);

	wait_readable(watch);
	close(zombie);
	EXPECT_EQ(reap(pid), 3 << 8);
	close(reaped);
	expect_exit(watch, 3);
}

TEST(kill_on_close_never_hits_who_has_the_number_now)
{
	struct victim old = victim_make(), heir;

	ASSERT_OK(kill(old.pid, SIGTERM));
	EXPECT_EQ(reap(old.pid), SIGTERM);
	heir.pid = sleeper_with_number(old.pid);
	ASSERT_EQ(heir.pid, old.pid);
	heir.watch = procfd_of(heir.pid);
	close(old.armed);
	expect_alive(&heir);
	kill_and_reap(heir.pid);
}

/* ---- a call that still runs holds the description ------------------------------------ */

struct blocked {
	int procfd;
	pid_t tid;
	int error;
};

static void *read_until_signal(void *arg)
{
	struct blocked *blocked = arg;
	struct procfd_exit record;

	__atomic_store_n(&blocked->tid, gettid(), __ATOMIC_SEQ_CST);
	blocked->error =
		ERRNO_OF(read(blocked->procfd, &record, sizeof(record)));
	return NULL;
}

static void interrupt(int signal)
{
}

TEST(kill_on_close_waits_for_a_read_that_still_runs)
{
	struct victim victim = victim_make();
	struct blocked blocked = { .procfd = victim.armed };
	pthread_t thread;

	handle_signal(SIGUSR1, interrupt, 0);
	ASSERT_EQ(pthread_create(&thread, NULL, read_until_signal, &blocked),
		  0);
	ASSERT_SOON(__atomic_load_n(&blocked.tid, __ATOMIC_SEQ_CST));
	wait_sleeping(blocked.tid);
	close(victim.armed);
	expect_alive(&victim);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	EXPECT_EQ(blocked.error, EINTR);
	expect_killed_child(&victim);
}
