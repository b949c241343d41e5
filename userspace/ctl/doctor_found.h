/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* procfdctl doctor: what its checks share: how they look, and tell what they found. */
#ifndef PROCFDCTL_DOCTOR_FOUND_H
#define PROCFDCTL_DOCTOR_FOUND_H

#include "ctl.h"
#include "procfd_ioctl.h"

#define MODULE_DIR "/sys/module/" MODULE
#define DKMS_DIR "/var/lib/dkms/" MODULE

#define WORDS_MAX 1024

enum verdict { FINE, NOTE, PROBLEM };

/* What is known of the machine before the first check. */
struct machine {
	char release[TEXT_MAX + 1]; /* of the kernel */
	char arch[TEXT_MAX + 1];
	bool loaded; /* the module is */
	bool usable; /* the library can use it, so what else is found is not why */
	bool container; /* kernel and module are looked after elsewhere */
	int error; /* why the library cannot ask; 0: it could */
	struct procfd_features_info info; /* of whatever ABI, if it could */
	char file[WORDS_MAX]; /* the module for this kernel; empty: none */
	/* what it says of itself; empty: nothing, or libkmod is not here */
	char vermagic[WORDS_MAX / 2];
	char srcversion[TEXT_MAX];
	bool has_signature;
};

/* ---- doctor_found.c ------------------------------------------------------------- */

/* One line, or with --json one object. @step is a command to type, or NULL. */
void found(enum verdict verdict, const char *subject, const char *step,
	   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* From here on as objects. */
void found_as_json(void);

/* Was one of them a PROBLEM? */
bool found_problem(void);

/* Is this why procfd does not work here, or only worth telling? */
enum verdict if_unusable(const struct machine *machine);

/* ---- doctor_look.c: files ------------------------------------------------------- */

/*
 * The first line of a file without its end, in text[WORDS_MAX]; nothing there, and
 * false, if it cannot be read.
 */
bool first_line(const char *path, char *text);

bool exists(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line matches an extended pattern; it is in text[WORDS_MAX], if that is given. */
bool line_matches(const char *path, const char *pattern, char *text);

/* The module that is installed for a kernel, in text[WORDS_MAX]; false: none. */
bool installed_module(const char *release, char *text);

/* The kernels of this machine but one, with their modules; ends with NULL. */
char **other_kernels(const char *release);

/* ---- doctor_step.c: commands to type, in text[WORDS_MAX] ------------------------- */

const char *step_headers(const char *release, char *text);

/*
 * Build and install the module for a kernel, with its headers if they are missing;
 * @again: though that was done.
 */
const char *step_build(const char *release, bool again, char *text);

/* The newest version of procfd that dkms knows, in text[TEXT_MAX]; false: none. */
bool dkms_version(char *text);

#endif
