// SPDX-License-Identifier: GPL-2.0-only
/*
 * KILL_ON_CLOSE of the init of a pid namespace: killed from outside only, as by
 * kill(2). What counts is where the fd was made, whoever closes it at last.
 */
#include <sys/socket.h>

#include "native.h"
#include "support.h"

struct errand {
	int init_end;
	int other_end;
};

/* In the namespace, beside its init: arm on pid 1 and give it away. */
static void arm_on_init(void *arg)
{
	struct errand *errand = arg;
	int dev = device();
	int procfd = ASSERT_OK(open_pid(dev, 1, PROCFD_KILL_ON_CLOSE));

	send_fd(errand->other_end, procfd);
}

/* pid 1 of the namespace closes the last fd, and is alive to tell. */
static void init_closes_what_was_made_inside(void *arg)
{
	struct errand errand;
	int pair[2], procfd;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	errand = (struct errand){ pair[0], pair[1] };
	ASSERT_EQ(reap(fork_child(arm_on_init, &errand)), 0);
	procfd = receive_fd(errand.init_end);
	close(errand.other_end);
	close(procfd);
	/* A signal would be here by the return of any call. */
	ASSERT_EQ(getpid(), 1);
}

TEST(container_init_survives_an_fd_made_inside)
{
	run_in_pid_namespace(init_closes_what_was_made_inside, NULL);
}

static int sockets[2];

static void init_closes_what_was_made_outside(void *arg)
{
	int procfd = receive_fd(sockets[1]);

	close(procfd);
	for (;;)
		pause();
}

static void *hand_over(pid_t init)
{
	int procfd = procfd_of_flags(init, PROCFD_KILL_ON_CLOSE);

	send_fd(sockets[0], procfd);
	close(procfd);
	return NULL;
}

TEST(container_init_dies_with_an_fd_made_outside)
{
	pid_t init;
	int status;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	init = ASSERT_OK((pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL,
					NULL, NULL, NULL));
	if (!init)
		init_closes_what_was_made_outside(NULL);
	hand_over(init);
	status = reap(init);
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(WTERMSIG(status), SIGKILL);
}

/* CLONE makes the init itself: the fd is from above. */
TEST(container_init_made_by_clone_dies_with_the_fd)
{
	int dev = device(), procfd = -1, status;
	struct procfd_clone arg = {
		.flags = PROCFD_KILL_ON_CLOSE,
		.procfd = (uintptr_t)&procfd,
		.clone_flags = CLONE_NEWPID,
		.exit_signal = SIGCHLD,
	};
	pid_t init = ASSERT_OK(ioctl(dev, PROCFD_CLONE, &arg));

	if (!init)
		for (;;)
			pause();
	close(procfd);
	status = reap(init);
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(WTERMSIG(status), SIGKILL);
}
