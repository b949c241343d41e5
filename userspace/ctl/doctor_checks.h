/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * procfdctl doctor: its checks.
 *
 * They run in the order in which a module comes to be used: the kernel takes it, it
 * is built and installed, it may be loaded, the device can be opened, this caller may
 * use it, the features are there. Each tells what it found and does not change
 * anything.
 */
#ifndef PROCFDCTL_DOCTOR_CHECKS_H
#define PROCFDCTL_DOCTOR_CHECKS_H

#include "doctor_found.h"

/* doctor_module.c: find it, and what it says of itself */
void read_module(struct machine *machine);

/* doctor_caller.c */
bool in_container(void);

void check_kernel(const struct machine *machine);
void check_headers(const struct machine *machine);
void check_dkms(const struct machine *machine);
void check_module(const struct machine *machine);
void check_configuration(const struct machine *machine);
void check_signature(const struct machine *machine);
void check_log(const struct machine *machine);
void check_device(const struct machine *machine);
void check_caller(const struct machine *machine);
void check_versions(const struct machine *machine);
void check_features(const struct machine *machine);

#endif
