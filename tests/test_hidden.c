// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is hidden by the module parameter hidepid: nobody, but as test_hidepid.sh
 * tells in PROCFD_EXPECT_HIDEPID. PROCFD_HIDEPID_GID is a group of the caller.
 */
#include <grp.h>
#include <sys/prctl.h>

#include "listing.h"

#define USER 1000

/* What another user is to know of a process of root's. */
enum sight { ALL, NUMBERS, NOTHING };

static int hidepid(void)
{
	const char *value = getenv("PROCFD_EXPECT_HIDEPID");

	return value ? atoi(value) : 0;
}

static enum sight sight_of_a_stranger(void)
{
	return hidepid() == 0 ? ALL : hidepid() == 1 ? NUMBERS : NOTHING;
}

static gid_t group(void)
{
	const char *gid = getenv("PROCFD_HIDEPID_GID");

	return gid ? atoi(gid) : 0;
}

/* It works if the process may be seen so well, else it is this error. */
#define EXPECT_SIGHT(call, needed, sight, error)   \
	({                                         \
		if ((sight) <= (needed))           \
			EXPECT_OK(call);           \
		else                               \
			EXPECT_ERRNO(call, error); \
	})

/* ---- the fds and numbers that a stranger is given --------------------------------- */

struct subject {
	pid_t parent, pid; /* of root, and one is the other's child */
	int parent_fd, procfd, pidfd, socket;
	uint64_t id;
	enum sight sight;
	bool mapped; /* uid 0 is somebody else */
};

static void have_child(void *told)
{
	pid_t pid = fork_sleeper();

	ASSERT_EQ(write(((struct gate *)told)->write_fd, &pid, sizeof(pid)),
		  (ssize_t)sizeof(pid));
	pause();
}

static struct subject subject_make(void)
{
	struct gate told = gate_make();
	struct subject subject = { .sight = ALL };
	int pair[2];

	subject.parent = fork_child(have_child, &told);
	ASSERT_EQ(read(told.read_fd, &subject.pid, sizeof(subject.pid)),
		  (ssize_t)sizeof(subject.pid));
	subject.parent_fd = procfd_of(subject.parent);
	subject.procfd = procfd_of(subject.pid);
	subject.pidfd = ASSERT_OK(pidfd_open_native(subject.pid));
	subject.id = id_of(subject.procfd);
	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	subject.socket = pair[0];
	return subject;
}

static void subject_end(struct subject *subject)
{
	kill_and_reap(subject->parent);
}

/* ---- everything that hidepid is asked for ------------------------------------------- */

static void expect_opens(const struct subject *s)
{
	int dev = device();

	EXPECT_SIGHT(open_pid(dev, s->pid, 0), NUMBERS, s->sight, ESRCH);
	EXPECT_SIGHT(open_pidfd(dev, s->pidfd, 0), NUMBERS, s->sight, ESRCH);
	EXPECT_SIGHT(open_id(dev, s->id, 0), NUMBERS, s->sight, ESRCH);
	EXPECT_SIGHT(open_root(dev, 0), NUMBERS, s->sight, ESRCH);
	EXPECT_OK(open_self(dev, 0));
	EXPECT_OK(open_peer(dev, s->socket, 0));
}

static void expect_tells(const struct subject *s)
{
	int error = hidepid() == 1 ? EPERM : ESRCH;
	struct procfd_info info;
	uint64_t id;

	EXPECT_SIGHT(get_info(s->procfd, INFO_ALL, &info), ALL, s->sight,
		     error);
	EXPECT_SIGHT(get_info(s->procfd, 0, &info), ALL, s->sight, error);
	EXPECT_SIGHT(get_id(s->procfd, &id), ALL, s->sight, error);
	EXPECT_OK(get_pid(s->procfd, -1));
	EXPECT_EQ(compare(s->procfd, s->procfd), 1);
}

static void expect_relatives(const struct subject *s)
{
	int next;

	EXPECT_SIGHT(open_relative(s->procfd, PROCFD_RELATIVE_PARENT, -1, 0),
		     ALL, s->sight, hidepid() == 1 ? EPERM : ENOENT);
	EXPECT_SIGHT(open_relative(s->parent_fd, PROCFD_RELATIVE_FIRST_CHILD,
				   -1, 0),
		     ALL, s->sight, ENOENT);
	next = ASSERT_OK(
		open_relative(s->parent_fd, PROCFD_RELATIVE_NEXT, -1, 0));
	if (s->sight <= NUMBERS)
		EXPECT_EQ(pid_of(next), s->pid);
	else
		EXPECT_NE(pid_of(next), s->pid);
}

