// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls, and the table of all that an instruction can be. */
#include <linux/sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "ops.h"
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

/* What makes processes or threads costs far more, and comes rarely, and by itself. */
static void (*const heavy[])(const struct instruction *at) = {
	op_clone, op_next_child, op_fork, op_thread, op_fork_threads,
};

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

static bool is_heavy(void (*op)(const struct instruction *at))
{
	for (size_t i = 0; i < sizeof(heavy) / sizeof(*heavy); i++)
		if (heavy[i] == op)
			return true;
	return false;
}

/* A light one is done with some neighbours: on other fds, in other forms. */
void run_instruction(const struct instruction *at)
{
	void (*op)(const struct instruction *at) = ops[at->op % nr_ops];
	struct instruction near = *at;
	int times = is_heavy(op) ? 1 : 1 + at->seed % 64;

	while (times--) {
		random_seed(near.seed);
		op(&near);
		near.fd++;
		near.form += 5;
		near.seed += 0x10001;
	}
}
