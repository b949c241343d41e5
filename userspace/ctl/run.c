// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl run: run a command that is held from its birth. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"

extern char **environ;

static const struct option options[] = {
	{ "autoreap", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", required_argument, NULL, 'j' },
	{ "kill-on-close", no_argument, NULL, 'k' },
	{ "signal", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 't' },
	{ "verbose", no_argument, NULL, 'v' },
	{ 0 },
};

struct run {
	unsigned int flags;
	const char *json;
	int64_t timeout_ns;
	int sig;
	bool verbose;
	FILE *report; /* where JSON goes */
	struct target target;
	int signals; /* signalfd of what we pass on */
	bool timed_out;
};

static void parse(int argc, char **argv, struct run *run)
{
	int option;

	while ((option = next_option(argc, argv, "+:ahj:ks:t:v", options)) >=
	       0) {
		if (option == 'a')
			run->flags |= PROCFD_AUTOREAP;
		else if (option == 'k')
			run->flags |= PROCFD_KILL_ON_CLOSE;
		else if (option == 'j')
			run->json = optarg;
		else if (option == 's')
			run->sig = parse_signal(optarg);
		else if (option == 't')
			run->timeout_ns = parse_duration_ns(optarg);
		else
			run->verbose = true;
	}
	if (!argv[optind])
		fail_usage("the command is missing");
}

/* Opened before the command runs, so that it does not run for nothing. */
static int open_report(struct run *run)
{
	if (!run->json)
		return 0;
	run->report = fopen(run->json, "we");
	if (run->report)
		return 0;
	complain("give --json a file that can be written", "%s: %m", run->json);
	return STATUS_RUN_FAILED;
}

/* ---- start ------------------------------------------------------------------ */

/*
 * What would end us is passed on instead. SIGCHLD is not ours to ignore: a
 * parent that ignores it may have left it so, and we are to reap.
 */
static void take_signals(struct run *run, sigset_t *before)
{
	sigset_t set;

	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, before);
	run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Asked before, so that what fails later is the command. */
static int check_module(void)
{
	struct procfd_features_info info;

	if (procfd_get_features(&info, sizeof(info)))
		return fail_errno("the device");
	if (info.abi && info.features & PROCFD_FEATURE_NEXT_CHILD)
		return STATUS_OK;
	errno = info.abi ? EOPNOTSUPP : ENODEV;
	return fail_errno("holding the command");
}

/* What says something about us or the system, all else is about the program. */
static bool is_own_failure(int error)
{
	return error == EAGAIN || error == ENOMEM || error == EMFILE ||
	       error == ENFILE || error == EBUSY || error == EOPNOTSUPP ||
	       error == ENODEV || error == EPROTONOSUPPORT;
}

static int start_failed(const char *file)
{
	int error = errno;

	if (is_own_failure(error))
		return fail_errno("starting %s", file);
	complain(error == ENOENT ? "check the name, and PATH" :
				   "check that it is a program you may run",
		 "%s: cannot run it: %s", file, strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXEC;
}

static int start(struct run *run, char **argv)
{
	posix_spawnattr_t attr;
	sigset_t before;

	take_signals(run, &before);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &before);
	run->target.fd = procfd_spawnp(&run->target.pid, argv[0], NULL, &attr,
				       argv, environ, run->flags);
	if (run->target.fd < 0)
		return start_failed(argv[0]);
	snprintf(run->target.comm, sizeof(run->target.comm), "%s", argv[0]);
	make_printable(run->target.comm);
	return STATUS_OK;
}

/* ---- until it ends ---------------------------------------------------------- */

/* What a terminal sent (SI_KERNEL), the command has had already. */
static void pass_on(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_code != SI_KERNEL)
			procfd_send_signal(run->target.fd, (int)info.ssi_signo,
					   NULL, 0);
}

/* The deadline that is next: after the signal SIGKILL follows, 5 s later. */
static int64_t time_over(struct run *run, int64_t deadline_ns)
{
	procfd_send_signal(run->target.fd, run->timed_out ? SIGKILL : run->sig,
			   NULL, 0);
	if (run->timed_out)
		return -1;
	run->timed_out = true;
	return deadline_ns + 5000000000LL;
}

static int await_end(struct run *run)
{
	struct pollfd pollfds[] = {
		{ .fd = run->target.fd, .events = POLLIN },
		{ .fd = run->signals, .events = POLLIN },
	};
	int64_t deadline_ns =
		run->timeout_ns < 0 ? -1 : monotonic_ns() + run->timeout_ns;

	while (!pollfds[0].revents) {
		int ready = poll(pollfds, 2, poll_timeout(deadline_ns));

		if (ready < 0 && errno != EINTR)
			return fail_errno("waiting");
		if (pollfds[1].revents)
			pass_on(run);
		if (!ready && deadline_ns >= 0 && monotonic_ns() >= deadline_ns)
			deadline_ns = time_over(run, deadline_ns);
	}
	return STATUS_OK;
}

static void report(struct run *run, const struct procfd_exit_record *record)
{
	if (run->report)
		print_json(run->report,
			   target_json(&run->target, "ended", record));
	if (run->verbose)
		report_text(stderr, &run->target, record);
}

static int finish(struct run *run)
{
	struct procfd_exit_record record;

	/* with AUTOREAP there is nothing to reap, and this gives the record */
	if (procfd_wait(run->target.fd, WEXITED, NULL, NULL, &record,
			sizeof(record)))
		return fail_errno("exit record of %s", run->target.comm);
	report(run, &record);
	if (!run->timed_out)
		return procfd_exit_code(&record);
	complain("give it more time with --timeout", "%s: time is over",
		 run->target.comm);
	return STATUS_TIMEOUT;
}

static int run_run(int argc, char **argv)
{
	struct run run = { .timeout_ns = -1, .sig = SIGTERM };
	int status;

	parse(argc, argv, &run);
	status = check_module() ?: open_report(&run);
	if (!status)
		status = start(&run, argv + optind);
	if (status)
		return status;
	status = await_end(&run);
	if (!status)
		status = finish(&run);
	if (run.report && fclose(run.report)) {
		complain("free some space", "%s: %m", run.json);
		status = status ? status : STATUS_RUN_FAILED;
	}
	return status;
}

const struct command command_run = {
	.name = "run",
	.summary = "Run a command, hold it, and pass on how it ended",
	.arguments = "[OPTIONS] [--] COMMAND [ARGUMENTS]",
	.help = "  -a, --autoreap         it never becomes a zombie, and raises no SIGCHLD\n"
		"  -k, --kill-on-close    it dies with procfdctl, even if that is killed\n"
		"  -t, --timeout SECONDS  then send --signal, and SIGKILL 5 s after that\n"
		"  -s, --signal SIGNAL    what --timeout sends; TERM is the default\n"
		"  -j, --json FILE        write the exit record to FILE as JSON\n"
		"  -v, --verbose          say on standard error how it ended\n"
		"\n"
		"HUP, INT, QUIT, TERM, USR1 and USR2 are passed on to the command.\n"
		"\n"
		"Exit status: that of the command, or 128 plus the signal that killed it;\n"
		"124 the time was over, 125 procfdctl failed, 126 the command cannot be\n"
		"run, 127 it was not found.\n",
	.run = run_run,
	.runs_another = true,
};
