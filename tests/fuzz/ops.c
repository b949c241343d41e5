// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "procfd_ioctl.h"

/* What an argument can point to; twice, as another thread writes there too. */
static __thread uint64_t space[2][2048 / 8];

static unsigned int sized(unsigned int command)
{
	unsigned int size = _IOC_SIZE(command);

	switch (random_below(24)) {
	case 0: size = random_below(1 << 14); break;
	case 1: size += 8; break;
	case 2: size -= 8; break;
	}
	return _IOC(_IOC_DIR(command), _IOC_TYPE(command), _IOC_NR(command),
		    size);
}

/* The ioctl, with a struct that some bytes of are spoilt now and then. */
static int call(int fd, unsigned int command, void *arg, size_t size)
{
	memset(space[0], 0, sizeof(space[0]));
	memcpy(space[0], arg, size);
	while (one_in(6))
		((char *)space[0])[random_below(size)] ^= 1 << random_below(8);
	count_call();
	return ioctl(fd, sized(command), random_address(space[0]));
}

static uint32_t some_flags(uint32_t known)
{
	return one_in(20) ? random_number() : random_number() & known;
}

static int device(const struct instruction *at)
{
	return at->form & 7 ? table->fds[0] : fd_at(at->fd);
}

/* ---- acquire -------------------------------------------------------------- */

static void op_open_pid(const struct instruction *at)
{
	struct procfd_open_pid arg = {
		.pid = pid_at(at->other),
		.flags = some_flags(PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE |
				    PROCFD_THREAD),
		.pidns_fd = one_in(4) ? fd_at(at->fd) : -1,
	};

	fd_keep(call(device(at), PROCFD_OPEN_PID, &arg, sizeof(arg)));
}

static void op_open_by_fd(const struct instruction *at)
{
	struct procfd_open_by_fd arg = {
		.fd = fd_at(at->other),
		.flags = some_flags(PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE |
				    PROCFD_THREAD),
	};

	fd_keep(call(device(at),
		     one_in(2) ? PROCFD_OPEN_PIDFD : PROCFD_OPEN_PEER, &arg,
		     sizeof(arg)));
}

static void op_open_id(const struct instruction *at)
{
	struct procfd_open_id arg = {
		.id = table->ids[at->other % NR_PIDS],
		.flags = some_flags(PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE),
	};

	fd_keep(call(device(at), PROCFD_OPEN_ID, &arg, sizeof(arg)));
}

static void op_open_known(const struct instruction *at)
{
	struct procfd_open_known arg = {
		.flags = some_flags(PROCFD_NONBLOCK | PROCFD_THREAD),
	};

	fd_keep(call(device(at),
		     one_in(2) ? PROCFD_OPEN_SELF : PROCFD_OPEN_ROOT, &arg,
		     sizeof(arg)));
}

/* A child does little, and ends; some live a while. */
static void child_life(uint32_t seed)
{
	random_seed(seed);
	signal(SIGALRM, SIG_DFL);
	alarm(1 + random_below(2));
	switch (random_below(8)) {
	case 0: execl("/bin/true", "true", (char *)NULL); break;
	case 1: pause(); break;
	case 2: kill(getpid(), 1 + random_below(31)); break;
	case 3: usleep(random_below(20000)); break;
	case 4:
		if (!syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0))
			_exit(1);
		break;
	case 5: raise(SIGSTOP); break;
	}
	_exit(random_below(256));
}

