// SPDX-License-Identifier: GPL-2.0-only
/*
 * procfdctl doctor for callers whom the kernel treats otherwise: under a seccomp
 * filter; and for one to whom a tracer tells of another module, and another kernel.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/utsname.h>

#include "procfdctl.h"

#define TRUST "/sys/module/procfd/parameters/seccomp_trust"
#define DOCTOR ((const char *const[]){ "procfdctl", "doctor", NULL })

static struct ctl *doctor_as(void (*prepare)(void))
{
	return ctl_finish(ctl_start_as(prepare, DOCTOR));
}

/* It found a problem, and printed such a line. */
static bool finds(const struct ctl *ctl, const char *pattern)
{
	bool found = has_line(ctl->out, pattern);

	if (!found || ctl->status != 1 << 8)
		test_note("status %d, pattern %s, printed: %s%s",
			  WEXITSTATUS(ctl->status), pattern, ctl->out,
			  ctl->err);
	return found && ctl->status == 1 << 8;
}

/* ---- a seccomp filter ----------------------------------------------------------- */

static void filter(struct sock_filter *filter, unsigned short length)
{
	struct sock_fprog program = { length, filter };

	ASSERT_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT_OK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void allow_all(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	filter(&allow, 1);
}

/*
 * Whatever the number of a call with such an argument: all of it, as a part of an
 * address may be the same.
 */
static void refuse_ioctls(void)
{
	struct sock_filter refuse[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROCFD_GET_FEATURES, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1]) + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	filter(refuse, 6);
}

TEST(doctor_notes_a_seccomp_filter)
{
	struct ctl *ctl = doctor_as(allow_all);

	EXPECT_TRUE(says(
		ctl,
		"^note +caller +it has a seccomp filter, so it has no CLONE, and signals for its children only: type 'echo 1 >" TRUST
		"'$"));
	EXPECT_FALSE(has_line(CTL("doctor")->out, "seccomp"));
}

static void trust(const char *value)
{
	FILE *file = fopen(TRUST, "we");

	ASSERT_TRUE(file != NULL);
	ASSERT_TRUE(fputs(value, file) >= 0 && !fclose(file));
}

TEST(doctor_knows_the_parameter_that_trusts_filters)
{
	struct ctl *ctl;

	trust("1");
	ctl = doctor_as(allow_all);
	trust("0");
	EXPECT_TRUE(says(
		ctl,
		"^note +caller +it has a seccomp filter, so it has no CLONE$"));
}

TEST(doctor_tells_of_a_filter_that_refuses_ioctls)
{
	EXPECT_TRUE(finds(
		doctor_as(refuse_ioctls),
		"^problem +device +/dev/procfd can be opened, but its ioctls are refused: Operation not permitted: type "));
}

/* ---- a security module ------------------------------------------------------------- */

/* Nothing can be opened for reading but what is in other directories than /dev. */
static void stay_out_of_dev(void)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	static const char *const others[] = { "/usr", "/bin",  "/lib", "/lib64",
					      "/etc", "/proc", "/sys" };
	int rules = ASSERT_OK(
		syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0));

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct landlock_path_beneath_attr path = {
			.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
			.parent_fd = open(others[i], O_PATH | O_CLOEXEC),
		};

		if (path.parent_fd >= 0)
			ASSERT_OK(syscall(SYS_landlock_add_rule, rules,
					  LANDLOCK_RULE_PATH_BENEATH, &path,
					  0));
	}
	ASSERT_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT_OK(syscall(SYS_landlock_restrict_self, rules, 0));
}

TEST(doctor_tells_of_a_security_module)
{
	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		    LANDLOCK_CREATE_RULESET_VERSION) < 0)
		SKIP("no Landlock here");
	EXPECT_TRUE(finds(
		doctor_as(stay_out_of_dev),
		"^problem +device +the mode of /dev/procfd lets everyone open it, and a security module does not: type "));
}

/* ---- another module, another kernel ------------------------------------------------ */

/* What a traced doctor is told in place of the truth, if it is not zero or NULL. */
struct lies {
	unsigned int abi, version;
	unsigned long long
		unknown; /* features that the module has never heard of */
	const char *release;
};

