// SPDX-License-Identifier: GPL-2.0-only
/* GET_INFO agrees with /proc in every member: many processes of many kinds. */
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pty.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "likeproc.h"

/* ---- one child that made itself special ------------------------------------------ */

struct special {
	void (*make)(void);
	struct gate told;
};

static void be_special(void *arg)
{
	struct special *special = arg;

	special->make();
	gate_open(&special->told);
	for (;;)
		pause();
}

/* It has done so, sleeps, and is seen as /proc sees it; its GET_INFO. */
static struct procfd_info expect_special(void (*make)(void))
{
	struct special special = { make, gate_make() };
	pid_t pid = fork_child(be_special, &special);
	struct procfd_info info;

	gate_wait(&special.told);
	wait_sleeping(pid);
	expect_like_proc(pid);
	info = info_of(procfd_of(pid));
	kill_and_reap(pid);
	return info;
}

static void do_nothing(void)
{
}

TEST(info_of_a_sleeping_child_is_as_in_proc)
{
	struct procfd_info info = expect_special(do_nothing);

	EXPECT_EQ(info.ppid, getpid());
	EXPECT_EQ(info.pgid, getpgrp());
	EXPECT_EQ(info.sid, getsid(0));
	EXPECT_EQ(info.state, 'S');
	EXPECT_EQ(info.nr_threads, 1U);
	EXPECT_EQ(info.exit_signal, SIGCHLD);
}

static void be_nice(void)
{
	ASSERT_OK(setpriority(PRIO_PROCESS, 0, 7));
}

TEST(info_of_a_nice_child_is_as_in_proc)
{
	EXPECT_EQ(expect_special(be_nice).nice, 7);
}

static void be_fifo(void)
{
	struct sched_param param = { 42 };

	ASSERT_OK(sched_setscheduler(0, SCHED_FIFO, &param));
}

TEST(info_of_a_real_time_child_is_as_in_proc)
{
	struct procfd_info info = expect_special(be_fifo);

	EXPECT_EQ(info.policy, SCHED_FIFO);
	EXPECT_EQ(info.rt_priority, 42U);
	EXPECT_EQ(info.priority, -43);
}

static void be_batch(void)
{
	struct sched_param param = { 0 };

	ASSERT_OK(sched_setscheduler(0, SCHED_BATCH, &param));
	ASSERT_OK(setpriority(PRIO_PROCESS, 0, -11));
}

TEST(info_of_a_batch_child_is_as_in_proc)
{
	struct procfd_info info = expect_special(be_batch);

	EXPECT_EQ(info.policy, SCHED_BATCH);
	EXPECT_EQ(info.nice, -11);
}

/* Files of the machine may all lie in shared memory. */
static void map_file(size_t size)
{
	char dir[] = "/tmp/procfd-XXXXXX", name[64], *file;
	int fd;

	ASSERT_TRUE(mkdtemp(dir) != NULL);
	ASSERT_OK(mount("ramfs", dir, "ramfs", 0, NULL));
	snprintf(name, sizeof(name), "%s/file", dir);
	fd = ASSERT_OK(open(name, O_CREAT | O_RDWR, 0600));
	ASSERT_OK(ftruncate(fd, size));
	file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_TRUE(file != MAP_FAILED);
	memset(file, 1, size);
	ASSERT_OK(umount2(dir, MNT_DETACH));
	rmdir(dir);
}

static void take_memory(void)
{
	size_t size = 3 << 20;
	char *anon = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *shared = shared_memory(size);

	ASSERT_TRUE(anon != MAP_FAILED);
	map_file(size);
	memset(anon, 1, size);
	memset(shared, 1, size / 2);
	ASSERT_OK(mlock(anon, 1 << 20));
	ASSERT_OK(munmap(anon + (2 << 20), 1 << 20));
}

TEST(info_of_memory_is_as_in_proc)
{
	struct procfd_info info = expect_special(take_memory);

	EXPECT_EQ(info.locked_bytes, 1ULL << 20);
	EXPECT_GE(info.rss_anon_bytes, 2ULL << 20);
	EXPECT_GE(info.rss_shmem_bytes, 3ULL << 19);
	EXPECT_GE(info.rss_file_bytes, 3ULL << 20);
	EXPECT_GE(info.rss_bytes, 7ULL << 19);
	EXPECT_GE(info.rss_peak_bytes, 9ULL << 19);
	EXPECT_GE(info.vsize_peak_bytes, info.vsize_bytes + (1 << 20));
	EXPECT_GT(info.page_table_bytes, 0ULL);
	EXPECT_GT(info.text_bytes, 0ULL);
	EXPECT_GT(info.stack_bytes, 0ULL);
}

