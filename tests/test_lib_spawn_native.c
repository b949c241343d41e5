// SPDX-License-Identifier: GPL-2.0-only
/* procfd_spawn() without the module: a native pidfd, where the C library lets us. */
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "lib.h"

extern char **environ;

/* then actions and attributes are read by the C library, which alone can */
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 39)
static const bool has_pidfd_spawn = true;
#else
static const bool has_pidfd_spawn;
#endif

/* Programs are still there, unlike with hide_device(). */
static void take_device_away(void)
{
	ASSERT_OK(unshare(CLONE_NEWNS));
	ASSERT_OK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_OK(mount("tmpfs", "/dev", "tmpfs", 0, NULL));
}

static int spawn_script(const char *script, pid_t *pid, unsigned int flags)
{
	char *argv[] = { "sh", "-c", (char *)script, NULL };

	return procfd_spawn(pid, "/bin/sh", NULL, NULL, argv, environ, flags);
}

static void expect_native_end(int fd, int code, int status)
{
	siginfo_t info;

	ASSERT_OK(procfd_wait(fd, WEXITED, NULL, &info, NULL, 0));
	EXPECT_EQ(info.si_code, code);
	EXPECT_EQ(info.si_status, status);
}

static bool blocks(int signal)
{
	sigset_t mask;

	ASSERT_EQ(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	return sigismember(&mask, signal);
}

TEST(spawn_that_allows_a_pidfd_prefers_a_procfd)
{
	int fd = ASSERT_OK(spawn_script("exit 3", NULL, PROCFD_ALLOW_PIDFD));

	expect_exit_code(fd, 3);
	wait(NULL);
}

TEST(without_module_spawn_holds_the_child_by_a_pidfd)
{
	struct procfd_fdinfo info;
	pid_t pid = 0;
	int fd;

	take_device_away();
	fd = ASSERT_OK(spawn_script("exit 14", &pid, PROCFD_ALLOW_PIDFD));
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	EXPECT_OK(procfd_send_signal(fd, 0, NULL, 0));
	ASSERT_OK(procfd_read_fdinfo(fd, &info, sizeof(info)));
	EXPECT_EQ(info.pid, pid);
	expect_native_end(fd, CLD_EXITED, 14);
	fd = ASSERT_OK(spawn_script("exit 0", NULL,
				    PROCFD_ALLOW_PIDFD | PROCFD_NONBLOCK));
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	wait(NULL);
}

TEST(without_module_spawnp_looks_in_path)
{
	char *argv[] = { "sh", "-c", "exit $N", NULL };
	char *envp[] = { "N=15", NULL };
	int fd;

	take_device_away();
	fd = ASSERT_OK(procfd_spawnp(NULL, "sh", NULL, NULL, argv, envp,
				     PROCFD_ALLOW_PIDFD));
	expect_native_end(fd, CLD_EXITED, 15);
	EXPECT_ERRNO(procfd_spawn(NULL, "sh", NULL, NULL, argv, envp,
				  PROCFD_ALLOW_PIDFD),
		     ENOENT);
}

static void nothing(int signal)
{
}

TEST(without_module_spawn_has_the_callers_mask)
{
	const char *script = "kill -USR1 $$; exit 7";
	sigset_t set;

	take_device_away();
	signal(SIGUSR1, nothing);
	expect_native_end(
		ASSERT_OK(spawn_script(script, NULL, PROCFD_ALLOW_PIDFD)),
		CLD_KILLED, SIGUSR1);
	EXPECT_FALSE(blocks(SIGUSR1));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	expect_native_end(
		ASSERT_OK(spawn_script(script, NULL, PROCFD_ALLOW_PIDFD)),
		CLD_EXITED, 7);
	EXPECT_TRUE(blocks(SIGUSR1));
	EXPECT_FALSE(blocks(SIGUSR2));
}

/* ---- handlers are not for the child ------------------------------------------------- */

struct storm {
	pid_t parent;
	_Atomic int misplaced;
};

static struct storm *storm;

static void count_misplaced(int signal)
{
	if (getpid() != storm->parent)
		atomic_fetch_add(&storm->misplaced, 1);
}

/* to the whole group, and so to a child that has not exec'd yet */
static void signal_group(void *unused)
{
	signal(SIGUSR1, SIG_IGN);
	for (;;)
		kill(0, SIGUSR1);
}

TEST(without_module_spawn_runs_no_handler_in_the_child)
{
	pid_t signaller;

	take_device_away();
	storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(storm != MAP_FAILED);
	storm->parent = getpid();
	signal(SIGUSR1, count_misplaced);
	signaller = fork_child(signal_group, NULL);
	for (int i = 0; i < 50; i++) {
		int fd = ASSERT_OK(
			spawn_script("exit 0", NULL, PROCFD_ALLOW_PIDFD));

		poll_fd(fd, POLLIN, SOON_MS);
		ASSERT_OK(procfd_wait(fd, WEXITED, NULL, NULL, NULL, 0));
		close(fd);
	}
	kill_and_reap(signaller);
	EXPECT_EQ(atomic_load(&storm->misplaced), 0);
}

TEST(without_module_spawn_that_fails_leaves_nothing)
{
	int before = open_fd_count();

	take_device_away();
	expect_no_spawn(PROCFD_ALLOW_PIDFD);
	EXPECT_EQ(open_fd_count(), before);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
	EXPECT_FALSE(blocks(SIGUSR1));
}

TEST(without_module_spawn_does_not_keep_less_than_it_says)
{
	take_device_away();
	EXPECT_ERRNO(spawn_script("", NULL, 0), ENODEV);
	EXPECT_ERRNO(spawn_script("", NULL,
				  PROCFD_ALLOW_PIDFD | PROCFD_KILL_ON_CLOSE),
		     ENODEV);
	EXPECT_ERRNO(spawn_script("", NULL,
				  PROCFD_ALLOW_PIDFD | PROCFD_AUTOREAP),
		     ENODEV);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

TEST(without_module_spawn_has_actions_where_the_c_library_has_pidfd_spawn)
{
	char *argv[] = { "sh", "-c", "echo hi", NULL };
	posix_spawn_file_actions_t actions;
	char said[8] = "";
	int ends[2], fd;

	take_device_away();
	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(posix_spawn_file_actions_init(&actions), 0);
	ASSERT_EQ(posix_spawn_file_actions_adddup2(&actions, ends[1], 1), 0);
	fd = procfd_spawn(NULL, "/bin/sh", &actions, NULL, argv, environ,
			  PROCFD_ALLOW_PIDFD);
	if (!has_pidfd_spawn) {
		EXPECT_EQ(fd, -1);
		EXPECT_EQ(errno, ENODEV);
		return;
	}
	ASSERT_OK(fd);
	EXPECT_EQ(read(ends[0], said, sizeof(said) - 1), 3);
	EXPECT_STREQ(said, "hi\n");
	expect_native_end(fd, CLD_EXITED, 0);
}

/* ---- others wait for our child ------------------------------------------------------- */

static atomic_bool enough;

static void *reap_all(void *unused)
{
	while (!atomic_load(&enough))
		waitpid(-1, NULL, WNOHANG);
	return NULL;
}

/* However soon it is reaped, the pidfd is of that very child. */
TEST(without_module_spawn_is_not_misled_by_who_waits_for_all)
{
	char *argv[] = { "true", NULL };
	struct procfd_fdinfo info;
	pthread_t reaper;

	take_device_away();
	ASSERT_EQ(pthread_create(&reaper, NULL, reap_all, NULL), 0);
	for (int i = 0; i < 50; i++) {
		pid_t pid = 0;
		int fd = ASSERT_OK(procfd_spawn(&pid, "/bin/true", NULL, NULL,
						argv, environ,
						PROCFD_ALLOW_PIDFD));

		ASSERT_OK(procfd_read_fdinfo(fd, &info, sizeof(info)));
		EXPECT_TRUE(info.pid == -1 || info.pid == pid);
		EXPECT_TRUE(pid > 0 || has_pidfd_spawn);
		EXPECT_EQ(poll_fd(fd, POLLIN, SOON_MS) & POLLIN, POLLIN);
		close(fd);
	}
	atomic_store(&enough, true);
	ASSERT_EQ(pthread_join(reaper, NULL), 0);
}