static void be_traced(void)
{
	ASSERT_OK(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static void copy_in(pid_t pid, uint64_t address, void *data, size_t size)
{
	struct iovec ours = { data, size };
	struct iovec theirs = { (void *)(uintptr_t)address, size };

	ASSERT_EQ(process_vm_readv(pid, &ours, 1, &theirs, 1, 0),
		  (ssize_t)size);
}

static void copy_out(pid_t pid, uint64_t address, void *data, size_t size)
{
	struct iovec ours = { data, size };
	struct iovec theirs = { (void *)(uintptr_t)address, size };

	ASSERT_EQ(process_vm_writev(pid, &ours, 1, &theirs, 1, 0),
		  (ssize_t)size);
}

static void lie_of_features(pid_t pid, uint64_t address,
			    const struct lies *lies)
{
	struct procfd_features features;

	copy_in(pid, address, &features, sizeof(features));
	if (lies->abi)
		features.abi = lies->abi;
	if (lies->version)
		features.version = lies->version;
	features.known &= ~lies->unknown;
	features.features &= ~lies->unknown;
	copy_out(pid, address, &features, sizeof(features));
}

static void lie_of_kernel(pid_t pid, uint64_t address, const struct lies *lies)
{
	struct utsname system;

	copy_in(pid, address, &system, sizeof(system));
	snprintf(system.release, sizeof(system.release), "%s", lies->release);
	copy_out(pid, address, &system, sizeof(system));
}

/* At the end of a system call: number and arguments it was entered with. */
static void lie(pid_t pid, const uint64_t *call, const struct lies *lies)
{
	if (call[0] == SYS_ioctl &&
	    (call[2] & 0xffff) == (PROCFD_GET_FEATURES & 0xffff))
		lie_of_features(pid, call[3], lies);
	if (call[0] == SYS_uname && lies->release)
		lie_of_kernel(pid, call[1], lies);
}

/* Until it is about to exit; then it is let go. */
static void lie_to(pid_t pid, const struct lies *lies)
{
	struct __ptrace_syscall_info info;
	uint64_t call[4] = { 0 };
	int status;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_OK(ptrace(PTRACE_SETOPTIONS, pid, NULL,
			 PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	while (call[0] != SYS_exit_group) {
		ASSERT_OK(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		ASSERT_EQ(waitpid(pid, &status, 0), pid);
		ASSERT_TRUE(WIFSTOPPED(status) &&
			    WSTOPSIG(status) == (SIGTRAP | 0x80));
		ASSERT_OK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info),
				 &info));
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
			call[0] = info.entry.nr;
			memcpy(call + 1, info.entry.args, 3 * sizeof(call[0]));
		} else if (!info.exit.is_error) {
			lie(pid, call, lies);
		}
	}
	ASSERT_OK(ptrace(PTRACE_DETACH, pid, NULL, NULL));
}

static struct ctl *doctor_told(const struct lies *lies)
{
	struct ctl *ctl;

	if (sizeof(long) != 8)
		SKIP("the command is of another kind, and cannot be traced");
	ctl = ctl_start_as(be_traced, DOCTOR);
	lie_to(ctl->pid, lies);
	return ctl_finish(ctl);
}

TEST(doctor_tells_of_another_abi)
{
	struct ctl *ctl = doctor_told(&(struct lies){ .abi = 2 });

	EXPECT_TRUE(finds(
		ctl,
		"^problem +version +the module \\([0-9.]+\\) has ABI 2, library and command \\([0-9.]+\\) have 1: type 'apt-get install --only-upgrade procfdctl libprocfd1'$"));
	EXPECT_FALSE(has_line(ctl->out, "^ok +feature"));
}

TEST(doctor_notes_a_newer_module)
{
	EXPECT_TRUE(says(
		doctor_told(&(struct lies){ .version = 9 << 16 }),
		"^note +version +the module is 9\\.0\\.0, library and command are [0-9.]+: type 'apt-get install --only-upgrade procfdctl libprocfd1'$"));
}

TEST(doctor_notes_an_older_module_and_what_it_does_not_know)
{
	struct ctl *ctl = doctor_told(&(struct lies){
		.version = 1, .unknown = PROCFD_FEATURE_THREAD });

	EXPECT_TRUE(says(
		ctl,
		"^note +version +the module is 0\\.0\\.1, library and command are [0-9.]+: type 'apt-get install --only-upgrade procfd-dkms && procfdctl unload && procfdctl load'$"));
	EXPECT_TRUE(says(
		ctl,
		"^note +feature +thread is not known to this module, which is too old: type "));
}

TEST(doctor_knows_which_kernels_are_too_new)
{
	EXPECT_TRUE(says(
		doctor_told(&(struct lies){ .release = "7.4.0-1-amd64" }),
		"^note +kernel +Linux 7\\.4\\.0-1-amd64 is newer than 7\\.3, the last that this procfd knows: type "));
}

static void be_old(void)
{
	/* the kernel calls itself 2.6 */
	ASSERT_OK(personality(UNAME26));
}

TEST(doctor_knows_which_kernels_are_too_old)
{
	EXPECT_TRUE(says(
		doctor_as(be_old),
		"^note +kernel +Linux 2\\.6\\.[^ ]+ is too old, 5\\.10 is the first that procfd knows: type "));
}