static void ignore_it(int signal)
{
}

static void have_signals(void)
{
	block_signal(SIGUSR1);
	block_signal(SIGUSR2);
	block_signal(SIGRTMIN + 5);
	handle_signal(SIGHUP, ignore_it, 0);
	handle_signal(SIGRTMAX, ignore_it, 0);
	handle_signal(SIGPIPE, SIG_IGN, 0);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGRTMIN + 5);
	syscall(SYS_tgkill, getpid(), gettid(), SIGUSR2);
}

#define BIT(signal) (1ULL << ((signal)-1))

TEST(info_of_signals_is_as_in_proc)
{
	struct procfd_info info = expect_special(have_signals);

	EXPECT_EQ(info.sig_pending, BIT(SIGUSR2));
	EXPECT_EQ(info.sig_shared, BIT(SIGUSR1) | BIT(SIGRTMIN + 5));
	EXPECT_EQ(info.sig_blocked & BIT(SIGUSR2), BIT(SIGUSR2));
	EXPECT_EQ(info.sig_ignored & BIT(SIGPIPE), BIT(SIGPIPE));
	EXPECT_EQ(info.sig_caught, BIT(SIGHUP) | BIT(SIGRTMAX));
}

static void have_ids(void)
{
	ASSERT_OK(setresgid(11, 12, 13));
	setfsgid(11);
	ASSERT_OK(setresuid(21, 0, 23));
	setfsuid(24);
	ASSERT_OK(setresuid(-1, 22, -1));
}

TEST(info_of_ids_is_as_in_proc)
{
	struct procfd_info info = expect_special(have_ids);

	EXPECT_EQ(info.ruid, 21U);
	EXPECT_EQ(info.euid, 22U);
	EXPECT_EQ(info.suid, 23U);
	EXPECT_EQ(info.fsuid, 22U);
	EXPECT_EQ(info.rgid, 11U);
	EXPECT_EQ(info.egid, 12U);
	EXPECT_EQ(info.sgid, 13U);
	EXPECT_EQ(info.fsgid, 11U);
}

static void have_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3,
						   0 };
	struct __user_cap_data_struct data[2] = { { 0xff0f, 0xffff, 0x00f5 },
						  { 1, 3, 1 } };

	ASSERT_OK(prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT));
	ASSERT_OK((int)syscall(SYS_capset, &header, data));
	ASSERT_OK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	ASSERT_OK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 32, 0, 0));
}

TEST(info_of_capabilities_is_as_in_proc)
{
	struct procfd_info info = expect_special(have_capabilities);

	EXPECT_EQ(info.cap_effective, 0x10000ff0fULL);
	EXPECT_EQ(info.cap_permitted, 0x30000ffffULL);
	EXPECT_EQ(info.cap_inheritable, 0x1000000f5ULL);
	EXPECT_EQ(info.cap_ambient, 0x100000001ULL);
	EXPECT_EQ(info.cap_bounding >> CAP_SYS_BOOT & 1, 0ULL);
	EXPECT_EQ(info.cap_bounding & 1, 1ULL);
}

static void have_tty(void)
{
	int master, slave;

	ASSERT_OK(setsid());
	ASSERT_OK(openpty(&master, &slave, NULL, NULL, NULL));
	ASSERT_OK(ioctl(slave, TIOCSCTTY, 0));
}

TEST(info_of_a_terminal_is_as_in_proc)
{
	struct procfd_info info = expect_special(have_tty);

	EXPECT_EQ(info.tty >> 8 & 0xfff, 136U);
	EXPECT_EQ(info.tty_pgid, info.pid);
	EXPECT_EQ(info.sid, info.pid);
	EXPECT_EQ(info.pgid, info.pid);
	EXPECT_EQ(expect_special(do_nothing).tty_pgid, -1);
}

