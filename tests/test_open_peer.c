// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_PEER: who is at the other end of a socket, whoever has it now. */
#include <netinet/in.h>
#include <sys/un.h>

#include "finding.h"

/* ---- sockets ----------------------------------------------------------------- */

static const struct sockaddr_un address = { AF_UNIX, "\0procfd-peer" };

static int unix_socket(int type)
{
	return ASSERT_OK(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
}

static int listener(int type)
{
	int fd = unix_socket(type);

	ASSERT_OK(bind(fd, (const void *)&address, sizeof(address)));
	ASSERT_OK(listen(fd, 8));
	return fd;
}

static int connected(int type)
{
	int fd = unix_socket(type);

	ASSERT_OK(connect(fd, (const void *)&address, sizeof(address)));
	return fd;
}

/* A child that connects, and ends when the gate is opened. */
struct client {
	struct gate leave;
	int type;
};

static void run_client(void *arg)
{
	struct client *client = arg;

	connected(client->type);
	gate_wait(&client->leave);
}

/* A child that makes a listener, hands it over, and ends when told. */
struct server {
	struct gate leave;
	int pair[2];
};

static void run_server(void *arg)
{
	struct server *server = arg;

	send_fd(server->pair[1], listener(SOCK_STREAM));
	gate_wait(&server->leave);
}

/* ---- the peer ------------------------------------------------------------------ */

TEST(open_peer_of_a_socketpair_is_its_maker)
{
	int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
	int dev = device(), pair[2];

	for (int i = 0; i < 3; i++) {
		ASSERT_OK(socketpair(AF_UNIX, types[i], 0, pair));
		expect_names(open_peer(dev, pair[0], 0), getpid(), 0);
		expect_names(open_peer(dev, pair[1], PROCFD_NONBLOCK), getpid(),
			     O_NONBLOCK);
	}
}

static void peer_of_inherited(void *socket)
{
	expect_names(open_peer(device(), *(int *)socket, 0), getppid(), 0);
}

TEST(open_peer_of_an_inherited_socketpair_is_still_its_maker)
{
	int pair[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	in_child(peer_of_inherited, &pair[0]);
	in_child(peer_of_inherited, &pair[1]);
}

static void expect_client_is_peer(int type)
{
	struct client client = { gate_make(), type };
	int server = listener(type), accepted;
	pid_t pid = fork_child(run_client, &client);

	accepted = ASSERT_OK(accept(server, NULL, NULL));
	expect_names(open_peer(device(), accepted, 0), pid, 0);
	expect_kills_on_close(
		open_peer(device(), accepted, PROCFD_KILL_ON_CLOSE), pid);
}

TEST(open_peer_of_an_accepted_socket_is_who_connected)
{
	expect_client_is_peer(SOCK_STREAM);
}

TEST(open_peer_of_an_accepted_seqpacket_is_who_connected)
{
	expect_client_is_peer(SOCK_SEQPACKET);
}

static struct server start_server(pid_t *pid, int *fd)
{
	struct server server = { .leave = gate_make() };

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     server.pair));
	*pid = fork_child(run_server, &server);
	*fd = receive_fd(server.pair[0]);
	return server;
}

/* The listener is accepted on by us, but listen() was called by the child. */
TEST(open_peer_of_a_connected_socket_is_who_listened)
{
	int fd, ours, theirs;
	struct server server;
	pid_t pid;

	server = start_server(&pid, &fd);
	ours = connected(SOCK_STREAM);
	expect_names(open_peer(device(), ours, 0), pid, 0);
	theirs = ASSERT_OK(accept(fd, NULL, NULL));
	expect_names(open_peer(device(), ours, 0), pid, 0);
	expect_names(open_peer(device(), theirs, 0), getpid(), 0);
	gate_open(&server.leave);
	reap(pid);
}

TEST(open_peer_that_was_reaped_is_esrch_whoever_has_its_number)
{
	int fd, ours, dev = device();
	struct server server;
	pid_t pid;

	server = start_server(&pid, &fd);
	ours = connected(SOCK_STREAM);
	gate_open(&server.leave);
	wait_zombie(pid);
	expect_exit(ASSERT_OK(open_peer(dev, ours, 0)), 0);
	reap(pid);
	EXPECT_ERRNO(open_peer(dev, ours, 0), ESRCH);
	ASSERT_EQ(sleeper_with_number(pid), pid);
	EXPECT_ERRNO(open_peer(dev, ours, 0), ESRCH);
	EXPECT_ERRNO(open_peer(dev, ours, PROCFD_KILL_ON_CLOSE), ESRCH);
	kill_and_reap(pid);
}

