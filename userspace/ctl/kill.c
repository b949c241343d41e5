// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * procfdctl kill: signal processes by number or by name, never a successor.
 *
 * By name: a process that matches is pinned, its name and owner are read again,
 * and it must not have been reaped when that was done. So what was read was true
 * of the process that is pinned, and that is the one that gets the signal.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "ctl.h"

/* the kernel keeps this many bytes of a name in /proc/PID/comm */
#define COMM_MAX 15

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "name", required_argument, NULL, 'n' },
	{ "signal", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 't' },
	{ "user", required_argument, NULL, 'u' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "wait", no_argument, NULL, 'w' },
	{ 0 },
};

struct kill_options {
	int sig;
	const char *name; /* NULL: by number */
	bool by_user;
	uid_t user;
	bool json;
	bool verbose;
	bool wait;
	int64_t timeout_ns;
};

/* ---- options ------------------------------------------------------------- */

/* -9, -KILL, -SIGKILL: an option getopt cannot know; it is taken out */
static int take_signal(int *argc, char **argv, int sig)
{
	for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		const char *word = argv[i] + 1;

		if (argv[i][0] != '-' || (!isdigit((unsigned char)*word) &&
					  !isupper((unsigned char)*word)))
			continue;
		sig = parse_signal(word);
		memmove(argv + i, argv + i + 1,
			(size_t)(*argc - i) * sizeof(*argv));
		--*argc;
		break;
	}
	return sig;
}

static void set_option(struct kill_options *kill, int option)
{
	switch (option) {
	case 'j': kill->json = true; break;
	case 'n': kill->name = optarg; break;
	case 's': kill->sig = parse_signal(optarg); break;
	case 't': kill->timeout_ns = parse_duration_ns(optarg); break;
	case 'u':
		kill->by_user = true;
		kill->user = parse_user(optarg);
		break;
	case 'v': kill->verbose = true; break;
	case 'w': kill->wait = true; break;
	}
}

static void parse(int argc, char **argv, struct kill_options *kill)
{
	int option;

	kill->sig = take_signal(&argc, argv, SIGTERM);
	while ((option = next_option(argc, argv, ":hjn:s:t:u:vw", options)) >=
	       0)
		set_option(kill, option);
	if (!kill->name == !argv[optind])
		fail_usage("either numbers of processes or --name is needed");
	if (kill->name && (!*kill->name || strchr(kill->name, '/')))
		fail_usage("'%s' is not the name of a program", kill->name);
	if (kill->by_user && !kill->name)
		fail_usage("--user goes with --name");
	if (kill->timeout_ns >= 0 && !kill->wait)
		fail_usage("--timeout goes with --wait");
}

/* ---- by name ------------------------------------------------------------- */

/* the start of /proc/PID/FILE as a string */
static bool read_proc(int dir, const char *file, char *text, size_t size)
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t length = -1;

	if (fd >= 0) {
		length = read(fd, text, size - 1);
		close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

static bool comm_matches(int dir, const char *name)
{
	char comm[TEXT_MAX];

	/* a name that fills it may have been cut off: whose it is, is not known */
	if (strlen(name) >= COMM_MAX ||
	    !read_proc(dir, "comm", comm, sizeof(comm)))
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	return !strcmp(comm, name);
}

static bool program_matches(int dir, const char *name)
{
	char program[4096];
	const char *slash;

	if (!read_proc(dir, "cmdline", program, sizeof(program)))
		return false;
	slash = strrchr(program, '/');
	return !strcmp(slash ? slash + 1 : program, name);
}

static bool matches(pid_t pid, const struct kill_options *kill)
{
	char path[TEXT_MAX];
	struct stat st;
	bool matches;
	int dir;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return false;
	matches = (!kill->by_user ||
		   (!fstat(dir, &st) && st.st_uid == kill->user)) &&
		  (comm_matches(dir, kill->name) ||
		   program_matches(dir, kill->name));
	close(dir);
	return matches;
}

/* One that matches before and after it was pinned. 0, or a status. */
static int pin_match(struct targets *targets, pid_t pid,
		     const struct kill_options *kill)
{
	struct target target;

	if (!matches(pid, kill))
		return STATUS_OK;
	if (target_open(&target, pid, false))
		return errno == ESRCH ? STATUS_OK :
					fail_errno("process %d", pid);
	if (matches(pid, kill) && target_unreaped(&target))
		targets_add(targets, &target);
	else
		close(target.fd);
	return STATUS_OK;
}

static int pin_matches(struct targets *targets, const struct kill_options *kill)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int status = STATUS_OK;

	if (!proc) {
		complain("mount /proc, names are read there", "/proc: %m");
		return STATUS_FAILED;
	}
	raise_fd_limit();
	while ((entry = readdir(proc)) && status != STATUS_NO_MODULE) {
		pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid > 0 && pid != getpid())
			status = pin_match(targets, pid, kill) ?: status;
	}
	closedir(proc);
	if (!targets->count && !status) {
		complain("see which names there are with 'ps -e'",
			 "no process has the name %s", kill->name);
		status = STATUS_FAILED;
	}
	return status;
}