static void have_umask(void)
{
	umask(0137);
	ASSERT_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

TEST(info_of_umask_and_no_new_privs_is_as_in_proc)
{
	struct procfd_info info = expect_special(have_umask);

	EXPECT_EQ(info.umask, 0137U);
	EXPECT_EQ(info.flags & PROCFD_PROCESS_NO_NEW_PRIVS,
		  PROCFD_PROCESS_NO_NEW_PRIVS);
	EXPECT_EQ(expect_special(do_nothing).flags, 0U);
}

static void have_seccomp(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	ASSERT_OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

TEST(info_of_seccomp_is_as_in_proc)
{
	EXPECT_EQ(expect_special(have_seccomp).seccomp, 2U);
	EXPECT_EQ(expect_special(do_nothing).seccomp, 0U);
}

static void have_name(void)
{
	ASSERT_OK(prctl(PR_SET_NAME, "a) R 1 (\\\n\t\xff\x01x"));
}

TEST(info_of_a_name_of_any_bytes_is_as_in_proc)
{
	struct procfd_info info = expect_special(have_name);

	EXPECT_STREQ((char *)info.comm, "a) R 1 (\\\n\t\xff\x01x");
}

static void have_long_name(void)
{
	ASSERT_OK(prctl(PR_SET_NAME, "0123456789abcdef"));
}

TEST(info_of_a_name_has_at_most_15_bytes)
{
	EXPECT_STREQ((char *)expect_special(have_long_name).comm,
		     "0123456789abcde");
	EXPECT_STREQ((char *)expect_special(do_nothing).comm, "test_info_proc");
}

static void expect_name_alone(const char *name, struct procfd_info info)
{
	char whole[16] = { 0 };

	memcpy(whole, name, strlen(name));
	if (!EXPECT_MEMEQ(info.comm, whole, sizeof(whole)))
		test_note("\"%s\"", name);
}

static void have_short_name_now(void)
{
	have_long_name();
	ASSERT_OK(prctl(PR_SET_NAME, "short"));
}

static void have_8_bytes_now(void)
{
	have_long_name();
	ASSERT_OK(prctl(PR_SET_NAME, "eight..8"));
}

static void have_no_name_now(void)
{
	have_long_name();
	ASSERT_OK(prctl(PR_SET_NAME, ""));
}

/* Older kernels leave the rest of it there. */
TEST(info_of_a_name_has_nothing_of_a_longer_one_before)
{
	expect_name_alone("short", expect_special(have_short_name_now));
	expect_name_alone("eight..8", expect_special(have_8_bytes_now));
	expect_name_alone("", expect_special(have_no_name_now));
}

/* Until it is to be seen in ticks. */
static void burn_ticks(void)
{
	long long end = now_ns(CLOCK_PROCESS_CPUTIME_ID) + 6 * TICK_NS;

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
		getppid();
}

static void burn_and_exit(void *unused)
{
	burn_ticks();
}

static void have_reaped(void)
{
	burn_ticks();
	reap(fork_child(burn_and_exit, NULL));
}

TEST(info_of_times_and_faults_of_waited_for_children_is_as_in_proc)
{
	struct procfd_info info = expect_special(have_reaped);

	EXPECT_GT(info.cutime_ns + info.cstime_ns, 50000000ULL);
	EXPECT_GT(info.utime_ns + info.stime_ns, 50000000ULL);
	EXPECT_GT(info.cminflt, 0ULL);
	EXPECT_GT(info.minflt, 0ULL);
}

static void have_namespaces(void)
{
	ASSERT_OK(unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
			  CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWPID));
}

TEST(info_of_namespaces_is_as_in_proc)
{
	struct procfd_info other = expect_special(have_namespaces),
			   own = expect_special(do_nothing);

	EXPECT_NE(other.ns_uts, own.ns_uts);
	EXPECT_NE(other.ns_ipc, own.ns_ipc);
	EXPECT_NE(other.ns_net, own.ns_net);
	EXPECT_NE(other.ns_mnt, own.ns_mnt);
	EXPECT_NE(other.ns_cgroup, own.ns_cgroup);
	EXPECT_EQ(other.ns_pid, own.ns_pid);
	EXPECT_EQ(other.ns_user, own.ns_user);
}

#define CGROUP "/sys/fs/cgroup/procfd-info"

static void enter_cgroup(void)
{
	write_text(CGROUP "/cgroup.procs", "0");
}

TEST(info_of_a_cgroup_is_as_in_proc)
{
	struct procfd_info info;
	struct stat st;

	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		SKIP("no cgroup v2 here");
	ASSERT_OK(stat(CGROUP, &st));
	info = expect_special(enter_cgroup);
	EXPECT_EQ(info.cgroup_id, st.st_ino);
	EXPECT_NE(expect_special(do_nothing).cgroup_id, st.st_ino);
	rmdir(CGROUP);
}
