// SPDX-License-Identifier: GPL-2.0-only
/* What is done to the fd as a file, and what races it: others, and the end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "ops.h"

/* What is read into. */
static __thread uint64_t space[2][2048 / 8];

/* ---- the fd itself -------------------------------------------------------------- */

void op_read(const struct instruction *at)
{
	struct iovec parts[2] = {
		{ random_address(space[0]), random_below(300) },
		{ random_address(space[1]), random_below(300) },
	};

	count_call();
	if (at->form & 1)
		readv(fd_at(at->fd), parts, 1 + random_below(2));
	else
		read(fd_at(at->fd), parts[0].iov_base, parts[0].iov_len);
}

void op_poll(const struct instruction *at)
{
	struct pollfd fds[2] = { { fd_at(at->fd), random_number(), 0 },
				 { fd_at(at->other), POLLIN, 0 } };

	count_call();
	poll(fds, 2, random_below(3));
}

void op_epoll(const struct instruction *at)
{
	struct epoll_event event = { .events = random_number() &
					       ~EPOLLEXCLUSIVE };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(fd, EPOLL_CTL_ADD, fd_at(at->fd), &event);
	epoll_ctl(fd, EPOLL_CTL_ADD, fd_at(at->other), &event);
	count_call();
	epoll_wait(fd, &event, 1, random_below(3));
	if (one_in(3))
		fd_keep(fd);
	else
		close(fd);
}

void op_fcntl(const struct instruction *at)
{
	int fd = fd_at(at->fd);

	switch (at->form % 4) {
	case 0: fcntl(fd, F_SETFL, random_below(2) ? O_NONBLOCK : 0); break;
	case 1:
		fcntl(fd, F_SETOWN, getpid());
		fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
		break;
	case 2: fcntl(fd, F_SETFD, random_below(2)); break;
	default: fcntl(fd, F_SETSIG, random_below(64)); break;
	}
}

void op_splice(const struct instruction *at)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return;
	count_call();
	splice(fd_at(at->fd), NULL, ends[1], NULL, random_below(400),
	       random_below(16));
	close(ends[0]);
	close(ends[1]);
}

void op_look(const struct instruction *at)
{
	char path[64], text[512];
	struct stat stat;
	int fd = fd_at(at->fd), file;

	fstat(fd, &stat);
	snprintf(path, sizeof(path), "/proc/self/%s/%d",
		 at->form & 1 ? "fdinfo" : "fd", fd);
	if (at->form & 4 && readlink(path, text, sizeof(text)) < 0)
		errno = 0;
	if (!(at->form & 1) && at->form & 2)
		fd_keep(open(path, O_PATH | O_CLOEXEC));
	file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return;
	if (at->form & 1 && read(file, text, sizeof(text)) < 0)
		errno = 0;
	close(file);
}

void op_close(const struct instruction *at)
{
	int slot = 4 + at->fd % (NR_FDS - 4), fd = table->fds[slot];

	if (fd < 0)
		return;
	/* Sometimes others go on with the number. */
	if (!one_in(4))
		table->fds[slot] = -1;
	close(fd);
}

void op_dup(const struct instruction *at)
{
	fd_keep(fcntl(fd_at(at->fd), F_DUPFD_CLOEXEC, 0));
}

void op_pass(const struct instruction *at)
{
	char space_[CMSG_SPACE(sizeof(int))] = "", byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = space_,
				  .msg_controllen = sizeof(space_) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int pair[2], fd = fd_at(at->fd);

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       pair))
		return;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	sendmsg(pair[0], &message, 0);
	if (at->form & 1 && recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC) == 1) {
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
		fd_keep(fd);
	}
	if (at->form & 2)
		fd_keep(pair[0]);
	else
		close(pair[0]);
	close(pair[1]);
}

/* ---- what races them -------------------------------------------------------------- */

void op_reap(const struct instruction *at)
{
	static const int options[] = { WNOHANG, WNOHANG | __WALL,
				       WNOHANG | __WCLONE,
				       WNOHANG | WUNTRACED };

	waitpid(at->form & 1 ? -1 : pid_at(at->other), NULL,
		options[random_below(4)]);
}

void op_kill(const struct instruction *at)
{
	static const int signals[] = { SIGKILL, SIGSTOP, SIGCONT, SIGTERM };
	pid_t pid = pid_at(at->other);

	if (pid > 1)
		kill(pid, signals[at->form % 4]);
}

void op_ptrace(const struct instruction *at)
{
	pid_t pid = pid_at(at->other);

	switch (at->form % 5) {
	case 0: ptrace(PTRACE_SEIZE, pid, 0, 0); break;
	case 1: ptrace(PTRACE_ATTACH, pid, 0, 0); break;
	case 2: ptrace(PTRACE_DETACH, pid, 0, 0); break;
	case 3: ptrace(PTRACE_CONT, pid, 0, 0); break;
	default: ptrace(PTRACE_INTERRUPT, pid, 0, 0); break;
	}
}

static void *thread_life(void *arg)
{
	random_seed((uintptr_t)arg);
	pid_keep(syscall(SYS_gettid));
	if (one_in(2))
		usleep(random_below(2000));
	return NULL;
}

void op_thread(const struct instruction *at)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_create(&thread, &attr, thread_life,
		       (void *)(uintptr_t)at->seed);
	pthread_attr_destroy(&attr);
}

/* A child of two threads, one of which execs or ends it all. */
static void *thread_execs(void *arg)
{
	if ((uintptr_t)arg & 1)
		execl("/bin/true", "true", (char *)NULL);
	_exit(3);
}

void op_fork_threads(const struct instruction *at)
{
	pthread_t thread;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGALRM, SIG_DFL);
		alarm(2);
		pthread_create(&thread, NULL, thread_execs,
			       (void *)(uintptr_t)at->seed);
		if (at->form & 1)
			syscall(SYS_exit, 4);
		pause();
		_exit(0);
	}
	pid_keep(pid);
}

/* The thread goes on under a filter, which changes what it may. */
static void filter_nothing(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

void op_dispositions(const struct instruction *at)
{
	struct sigaction action = {
		.sa_handler = at->form & 1 ? SIG_IGN : SIG_DFL,
		.sa_flags = at->form & 2 ? SA_NOCLDWAIT : 0
	};

	sigaction(SIGCHLD, &action, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, at->form >> 2 & 1);
	if (at->form >> 3 == 31)
		filter_nothing();
}

void op_pidfd(const struct instruction *at)
{
	fd_keep(syscall(SYS_pidfd_open, pid_at(at->other),
			at->form & 1 ? O_EXCL : 0));
}

void op_limits(const struct instruction *at)
{
	struct rlimit limit = { at->form & 1 ? 24 : 1024, 1024 };

	setrlimit(RLIMIT_NOFILE, &limit);
}

void op_yield(const struct instruction *at)
{
	sched_yield();
}