static void op_clone(const struct instruction *at)
{
	static const uint64_t useful[] = {
		0,
		0,
		0,
		CLONE_PARENT,
		CLONE_FILES,
		CLONE_FS,
		CLONE_SIGHAND,
		CLONE_CLEAR_SIGHAND,
		CLONE_NEWPID,
		CLONE_NEWNS,
		CLONE_NEWUSER,
		CLONE_IO,
		CLONE_SYSVSEM,
		CLONE_NEWUTS,
		CLONE_PIDFD,
	};
	static __thread int number, native;
	struct procfd_clone arg = {
		.flags = some_flags(PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE |
				    PROCFD_AUTOREAP),
		.procfd = (uintptr_t)random_address(&number),
		.clone_flags = useful[random_below(15)],
		.exit_signal = one_in(3) ? 0 : SIGCHLD,
		.pidfd = (uintptr_t)&native,
	};
	uint32_t seed = at->seed;
	int pid;

	/* Not what would share memory or a stack: C could not go on from it. */
	if (one_in(16))
		arg.clone_flags |= random_value() &
				   ~(uint64_t)(CLONE_VM | CLONE_VFORK |
					       CLONE_THREAD | CLONE_SETTLS);
	if (one_in(16))
		arg.set_tid_size = random_below(3);
	number = -1;
	count_call();
	memcpy(space[0], &arg, sizeof(arg));
	pid = ioctl(device(at), PROCFD_CLONE, random_address(space[0]));
	if (!pid)
		child_life(seed);
	pid_keep(pid);
	fd_keep(pid > 0 ? number : -1);
}

static void op_next_child(const struct instruction *at)
{
	struct procfd_next_child arg = {
		.flags = some_flags(PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE |
				    PROCFD_AUTOREAP),
	};

	fd_keep(call(device(at), PROCFD_NEXT_CHILD, &arg, sizeof(arg)));
}

static void op_fork(const struct instruction *at)
{
	pid_t pid = syscall(SYS_clone, at->form & 1 ? SIGCHLD : 0, 0, 0, 0, 0);

	if (!pid)
		child_life(at->seed);
	pid_keep(pid);
}

/* ---- operate ---------------------------------------------------------------- */

static void op_send_signal(const struct instruction *at)
{
	static const int mild[] = { 0,	     0,	       SIGCONT,
				    SIGSTOP, SIGWINCH, SIGCHLD,
				    SIGKILL, SIGUSR1,  64 };
	struct procfd_send_signal arg = {
		.signal = one_in(16) ? (int)random_value() :
				       mild[random_below(9)],
		.flags = some_flags(PROCFD_SIGNAL_THREAD |
				    PROCFD_SIGNAL_PROCESS | PROCFD_SIGNAL_INFO),
	};

	if (one_in(20))
		arg.flags = PROCFD_SIGNAL_PROCESS_GROUP;
	if (arg.flags & PROCFD_SIGNAL_INFO) {
		arg.code = -(int)random_below(8);
		arg.value = random_value();
	}
	call(fd_at(at->fd), PROCFD_SEND_SIGNAL, &arg, sizeof(arg));
}

static void op_wait(const struct instruction *at)
{
	struct procfd_wait arg = {
		.options = some_flags(PROCFD_WNOHANG | PROCFD_WEXITED |
				      PROCFD_WSTOPPED | PROCFD_WCONTINUED |
				      PROCFD_WNOWAIT),
		.record = one_in(2) ? (uintptr_t)random_address(space[1]) : 0,
	};

	if (arg.record)
		arg.record_size = one_in(8) ? random_value() :
					      PROCFD_EXIT_SIZE_VER0;
	if (one_in(2))
		arg.deadline_ns = one_in(2) ? 1 : random_value();
	call(fd_at(at->fd), PROCFD_WAIT, &arg, sizeof(arg));
}

static void op_native(const struct instruction *at)
{
	struct procfd_get_pidfd pidfd = { .flags =
						  some_flags(PROCFD_NONBLOCK) };
	struct procfd_get_namespace namespace = { .type = random_below(12) };
	int fd = fd_at(at->fd);

	if (at->form & 1)
		fd_keep(call(fd, PROCFD_GET_PIDFD, &pidfd, sizeof(pidfd)));
	else
		fd_keep(call(fd, PROCFD_GET_NAMESPACE, &namespace,
			     sizeof(namespace)));
}

static void op_info(const struct instruction *at)
{
	struct procfd_info arg = {
		.mask = one_in(2) ? -1ULL : random_value(),
	};

	call(fd_at(at->fd), PROCFD_GET_INFO, &arg, sizeof(arg));
}

