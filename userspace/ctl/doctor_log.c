// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel said when it refused the module. */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <string.h>
#include <unistd.h>

#include "doctor_checks.h"

/* words of the loader; that a module is out of tree or not signed is no refusal */
#define REFUSALS                                                          \
	"(" MODULE                                                        \
	": .*(magic|disagrees about|[Uu]nknown symbol|signature|invalid|" \
	"rejected|unknown parameter|relocation)|"                         \
	"[Ll]oading of .*module.* is rejected|"                           \
	"unsigned module loading is restricted|Module " MODULE            \
	" is blacklisted)"

/* "PRIORITY,NUMBER,...;TEXT\n", then lines that begin with a blank */
static void keep_refusal(char *record, const regex_t *refusal, char *last)
{
	char *text = strchr(record, ';');

	if (!text)
		return;
	text++;
	text[strcspn(text, "\n")] = '\0';
	if (!regexec(refusal, text, 0, NULL, 0) && !strstr(text, "tainting"))
		snprintf(last, WORDS_MAX, "%s", text);
}

static void read_log(int log, const regex_t *refusal, char *last)
{
	char record[8192];
	ssize_t length;

	for (;;) {
		length = read(log, record, sizeof(record) - 1);
		/* EPIPE: older ones were overwritten meanwhile */
		if (length < 0 && errno == EPIPE)
			continue;
		if (length <= 0)
			return;
		record[length] = '\0';
		keep_refusal(record, refusal, last);
	}
}

/*
 * Not for everyone to read; without it there is one line less. It may be old: what was
 * refused for its version magic is the module of now, if that has the same.
 */
void check_log(const struct machine *machine)
{
	char last[WORDS_MAX] = "", refused[WORDS_MAX], step[WORDS_MAX];
	regex_t refusal;
	int log;

	if (machine->loaded)
		return;
	log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log < 0)
		return;
	if (!regcomp(&refusal, REFUSALS, REG_EXTENDED | REG_NOSUB)) {
		read_log(log, &refusal, last);
		regfree(&refusal);
	}
	close(log);
	snprintf(refused, sizeof(refused), "version magic '%s'",
		 machine->vermagic);
	if (strstr(last, refused))
		found(PROBLEM, "module",
		      step_build(machine->release, true, step),
		      "the kernel refused it: %s", last);
	else if (*last)
		found(NOTE, "log", "dmesg", "the kernel said: %s", last);
}