/* ---- the signals --------------------------------------------------------- */

static void tell(const struct target *target, const struct kill_options *kill)
{
	char name[TEXT_MAX];
	struct json_object *object;

	signal_text(kill->sig, name);
	if (!kill->json && kill->verbose)
		printf("%d (%s): %s sent\n", target->pid, target->comm, name);
	if (!kill->json)
		return;
	object = target_json(target, "signalled", NULL);
	json_object_object_add(object, "signal",
			       json_object_new_int(kill->sig));
	json_object_object_add(object, "signal_name",
			       json_object_new_string(name));
	print_json(stdout, object);
}

/* those that refuse are not waited for: they leave the list */
static int send_all(struct targets *targets, const struct kill_options *kill)
{
	size_t kept = 0;
	int status = STATUS_OK;

	for (size_t i = 0; i < targets->count; i++) {
		struct target target = targets->list[i];

		if (procfd_send_signal(target.fd, kill->sig, NULL, 0)) {
			status = fail_errno("process %d (%s)", target.pid,
					    target.comm);
			close(target.fd);
			continue;
		}
		tell(&target, kill);
		targets->list[kept++] = target;
	}
	targets->count = kept;
	return status;
}

static int run_kill(int argc, char **argv)
{
	struct kill_options kill = { .timeout_ns = -1 };
	struct targets targets = { 0 };
	struct endings endings = { .targets = &targets };
	int failed, status = STATUS_OK;

	parse(argc, argv, &kill);
	failed = kill.name ? pin_matches(&targets, &kill) :
			     targets_open(&targets, argv + optind);
	failed = send_all(&targets, &kill) ?: failed;
	endings.timeout_ns = kill.timeout_ns;
	endings.json = kill.json;
	if (kill.wait)
		status = await_endings(&endings);
	targets_close(&targets);
	return status ? status : failed;
}

const struct command command_kill = {
	.name = "kill",
	.summary = "Send a signal to processes, and never to a successor",
	.arguments = "[OPTIONS] PID... | --name NAME",
	.help = "  -s, --signal SIGNAL    TERM (the default), SIGTERM, 15, RTMIN+1; 0 only asks\n"
		"  -SIGNAL                the same, as kill(1) has it\n"
		"  -n, --name NAME        all processes whose name, or program without its\n"
		"                         directory, is exactly that; looked at again when\n"
		"                         the process is held. 15 letters and more are\n"
		"                         compared with the program only\n"
		"  -u, --user USER        with --name: only those of this user\n"
		"  -w, --wait             until they have ended, and say how each did\n"
		"  -t, --timeout SECONDS  with --wait: at most so long\n"
		"  -v, --verbose          say who was sent the signal\n"
		"  -j, --json             one JSON object a line\n"
		"\n"
		"Exit status: 0 all were sent the signal (with --wait: and have ended),\n"
		"1 one was not, or no process has the name, 2 wrong arguments, 3 no module,\n"
		"124 the time was over.\n",
	.run = run_kill,
};