static void expect_record(const struct procfd_info *info,
			  const struct subject *s)
{
	if (s->sight == ALL)
		EXPECT_EQ(info->mask & PROCFD_INFO_CREDS, PROCFD_INFO_CREDS);
	else
		EXPECT_EQ(info->mask & ~PROCFD_INFO_PIDS, 0ULL);
	EXPECT_STREQ((const char *)info->comm,
		     s->sight == ALL ? "test_hidden" : "");
	EXPECT_EQ(!info->id, s->sight != ALL);
	EXPECT_EQ(!info->ppid, s->sight != ALL);
	EXPECT_EQ(!info->start_ns, s->sight != ALL);
}

static void expect_lists(const struct subject *s)
{
	struct listing list = listing_make(LIST_MAX);

	list.arg.mask = INFO_ALL;
	list_all(&list);
	expect_in_order(&list);
	EXPECT_EQ(times_listed(&list, getpid()), 1);
	EXPECT_EQ(times_listed(&list, s->pid), s->sight <= NUMBERS);
	EXPECT_EQ(times_listed(&list, s->parent), s->sight <= NUMBERS);
	EXPECT_EQ(times_listed(&list, 1), s->sight <= NUMBERS);
	for (int i = 0; i < list.count; i++)
		if (list.infos[i].pid == s->pid)
			expect_record(&list.infos[i], s);
	list.arg.flags = PROCFD_LIST_UID;
	list_all(&list);
	EXPECT_EQ(times_listed(&list, s->pid), s->sight == ALL && !s->mapped);
	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.parent_fd = s->parent_fd;
	list_all(&list);
	EXPECT_EQ(list.count, s->sight == ALL);
	list.arg.flags = PROCFD_LIST_THREADS;
	list.arg.parent_fd = -1;
	list_all(&list);
	EXPECT_EQ(times_listed(&list, s->pid), s->sight <= NUMBERS);
}

/* One's own processes are as ever. */
static void expect_own(void)
{
	int dev = device(), procfd;
	struct procfd_info info;
	pid_t pid = fork_sleeper();

	wait_sleeping(pid);
	procfd = EXPECT_OK(open_pid(dev, pid, 0));
	EXPECT_OK(get_info(procfd, INFO_ALL, &info));
	EXPECT_EQ(info.mask, INFO_KNOWN & ~PROCFD_INFO_EXIT);
	EXPECT_OK(open_id(dev, id_of(procfd), 0));
	EXPECT_OK(open_relative(procfd, PROCFD_RELATIVE_PARENT, -1, 0));
	kill_and_reap(pid);
}

static void expect_all(void *arg)
{
	expect_opens(arg);
	expect_tells(arg);
	expect_relatives(arg);
	expect_lists(arg);
	expect_own();
}

TEST(hidden_from_another_user_is_what_hidepid_says)
{
	struct subject subject = subject_make();

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	subject.sight = sight_of_a_stranger();
	run_as(USER, expect_all, &subject);
	subject_end(&subject);
}

TEST(hidden_from_root_is_nothing)
{
	struct subject subject = subject_make();

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	in_child(expect_all, &subject);
	subject_end(&subject);
}

/* Another user with one more group. */
static void join_and_expect(void *arg)
{
	gid_t gid = group();

	ASSERT_OK(setgroups(1, &gid));
	ASSERT_OK(setresgid(USER, USER, USER));
	ASSERT_OK(setresuid(USER, USER, USER));
	ASSERT_OK(prctl(PR_SET_DUMPABLE, 1));
	expect_all(arg);
}

TEST(hidden_from_the_group_of_the_parameter_is_nothing_but_at_4)
{
	struct subject subject = subject_make();

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	subject.sight = hidepid() == 4 ? NOTHING : ALL;
	in_child(join_and_expect, &subject);
	subject_end(&subject);
}

/* The root of a user namespace is no root of ours. */
static void be_mapped(void *subject)
{
	run_in_user_namespace(expect_all, subject);
}

TEST(hidden_from_a_user_namespace_is_what_hidepid_says)
{
	struct subject subject = subject_make();

	need_feature(PROCFD_FEATURE_FROM_PIDFD);
	subject.sight = sight_of_a_stranger();
	subject.mapped = true;
	run_as(USER, be_mapped, &subject);
	subject_end(&subject);
}