TEST(open_peer_outlives_the_other_end)
{
	struct client client = { gate_make(), SOCK_STREAM };
	int server = listener(SOCK_STREAM), accepted;
	pid_t pid = fork_child(run_client, &client);
	char byte;

	accepted = ASSERT_OK(accept(server, NULL, NULL));
	gate_open(&client.leave);
	ASSERT_EQ(read(accepted, &byte, 1), 0);
	wait_zombie(pid);
	expect_exit(ASSERT_OK(open_peer(device(), accepted, 0)), 0);
	reap(pid);
}

/* ---- nobody --------------------------------------------------------------------- */

TEST(open_peer_of_an_unconnected_socket_is_enodata)
{
	int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
	int dev = device();

	for (int i = 0; i < 3; i++)
		EXPECT_ERRNO(open_peer(dev, unix_socket(types[i]), 0), ENODATA);
}

TEST(open_peer_of_a_connected_datagram_socket_is_enodata)
{
	int server = unix_socket(SOCK_DGRAM), dev = device();

	ASSERT_OK(bind(server, (const void *)&address, sizeof(address)));
	EXPECT_ERRNO(open_peer(dev, connected(SOCK_DGRAM), 0), ENODATA);
	EXPECT_ERRNO(open_peer(dev, server, 0), ENODATA);
}

TEST(open_peer_of_an_inet_socket_is_eopnotsupp)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int server = ASSERT_OK(socket(AF_INET, SOCK_STREAM, 0));
	int client = ASSERT_OK(socket(AF_INET, SOCK_STREAM, 0));
	socklen_t length = sizeof(in);
	int dev = device();

	ASSERT_OK(bind(server, (void *)&in, sizeof(in)));
	ASSERT_OK(listen(server, 1));
	ASSERT_OK(getsockname(server, (void *)&in, &length));
	ASSERT_OK(connect(client, (void *)&in, sizeof(in)));
	EXPECT_ERRNO(open_peer(dev, client, 0), EOPNOTSUPP);
	EXPECT_ERRNO(open_peer(dev, server, 0), EOPNOTSUPP);
	EXPECT_ERRNO(open_peer(dev, ASSERT_OK(socket(AF_INET, SOCK_DGRAM, 0)),
			       0),
		     EOPNOTSUPP);
	EXPECT_ERRNO(open_peer(dev, ASSERT_OK(socket(AF_NETLINK, SOCK_RAW, 0)),
			       0),
		     EOPNOTSUPP);
}

TEST(open_peer_of_what_is_no_socket_is_enotsock)
{
	int dev = device(), fds[2];

	ASSERT_OK(pipe2(fds, O_CLOEXEC));
	EXPECT_ERRNO(open_peer(dev, fds[0], 0), ENOTSOCK);
	EXPECT_ERRNO(open_peer(dev, dev, 0), ENOTSOCK);
	EXPECT_ERRNO(open_peer(dev, procfd_of(getpid()), 0), ENOTSOCK);
	EXPECT_ERRNO(open_peer(dev, open("/", O_PATH | O_CLOEXEC), 0), EBADF);
	close(fds[0]);
	EXPECT_ERRNO(open_peer(dev, fds[0], 0), EBADF);
	EXPECT_ERRNO(open_peer(dev, -1, 0), EBADF);
	EXPECT_ERRNO(open_peer(dev, INT32_MAX, 0), EBADF);
}

/* ---- other pid namespaces, other users ------------------------------------------- */

static void peer_outside(void *socket)
{
	int dev = device();

	EXPECT_ERRNO(open_peer(dev, *(int *)socket, 0), EREMOTE);
}

TEST(open_peer_outside_the_pid_namespace_is_eremote)
{
	struct client client = { gate_make(), SOCK_STREAM };
	int server = listener(SOCK_STREAM), accepted;
	pid_t pid = fork_child(run_client, &client);

	accepted = ASSERT_OK(accept(server, NULL, NULL));
	run_in_pid_namespace(peer_outside, &accepted);
	kill_and_reap(pid);
	run_in_pid_namespace(peer_outside, &accepted);
}

TEST(open_peer_in_a_pid_namespace_below_is_named)
{
	int server = listener(SOCK_STREAM), accepted;
	pid_t pid = ASSERT_OK(raw_clone(CLONE_NEWPID | SIGCHLD));

	if (!pid) {
		connected(SOCK_STREAM);
		for (;;)
			pause();
	}
	accepted = ASSERT_OK(accept(server, NULL, NULL));
	expect_names(open_peer(device(), accepted, 0), pid, 0);
	kill_and_reap(pid);
}

static void peer_of_root(void *socket)
{
	int dev = device();

	EXPECT_ERRNO(open_peer(dev, *(int *)socket, PROCFD_KILL_ON_CLOSE),
		     EPERM);
	expect_names(open_peer(dev, *(int *)socket, 0), getppid(), 0);
}

TEST(open_peer_of_another_user_works_but_not_to_kill)
{
	int pair[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	run_as(1000, peer_of_root, &pair[0]);
}