static void op_list(const struct instruction *at)
{
	static __thread char records[32][4096];
	struct procfd_list arg = {
		.flags = some_flags(PROCFD_LIST_THREADS | PROCFD_LIST_UID |
				    PROCFD_LIST_CHILDREN),
		.pidns_fd = one_in(4) ? fd_at(at->fd) : -1,
		.parent_fd = -1,
		.mask = one_in(2) ? -1ULL : random_value(),
		.cursor = one_in(2) ? 0 : random_value(),
		.records = (uintptr_t)random_address(records),
		.record_size = PROCFD_INFO_SIZE_SHORT +
			       8 * random_below(one_in(4) ? 512 : 80),
		.nr_records = one_in(8) ? random_value() : random_below(32),
	};

	/* No more than there is room for, or the guess goes over other things. */
	if (arg.record_size > 4096)
		arg.record_size = 4096;
	if (arg.flags & PROCFD_LIST_CHILDREN)
		arg.parent_fd = fd_at(at->other);
	if (arg.nr_records > 32)
		arg.records = 0;
	count_call();
	memcpy(space[0], &arg, sizeof(arg));
	ioctl(device(at), PROCFD_LIST, random_address(space[0]));
}

static void op_relative(const struct instruction *at)
{
	struct procfd_open_relative arg = {
		.relation = random_below(7),
		.flags = some_flags(PROCFD_NONBLOCK),
		.parent_fd = -1,
	};

	if (arg.relation == PROCFD_RELATIVE_NEXT_SIBLING && one_in(2))
		arg.parent_fd = fd_at(at->other);
	fd_keep(call(fd_at(at->fd), PROCFD_OPEN_RELATIVE, &arg, sizeof(arg)));
}

static void op_identity(const struct instruction *at)
{
	struct procfd_get_pid pid = {
		.pidns_fd = one_in(2) ? -1 : fd_at(at->other),
	};
	struct procfd_compare compare = { .fd = fd_at(at->other) };
	struct procfd_get_id id = { 0 };
	int fd = fd_at(at->fd);

	switch (at->form % 3) {
	case 0: call(fd, PROCFD_GET_PID, &pid, sizeof(pid)); break;
	case 1: call(fd, PROCFD_COMPARE, &compare, sizeof(compare)); break;
	default:
		count_call();
		if (!ioctl(fd, PROCFD_GET_ID, &id))
			table->ids[at->other % NR_PIDS] = id.id;
	}
}

static void op_dir(const struct instruction *at)
{
	struct procfd_open_dir arg = {
		.procfs_fd = one_in(4) ? fd_at(at->other) : table->fds[1],
	};
	int dir = call(fd_at(at->fd), PROCFD_OPEN_DIR, &arg, sizeof(arg));

	if (dir >= 0)
		close(dir);
}

static void op_features(const struct instruction *at)
{
	struct procfd_features arg = { 0 };

	call(device(at), PROCFD_GET_FEATURES, &arg, sizeof(arg));
}

static void op_any_ioctl(const struct instruction *at)
{
	unsigned int command = _IOC(random_below(4), PROCFD_IOCTL_TYPE,
				    random_below(0x50), random_below(256) * 4);

	/* CLONE would come back twice. */
	if (_IOC_NR(command) == _IOC_NR(PROCFD_CLONE))
		return;
	random_bytes(space[0], sizeof(space[0]));
	count_call();
	ioctl(fd_at(at->fd), command, random_address(space[0]));
}

/* ---- the fd itself -------------------------------------------------------------- */

static void op_read(const struct instruction *at)
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

static void op_poll(const struct instruction *at)
{
	struct pollfd fds[2] = { { fd_at(at->fd), random_number(), 0 },
				 { fd_at(at->other), POLLIN, 0 } };

	count_call();
	poll(fds, 2, random_below(3));
}

static void op_epoll(const struct instruction *at)
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

static void op_fcntl(const struct instruction *at)
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

static void op_splice(const struct instruction *at)
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

