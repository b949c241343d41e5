// SPDX-License-Identifier: LGPL-2.1-or-later
/* Does the kernel take only signed modules, and is this one signed? */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_checks.h"

#define VARIABLES "/sys/firmware/efi/efivars/"
#define SECURE_BOOT VARIABLES "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
/* the keys that the machine's owner enrolled, as the boot loader passes them on */
#define OWNERS_KEYS VARIABLES "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23"
#define DKMS_KEY "/var/lib/dkms/mok.pub"
#define ENFORCED "/sys/module/module/parameters/sig_enforce"
#define SECURITY "/sys/kernel/security/"
#define LOCKDOWN SECURITY "lockdown"
#define KEY_MAX 65536

/* As much of a file as there is room for; 0 if it cannot be read. */
static size_t read_file(const char *path, char *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, bytes, size);

	if (fd >= 0)
		close(fd);
	return length < 0 ? 0 : (size_t)length;
}

/* ---- what the kernel wants --------------------------------------------------------- */

/* four bytes of attributes, then the value */
static bool secure_boot(void)
{
	char value[5];

	return read_file(SECURE_BOOT, value, sizeof(value)) == sizeof(value) &&
	       value[4] == 1;
}

/* "none [integrity] confidentiality": in text[TEXT_MAX]; false: not locked down */
static bool lockdown(char *text)
{
	char line[WORDS_MAX], *from;

	*text = '\0';
	if (!first_line(LOCKDOWN, line))
		return false;
	from = strchr(line, '[');
	if (!from)
		return false;
	from++;
	snprintf(text, TEXT_MAX, "%.*s", (int)strcspn(from, "]"), from);
	return strcmp(text, "none") != 0;
}

/* Why only signed modules are taken, in text[TEXT_MAX]; false: all are. */
static bool wants_signature(char *text)
{
	char state[TEXT_MAX], line[WORDS_MAX];

	if (lockdown(state))
		snprintf(text, TEXT_MAX, "lockdown is %.16s%s", state,
			 secure_boot() ? ", with Secure Boot" : "");
	else if (first_line(ENFORCED, line) && *line == 'Y')
		snprintf(text, TEXT_MAX, "module.sig_enforce is set");
	else
		return false;
	return true;
}

/* ---- what the module has ------------------------------------------------------------ */

/* libkmod tells of those that it understands, and sees into compressed files. */
static bool ends_signed(const char *path)
{
	static const char mark[] = "~Module signature appended~\n";
	char end[sizeof(mark)] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (lseek(fd, -(off_t)strlen(mark), SEEK_END) < 0 ||
	    read(fd, end, strlen(mark)) < 0)
		*end = '\0';
	close(fd);
	return !strcmp(end, mark);
}

/* The certificate of dkms stands in the list byte by byte. */
enum enrolled { UNKNOWN, ENROLLED, NOT_ENROLLED };

static enum enrolled dkms_key(void)
{
	char *keys = malloc(2 * KEY_MAX);
	char *own = keys ? keys + KEY_MAX : NULL;
	enum enrolled enrolled = UNKNOWN;
	size_t length, own_length;

	if (!keys)
		return UNKNOWN;
	length = read_file(OWNERS_KEYS, keys, KEY_MAX);
	own_length = read_file(DKMS_KEY, own, KEY_MAX);
	if (length && own_length)
		enrolled = memmem(keys, length, own, own_length) ? ENROLLED :
								   NOT_ENROLLED;
	else if (own_length && secure_boot() && !exists(OWNERS_KEYS))
		enrolled = NOT_ENROLLED;
	free(keys);
	return enrolled;
}

/* ---- both ------------------------------------------------------------------------------ */

static void tell_unsigned(const struct machine *machine, const char *why)
{
	char build[WORDS_MAX], step[WORDS_MAX + TEXT_MAX];

	/* dkms signs with its key; that it had none is why this is not signed */
	snprintf(step, sizeof(step), "%s%s",
		 exists(DKMS_KEY) ? "" : "dkms generate_mok && ",
		 step_build(machine->release, true, build));
	found(if_unusable(machine), "signature", step,
	      "the kernel takes only signed modules (%s), and %s is not", why,
	      machine->file);
}

static void tell_signed(const struct machine *machine, const char *why)
{
	static const char import[] = "mokutil --import " DKMS_KEY " && reboot";

	switch (dkms_key()) {
	case NOT_ENROLLED:
		found(if_unusable(machine), "signature", import,
		      "the kernel takes only signed modules (%s), and the key of dkms is not enrolled",
		      why);
		break;
	case UNKNOWN:
		found(NOTE, "signature", import,
		      "the kernel takes only signed modules (%s); enrol the key if it does not know that of this one",
		      why);
		break;
	case ENROLLED:
		found(FINE, "signature", NULL,
		      "it is there, and its key is enrolled (%s)", why);
		break;
	}
}

/* The kernel may be locked down, and where it says so is not mounted. */
static bool cannot_tell(void)
{
	return secure_boot() && !exists(LOCKDOWN) && !exists(SECURITY "lsm");
}

void check_signature(const struct machine *machine)
{
	char why[TEXT_MAX];

	if (cannot_tell())
		found(NOTE, "signature",
		      "mount -t securityfs securityfs " SECURITY,
		      "with Secure Boot the kernel may be locked down, and it is not told whether it is");
	else if (!wants_signature(why))
		found(FINE, "signature", NULL, "the kernel asks for none%s",
		      secure_boot() ? ", in spite of Secure Boot" : "");
	else if (!*machine->file)
		found(NOTE, "signature", NULL,
		      "the kernel takes only signed modules (%s)", why);
	else if (machine->has_signature || ends_signed(machine->file))
		tell_signed(machine, why);
	else
		tell_unsigned(machine, why);
}