static void op_look(const struct instruction *at)
{
	char path[64], text[512];
	struct stat stat;
	int fd = fd_at(at->fd), file;

	fstat(fd, &stat);
	snprintf(path, sizeof(path), "/proc/self/%s/%d",
		 at->form & 1 ? "fdinfo" : "fd", fd);
	if (!(at->form & 1) && at->form & 2)
		fd_keep(open(path, O_PATH | O_CLOEXEC));
	file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return;
	if (at->form & 1 && read(file, text, sizeof(text)) < 0)
		errno = 0;
	close(file);
}

static void op_close(const struct instruction *at)
{
	int slot = 4 + at->fd % (NR_FDS - 4), fd = table->fds[slot];

	if (fd < 0)
		return;
	/* Sometimes others go on with the number. */
	if (!one_in(4))
		table->fds[slot] = -1;
	close(fd);
}

static void op_dup(const struct instruction *at)
{
	fd_keep(fcntl(fd_at(at->fd), F_DUPFD_CLOEXEC, 0));
}

static void op_pass(const struct instruction *at)
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

static void op_reap(const struct instruction *at)
{
	static const int options[] = { WNOHANG, WNOHANG | __WALL,
				       WNOHANG | __WCLONE,
				       WNOHANG | WUNTRACED };

	waitpid(at->form & 1 ? -1 : pid_at(at->other), NULL,
		options[random_below(4)]);
}

static void op_kill(const struct instruction *at)
{
	static const int signals[] = { SIGKILL, SIGSTOP, SIGCONT, SIGTERM };
	pid_t pid = pid_at(at->other);

	if (pid > 1)
		kill(pid, signals[at->form % 4]);
}

static void op_ptrace(const struct instruction *at)
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

static void op_thread(const struct instruction *at)
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

static void op_fork_threads(const struct instruction *at)
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

static void op_dispositions(const struct instruction *at)
{
	struct sigaction action = {
		.sa_handler = at->form & 1 ? SIG_IGN : SIG_DFL,
		.sa_flags = at->form & 2 ? SA_NOCLDWAIT : 0
	};

	sigaction(SIGCHLD, &action, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, at->form >> 2 & 1);
}

static void op_pidfd(const struct instruction *at)
{
	fd_keep(syscall(SYS_pidfd_open, pid_at(at->other),
			at->form & 1 ? O_EXCL : 0));
}

static void op_limits(const struct instruction *at)
{
	struct rlimit limit = { at->form & 1 ? 24 : 1024, 1024 };

	setrlimit(RLIMIT_NOFILE, &limit);
}

static void op_yield(const struct instruction *at)
{
	sched_yield();
}

/* Calls of ours often; what makes processes costs far more, and comes rarely. */
#define TWICE(op) op, op
#define FOUR(op) TWICE(op), TWICE(op)

static void (*const ops[])(const struct instruction *at) = {
	FOUR(op_open_pid),
	FOUR(op_open_by_fd),
	FOUR(op_open_id),
	FOUR(op_open_known),
	op_clone,
	TWICE(op_next_child),
	op_fork,
	FOUR(op_send_signal),
	FOUR(op_wait),
	FOUR(op_native),
	FOUR(op_info),
	FOUR(op_list),
	FOUR(op_relative),
	FOUR(op_identity),
	FOUR(op_dir),
	op_features,
	FOUR(op_any_ioctl),
	FOUR(op_read),
	FOUR(op_poll),
	TWICE(op_epoll),
	FOUR(op_fcntl),
	TWICE(op_splice),
	TWICE(op_look),
	FOUR(op_close),
	TWICE(op_dup),
	op_pass,
	TWICE(op_reap),
	op_kill,
	op_ptrace,
	op_thread,
	op_fork_threads,
	op_dispositions,
	TWICE(op_pidfd),
	op_limits,
	op_yield,
};

const int nr_ops = sizeof(ops) / sizeof(*ops);

void run_instruction(const struct instruction *at)
{
	random_seed(at->seed);
	ops[at->op % nr_ops](at);
}
